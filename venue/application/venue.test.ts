import { describe, expect, test } from '@jest/globals';
import { silentLogger } from '#kit/log.ts';
import type { OrderRequest } from '../domain/check-order.ts';
import type { Plan, Quote } from '../domain/market.ts';
import { type Execution, isWorking, type Order } from '../domain/order.ts';
import type { VenueStore } from './ports.ts';
import { openVenue } from './venue.ts';

const quotes = new Map<string, readonly Quote[]>([
  ['USD/NGN', [{ side: 'SELL', price: 1500_00n, quantity: 100_00n }]],
]);

const request = (clOrdId: string, changes: Partial<OrderRequest> = {}): OrderRequest => ({
  owner: 'MAMMON',
  clOrdId,
  account: null,
  symbol: 'USD/NGN',
  side: 'BUY',
  type: 'LIMIT',
  timeInForce: 'GTC',
  quantity: '10',
  price: '1400',
  ...changes,
});

/** A venue over a store in memory whose next commit can be made to fail or to lose its answer. */
async function setUp(fillDelayMs = 0) {
  const orders = new Map<bigint, Order>();
  const executions: Execution[] = [];
  let counters = { nextOrder: 1n, nextExecution: 1n };
  const state = { fails: '' as '' | 'before' | 'after', now: new Date('2026-03-02T10:00:00Z') };
  const commit = (plan: Plan) => {
    for (const order of plan.orders) orders.set(order.number, order);
    executions.push(...plan.executions);
    counters = { nextOrder: plan.nextOrder, nextExecution: plan.nextExecution };
  };
  const store: VenueStore = {
    load: async () => ({ counters, working: [...orders.values()].filter(isWorking) }),
    async save(plan) {
      const { fails } = state;
      state.fails = '';
      if (fails !== 'before') commit(plan);
      if (fails) throw new Error('the connection was lost');
    },
    findOrder: async (owner, clOrdId) =>
      [...orders.values()].find((order) => order.owner === owner && order.clOrdId === clOrdId),
    listOrders: async () => [],
    listTrades: async () => [],
  };
  const venue = await openVenue({
    store,
    flush: () => undefined,
    clock: () => state.now,
    logger: silentLogger,
    fillDelayMs,
  });
  await venue.exclusive(() => venue.tick(quotes));
  const place = (order: OrderRequest, isRepeat = false) =>
    venue.exclusive(() => venue.place(order, isRepeat));
  return { venue, state, orders, executions, place };
}

describe('a commit that fails', () => {
  test('changes nothing, and the same order can be placed again', async () => {
    const { venue, state, place } = await setUp();
    const before = venue.book('USD/NGN');
    state.fails = 'before';
    await expect(place(request('a'))).rejects.toThrow('lost');
    expect(venue.book('USD/NGN')).toEqual(before);
    expect(await place(request('a'), true)).toMatchObject({ kind: 'accepted' });
    await venue.close();
  });

  test('whose answer was lost is found in the store, quotes included', async () => {
    const { venue, state, executions, place } = await setUp();
    state.fails = 'after';
    await expect(place(request('a'))).rejects.toThrow('lost');
    expect(await place(request('a'), true)).toMatchObject({ kind: 'status' });
    const book = venue.book('USD/NGN');
    expect([book.bids.length, book.asks.length]).toEqual([1, 1]);
    expect(executions).toHaveLength(1);
    await venue.close();
  });
});

test('a day order expires when the next UTC day has begun, a GTC order does not', async () => {
  const { venue, state, orders, place } = await setUp();
  await place(request('day', { timeInForce: 'DAY' }));
  await place(request('gtc'));
  state.now = new Date('2026-03-02T23:59:59.999Z');
  await venue.exclusive(() => venue.tick(quotes));
  expect([...orders.values()].every(isWorking)).toBe(true);
  state.now = new Date('2026-03-03T00:00:00Z');
  await venue.exclusive(() => venue.tick(quotes));
  const statuses = [...orders.values()].map(({ clOrdId, status }) => [clOrdId, status]);
  expect(statuses).toEqual([
    ['day', 'EXPIRED'],
    ['gtc', 'NEW'],
  ]);
  await venue.close();
});

test('with a latency an order is acknowledged at once and matched later', async () => {
  const { venue, orders, place } = await setUp(30);
  await place(request('slow', { price: '1500' }));
  expect(orders.get(1n)).toMatchObject({ status: 'NEW', matched: false });
  while (orders.get(1n)?.status === 'NEW') await new Promise((resolve) => setTimeout(resolve, 5));
  expect(orders.get(1n)).toMatchObject({ status: 'FILLED', filled: 10_00n });
  await venue.close();
});

test('requests that arrive together are handled one after the other', async () => {
  const { venue, executions, place } = await setUp();
  await Promise.all(
    Array.from({ length: 20 }, (_, index) => place(request(`c${index}`, { price: '1500' }))),
  );
  const numbers = executions.map(({ number }) => number);
  expect(numbers).toEqual(numbers.map((_, index) => BigInt(index + 1)));
  const traded = executions.reduce((sum, { quantity }) => sum + quantity, 0n);
  expect(traded).toBe(100_00n);
  await venue.close();
});
