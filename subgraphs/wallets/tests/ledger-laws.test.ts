import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { auditLedger } from '../application/audit.ts';
import { depositsInTransit, receivable, wallet } from '../domain/chart-of-accounts.ts';
import { newOrder, newUser, openLedger, type TestLedger } from './ledger-fixture.ts';

let ledger: TestLedger;
beforeAll(async () => {
  ledger = await openLedger();
});
afterAll(() => ledger[Symbol.asyncDispose]());

/** A user with 50,000.00 NGN and an order that holds 20,000.00 of it. */
async function buyer() {
  const userId = newUser();
  const orderId = newOrder();
  await ledger.deposit(userId, 'NGN', '50000.00');
  expect(await ledger.hold(orderId, userId, 'NGN', 2_000_000n)).toBe('HELD');
  return { userId, orderId, ngn: wallet(userId, 'NGN'), usd: wallet(userId, 'USD') };
}

const refused = async (statement: string, why: RegExp) =>
  expect(ledger.execute(statement)).rejects.toThrow(why);

describe('the journal', () => {
  test.each([
    ['ledger_transaction', `reason = 'another'`],
    ['posting', 'amount = -amount'],
    ['wallet_event', 'posted = posted + 1'],
    ['request_key', `fingerprint = gen_random_uuid()`],
    ['journal_seal', 'position = -position'],
  ])('never changes: %s', async (table, change) => {
    await buyer();
    await refused(`update ${table} set ${change}`, /immutable/);
    await refused(`delete from ${table}`, /immutable/);
    await refused(`truncate ${table} cascade`, /immutable/);
  });

  test.each(['account', 'hold', 'payment'])('loses nothing that moves on: %s', async (table) => {
    await refused(`delete from ${table}`, /immutable/);
    await refused(`truncate ${table} cascade`, /immutable/);
  });

  test('refuses postings that do not sum to zero', async () => {
    const { ngn } = await buyer();
    const insert = `insert into posting
      select id, '${ngn.id}', 'NGN', 1, booked_at from ledger_transaction
      where kind = 'DEPOSIT' and user_id <> '${newUser()}' limit 1`;
    await refused(insert, /out of balance/);
  });
});

describe('the database itself refuses, whoever writes,', () => {
  const copy = (columns: object) =>
    `insert into ledger_transaction select (r).* from (
       select jsonb_populate_record(t, '${JSON.stringify(columns)}') as r
       from ledger_transaction as t where kind = 'DEPOSIT' limit 1) as copy`;

  test('a transaction whose id is not made from what names it', async () => {
    await buyer();
    for (const changed of [{ id: newUser() }, { idempotency_key: 'other' }, { kind: 'EXCHANGE' }]) {
      await refused(copy(changed), /ledger_transaction_law/);
    }
  });

  test('a posting that its transaction does not name, or that is on no account', async () => {
    const { ngn } = await buyer();
    const { usd } = await buyer();
    const deposit = `(select t from ledger_transaction as t where '${ngn.id}' = any(account_ids))`;
    const pair = (one: string, other: string) => `insert into posting
      select (t).id, leg.id::uuid, 'NGN', leg.amount, (t).booked_at
      from (select ${deposit} as t) as row,
        (values ('${one}', 1), ('${other}', -1)) as leg (id, amount)`;
    await refused(pair(usd.id, newUser()), /has no parent/);
    const dollars = pair(ngn.id, depositsInTransit('NGN').id).replace(`'NGN'`, `'USD'`);
    await refused(dollars, /has no parent|posting_pkey/);
  });

  test('an account beyond its limit', async () => {
    const { userId, ngn } = await buyer();
    const set = (change: string) => `update account set ${change} where id = '${ngn.id}'`;
    await refused(set('posted = 1999999'), /account_limit/);
    await refused(set('posted = -1, held = 0'), /account_limit/);
    await refused(set('held = -1'), /account_limit/);
    const { id } = receivable(userId, 'NGN');
    const debt = (posted: number, held: number) => `
      insert into account (id, kind, currency, user_id, posted, held, created_at)
      values ('${id}', 'RECEIVABLE', 'NGN', '${userId}', ${posted}, ${held}, now())`;
    await refused(debt(1, 0), /account_limit/);
    await refused(debt(-1, 1), /account_limit/);
    await refused(`update account set held = 1 where user_id is null`, /account_limit/);
  });

  test('an account that the chart does not know, and one that becomes another', async () => {
    const { ngn } = await buyer();
    const account = (kind: string, currency: string, user: string, venue: string) => `
      insert into account (id, kind, currency, user_id, venue, created_at)
      values (gen_random_uuid(), '${kind}', '${currency}', ${user}, ${venue}, now())`;
    const somebody = `'${newUser()}'`;
    await refused(account('SAVINGS', 'NGN', somebody, 'null'), /there is no account of kind/);
    await refused(account('WALLET', 'Naira', somebody, 'null'), /there is no account of kind/);
    await refused(account('WALLET', 'NGN', 'null', 'null'), /there is no account of kind/);
    await refused(account('FEE', 'NGN', somebody, 'null'), /there is no account of kind/);
    await refused(account('POSITION', 'NGN', 'null', 'null'), /there is no account of kind/);
    await refused(account('SPREAD', 'NGN', 'null', `'HOUSE'`), /there is no account of kind/);
    for (const change of [`user_id = ${somebody}`, `currency = 'USD'`, `kind = 'RECEIVABLE'`]) {
      await refused(`update account set ${change} where id = '${ngn.id}'`, /keeps its/);
    }
  });

  test('a second hold of an order, and a hold on somebody else’s wallet', async () => {
    const { userId, orderId, ngn } = await buyer();
    const { ngn: another } = await buyer();
    const hold = (order: string, account: string) => `insert into hold
      (id, order_id, user_id, account_id, currency, amount, state, created_at, purpose)
      values (gen_random_uuid(), ${order}, '${userId}', '${account}', 'NGN', 1, 'LIVE', now(),
        ${order === 'null' ? `'WITHDRAWAL'` : `'ORDER'`})`;
    await refused(hold(`'${orderId}'`, ngn.id), /not the one of order/);
    await refused(hold('null', another.id), /on no wallet of its/);
  });

  test.each([
    [
      'that ends because its time is over where it has none',
      `state = 'EXPIRED', released = amount`,
    ],
    ['of an order with a time to end', `expires_at = now()`, /hold_purpose/],
    ['that is of an order and for a quote', `purpose = 'QUOTE'`, /hold_purpose/],
    ['that posts more than it has', 'posted = amount + 1'],
    ['that ends with a rest', `state = 'RELEASED', released = amount - 1`],
    ['that ends and keeps no time of its end', `state = 'RELEASED', released = amount`, null],
    ['that lives on without what was released', 'released = 1'],
    ['that was denied and paid', `state = 'DENIED', posted = 1`],
    ['that never was, with an amount', `state = 'VOID'`],
  ])('a hold %s', async (_, change, why: RegExp | null = /hold_state/) => {
    const { orderId } = await buyer();
    const ends = change.startsWith('state') && why !== null;
    const resolved = ends ? ', resolved_at = now()' : '';
    const update = `update hold set ${change}${resolved} where order_id = '${orderId}'`;
    await refused(update, why ?? /hold_state/);
  });

  test.each([0, -1])('a hold that was denied %d', async (amount) => {
    const { userId, ngn } = await buyer();
    const denied = `insert into hold
      (id, user_id, account_id, currency, amount, state, created_at, resolved_at, purpose)
      values (gen_random_uuid(), '${userId}', '${ngn.id}', 'NGN', ${amount}, 'DENIED', now(),
        now(), 'QUOTE')`;
    await refused(denied, /hold_state/);
  });

  test.each([
    [`status = 'COMPLETED'`, /payment_state/],
    [`status = 'FAILED'`, /payment_state/],
    [`failure = 'for no reason'`, /payment_state/],
    [`status = 'LOST'`, /payment_status_check/],
    ['amount = amount + 1', /cannot change/],
    ['user_id = gen_random_uuid()', /cannot change/],
    ['hold_id = null', /cannot change/],
  ])('a payment with %s', async (change, why) => {
    const { userId } = await buyer();
    const { id } = await ledger.request('WITHDRAWAL', userId, 'NGN', '3');
    await refused(`update payment set ${change} where id = '${id}'`, why);
  });

  test('a payment that goes on after its end', async () => {
    const { userId } = await buyer();
    const { id } = await ledger.request('WITHDRAWAL', userId, 'NGN', '3');
    await ledger.move(id, 'FAILED');
    const again = `update payment set status = 'PENDING', failure = null where id = '${id}'`;
    await refused(again, /cannot change/);
  });
});

test('after all of this the audit finds nothing', async () => {
  expect(await auditLedger(ledger.orm.em)).toEqual([]);
});
