import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { newId, type UserId } from '#kit/ids.ts';
import { Client } from 'pg';
import { wallet } from '../domain/chart-of-accounts.ts';
import { transferDraft, type TransferLeg } from '../domain/transfer.ts';
import { newOrder, newUser, openLedger, type TestLedger } from './ledger-fixture.ts';

let ledger: TestLedger;

beforeAll(async () => {
  ledger = await openLedger();
});

afterAll(() => ledger[Symbol.asyncDispose]());

const usd = (to: UserId, amount: string) => ({ toUserId: to, currency: 'USD', amount });
const posted = async (user: UserId) => (await ledger.balance(wallet(user, 'USD')))[0];

async function customers(count: number): Promise<UserId[]> {
  const users = Array.from({ length: count }, newUser);
  for (const user of users) await ledger.deposit(user, 'USD', '100.00');
  return users;
}

test('transfers that wait share database transactions, and each has its own answer', async () => {
  const users = (await customers(13)) as [UserId, UserId, UserId, ...UserId[]];
  const [rich, poor, payee, ...others] = users;
  await ledger.transfer(poor, [usd(rich, '100.00')]);
  const key = newId();
  const answers = await Promise.allSettled([
    ...others.map((other) => ledger.transfer(other, [usd(rich, '1.00')])),
    ledger.transfer(poor, [usd(rich, '1.00')]),
    ledger.transfer(rich, [usd(payee, '5.00')], key),
    ledger.transfer(rich, [usd(payee, '5.00')], key),
    ledger.transfer(rich, [usd(payee, '6.00')], key),
  ]);
  const [without, first, again, reused] = answers.slice(others.length);
  expect(answers.slice(0, others.length).map(({ status }) => status)).toEqual(
    others.map(() => 'fulfilled'),
  );
  expect(without).toMatchObject({ reason: { code: 'INSUFFICIENT_FUNDS' } });
  expect(first?.status === 'fulfilled' && first.value.transaction.id).toBe(
    again?.status === 'fulfilled' && again.value.transaction.id,
  );
  expect(reused).toMatchObject({ reason: { code: 'IDEMPOTENCY_KEY_REUSED' } });
  expect(await posted(rich)).toBe(10_000n + 10_000n + 1_000n - 500n);
  const [row] = await ledger.execute(
    `select count(*) as posted, count(distinct xid) as commits from ledger_transaction
     where kind = 'TRANSFER' and '${rich}' = any(user_ids)`,
  );
  expect(Number(row?.['posted'])).toBe(12);
  expect(Number(row?.['commits'])).toBeLessThan(7);
});

test('who waits for a lock holds the others up for a moment only', async () => {
  const users = (await customers(4)) as [UserId, UserId, UserId, UserId];
  const [locked, free, payee, other] = users;
  const client = new Client({ connectionString: ledger.url });
  await client.connect();
  try {
    await client.query('begin');
    await client.query('select from wallet_event_head where user_id = $1 for update', [locked]);
    const key = newId();
    const waiting = [ledger.transfer(locked, [usd(other, '1.00')], key)];
    await sleep(20);
    waiting.push(ledger.transfer(locked, [usd(other, '1.00')], key)); // who waits asks again
    await sleep(20);
    await ledger.transfer(free, [usd(payee, '2.00')]);
    expect(await posted(payee)).toBe(10_200n);
    await client.query('rollback');
    await Promise.all(waiting);
    expect(await posted(other)).toBe(10_100n);
  } finally {
    await client.end();
  }
});

test('what the database refuses takes back nothing of those that it was with', async () => {
  const users = await customers(4);
  const [first, second, third, fourth] = users as [UserId, UserId, UserId, UserId];
  const legs: TransferLeg[] = [{ to: fourth, currency: 'USD', amount: 100n }];
  // An id that is not made of caller and key: no use case makes one, so the law says no.
  const unlawful = { ...transferDraft(second, newId(), legs), id: newId() } as ReturnType<
    typeof transferDraft
  >;
  const answers = await Promise.allSettled([
    ledger.transfer(first, [usd(fourth, '1.00')]),
    ledger.desk.post(unlawful),
    ledger.transfer(third, [usd(fourth, '1.00')]),
  ]);
  expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(answers[1]).toMatchObject({
    reason: { message: expect.stringContaining('ledger_transaction_law') },
  });
  expect(await posted(fourth)).toBe(10_200n);
});

test('what concerns a new user, whom others make meanwhile, waits in no circle', async () => {
  // The head of the new one is locked first.
  const [fresh, rich] = [newUser(), newUser()].toSorted() as [UserId, UserId];
  await ledger.deposit(rich, 'USD', '100.00');
  const client = new Client({ connectionString: ledger.url });
  await client.connect();
  try {
    await client.query('begin');
    await client.query('select from wallet_event_head where user_id = $1 for update', [rich]);
    const legs: TransferLeg[] = [{ to: fresh, currency: 'USD', amount: 100n }];
    const alone = ledger.desk.post(transferDraft(rich, newId(), legs));
    await waiters(1);
    await ledger.hold(newOrder(), fresh, 'USD', 1n); // denied, but it makes the head
    const other = ledger.transactional(({ ledger: { apply } }) =>
      apply([{ do: 'post', draft: transferDraft(rich, newId(), legs) }], new Date()),
    );
    await waiters(2);
    await client.query('rollback');
    await Promise.all([alone, other]);
  } finally {
    await client.end();
  }
  expect(await posted(fresh)).toBe(200n);
  expect(await ledger.deadlocks()).toBe(0);
});

/** Until so many wait for a lock of the ledger's database. */
async function waiters(count: number): Promise<void> {
  for (let found = 0; found < count; await sleep(5)) {
    const [row] = await ledger.execute(
      `select count(*) as found from pg_stat_activity
       where datname = current_database() and wait_event_type = 'Lock'`,
    );
    found = Number(row?.['found']);
  }
}
