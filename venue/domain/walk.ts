import type { Currency } from '#kit/money.ts';
import { normalUnit, type Random } from './random.ts';

/** Decimals of a rate: units of a currency for one US dollar. */
export const rateScale = 12;
const one = 10n ** BigInt(rateScale);
const yearMs = 365n * 86_400_000n;

/**
 * Annualised volatility of each currency against the dollar in millionths, from two years of daily
 * mid rates of the npm package `@fawazahmed0/currency-api` (log returns, scaled by elapsed days).
 */
const volatilities: Readonly<Partial<Record<Currency, bigint>>> = {
  NGN: 200_800n,
  EUR: 73_200n,
  GBP: 63_600n,
  JPY: 74_800n,
  KES: 66_600n,
  ZAR: 111_600n,
};

/** How far a rate strays from its reference: one standard deviation, and never beyond. */
const strayMillionths = 15_000n;
const boundMillionths = 60_000n;

/** The rates of all currencies, which move together with time. */
export interface Rates {
  /** Lets market time pass. */
  step(elapsedMs: bigint): void;
  /** The mid price of base in quote at `rateScale`, before any rounding to ticks. */
  mid(base: Currency, quote: Currency): bigint;
}

/**
 * Each currency's rate against the dollar is a mean-reverting (Ornstein and Uhlenbeck) random walk
 * around its reference; pairs are crosses, so that no triangle of them earns money. Integers only.
 * @param references units of each currency for one dollar at `rateScale`
 */
export function createRates(references: ReadonlyMap<Currency, bigint>, random: Random): Rates {
  const walks = [...references]
    .toSorted(([a], [b]) => (a < b ? -1 : 1)) // the seed decides, not the order of the file
    .map(([currency, reference]) => ({
      currency,
      reference,
      volatility: volatilities[currency] ?? 0n,
      deviation: 0n,
    }));
  const rates = new Map(references);
  rates.set('USD', one);
  return {
    step(elapsedMs) {
      for (const walk of walks) {
        if (walk.volatility === 0n) continue;
        walk.deviation = move(walk.deviation, walk.volatility, elapsedMs, random.normal());
        rates.set(walk.currency, walk.reference + (walk.reference * walk.deviation) / one);
      }
    },
    mid(base, quote) {
      const [numerator, denominator] = [rates.get(quote), rates.get(base)];
      if (!numerator || !denominator) throw new RangeError(`no rate of ${base}/${quote}`);
      return (numerator * one) / denominator;
    },
  };
}

function move(deviation: bigint, volatility: bigint, elapsedMs: bigint, normal: bigint): bigint {
  const perMillionth = one / 1_000_000n;
  const sigma = volatility * perMillionth;
  const shock = (squareRoot((sigma * sigma * elapsedMs) / yearMs) * normal) / normalUnit;
  // The stationary variance sigma^2 tau / 2 is to be strayMillionths^2.
  const tauMs = (2n * strayMillionths ** 2n * yearMs) / volatility ** 2n;
  const pull = (deviation * elapsedMs) / tauMs;
  const bound = boundMillionths * perMillionth;
  const moved = deviation - pull + shock;
  if (moved > bound) return bound;
  return moved < -bound ? -bound : moved;
}

/** The largest integer whose square is not above n. */
export function squareRoot(n: bigint): bigint {
  if (n < 2n) return n;
  let root = 1n << BigInt((n.toString(2).length + 1) >> 1);
  for (;;) {
    const better = (root + n / root) >> 1n;
    if (better >= root) return root;
    root = better;
  }
}
