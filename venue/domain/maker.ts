import type { Currency } from '#kit/money.ts';
import type { Instrument } from './instruments.ts';
import type { Quote } from './market.ts';
import { createRandom, type Random } from './random.ts';
import { createRates, rateScale } from './walk.ts';

/** Decides what to quote; the matching engine treats the quotes like anybody's orders. */
export interface Maker {
  /** Lets market time pass and quotes every instrument anew. */
  quote(elapsedMs: bigint): ReadonlyMap<string, readonly Quote[]>;
}

const levelCount = 8;
/** The best level's size in whole units of base currency; each further one is half as big again. */
const smallestSize = 1_000n;
const largestSize = 6_000n;

export function createMaker(
  instruments: readonly Instrument[],
  references: ReadonlyMap<Currency, bigint>,
  seed: string,
): Maker {
  const rates = createRates(references, createRandom(`${seed}/rates`));
  const random = createRandom(`${seed}/quotes`);
  return {
    quote(elapsedMs) {
      rates.step(elapsedMs);
      return new Map(
        instruments.map((instrument) => {
          const mid = rates.mid(instrument.base, instrument.quote);
          return [instrument.symbol, quotesAround(instrument, mid, random)];
        }),
      );
    },
  };
}

/** Bids rounded down and offers up, so that the two never meet. */
function quotesAround(instrument: Instrument, mid: bigint, random: Random): readonly Quote[] {
  const { spreadMillionths, levelMillionths, tickSize, priceScale } = instrument;
  const unit = tickSize * 10n ** BigInt(rateScale - priceScale);
  const spread = (spreadMillionths * random.between(80n, 120n)) / 100n;
  const half = (mid * spread) / 2_000_000n;
  const bestBid = (mid - half) / unit;
  const bestAsk = (mid + half + unit - 1n) / unit;
  const ticks = (mid * levelMillionths) / 1_000_000n / unit;
  const step = ticks > 0n ? ticks : 1n;
  return Array.from({ length: levelCount }, (_, index) => {
    const away = step * BigInt(index);
    return [
      level(instrument, 'BUY', (bestBid - away) * tickSize, index, random),
      level(instrument, 'SELL', (bestAsk + away) * tickSize, index, random),
    ];
  }).flat();
}

function level(
  instrument: Instrument,
  side: Quote['side'],
  price: bigint,
  index: number,
  random: Random,
): Quote {
  const whole = random.between(smallestSize, largestSize) * 3n ** BigInt(index);
  const size = whole / 2n ** BigInt(index);
  return { side, price, quantity: size * 10n ** BigInt(instrument.quantityScale) };
}
