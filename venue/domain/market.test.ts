import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  apply,
  bookId,
  bookOf,
  type Market,
  type Plan,
  planEnd,
  planMatch,
  planPlacement,
  planQuotes,
  type Quote,
  restore,
} from './market.ts';
import { isWorking, leavesOf, type Order, type OrderTerms } from './order.ts';

const at = new Date('2026-03-02T10:00:00.000Z');
const symbol = 'USD/NGN';
const quotes: readonly Quote[] = [
  { side: 'BUY', price: 99n, quantity: 100n },
  { side: 'SELL', price: 101n, quantity: 100n },
  { side: 'SELL', price: 102n, quantity: 100n },
];

const terms = (changes: Partial<OrderTerms> = {}): OrderTerms => ({
  owner: 'MAMMON',
  clOrdId: 'c',
  account: null,
  symbol,
  side: 'BUY',
  type: 'LIMIT',
  timeInForce: 'GTC',
  quantity: 150n,
  price: 102n,
  ...changes,
});

function quoted(): Market {
  const market = restore([], { nextOrder: 1n, nextExecution: 1n });
  run(market, planQuotes(market, symbol, quotes, at));
  return market;
}

function run(market: Market, plan: Plan): Plan {
  apply(market, plan);
  return plan;
}

const place = (market: Market, changes: Partial<OrderTerms>) =>
  run(market, planPlacement(market, terms(changes), at, true));

const story = (plan: Plan) =>
  plan.executions.map(({ kind, quantity, price }) => [kind, quantity, price]);

describe('placing an order', () => {
  test('is acknowledged first and then fills over several levels', () => {
    const market = quoted();
    const plan = place(market, {});
    expect(story(plan)).toEqual([
      ['NEW', 0n, null],
      ['TRADE', 100n, 101n],
      ['TRADE', 50n, 102n],
    ]);
    expect(plan.orders).toEqual([expect.objectContaining({ status: 'FILLED', filled: 150n })]);
    expect(market.working.size).toBe(0);
  });

  test.each([
    ['a GTC order rests with what is left', 'GTC', 'LIMIT', ['NEW', 'TRADE'], 'PARTIALLY_FILLED'],
    ['an IOC order loses what is left', 'IOC', 'LIMIT', ['NEW', 'TRADE', 'CANCELED'], 'CANCELED'],
    ['a FOK order does not fill in part', 'FOK', 'LIMIT', ['NEW', 'CANCELED'], 'CANCELED'],
  ] as const)('%s', (_name, timeInForce, type, kinds, status) => {
    const market = quoted();
    const plan = place(market, { timeInForce, type, price: 101n });
    expect(plan.executions.map(({ kind }) => kind)).toEqual(kinds);
    expect(plan.orders.at(-1)?.status).toBe(status);
    expect(market.working.size).toBe(status === 'CANCELED' ? 0 : 1);
  });

  test('a market order takes the whole side and loses the rest', () => {
    const plan = place(quoted(), {
      type: 'MARKET',
      timeInForce: 'IOC',
      price: null,
      quantity: 250n,
    });
    expect(plan.orders.at(-1)).toMatchObject({ status: 'CANCELED', filled: 200n });
  });

  test('two orders of clients trade with each other, each with executions of its own', () => {
    const market = quoted();
    place(market, { clOrdId: 'resting', price: 100n, quantity: 10n });
    const plan = place(market, { clOrdId: 'taker', side: 'SELL', price: 100n, quantity: 4n });
    const trades = plan.executions.filter(({ kind }) => kind === 'TRADE');
    expect(trades.map(({ order, quantity }) => [order.clOrdId, quantity])).toEqual([
      ['resting', 4n],
      ['taker', 4n],
    ]);
    expect(new Set(plan.executions.map(({ number }) => number)).size).toBe(3);
  });

  test('a plan that is not applied changes nothing', () => {
    const market = quoted();
    const before = bookOf(market, symbol);
    planPlacement(market, terms(), at, true);
    expect(bookOf(market, symbol)).toBe(before);
    expect(market.nextOrder).toBe(1n);
  });
});

describe('an accepted order that waits for its latency', () => {
  test('does not trade before, and trades after', () => {
    const market = quoted();
    const [waiting] = run(market, planPlacement(market, terms(), at, false)).orders;
    expect(waiting).toMatchObject({ status: 'NEW', matched: false });
    const plan = run(market, planMatch(market, waiting as Order, at));
    expect(plan.orders).toEqual([expect.objectContaining({ status: 'FILLED' })]);
  });

  test('can be canceled before it met the book', () => {
    const market = quoted();
    const [waiting] = run(market, planPlacement(market, terms(), at, false)).orders;
    run(market, planEnd(market, waiting as Order, 'CANCELED', at, 'x'));
    expect(market.working.size).toBe(0);
  });
});

test('a new quote that crosses a resting order trades at the price of the order', () => {
  const market = quoted();
  place(market, { price: 100n, quantity: 10n });
  const plan = planQuotes(market, symbol, [{ side: 'SELL', price: 98n, quantity: 100n }], at);
  expect(story(plan)).toEqual([['TRADE', 10n, 100n]]);
});

test('after a restart the orders are back in time priority', () => {
  const market = quoted();
  const orders = ['a', 'b', 'c'].flatMap(
    (clOrdId) => place(market, { clOrdId, price: 100n, quantity: 10n }).orders,
  );
  const restored = restore(orders.toReversed(), { nextOrder: 4n, nextExecution: 9n });
  expect(bookOf(restored, symbol).bids.map(({ id }) => id)).toEqual(orders.map(bookId));
});

const request = fc.record({
  side: fc.constantFrom('BUY' as const, 'SELL' as const),
  timeInForce: fc.constantFrom('GTC' as const, 'IOC' as const, 'FOK' as const, 'DAY' as const),
  price: fc.bigInt(97n, 103n),
  quantity: fc.bigInt(1n, 120n),
  requotes: fc.boolean(),
  mid: fc.bigInt(98n, 102n),
});

test('whatever is asked, orders hold 0 <= filled <= quantity and the book holds their rest', () => {
  fc.assert(
    fc.property(fc.array(request, { maxLength: 40 }), (requests) => {
      const market = quoted();
      for (const { requotes, mid, ...changes } of requests) {
        place(market, changes);
        if (requotes) {
          const around = quotes.map((quote) => ({ ...quote, price: quote.price - 100n + mid }));
          run(market, planQuotes(market, symbol, around, at));
        }
        const book = bookOf(market, symbol);
        for (const [id, order] of market.working) {
          expect(isWorking(order) && order.filled < order.quantity).toBe(true);
          const resting = [...book.bids, ...book.asks].find((other) => other.id === id);
          expect(resting?.remaining).toBe(leavesOf(order));
        }
        const [bid, ask] = [book.bids[0], book.asks[0]];
        if (bid && ask) expect(bid.price < ask.price).toBe(true);
      }
    }),
    { numRuns: 200 },
  );
});
