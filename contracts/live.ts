import { z } from 'zod';
import { shape } from './message.ts';

/**
 * Live updates travel by pub/sub, not by queues: whoever is not listening misses them. Order and
 * wallet channels only say that the user's event log has a new head; readers take events from the
 * log. Market data and quotes carry their values: the latest is all that counts.
 */
export const channels = {
  orderEvents: (userId: string) => `orders.events.${userId}`,
  orderChanged: (orderId: string) => `orders.changed.${orderId}`,
  walletEvents: (userId: string) => `wallets.events.${userId}`,
  marketData: 'exchange.market-data',
  quotes: 'pricing.quotes',
};

/** On orderEvents and walletEvents: the log's new head. */
export const HeadMoved = z.object({ sequence: z.number().int().min(1) });

/** On orderChanged: the order's row changed. */
export const OrderChanged = z.object({ orderId: shape.id, status: z.string() });

/** On marketData: the best prices of one instrument at one venue, null where a side is empty. */
export const MarketData = z.object({
  venue: z.string().max(32),
  symbol: shape.symbol,
  bid: z.object({ price: shape.decimal, quantity: shape.decimal }).nullable(),
  ask: z.object({ price: shape.decimal, quantity: shape.decimal }).nullable(),
  at: shape.time,
});
export type MarketData = z.infer<typeof MarketData>;

/** On quotes: one instrument's new quote. */
export const QuoteChanged = z.object({
  symbol: shape.symbol,
  bid: shape.decimal,
  ask: shape.decimal,
  bidQuantity: shape.decimal,
  askQuantity: shape.decimal,
  status: z.enum(['LIVE', 'STALE']),
  at: shape.time,
});
export type QuoteChanged = z.infer<typeof QuoteChanged>;
