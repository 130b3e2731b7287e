import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import pg from 'pg';
import { eventually } from '#tests/support/eventually.ts';
import { auditLedger, type Finding } from '../application/audit.ts';
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
  const other = newUser();
  await ledger.deposit(other, 'NGN', '5');
  const { transaction } = await ledger.transfer(userId, [
    { toUserId: other, currency: 'NGN', amount: '2' },
  ]);
  await ledger.reverse(transaction.id);
  const withdrawal = await ledger.request('WITHDRAWAL', userId, 'NGN', '3');
  await ledger.move(withdrawal.id, 'COMPLETED');
  await ledger.request('WITHDRAWAL', userId, 'NGN', '4');
  const deposit = await ledger.request('DEPOSIT', userId, 'NGN', '6');
  await ledger.move(deposit.id, 'COMPLETED');
  // What other databases of the server are doing may hold the seal back for a moment.
  await eventually(
    () => ledger.seal(),
    ({ position }) => position === 7,
  );
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

const lawless = 'alter table ledger_transaction drop constraint if exists ledger_transaction_law';

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
      `insert into hold (id, order_id, user_id, account_id, currency, amount, posted, released,
         state, created_at, resolved_at, purpose)
       select gen_random_uuid(), order_id, user_id, account_id, currency, amount, posted, released,
         state, created_at, resolved_at, purpose from hold`,
    ],
  ],
  ['a hold posts only what was taken from it', ['update hold set posted = posted + 1']],
  [
    'an execution is settled once',
    [
      lawless,
      `${newRow(`jsonb_build_object('id', gen_random_uuid())`)} where kind = 'ORDER_FILL') as copy`,
    ],
  ],
  [
    'a key books one transaction',
    [
      lawless,
      `${newRow(`jsonb_build_object('id', gen_random_uuid())`)} where kind = 'DEPOSIT') as copy`,
    ],
  ],
  [
    'ids are made from facts, so that a replay finds itself',
    [lawless, `update ledger_transaction set idempotency_key = 'another' where kind = 'DEPOSIT'`],
  ],
  [
    'ids are made from facts, so that a replay finds itself',
    [`update account set kind = 'FEE' where kind = 'ROUNDING'`],
  ],
  [
    'ids are made from facts, so that a replay finds itself',
    [`update account set venue = 'another' where venue is not null`],
  ],
  [
    'nothing stands without what it refers to',
    [`update posting set currency = 'USD' where account_id = '${ngn}'`],
  ],
  ['nothing stands without what it refers to', ['delete from ledger_transaction']],
  [
    'nothing stands without what it refers to',
    [`update hold set account_id = gen_random_uuid() where account_id is not null`],
  ],
  [
    'nothing stands without what it refers to',
    [`update posting set sequence = sequence + 1 where sequence is not null`],
  ],
  [
    'nothing stands without what it refers to',
    [`update hold set currency = 'USD' where state = 'LIVE'`],
  ],
  [
    'a transaction names whose wallets it moves',
    [`update ledger_transaction set user_ids = '{}' where kind = 'TRANSFER'`],
  ],
  [
    'a transaction names whose wallets it moves',
    ['update ledger_transaction set user_ids = user_ids || gen_random_uuid()'],
  ],
  [
    'a reversal is the opposite of one transaction',
    [
      `update posting set amount = amount * 2 where transaction_id = (
        select id from ledger_transaction where kind = 'REVERSAL')`,
    ],
  ],
  [
    'a payment, its hold and its transaction agree',
    [`update payment set status = 'FAILED', failure = 'x' where status = 'REQUESTED'`],
  ],
  [
    'a payment, its hold and its transaction agree',
    [`update payment set amount = amount + 1 where direction = 'DEPOSIT'`],
  ],
  [
    'a payment, its hold and its transaction agree',
    [`update payment set amount = amount + 1 where status = 'REQUESTED'`],
  ],
  [
    'a payment, its hold and its transaction agree',
    [`update payment set user_id = gen_random_uuid() where status = 'REQUESTED'`],
  ],
  [
    'a payment, its hold and its transaction agree',
    [`delete from hold where id = (select hold_id from payment where status = 'REQUESTED')`],
  ],
  [
    'the journal is what was sealed, up to the first broken row',
    [`update ledger_transaction set booked_at = booked_at - interval '1 day'`],
  ],
  ['the sequence of a user has no gap', ['delete from wallet_event where sequence = 2']],
  ['the sequence of a user has no gap', ['update wallet_event_head set sequence = sequence + 1']],
  [
    'the events of a wallet tell its balances',
    [`update wallet_event set posted = posted + 1 where wallet_id = '${ngn}'`],
  ],
  [
    'the events of a wallet tell its balances',
    [`update wallet_event set posted = posted + 1 where wallet_id = '${ngn}' and sequence = 2`],
  ],
  [
    'the events of a wallet tell its balances',
    [`update wallet_event set held = 0 where wallet_id = '${ngn}' and sequence = 2`],
  ],
  [
    'the events of a wallet tell its balances',
    [
      `insert into wallet_event select user_id, sequence + 1, 'POSTED', wallet_id, currency, posted,
         held, transaction_id, order_id, at from wallet_event
       where user_id = '${userId}' and transaction_id is not null order by sequence desc limit 1`,
      `update wallet_event_head set sequence = sequence + 1 where user_id = '${userId}'`,
    ],
  ],
];

test.each(corruptions)('the audit finds what breaks “%s”', async (invariant, statements) => {
  const findings = await corrupted(statements);
  expect(findings.map((finding) => finding.invariant)).toContain(invariant);
});

async function corrupted(statements: readonly string[]): Promise<Finding[]> {
  // The audit reads in a transaction of its own, so the corruption is committed and undone.
  await planter.query('create schema if not exists saved');
  const tables = ['account', 'ledger_transaction', 'posting', 'hold', 'wallet_event'];
  const all = [...tables, 'wallet_event_head', 'payment', 'journal_seal', 'journal_head'];
  for (const table of all) await planter.query(`create table saved.${table} as table ${table}`);
  await planter.query('set session_replication_role = replica');
  try {
    for (const statement of statements) await planter.query(statement);
    return await auditLedger(ledger.orm.em);
  } finally {
    for (const table of all) {
      await planter.query(`delete from ${table}`);
      const columns = await columnsOf(table);
      await planter.query(
        `insert into ${table} (${columns}) select ${columns} from saved.${table}`,
      );
    }
    await planter.query('set session_replication_role = origin');
    await planter.query('drop schema saved cascade');
  }
}

/** All but those that PostgreSQL computes. */
async function columnsOf(table: string): Promise<string> {
  const { rows } = await planter.query<{ names: string }>(
    `select string_agg(column_name, ', ') as names from information_schema.columns
     where table_schema = 'public' and table_name = $1 and is_generated = 'NEVER'`,
    [table],
  );
  return rows[0]?.names ?? '';
}

const journal = 'the journal is what was sealed, up to the first broken row';
const nth = (n: number) => `(select transaction_id from journal_seal where position = ${n})`;

/** What somebody with the keys of the database could do to the journal: the row that tells. */
const tampering: readonly [what: string, first: number, statements: readonly string[]][] = [
  [
    'rewrites amounts and balances to match',
    2,
    [
      `update posting set amount = amount * 2 where transaction_id in (${nth(2)}, ${nth(4)})`,
      `update account set posted = (select sum(amount) from posting where account_id = id)
         where user_id is not null`,
    ],
  ],
  ['changes when something was booked', 3, [touch(3, `booked_at = booked_at + interval '1 s'`)]],
  ['changes why', 4, [touch(4, `reason = 'another'`)]],
  ['takes a transaction away', 5, [`delete from ledger_transaction where id = ${nth(5)}`]],
  [
    'takes a transaction and its link away',
    3,
    [
      `delete from ledger_transaction where id = ${nth(2)}`,
      'delete from journal_seal where position = 2',
    ],
  ],
  ['exchanges two links', 2, ['update journal_seal set position = -position where position = 2']],
];

function touch(position: number, change: string): string {
  return `update ledger_transaction set ${change} where id = ${nth(position)}`;
}

test.each(tampering)('the chain names the first row when somebody %s', async (_, first, sql) => {
  const [row] = await ledger.execute(`select ${nth(first)}::text as id`);
  const findings = await corrupted(sql);
  expect(findings.find(({ invariant }) => invariant === journal)?.subject).toBe(row?.id);
});

test('the chain tells when somebody puts a transaction behind its head', async () => {
  const findings = await corrupted([
    lawless,
    `${newRow(`jsonb_build_object('id', gen_random_uuid(), 'idempotency_key', 'planted')`)}
       where id = ${nth(1)}) as copy`,
  ]);
  expect(findings).toContainEqual(
    expect.objectContaining({ invariant: journal, detail: 'it was put behind the seal' }),
  );
});

test('the chain tells when somebody cuts its end off', async () => {
  const findings = await corrupted(['delete from journal_seal where position > 4']);
  expect(findings).toContainEqual(
    expect.objectContaining({ invariant: journal, detail: 'the last link is 4' }),
  );
});

test('the chain tells when its head is gone, and nothing is sealed without one', async () => {
  const findings = await corrupted(['delete from journal_head']);
  expect(findings).toContainEqual({ invariant: journal, subject: 'head', detail: 'it is gone' });
  await planter.query('begin');
  await planter.query('delete from journal_head');
  await expect(planter.query('select ledger_seal(1)')).rejects.toThrow(/no rows/);
  await planter.query('rollback');
});

test('every invariant has a corruption that breaks it', () => {
  const planted = new Set(corruptions.map(([invariant]) => invariant));
  for (const invariant of Object.keys(ledgerChecks)) expect(planted).toContain(invariant);
});
