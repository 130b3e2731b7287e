import { Refusal } from './errors.ts';

/**
 * Money is a bigint of minor units beside its currency; a price or a quantity is a bigint beside
 * its scale (the number of decimals). No float ever stands between them.
 */
export type Currency = keyof typeof minorUnits;

/** ISO 4217 minor units (list one) of every currency that Mammon keeps. */
export const minorUnits = {
  AED: 2,
  AUD: 2,
  CAD: 2,
  CHF: 2,
  CNY: 2,
  EUR: 2,
  GBP: 2,
  GHS: 2,
  INR: 2,
  JPY: 0,
  KES: 2,
  NGN: 2,
  USD: 2,
  XOF: 0,
  ZAR: 2,
} as const;

export const currencies = Object.keys(minorUnits) as readonly Currency[];

export function isCurrency(text: string): text is Currency {
  return Object.hasOwn(minorUnits, text);
}

/** Which way a division goes; there is no default, so that each one is named. */
export type Rounding = 'up' | 'down' | 'half-even';

/** The largest magnitude that is accepted from outside: 10^18 units of the scale. */
export const maximumUnits = 10n ** 18n;

/**
 * Reads a plain decimal (`-12.50`, no exponent, no sign `+`) at a scale, exactly.
 * @throws Refusal INVALID_DECIMAL when it is malformed, TOO_MANY_DECIMALS, or OUT_OF_RANGE
 */
export function parseDecimal(text: string, scale: number): bigint {
  const match = /^(-?)(\d{1,30})(?:\.(\d{1,30}))?$/.exec(text);
  if (!match)
    throw new Refusal('INVALID_DECIMAL', `"${text.slice(0, 40)}" is not a decimal number`);
  const decimals = (match[3] ?? '').replace(/0+$/, '');
  if (decimals.length > scale) {
    throw new Refusal('TOO_MANY_DECIMALS', `${text} has more than ${scale} decimals`);
  }
  const units = BigInt((match[2] ?? '') + decimals.padEnd(scale, '0'));
  if (units > maximumUnits) throw new Refusal('OUT_OF_RANGE', `${text} is too large`);
  return match[1] ? -units : units;
}

/** The inverse of parseDecimal, with all decimals of the scale: `formatDecimal(1250n, 2)` is `12.50`. */
export function formatDecimal(units: bigint, scale: number): string {
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0');
  const sign = units < 0n ? '-' : '';
  if (scale === 0) return sign + digits;
  return `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

export const parseAmount = (text: string, currency: Currency): bigint =>
  parseDecimal(text, minorUnits[currency]);

export const formatAmount = (minor: bigint, currency: Currency): string =>
  formatDecimal(minor, minorUnits[currency]);

/** Divides with a named rounding; `up` is away from zero, `down` is towards zero. */
export function divide(numerator: bigint, denominator: bigint, rounding: Rounding): bigint {
  if (denominator <= 0n) throw new RangeError('a denominator is positive');
  const quotient = numerator / denominator;
  const remainder = numerator % denominator;
  if (remainder === 0n || rounding === 'down') return quotient;
  const away = numerator < 0n ? quotient - 1n : quotient + 1n;
  if (rounding === 'up') return away;
  const twice = (remainder < 0n ? -remainder : remainder) * 2n;
  if (twice !== denominator) return twice > denominator ? away : quotient;
  return quotient % 2n === 0n ? quotient : away;
}

/** Brings units from one scale to another: exact upwards, rounded by name downwards. */
export function rescale(units: bigint, from: number, to: number, rounding: Rounding): bigint {
  if (to >= from) return units * 10n ** BigInt(to - from);
  return divide(units, 10n ** BigInt(from - to), rounding);
}

/**
 * The value of a quantity at a price, in minor units of the quote currency.
 * `notional` is the sum of quantity times price, at scale `quantityScale + priceScale`.
 */
export function notionalToMinor(
  notional: bigint,
  notionalScale: number,
  currency: Currency,
  rounding: Rounding,
): bigint {
  return rescale(notional, notionalScale, minorUnits[currency], rounding);
}
