import { describe, expect, test } from '@jest/globals';
import { aged, quoteOf, sameQuote } from './quote.ts';

const instrument = {
  symbol: 'USD/NGN',
  baseCurrency: 'USD',
  quoteCurrency: 'NGN',
  tickSize: '0.05',
  priceScale: 2,
  quantityScale: 2,
  minimumQuantity: '1.00',
  maximumQuantity: '1000000.00',
};
const at = new Date('2026-03-01T12:00:00.000Z');
const level = (price: string, quantity = '10') => ({ price, quantity });
const market = (bid: ReturnType<typeof level> | null, ask: ReturnType<typeof level> | null) =>
  quoteOf({ symbol: 'USD/NGN', bid, ask, at }, instrument);

describe('a market', () => {
  test('with both sides is a live quote with all decimals', () => {
    expect(market(level('1520.5'), level('1521'))).toEqual({
      symbol: 'USD/NGN',
      bid: '1520.50',
      ask: '1521.00',
      bidQuantity: '10.00',
      askQuantity: '10.00',
      status: 'LIVE',
      at,
    });
  });

  test.each([
    ['without bids', null, level('1521'), 'EMPTY'],
    ['without asks', level('1520'), null, 'EMPTY'],
    ['with a bid above the ask', level('1521.01'), level('1521'), 'CROSSED'],
    ['with a price of zero', level('0'), level('1521'), 'MALFORMED'],
    ['with a quantity of zero', level('1520', '0'), level('1521'), 'MALFORMED'],
    ['with a negative price', level('-1'), level('1521'), 'MALFORMED'],
    ['with a price finer than its scale', level('1520.001'), level('1521'), 'MALFORMED'],
    ['with a price that is no number', level('abc'), level('1521'), 'MALFORMED'],
  ])('%s has no quote', (_name, bid, ask, problem) => {
    expect(market(bid, ask)).toBe(problem);
  });
});

test('a quote that is too old is stale, and no quote becomes live by age', () => {
  const quote = market(level('1520'), level('1521'));
  if (typeof quote === 'string') throw new Error(quote);
  const after = (ms: number) => new Date(at.getTime() + ms);
  expect(aged(quote, 5_000, after(5_000)).status).toBe('LIVE');
  expect(aged(quote, 5_000, after(5_001)).status).toBe('STALE');
  const stale = { ...quote, status: 'STALE' as const };
  expect(aged(stale, 5_000, at).status).toBe('STALE');
  expect(sameQuote(quote, stale)).toBe(false);
  expect(sameQuote(quote, { ...quote, at: after(1) })).toBe(true);
});
