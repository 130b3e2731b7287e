import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Logger } from '#kit/log.ts';
import { silentLogger } from '#kit/log.ts';
import { IncidentRow } from '../adapters/postgres/entities.ts';
import { WalletRefusal } from '../domain/errors.ts';
import { auditLedger, listFillTransactions, listLiveHolds } from '../application/audit.ts';
import {
  depositsInTransit,
  position,
  receivable,
  rounding,
  wallet,
} from '../domain/chart-of-accounts.ts';
import { fillOf, incidentsTold, newOrder, newUser, openLedger } from './ledger-fixture.ts';
import type { TestLedger } from './ledger-fixture.ts';

let ledger: TestLedger;
const errors: object[] = [];
const logger: Logger = { ...silentLogger, error: (facts) => errors.push(facts) };

beforeAll(async () => {
  ledger = await openLedger(logger);
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

test('requests that race for keys, new users and new accounts never wait in a circle', async () => {
  const currencies = ['NGN', 'USD', 'KES', 'ZAR', 'EUR'] as const;
  for (let round = 0; round < 12; round++) {
    const users = [newUser(), newUser(), newUser()];
    const tries = Array.from({ length: 12 }, async (_, n) => {
      const owner = users[n % 3] ?? newUser();
      const currency = currencies[(n + round) % 5] ?? 'NGN';
      await ledger.deposit(owner, currency, '5', `race ${round} ${n % 4}`).catch(refusalOnly);
      const legs = users
        .filter((user) => user !== owner)
        .map((toUserId) => ({ toUserId, currency, amount: '1' }));
      await ledger.transfer(owner, legs, `race ${round} ${n % 2}`).catch(refusalOnly);
    });
    await Promise.all(tries);
  }
  expect(await ledger.deadlocks()).toBe(0);
});

function refusalOnly(error: unknown): void {
  if (!(error instanceof WalletRefusal)) throw error;
}

describe('a deposit', () => {
  test('moves money from outside into the wallet', async () => {
    const userId = newUser();
    const [before] = await ledger.balance(depositsInTransit('KES'));
    const {
      transaction,
      wallets: [after],
    } = await ledger.deposit(userId, 'KES', '12.5');
    expect(after).toMatchObject({ userId, currency: 'KES', posted: 1_250n, held: 0n });
    expect(transaction).toMatchObject({ kind: 'DEPOSIT', userId, orderId: null });
    expect(await ledger.balance(wallet(userId, 'KES'))).toEqual([1_250n, 0n]);
    expect(await ledger.balance(depositsInTransit('KES'))).toEqual([before - 1_250n, 0n]);
  });

  test('books once and answers the same for one key, however the amount is written', async () => {
    const userId = newUser();
    const first = await ledger.deposit(userId, 'USD', '10', 'salary');
    await ledger.deposit(userId, 'USD', '5');
    expect(await ledger.deposit(userId, 'USD', '10.00', 'salary')).toEqual(first);
    expect(await ledger.balance(wallet(userId, 'USD'))).toEqual([1_500n, 0n]);
  });

  test('books once when one key comes many times at the same moment', async () => {
    const userId = newUser();
    const tries = Array.from({ length: 8 }, () => ledger.deposit(userId, 'EUR', '7', 'burst'));
    const results = await Promise.all(tries);
    expect(new Set(results.map(({ transaction }) => transaction.id)).size).toBe(1);
    expect(new Set(results.map(({ wallets }) => wallets[0]?.posted))).toEqual(new Set([700n]));
    expect(await ledger.balance(wallet(userId, 'EUR'))).toEqual([700n, 0n]);
  });

  test('is refused when its key was used with another body, also at the same moment', async () => {
    const userId = newUser();
    const amounts = ['1', '2', '3', '4'];
    const tries = amounts.map((amount) => ledger.deposit(userId, 'GBP', amount, 'twice'));
    const results = await Promise.allSettled(tries);
    const refused = results.filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(3);
    for (const each of refused) {
      expect(each).toMatchObject({ reason: { code: 'IDEMPOTENCY_KEY_REUSED' } });
    }
  });

  test('is limited, but a repetition of an older one gets its result', async () => {
    const userId = newUser();
    const first = await ledger.depositWith(100n, userId, '100', 'limited');
    await expect(ledger.depositWith(100n, userId, '100.01', 'beyond')).rejects.toMatchObject({
      code: 'AMOUNT_TOO_LARGE',
    });
    expect(await ledger.depositWith(10n, userId, '100', 'limited')).toEqual(first);
    await expect(ledger.depositWith(10n, userId, '101', 'limited')).rejects.toMatchObject({
      code: 'IDEMPOTENCY_KEY_REUSED',
    });
  });
});

describe('a hold', () => {
  test('takes from what is available and not from what is posted', async () => {
    const { ngn } = await buyer();
    expect(await ledger.balance(ngn)).toEqual([5_000_000n, 2_000_000n]);
  });

  test('is denied for one minor unit too much, and stays denied', async () => {
    const { userId } = await buyer();
    const orderId = newOrder();
    expect(await ledger.hold(orderId, userId, 'NGN', 3_000_001n)).toBe('DENIED');
    await ledger.deposit(userId, 'NGN', '1');
    expect(await ledger.hold(orderId, userId, 'NGN', 3_000_001n)).toBe('DENIED');
    expect(await ledger.release(orderId, userId)).toBe(0n);
    expect(await ledger.hold(newOrder(), userId, 'NGN', 3_000_000n)).toBe('HELD');
  });

  test('is denied where the wallet was never used, and makes the wallet', async () => {
    const userId = newUser();
    expect(await ledger.hold(newOrder(), userId, 'ZAR', 1n)).toBe('DENIED');
    expect(await ledger.reader.walletsOf([userId])).toMatchObject([
      { currency: 'ZAR', posted: 0n, held: 0n },
    ]);
  });

  test('is the same hold when it is asked again, also after its release', async () => {
    const { userId, orderId, ngn } = await buyer();
    expect(await ledger.hold(orderId, userId, 'NGN', 2_000_000n)).toBe('HELD');
    expect(await ledger.balance(ngn)).toEqual([5_000_000n, 2_000_000n]);
    expect(await ledger.release(orderId, userId)).toBe(2_000_000n);
    expect(await ledger.hold(orderId, userId, 'NGN', 2_000_000n)).toBe('HELD');
    expect(await ledger.balance(ngn)).toEqual([5_000_000n, 0n]);
    expect(await ledger.release(orderId, userId)).toBe(2_000_000n);
  });

  test('is refused with another body or for another user', async () => {
    const { userId, orderId } = await buyer();
    await expect(ledger.hold(orderId, userId, 'NGN', 1n)).rejects.toThrow(/another body/);
    await expect(ledger.hold(orderId, newUser(), 'NGN', 2_000_000n)).rejects.toThrow();
    await expect(ledger.release(orderId, newUser())).rejects.toThrow(/does not belong/);
  });

  test('is void when its release came first', async () => {
    const userId = newUser();
    const orderId = newOrder();
    await ledger.deposit(userId, 'NGN', '10');
    expect(await ledger.release(orderId, userId)).toBe(0n);
    expect(await ledger.hold(orderId, userId, 'NGN', 500n)).toBe('VOID');
    expect(await ledger.hold(orderId, userId, 'NGN', 500n)).toBe('VOID');
    expect(await ledger.release(orderId, userId)).toBe(0n);
    expect(await ledger.balance(wallet(userId, 'NGN'))).toEqual([1_000n, 0n]);
    const live = await listLiveHolds(ledger.orm.em);
    expect(live.filter((hold) => hold.userId === userId)).toEqual([]);
  });

  test('cannot be changed once it was resolved', async () => {
    const { userId, orderId } = await buyer();
    await ledger.release(orderId, userId);
    const again = `update hold set released = 0, posted = amount where order_id = '${orderId}'`;
    await expect(ledger.execute(again)).rejects.toThrow(/cannot change/);
    await expect(ledger.execute(`delete from hold`)).rejects.toThrow(/immutable/);
  });

  test('never lets two orders hold the same money', async () => {
    const userId = newUser();
    await ledger.deposit(userId, 'USD', '10');
    const tries = Array.from({ length: 8 }, () => ledger.hold(newOrder(), userId, 'USD', 400n));
    const outcomes = await Promise.all(tries);
    expect(outcomes.filter((outcome) => outcome === 'HELD')).toHaveLength(2);
    expect(await ledger.balance(wallet(userId, 'USD'))).toEqual([1_000n, 800n]);
  });
});

describe('a fill', () => {
  test('of a buy pays quote from the hold and brings base', async () => {
    const { userId, orderId, ngn, usd } = await buyer();
    const venue = 'BUYING';
    const [before] = await ledger.balance(rounding('NGN'));
    await ledger.settle(fillOf({ orderId, userId, venue }));
    expect(await ledger.balance(ngn)).toEqual([3_499_999n, 499_999n]);
    expect(await ledger.balance(usd)).toEqual([1_000n, 0n]);
    expect(await ledger.balance(position(venue, 'NGN'))).toEqual([1_500_000n, 0n]);
    expect(await ledger.balance(position(venue, 'USD'))).toEqual([-1_000n, 0n]);
    expect(await ledger.balance(rounding('NGN'))).toEqual([before + 1n, 0n]);
    expect(await ledger.release(orderId, userId)).toBe(499_999n);
    expect(await ledger.balance(ngn)).toEqual([3_499_999n, 0n]);
  });

  test('of a sale pays base from the hold and brings quote', async () => {
    const userId = newUser();
    const orderId = newOrder();
    const venue = 'SELLING';
    await ledger.deposit(userId, 'USD', '25');
    await ledger.hold(orderId, userId, 'USD', 1_000n);
    const sale = { orderId, userId, venue, side: 'SELL' as const, quoteAmount: 1_499_999n };
    await ledger.settle(fillOf(sale));
    expect(await ledger.balance(wallet(userId, 'USD'))).toEqual([1_500n, 0n]);
    expect(await ledger.balance(wallet(userId, 'NGN'))).toEqual([1_499_999n, 0n]);
    expect(await ledger.balance(position(venue, 'NGN'))).toEqual([-1_500_000n, 0n]);
    expect(await ledger.balance(position(venue, 'USD'))).toEqual([1_000n, 0n]);
  });

  test('counts once, however often it comes, and never with another body', async () => {
    const { userId, orderId, ngn } = await buyer();
    const fill = fillOf({ orderId, userId });
    const ids = await Promise.all(Array.from({ length: 6 }, () => ledger.settle(fill)));
    expect(new Set(ids).size).toBe(1);
    expect(await ledger.balance(ngn)).toEqual([3_499_999n, 499_999n]);
    const other = { ...fill, baseAmount: 2_000n };
    await expect(ledger.settle(other)).rejects.toThrow(/another body/);
    const booked = await listFillTransactions(ledger.orm.em);
    expect(booked.filter((each) => each.orderId === orderId)).toMatchObject([
      { executionId: fill.executionId, transactionId: ids[0], userId },
    ]);
  });

  test('after the release takes what is available, and is an incident', async () => {
    const { userId, orderId, ngn } = await buyer();
    await ledger.release(orderId, userId);
    const fill = fillOf({ orderId, userId });
    const alerted = await incidentsTold('LATE_FILL');
    await ledger.settle(fill);
    expect(await ledger.balance(ngn)).toEqual([3_499_999n, 0n]);
    await expectIncident(fill.executionId, 'LATE_FILL', 1_500_001n, 0n);
    expect(await incidentsTold('LATE_FILL')).toBe(alerted + 1);
  });

  test('that nothing can pay becomes a debt, and money held for others stays held', async () => {
    const { userId, orderId, ngn, usd } = await buyer();
    await ledger.release(orderId, userId);
    await ledger.hold(newOrder(), userId, 'NGN', 4_000_000n);
    const fill = fillOf({ orderId, userId });
    await ledger.settle(fill);
    expect(await ledger.balance(ngn)).toEqual([4_000_000n, 4_000_000n]);
    expect(await ledger.balance(usd)).toEqual([1_000n, 0n]);
    expect(await ledger.balance(receivable(userId, 'NGN'))).toEqual([-500_001n, 0n]);
    await expectIncident(fill.executionId, 'LATE_FILL', 1_500_001n, 500_001n);
  });

  test('that costs nothing leaves the hold as it is, and is no incident', async () => {
    const { userId, orderId, ngn, usd } = await buyer();
    const fill = fillOf({ orderId, userId, quoteAmount: 0n, venueQuoteAmount: 0n });
    await ledger.settle(fill);
    expect(await ledger.balance(ngn)).toEqual([5_000_000n, 2_000_000n]);
    expect(await ledger.balance(usd)).toEqual([1_000n, 0n]);
    const incidents = await ledger.orm.em.fork().findAll(IncidentRow);
    expect(incidents.filter(({ executionId }) => executionId === fill.executionId)).toEqual([]);
  });

  test('beyond the rest of its hold takes the same way', async () => {
    const { userId, orderId, ngn } = await buyer();
    await ledger.settle(fillOf({ orderId, userId }));
    const second = fillOf({ orderId, userId, nth: 2 });
    await ledger.settle(second);
    expect(await ledger.balance(ngn)).toEqual([1_999_998n, 0n]);
    await expectIncident(second.executionId, 'FILL_BEYOND_HOLD', 1_000_002n, 0n);
    expect(await ledger.release(orderId, userId)).toBe(0n);
  });

  test('of an order that was never held is booked as a debt', async () => {
    const userId = newUser();
    const fill = fillOf({ orderId: newOrder(), userId });
    await ledger.settle(fill);
    expect(await ledger.balance(receivable(userId, 'NGN'))).toEqual([-1_500_001n, 0n]);
    await expectIncident(fill.executionId, 'LATE_FILL', 1_500_001n, 1_500_001n);
  });

  test('that comes again when nothing is left opens no debt', async () => {
    const { userId, orderId, ngn } = await buyer();
    const fill = fillOf({ orderId, userId });
    await ledger.settle(fill);
    await ledger.release(orderId, userId);
    await ledger.transfer(userId, [
      { toUserId: (await buyer()).userId, currency: 'NGN', amount: '34999.99' },
    ]);
    expect(await ledger.balance(ngn)).toEqual([0n, 0n]);
    await ledger.settle(fill);
    const { id } = receivable(userId, 'NGN');
    expect(await ledger.execute(`select from account where id = '${id}'`)).toEqual([]);
  });

  test('is taken back once, with the debt that it made, and its hold stays as it is', async () => {
    const { userId, orderId, ngn, usd } = await buyer();
    await ledger.settle(fillOf({ orderId, userId }));
    await ledger.hold(newOrder(), userId, 'NGN', 3_000_000n);
    const owing = fillOf({ orderId, userId, nth: 2 });
    const id = await ledger.settle(owing);
    const debt = receivable(userId, 'NGN');
    expect(await ledger.balance(debt)).toEqual([-1_000_002n, 0n]);
    const house = position('SANDBOX', 'NGN');
    const [before] = await ledger.balance(house);
    const reversal = await ledger.reverse(id);
    expect(reversal).toMatchObject({ kind: 'REVERSAL', userId, orderId, reverses: id });
    expect(await ledger.balance(debt)).toEqual([0n, 0n]);
    expect(await ledger.balance(ngn)).toEqual([3_499_999n, 3_000_000n]);
    expect(await ledger.balance(usd)).toEqual([1_000n, 0n]);
    expect(await ledger.balance(house)).toEqual([before - 1_500_000n, 0n]);
    await expect(ledger.reverse(id)).rejects.toMatchObject({ code: 'ALREADY_REVERSED' });
    // It was booked: that it comes again changes nothing.
    expect(await ledger.settle(owing)).toBe(id);
    expect(await ledger.balance(usd)).toEqual([1_000n, 0n]);
  });

  test('for another user than the hold is refused whole', async () => {
    const { orderId } = await buyer();
    await expect(ledger.settle(fillOf({ orderId, userId: newUser() }))).rejects.toThrow(
      /another user/,
    );
  });
});

test('the event log tells each change with the balances after it', async () => {
  const { userId, orderId } = await buyer();
  await ledger.settle(fillOf({ orderId, userId }));
  await ledger.release(orderId, userId);
  const events = await ledger.reader.eventsAfter(userId, 0, 100);
  const told = events.map(({ sequence, kind, currency, posted, held }) => [
    sequence,
    kind,
    currency,
    posted,
    held,
  ]);
  expect(told).toEqual([
    [1, 'POSTED', 'NGN', 5_000_000n, 0n],
    [2, 'HELD', 'NGN', 5_000_000n, 2_000_000n],
    [3, 'POSTED', 'NGN', 3_499_999n, 499_999n],
    [4, 'POSTED', 'USD', 1_000n, 0n],
    [5, 'RELEASED', 'NGN', 3_499_999n, 0n],
  ]);
  expect(await ledger.reader.eventHead(userId)).toBe(5);
  const live = await ledger.execute(
    `select payload from outbox_live, json_to_recordset(updates) as (channel text, payload json)
     where channel = 'wallets.events.${userId}' order by id`,
  );
  expect(live).toEqual([1, 2, 4, 5].map((sequence) => ({ payload: { sequence } })));
});

async function expectIncident(
  executionId: string,
  kind: string,
  beyondHold: bigint,
  shortfall: bigint,
) {
  const rows = await ledger.orm.em.fork().findAll(IncidentRow);
  const own = rows.filter((row) => row.executionId === executionId);
  expect(own).toMatchObject([{ kind, beyondHold, shortfall }]);
  expect(errors).toContainEqual(expect.objectContaining({ executionId, kind }));
}

describe('after all of this', () => {
  test('the audit finds nothing', async () => {
    expect(await auditLedger(ledger.orm.em)).toEqual([]);
  });
});
