import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import pg from 'pg';
import { auditLedger } from '../application/audit.ts';
import { ledgerChecks } from '../application/audit-checks.ts';
import { wallet } from '../domain/chart-of-accounts.ts';
import { fillOf, newOrder, newUser, openLedger, type TestLedger } from './ledger-fixture.ts';

let ledger: TestLedger;
let planter: pg.Client;
const userId = newUser();
const orderId = newOrder();
const ngn = wallet(userId, 'NGN').id;

beforeAll(async () => {
  ledger = await openLedger();
  await ledger.deposit(userId, 'NGN', '50000', 'first');
  await ledger.hold(orderId, userId, 'NGN', 2_000_000n);
  await ledger.settle(fillOf({ orderId, userId }));
  planter = new pg.Client({ connectionString: ledger.url });
  await planter.connect();
});
afterAll(async () => {
  await planter.end();
  await ledger[Symbol.asyncDispose]();
});

beforeEach(async () => {
  expect(await auditLedger(ledger.orm.em)).toEqual([]);
});

const newRow = (columns: string) =>
  `insert into ledger_transaction select (r).* from (
     select jsonb_populate_record(t, ${columns}) as r from ledger_transaction as t`;

/** What no program could write, by hand: the invariant that tells, and the corruption. */
const corruptions: readonly [invariant: string, statements: readonly string[]][] = [
  [
    'every transaction sums to zero in every currency',
    [`update posting set amount = amount + 1 where account_id = '${ngn}'`],
  ],
  [
    'every transaction sums to zero in every currency',
    [
      `delete from posting where transaction_id in (
        select id from ledger_transaction where kind = 'DEPOSIT')`,
    ],
  ],
  [
    'a balance is the fold of its postings',
    [`update account set posted = posted + 1 where id = '${ngn}'`],
  ],
  [
    'what an account holds is the sum of its live holds',
    [`update account set held = held - 1 where id = '${ngn}'`],
  ],
  [
    'no account breaks its limit, posted or held',
    [
      'alter table account drop constraint account_limit',
      `update account set held = posted + 1 where id = '${ngn}'`,
    ],
  ],
  [
    'a hold posts no more than it has and resolves once',
    ['alter table hold drop constraint hold_state', 'update hold set posted = amount + 1'],
  ],
  [
    'a hold posts no more than it has and resolves once',
    [
      'alter table hold drop constraint hold_order_id_key',
      `insert into hold select (r).* from (
         select jsonb_populate_record(h, jsonb_build_object('id', gen_random_uuid())) as r
         from hold as h) as copy`,
    ],
  ],
  ['a hold posts only what fills of its order took', ['update hold set posted = posted + 1']],
  [
    'an execution is settled once',
    [
      'alter table ledger_transaction drop constraint ledger_transaction_execution_id_key',
      `${newRow(`jsonb_build_object('id', gen_random_uuid())`)} where kind = 'ORDER_FILL') as copy`,
    ],
  ],
  [
    'a key books one deposit',
    [
      'drop index ledger_transaction_key',
      `${newRow(`jsonb_build_object('id', gen_random_uuid())`)} where kind = 'DEPOSIT') as copy`,
    ],
  ],
  [
    'ids are made from facts, so that a replay finds itself',
    [`update ledger_transaction set idempotency_key = 'another' where kind = 'DEPOSIT'`],
  ],
  ['the sequence of a user has no gap', ['delete from wallet_event where sequence = 2']],
  ['the sequence of a user has no gap', ['update wallet_event_head set sequence = sequence + 1']],
  [
    'the last event of a wallet tells its balance',
    [`update wallet_event set posted = posted + 1 where wallet_id = '${ngn}'`],
  ],
];

test.each(corruptions)('the audit finds what breaks “%s”', async (invariant, statements) => {
  // The audit reads in a transaction of its own, so the corruption is committed and undone.
  await planter.query('create schema if not exists saved');
  const tables = ['account', 'ledger_transaction', 'posting', 'hold', 'wallet_event'];
  const all = [...tables, 'wallet_event_head'];
  for (const table of all) await planter.query(`create table saved.${table} as table ${table}`);
  await planter.query('set session_replication_role = replica');
  try {
    for (const statement of statements) await planter.query(statement);
    const findings = await auditLedger(ledger.orm.em);
    expect(findings.map((finding) => finding.invariant)).toContain(invariant);
  } finally {
    for (const table of all) {
      await planter.query(`delete from ${table}`);
      await planter.query(`insert into ${table} table saved.${table}`);
    }
    await planter.query('set session_replication_role = origin');
    await planter.query('drop schema saved cascade');
  }
});

test('every invariant has a corruption that breaks it', () => {
  const planted = new Set(corruptions.map(([invariant]) => invariant));
  for (const invariant of Object.keys(ledgerChecks)) expect(planted).toContain(invariant);
});
