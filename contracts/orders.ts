import { z } from 'zod';
import { contract, shape } from './message.ts';

/** orders -> wallets: hold the worst-case cost of an order. Answered by FundsHeld or HoldDenied. */
export const HoldFunds = contract('hold-funds', {
  orderId: shape.id,
  userId: shape.id,
  currency: shape.currency,
  amount: shape.units,
});

/** wallets -> orders. */
export const FundsHeld = contract('funds-held', {
  orderId: shape.id,
  userId: shape.id,
  currency: shape.currency,
  amount: shape.units,
});

/** wallets -> orders. */
export const HoldDenied = contract('hold-denied', {
  orderId: shape.id,
  userId: shape.id,
  code: z.enum(['INSUFFICIENT_FUNDS']),
  message: z.string().max(500),
});

/**
 * orders -> wallets: an execution was counted; move its money. `baseAmount` and `quoteAmount` are
 * what the user gets and pays, positive, in minor units: cost(cumulative) minus cost(previous),
 * rounded in the house's favour. `venueQuoteAmount` is the same at the venue's half-even rounding;
 * the difference is a posting of its own. `late` fills came after the order's hold was released.
 */
export const FillRecorded = contract('fill-recorded', {
  orderId: shape.id,
  userId: shape.id,
  executionId: shape.id,
  venue: z.string().max(32),
  symbol: shape.symbol,
  side: shape.side,
  quantity: shape.decimal,
  price: shape.decimal,
  baseCurrency: shape.currency,
  quoteCurrency: shape.currency,
  baseAmount: shape.units,
  quoteAmount: shape.units,
  venueQuoteAmount: shape.units,
  tradedAt: shape.time,
});

/** wallets -> orders: the fill's transaction is in the journal. */
export const FillSettled = contract('fill-settled', {
  orderId: shape.id,
  userId: shape.id,
  executionId: shape.id,
  transactionId: shape.id,
});

/** orders -> wallets: the order ended; release what is left of its hold, also one not yet made. */
export const ReleaseHold = contract('release-hold', {
  orderId: shape.id,
  userId: shape.id,
  reason: z.enum(['DENIED', 'CANCELED', 'EXPIRED', 'REJECTED', 'FILLED']),
});

/** wallets -> orders: nothing is held for the order any more. */
export const HoldReleased = contract('hold-released', {
  orderId: shape.id,
  userId: shape.id,
  released: shape.units,
});

/** orders -> exchange: send the order to a venue, before `submitBy` or not at all. */
export const SubmitOrder = contract('submit-order', {
  orderId: shape.id,
  userId: shape.id,
  symbol: shape.symbol,
  side: shape.side,
  quantity: shape.decimal,
  /** MARKET orders are sent as LIMIT at their cap. */
  limitPrice: shape.decimal,
  timeInForce: z.enum(['GTC', 'IOC']),
  submitBy: shape.time,
});

/** orders -> exchange: cancel the rest of the order. */
export const CancelVenueOrder = contract('cancel-venue-order', {
  orderId: shape.id,
  userId: shape.id,
});
