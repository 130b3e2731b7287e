import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { newId, type UserId } from '#kit/ids.ts';
import { currencies, type Currency } from '#kit/money.ts';
import { crossRate, exchangeAmounts, exchangeDraft, shownRate, type Exchange } from './exchange.ts';

const userId = newId<UserId>();
const exchange: Exchange = {
  userId,
  venue: 'HOUSE',
  from: 'USD',
  to: 'NGN',
  amount: 10_000n,
  middle: { numerator: 150_055n, denominator: 100n },
  spreadShare: 2_500n,
  feeShare: 1_000n,
  hold: null,
};

/** What each currency is worth in a third one, by the whole unit. */
const values = fc.record(
  Object.fromEntries(
    currencies.map((currency) => [currency, fc.bigInt({ min: 1n, max: 10n ** 9n })]),
  ) as Record<Currency, fc.Arbitrary<bigint>>,
);

test('an exchange posts what the customer pays and gets, fee, spread and rounding apart', () => {
  // 100.00 USD less a fee of 0.10 is 99.90 USD; at 1500.55 that is 149,904.94|5 NGN.
  expect(exchangeAmounts(exchange)).toEqual({
    fee: 10n,
    net: 9_990n,
    middle: 14_990_494n,
    received: 14_953_018n,
    spread: 37_476n,
    rounding: 0n,
  });
  const draft = exchangeDraft(exchange, userId, 'quote');
  expect(draft.legs.map(({ account, amount }) => [account.kind, account.currency, amount])).toEqual(
    [
      ['WALLET', 'USD', -10_000n],
      ['POSITION', 'NGN', -14_990_494n],
      ['FEE', 'USD', 10n],
      ['POSITION', 'USD', 9_990n],
      ['WALLET', 'NGN', 14_953_018n],
      ['SPREAD', 'NGN', 37_476n],
    ],
  );
});

test('what is too little to give anything is refused', () => {
  const little = { ...exchange, middle: { numerator: 1n, denominator: 1_000_000n } };
  expect(() => exchangeAmounts(little)).toThrow(
    expect.objectContaining({ code: 'INVALID_AMOUNT' }),
  );
});

test('rounding is never more than one minor unit, and never the customer’s', () => {
  const units = fc.bigInt({ min: 1n, max: 10n ** 12n });
  const share = fc.bigInt({ min: 0n, max: 999_999n });
  fc.assert(
    fc.property(units, units, units, share, share, (amount, numerator, denominator, s, f) => {
      const asked = { ...exchange, amount, middle: { numerator, denominator } };
      const terms = { ...asked, spreadShare: s, feeShare: f };
      let parts;
      try {
        parts = exchangeAmounts(terms);
      } catch (error) {
        expect(error).toMatchObject({ code: 'INVALID_AMOUNT' });
        return;
      }
      expect(parts.rounding === 0n || parts.rounding === 1n).toBe(true);
      expect(parts.received + parts.spread + parts.rounding).toBe(parts.middle);
      expect(parts.fee + parts.net).toBe(amount);
      expect(parts.middle * denominator <= parts.net * numerator).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});

describe('no circle of exchanges makes value', () => {
  const circle = fc.record({
    values,
    way: fc.array(fc.constantFrom(...currencies), { minLength: 1, maxLength: 8 }),
    start: fc.constantFrom(...currencies),
    amount: fc.oneof(fc.bigInt({ min: 1n, max: 1_000n }), fc.bigInt({ min: 1n, max: 10n ** 15n })),
    shares: fc.constantFrom(0n, 1n, 2_500n),
  });

  /** What is left of an amount after the way and back to where it began. */
  function travel(
    { values: worth, way, start, amount, shares }: CircleOf<typeof circle>,
    rateOf: typeof crossRate,
  ): bigint {
    let left = amount;
    let at = start;
    for (const to of [...way, start]) {
      if (to === at) continue;
      const middle = rateOf([at, worth[at]], [to, worth[to]]);
      if (middle.numerator === 0n) return 0n;
      try {
        const leg = { ...exchange, from: at, to, amount: left, middle };
        left = exchangeAmounts({ ...leg, spreadShare: shares, feeShare: 0n }).received;
      } catch (error) {
        expect(error).toMatchObject({ code: 'INVALID_AMOUNT' });
        return 0n;
      }
      at = to;
    }
    return left;
  }

  test.each([
    ['exact rates', crossRate],
    [
      'rates as they are shown, with six decimals',
      (...pair: Parameters<typeof crossRate>) => shownRate(crossRate(...pair), 6),
    ],
  ])('at %s', (_name, rateOf) => {
    fc.assert(
      fc.property(circle, (given) => {
        expect(travel(given, rateOf) <= given.amount).toBe(true);
      }),
      { numRuns: 5_000 },
    );
  });

  test('and the search would find one: rounding up makes some profitable', () => {
    const generous: typeof crossRate = (...pair) => {
      const { numerator, denominator } = shownRate(crossRate(...pair), 2);
      return { numerator: numerator + 1n, denominator };
    };
    const found = fc.check(
      fc.property(circle, (given) => travel(given, generous) <= given.amount),
      { numRuns: 5_000 },
    );
    expect(found.failed).toBe(true);
  });
});

type CircleOf<Arbitrary> = Arbitrary extends fc.Arbitrary<infer Value> ? Value : never;
