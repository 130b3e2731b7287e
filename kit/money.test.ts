import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  currencies,
  divide,
  formatAmount,
  formatDecimal,
  isCurrency,
  maximumUnits,
  minorUnits,
  notionalToMinor,
  parseAmount,
  parseDecimal,
  rescale,
} from './money.ts';

const scale = fc.integer({ min: 0, max: 12 });
const units = fc.bigInt({ min: -maximumUnits, max: maximumUnits });
const positive = fc.bigInt({ min: 1n, max: 10n ** 24n });

describe('decimals', () => {
  test.each([
    ['12.5', 2, 1250n],
    ['-0.01', 2, -1n],
    ['12.5000', 1, 125n],
    ['0', 0, 0n],
    ['007', 0, 7n],
  ])('%s at scale %i is read as %s units', (text, at, expected) => {
    expect(parseDecimal(text, at)).toBe(expected);
  });

  test.each([
    ['', 'INVALID_DECIMAL'],
    ['+1', 'INVALID_DECIMAL'],
    ['1e3', 'INVALID_DECIMAL'],
    ['.5', 'INVALID_DECIMAL'],
    ['1.', 'INVALID_DECIMAL'],
    ['1,5', 'INVALID_DECIMAL'],
    [' 1', 'INVALID_DECIMAL'],
    ['NaN', 'INVALID_DECIMAL'],
    ['١', 'INVALID_DECIMAL'],
    ['1.001', 'TOO_MANY_DECIMALS'],
    ['10000000000000000.01', 'OUT_OF_RANGE'],
  ])('%p is refused as %s', (text, code) => {
    expect(() => parseDecimal(text, 2)).toThrow(expect.objectContaining({ code }));
  });

  test('what is written is read again as the same', () => {
    fc.assert(
      fc.property(units, scale, (value, at) => {
        expect(parseDecimal(formatDecimal(value, at), at)).toBe(value);
      }),
    );
  });

  test('an amount has the decimals of its currency', () => {
    expect(formatAmount(1250n, 'USD')).toBe('12.50');
    expect(formatAmount(-1250n, 'JPY')).toBe('-1250');
    expect(parseAmount('12.50', 'NGN')).toBe(1250n);
    expect(() => parseAmount('12.5', 'XOF')).toThrow(
      expect.objectContaining({ code: 'TOO_MANY_DECIMALS' }),
    );
  });

  test('only our currencies are currencies', () => {
    expect(currencies.every(isCurrency)).toBe(true);
    expect(['usd', 'BTC', 'toString', ''].some(isCurrency)).toBe(false);
    expect(currencies).toHaveLength(Object.keys(minorUnits).length);
  });
});

describe('division', () => {
  test.each([
    [7n, 2n, 'up', 4n],
    [-7n, 2n, 'up', -4n],
    [7n, 2n, 'down', 3n],
    [-7n, 2n, 'down', -3n],
    [5n, 2n, 'half-even', 2n],
    [7n, 2n, 'half-even', 4n],
    [-5n, 2n, 'half-even', -2n],
    [8n, 3n, 'half-even', 3n],
    [6n, 3n, 'up', 2n],
  ] as const)('%s / %s rounded %s is %s', (numerator, denominator, rounding, expected) => {
    expect(divide(numerator, denominator, rounding)).toBe(expected);
  });

  test('a denominator that is not positive is a bug', () => {
    expect(() => divide(1n, 0n, 'down')).toThrow(RangeError);
    expect(() => divide(1n, -2n, 'up')).toThrow(RangeError);
  });

  test('up and down enclose the quotient, and half-even is the nearer of them', () => {
    fc.assert(
      fc.property(units, positive, (numerator, denominator) => {
        const size = numerator < 0n ? -numerator : numerator;
        const [down, up] = [divide(size, denominator, 'down'), divide(size, denominator, 'up')];
        expect(down * denominator <= size && size <= up * denominator).toBe(true);
        expect(up - down).toBe(size % denominator === 0n ? 0n : 1n);
        const nearest = divide(size, denominator, 'half-even');
        const distance = nearest * denominator - size;
        expect((distance < 0n ? -distance : distance) * 2n <= denominator).toBe(true);
      }),
    );
  });

  test('the sign does not change how much is rounded', () => {
    fc.assert(
      fc.property(
        units,
        positive,
        fc.constantFrom('up' as const, 'down' as const, 'half-even' as const),
        (numerator, denominator, rounding) => {
          expect(divide(-numerator, denominator, rounding)).toBe(
            -divide(numerator, denominator, rounding),
          );
        },
      ),
    );
  });

  test('more decimals and back again change nothing', () => {
    fc.assert(
      fc.property(units, scale, scale, (value, from, more) => {
        expect(rescale(rescale(value, from, from + more, 'up'), from + more, from, 'up')).toBe(
          value,
        );
      }),
    );
  });

  test('a notional becomes minor units of its currency, rounded by name', () => {
    // 3 units of 1550.125 NGN, at scale 3: 4650.375 NGN.
    expect(notionalToMinor(4_650_375n, 3, 'NGN', 'up')).toBe(465_038n);
    expect(notionalToMinor(4_650_375n, 3, 'NGN', 'down')).toBe(465_037n);
    expect(notionalToMinor(4_650_375n, 3, 'NGN', 'half-even')).toBe(465_038n);
    expect(notionalToMinor(4_650_375n, 3, 'JPY', 'down')).toBe(4_650n);
  });
});
