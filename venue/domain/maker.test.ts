import { expect, test } from '@jest/globals';
import type { Currency } from '#kit/money.ts';
import { depthOf } from './depth.ts';
import { instruments } from './instruments.ts';
import { createMaker } from './maker.ts';
import { apply, bookOf, planQuotes, restore } from './market.ts';
import { rateScale, squareRoot } from './walk.ts';

const unit = 10n ** BigInt(rateScale);
const references = new Map<Currency, bigint>([
  ['NGN', 1326n * unit],
  ['EUR', (88n * unit) / 100n],
  ['GBP', (75n * unit) / 100n],
  ['JPY', 157n * unit],
  ['KES', 129n * unit],
  ['ZAR', 16n * unit],
]);
const maker = (seed: string) => createMaker(instruments, references, seed);

test('the same seed takes the same path and another seed another', () => {
  const path = (seed: string) => {
    const one = maker(seed);
    return Array.from({ length: 20 }, () => [...one.quote(250n)]);
  };
  expect(path('a')).toEqual(path('a'));
  expect(path('a')).not.toEqual(path('b'));
});

test('quotes are never crossed, positive, and deep enough for 10,000 units', () => {
  const one = maker('depth');
  for (let tick = 0; tick < 300; tick += 1) {
    for (const [symbol, quotes] of one.quote(250n)) {
      const bids = quotes.filter(({ side }) => side === 'BUY');
      const asks = quotes.filter(({ side }) => side === 'SELL');
      const bestAsk = asks[0]?.price ?? 0n;
      expect(bids.every(({ price }) => price > 0n && price < bestAsk)).toBe(true);
      const depth = asks.reduce((sum, { quantity }) => sum + quantity, 0n);
      expect([symbol, depth > 40_000_00n]).toEqual([symbol, true]);
      const worst = asks.at(-1)?.price ?? 0n;
      // The whole ladder stays within half a percent, so that a collar of one reaches its end.
      expect([symbol, (worst - bestAsk) * 200n < bestAsk]).toEqual([symbol, true]);
    }
  }
});

test('a day of trading moves every pair, realistically, and a year does not run away', () => {
  const one = maker('long');
  const first = midOf(one.quote(1n).get('USD/NGN'));
  let moved = 0n;
  for (let hour = 0; hour < 24 * 365; hour += 1) {
    const mid = midOf(one.quote(3_600_000n).get('USD/NGN'));
    const away = ((mid - first) * 1_000_000n) / first;
    const distance = away < 0n ? -away : away;
    moved += distance;
    expect(distance < 70_000n).toBe(true);
  }
  const mean = moved / (24n * 365n);
  expect(mean > 3_000n && mean < 30_000n).toBe(true);
});

test('crosses leave no free money in a triangle', () => {
  const quotes = maker('triangle').quote(86_400_000n);
  const [eurNgn, eurUsd, usdNgn] = ['EUR/NGN', 'EUR/USD', 'USD/NGN'].map((symbol) =>
    midOf(quotes.get(symbol)),
  ) as [bigint, bigint, bigint];
  const crossed = (eurUsd * usdNgn) / 100_000n;
  const gap = ((crossed - eurNgn) * 1_000_000n) / eurNgn;
  expect(gap < 1_000n && gap > -1_000n).toBe(true);
});

test('the maker never matches himself', () => {
  const market = restore([], { nextOrder: 1n, nextExecution: 1n });
  const one = maker('alone');
  for (let tick = 0; tick < 100; tick += 1) {
    for (const [symbol, quotes] of one.quote(60_000n)) {
      apply(market, planQuotes(market, symbol, quotes, new Date(0)));
      expect(depthOf(bookOf(market, symbol), 0).bids).toHaveLength(8);
    }
  }
});

test('square roots are the largest integer below', () => {
  for (const n of [0n, 1n, 2n, 3n, 4n, 15n, 16n, 10n ** 30n, 10n ** 30n - 1n]) {
    const root = squareRoot(n);
    expect(root * root <= n && (root + 1n) * (root + 1n) > n).toBe(true);
  }
});

function midOf(quotes: readonly { side: string; price: bigint }[] = []): bigint {
  const best = (side: string) => quotes.find((quote) => quote.side === side)?.price ?? 0n;
  return (best('BUY') + best('SELL')) / 2n;
}
