import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { order } from '../tests/samples.ts';
import { averagePrice, countFill, worstCaseCost } from './fill-cost.ts';
import type { Order } from './order.ts';

const eurJpy = { ...order, baseCurrency: 'EUR', quoteCurrency: 'JPY', priceScale: 3 } as const;
const odd = { ...order, quantityScale: 4, priceScale: 5 } as const;

describe('the worst-case cost', () => {
  test('of a buy is what the limit costs, rounded up', () => {
    expect(worstCaseCost(order, 100_00n, 1500_25n)).toBe(150_025_00n);
    expect(worstCaseCost(eurJpy, 1n, 160_001n)).toBe(2n); // 0.01 EUR at 160.001 is 1.60001 yen
  });

  test('of a sell is its quantity in the base currency', () => {
    expect(worstCaseCost({ ...order, side: 'SELL' }, 100_00n, 1500_25n)).toBe(100_00n);
    expect(worstCaseCost({ ...odd, side: 'SELL' }, 100_0001n, 1n)).toBe(100_01n);
  });
});

describe('a fill', () => {
  test('costs the difference of the cumulative costs', () => {
    const first = countFill(eurJpy, 1n, 160_001n);
    expect(first).toMatchObject({ quoteAmount: 2n, venueQuoteAmount: 2n, baseAmount: 1n });
    const second = countFill({ ...eurJpy, ...first }, 1n, 160_001n);
    expect(second).toMatchObject({ quoteAmount: 2n, venueQuoteAmount: 1n, filled: 2n });
    const third = countFill({ ...eurJpy, ...second }, 1n, 160_001n);
    expect(third).toMatchObject({ quoteAmount: 1n, venueQuoteAmount: 2n });
  });

  test('says how much of it nobody asked for', () => {
    const whole = { ...order, ...countFill(order, 90_00n, 1500_00n) };
    const over = countFill({ ...whole, status: 'PARTIALLY_FILLED' }, 15_00n, 1500_00n);
    expect(over).toMatchObject({ filled: 105_00n, overfill: 5_00n, beyond: 5_00n });
    const late = countFill({ ...whole, status: 'CANCELED' }, 3_00n, 1500_00n);
    expect(late).toMatchObject({ filled: 93_00n, overfill: 0n, beyond: 3_00n });
  });

  test('moves the mean price, half-even', () => {
    const first = { ...order, ...countFill(order, 1_00n, 1500_00n) };
    const both = { ...first, ...countFill(first, 1_00n, 1500_25n) };
    expect(averagePrice(both)).toBe(1500_12n);
    expect(averagePrice(order)).toBeNull();
  });
});

describe('the fills of an order, at or better than its limit,', () => {
  const orders = fc.record({
    side: fc.constantFrom('BUY' as const, 'SELL' as const),
    quantityScale: fc.integer({ min: 0, max: 6 }),
    priceScale: fc.integer({ min: 0, max: 6 }),
    quoteCurrency: fc.constantFrom('NGN' as const, 'JPY' as const),
    limitPrice: fc.bigInt({ min: 1n, max: 10n ** 9n }),
    parts: fc.array(fc.tuple(fc.bigInt({ min: 1n, max: 10n ** 9n }), fc.nat(10_000)), {
      minLength: 1,
      maxLength: 12,
    }),
  });

  test('never take more than the hold, nor the house less than the venue', () => {
    fc.assert(
      fc.property(orders, ({ parts, ...terms }) => {
        const quantity = parts.reduce((sum, [part]) => sum + part, 0n);
        let working: Order = { ...order, ...terms, quantity, status: 'ACCEPTED' };
        const hold = worstCaseCost(working, quantity, terms.limitPrice);
        let [base, quote, venue] = [0n, 0n, 0n];
        for (const [part, betterBps] of parts) {
          const better = (terms.limitPrice * BigInt(betterBps)) / 20_000n;
          const price =
            terms.side === 'BUY' ? terms.limitPrice - better : terms.limitPrice + better;
          const counted = countFill(working, part, price);
          expect(counted.baseAmount).toBeGreaterThanOrEqual(0n);
          expect(counted.quoteAmount).toBeGreaterThanOrEqual(0n);
          base += counted.baseAmount;
          quote += counted.quoteAmount;
          venue += counted.venueQuoteAmount;
          expect(terms.side === 'BUY' ? quote >= venue : quote <= venue).toBe(true);
          working = { ...working, ...counted };
        }
        expect(terms.side === 'BUY' ? quote <= hold : base <= hold).toBe(true);
        expect(working.filled).toBe(quantity);
      }),
      { numRuns: 1_000 },
    );
  });
});
