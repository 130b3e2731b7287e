import { Refusal } from '#kit/errors.ts';
import { formatDecimal, parseDecimal } from '#kit/money.ts';
import type { Instrument } from './instrument.ts';

export type QuoteStatus = 'LIVE' | 'STALE';

/** The best prices of one instrument; decimals have all decimals of the instrument's scales. */
export interface Quote {
  readonly symbol: string;
  readonly bid: string;
  readonly ask: string;
  readonly bidQuantity: string;
  readonly askQuantity: string;
  readonly status: QuoteStatus;
  /** When the venue showed it. */
  readonly at: Date;
}

interface Level {
  readonly price: string;
  readonly quantity: string;
}

/** What a venue shows of one instrument. */
export interface Market {
  readonly symbol: string;
  readonly bid: Level | null;
  readonly ask: Level | null;
  readonly at: Date;
}

/** Why there is no price to trade on. */
export type NoQuote = 'EMPTY' | 'CROSSED' | 'MALFORMED';

/**
 * The quote of a market, or why there is none: a missing side, a bid above the ask, a price or
 * quantity that is not above zero or finer than the instrument's scale.
 */
export function quoteOf(market: Market, instrument: Instrument): Quote | NoQuote {
  const { bid, ask, symbol, at } = market;
  if (!bid || !ask) return 'EMPTY';
  const { priceScale, quantityScale } = instrument;
  const bidPrice = positive(bid.price, priceScale);
  const askPrice = positive(ask.price, priceScale);
  const bidQuantity = positive(bid.quantity, quantityScale);
  const askQuantity = positive(ask.quantity, quantityScale);
  if (!bidPrice || !askPrice || !bidQuantity || !askQuantity) return 'MALFORMED';
  if (bidPrice > askPrice) return 'CROSSED';
  return {
    symbol,
    bid: formatDecimal(bidPrice, priceScale),
    ask: formatDecimal(askPrice, priceScale),
    bidQuantity: formatDecimal(bidQuantity, quantityScale),
    askQuantity: formatDecimal(askQuantity, quantityScale),
    status: 'LIVE',
    at,
  };
}

/** Whether two quotes say the same, apart from when. */
export const sameQuote = (one: Quote, other: Quote): boolean =>
  one.bid === other.bid &&
  one.ask === other.ask &&
  one.bidQuantity === other.bidQuantity &&
  one.askQuantity === other.askQuantity &&
  one.status === other.status;

/** A quote as it is to be shown now: one that is too old is stale, whatever it says of itself. */
export function aged(quote: Quote, staleAfterMs: number, now: Date): Quote {
  const isOld = now.getTime() - quote.at.getTime() > staleAfterMs;
  return quote.status === 'LIVE' && isOld ? { ...quote, status: 'STALE' } : quote;
}

/** The units of a decimal above zero, or null. */
function positive(text: string, scale: number): bigint | null {
  try {
    const units = parseDecimal(text, scale);
    return units > 0n ? units : null;
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
}
