import type { Currency } from '#kit/money.ts';

/** What is traded here. Prices and quantities are bigints at the instrument's scales. */
export interface Instrument {
  /** `USD/NGN`: base and quote currency. */
  readonly symbol: string;
  readonly name: string;
  readonly base: Currency;
  readonly quote: Currency;
  readonly priceScale: number;
  readonly tickSize: bigint;
  readonly quantityScale: number;
  readonly quantityStep: bigint;
  readonly minimumQuantity: bigint;
  readonly maximumQuantity: bigint;
  /** Between the maker's best bid and offer, on average, in millionths of the mid. */
  readonly spreadMillionths: bigint;
  /** Between two of the maker's levels, in millionths of the mid. */
  readonly levelMillionths: bigint;
}

/**
 * Scales are for ever: stored orders hold units of them. Spreads are those of a retail venue on a
 * quiet day; naira and shilling pairs trade an order of magnitude wider than the majors.
 */
export const instruments: readonly Instrument[] = [
  pair('USD', 'NGN', 2, 1200n, 250n),
  pair('EUR', 'NGN', 2, 1500n, 300n),
  pair('GBP', 'NGN', 2, 1500n, 300n),
  pair('EUR', 'USD', 5, 60n, 20n),
  pair('GBP', 'USD', 5, 80n, 25n),
  pair('USD', 'JPY', 3, 80n, 25n),
  pair('USD', 'KES', 3, 1500n, 300n),
  pair('USD', 'ZAR', 4, 400n, 80n),
];

const bySymbol = new Map(instruments.map((instrument) => [instrument.symbol, instrument]));

export function findInstrument(symbol: string): Instrument | undefined {
  return bySymbol.get(symbol);
}

function pair(
  base: Currency,
  quote: Currency,
  priceScale: number,
  spreadMillionths: bigint,
  levelMillionths: bigint,
): Instrument {
  return {
    symbol: `${base}/${quote}`,
    name: `Spot ${base} against ${quote}`,
    base,
    quote,
    priceScale,
    tickSize: 1n,
    quantityScale: 2,
    quantityStep: 1n,
    minimumQuantity: 1_00n,
    maximumQuantity: 1_000_000_00n,
    spreadMillionths,
    levelMillionths,
  };
}
