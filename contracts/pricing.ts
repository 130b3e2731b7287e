import { z } from 'zod';
import { contract, shape } from './message.ts';

/** pricing -> orders: an instrument that can be traded, with the rules of its orders. */
export const InstrumentPublished = contract('instrument-published', {
  symbol: shape.symbol,
  baseCurrency: shape.currency,
  quoteCurrency: shape.currency,
  tickSize: shape.decimal,
  priceScale: z.number().int().min(0).max(9),
  quantityScale: z.number().int().min(0).max(9),
  minimumQuantity: shape.decimal,
  maximumQuantity: shape.decimal,
});

/**
 * pricing -> orders: the best prices, at most once a second for each instrument; only LIVE quotes
 * are published, so a missing one becomes stale by its age.
 */
export const QuotePublished = contract(
  'quote-published',
  { symbol: shape.symbol, bid: shape.decimal, ask: shape.decimal, at: shape.time },
  { expiresAfterMs: 10_000 },
);
