import { z } from 'zod';
import { contract, shape } from './message.ts';

const order = { orderId: shape.id, userId: shape.id, venue: z.string().max(32) };

/** exchange -> orders: the venue works the order. */
export const OrderAccepted = contract('order-accepted', {
  ...order,
  venueOrderId: z.string().max(64),
  at: shape.time,
});

/** exchange -> orders: the venue refused it, or is known not to have it (`confirmed` false). */
export const OrderRejected = contract('order-rejected', {
  ...order,
  reason: z.string().max(500),
  confirmed: z.boolean(),
  at: shape.time,
});

/** exchange -> orders: a trade, stored once by (venue, trade date, ExecID). */
export const OrderExecuted = contract('order-executed', {
  ...order,
  executionId: shape.id,
  execId: z.string().max(64),
  quantity: shape.decimal,
  price: shape.decimal,
  tradedAt: shape.time,
});

/** exchange -> orders: canceled on request, or the unfilled rest of an IOC order. */
export const OrderCanceled = contract('order-canceled', { ...order, at: shape.time });

/** exchange -> orders: the venue refused the cancel; the order lives on as it was. */
export const CancelRejected = contract('cancel-rejected', {
  ...order,
  reason: z.string().max(500),
  at: shape.time,
});

/** exchange -> orders: not sent before `submitBy` (`sent` false), or expired at the venue. */
export const OrderExpired = contract('order-expired', {
  ...order,
  sent: z.boolean(),
  at: shape.time,
});

/** exchange -> orders: sent, and neither acknowledged nor refused in time. */
export const OrderUnknown = contract('order-unknown', { ...order, at: shape.time });

/** exchange -> pricing: the venue lists an instrument (FIX SecurityList). */
export const InstrumentListed = contract('instrument-listed', {
  venue: z.string().max(32),
  symbol: shape.symbol,
  baseCurrency: shape.currency,
  quoteCurrency: shape.currency,
  tickSize: shape.decimal,
  priceScale: z.number().int().min(0).max(9),
  quantityScale: z.number().int().min(0).max(9),
  minimumQuantity: shape.decimal,
  maximumQuantity: shape.decimal,
});
