import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { auditLedger } from '../application/audit.ts';
import { depositsInTransit, wallet, withdrawalsInTransit } from '../domain/chart-of-accounts.ts';
import type { PaymentDirection, PaymentStatus } from '../domain/payment.ts';
import { newUser, openLedger, type TestLedger } from './ledger-fixture.ts';

let ledger: TestLedger;
beforeAll(async () => {
  ledger = await openLedger();
});
afterAll(async () => {
  expect(await auditLedger(ledger.orm.em)).toEqual([]);
  await ledger[Symbol.asyncDispose]();
});

const directions = ['DEPOSIT', 'WITHDRAWAL'] as const;
const statuses = ['REQUESTED', 'PENDING', 'COMPLETED', 'FAILED'] as const;
const steps = ['PENDING', 'COMPLETED', 'FAILED'] as const;

/** What the life cycle allows; whatever is not here is refused. */
const allowed = new Set([
  'REQUESTED PENDING',
  'REQUESTED COMPLETED',
  'REQUESTED FAILED',
  'PENDING COMPLETED',
  'PENDING FAILED',
]);

/** What a wallet of 10.00 has and holds when a payment of 4.00 is where it is. */
const left: Record<PaymentDirection, Record<PaymentStatus, [posted: bigint, held: bigint]>> = {
  DEPOSIT: {
    REQUESTED: [1_000n, 0n],
    PENDING: [1_000n, 0n],
    COMPLETED: [1_400n, 0n],
    FAILED: [1_000n, 0n],
  },
  WITHDRAWAL: {
    REQUESTED: [1_000n, 400n],
    PENDING: [1_000n, 400n],
    COMPLETED: [600n, 0n],
    FAILED: [1_000n, 0n],
  },
};

/** A payment of 4.00 USD that stands somewhere, of a user who had 10.00. */
async function standing(direction: PaymentDirection, status: PaymentStatus) {
  const userId = newUser();
  await ledger.deposit(userId, 'USD', '10');
  const { id } = await ledger.request(direction, userId, 'USD', '4');
  if (status !== 'REQUESTED') await ledger.move(id, status);
  const look = async () => {
    const [payment] = await ledger.reader.paymentsById([id]);
    return [payment?.status, await ledger.balance(wallet(userId, 'USD'))];
  };
  expect(await look()).toEqual([status, left[direction][status]]);
  return { id, look };
}

const all = directions.flatMap((direction) =>
  statuses.flatMap((from) => steps.map((to) => [direction, from, to] as const)),
);

test.each(all)('a %s that is %s, to be %s', async (direction, from, to) => {
  const { id, look } = await standing(direction, from);
  if (allowed.has(`${from} ${to}`)) {
    expect(await ledger.move(id, to)).toMatchObject({ status: to });
    expect(await look()).toEqual([to, left[direction][to]]);
  } else {
    await expect(ledger.move(id, to)).rejects.toMatchObject({ code: 'INVALID_STATE' });
    expect(await look()).toEqual([from, left[direction][from]]);
  }
});

describe.each(directions)('a %s', (direction) => {
  test('that all want to end at the same moment ends once', async () => {
    const { id, look } = await standing(direction, 'PENDING');
    const tries = [1, 2, 3, 4, 5, 6].map((n) => (n % 2 === 0 ? 'COMPLETED' : 'FAILED'));
    const results = await Promise.allSettled(tries.map((to) => ledger.move(id, to)));
    const done = results.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    const refused = results.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
    expect(done).toHaveLength(1);
    for (const reason of refused) expect(reason).toMatchObject({ code: 'INVALID_STATE' });
    const end = done[0]?.status ?? 'REQUESTED';
    expect(await look()).toEqual([end, left[direction][end]]);
  });

  test('moves money to or from its own transit account, once it is completed', async () => {
    const account = (direction === 'DEPOSIT' ? depositsInTransit : withdrawalsInTransit)('USD');
    const { id } = await standing(direction, 'PENDING');
    const [before] = await ledger.balance(account);
    await ledger.move(id, 'COMPLETED');
    const change = direction === 'DEPOSIT' ? -400n : 400n;
    expect(await ledger.balance(account)).toEqual([before + change, 0n]);
  });

  test('that was asked for again is still the one that it became', async () => {
    const userId = newUser();
    await ledger.deposit(userId, 'USD', '10');
    const { id } = await ledger.request(direction, userId, 'USD', '4', 'once');
    await ledger.move(id, 'COMPLETED', direction);
    const again = await ledger.request(direction, userId, 'USD', '4', 'once');
    expect(again).toMatchObject({ id, status: 'COMPLETED' });
    expect(await ledger.move(id, 'COMPLETED', direction)).toEqual(again);
    expect(await ledger.balance(wallet(userId, 'USD'))).toEqual(left[direction].COMPLETED);
    await expect(ledger.request(direction, userId, 'USD', '5', 'once')).rejects.toMatchObject({
      code: 'IDEMPOTENCY_KEY_REUSED',
    });
  });
});
