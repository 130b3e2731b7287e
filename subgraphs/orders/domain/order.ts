import type { OrderId, UserId } from '#kit/ids.ts';
import type { Currency } from '#kit/money.ts';

export type Side = 'BUY' | 'SELL';
export type OrderType = 'MARKET' | 'LIMIT';
export type TimeInForce = 'GTC' | 'IOC';

export const orderStatuses = [
  'RECEIVED',
  'HELD',
  'SUBMITTED',
  'ACCEPTED',
  'PARTIALLY_FILLED',
  'UNKNOWN',
  'FILLED',
  'CANCELED',
  'EXPIRED',
  'DENIED',
  'REJECTED',
] as const;
export type OrderStatus = (typeof orderStatuses)[number];

export const finalStatuses = ['FILLED', 'CANCELED', 'EXPIRED', 'DENIED', 'REJECTED'] as const;
export type FinalStatus = (typeof finalStatuses)[number];

export const openStatuses = orderStatuses.filter((status) => !isFinal(status));

export type PendingOperation = 'CANCEL';
export type SettlementStatus = 'NONE' | 'PENDING' | 'SETTLED';

/** What is known of the order's hold in wallets; RELEASING until wallets says it is gone. */
export type HoldStatus = 'ASKED' | 'HELD' | 'DENIED' | 'RELEASING' | 'RELEASED';

/** Why an order was refused, denied or rejected: the schema's OrderRefusalCode. */
export type OrderRefusalCode =
  | 'INVALID_CLIENT_ORDER_ID'
  | 'CLIENT_ORDER_ID_REUSED'
  | 'UNKNOWN_INSTRUMENT'
  | 'INVALID_QUANTITY'
  | 'QUANTITY_TOO_SMALL'
  | 'QUANTITY_TOO_LARGE'
  | 'INVALID_LIMIT_PRICE'
  | 'INVALID_TICK'
  | 'INVALID_TIME_IN_FORCE'
  | 'INVALID_SUBMIT_BY'
  | 'NO_QUOTE'
  | 'STALE_QUOTE'
  | 'PRICE_OUT_OF_RANGE'
  | 'INSUFFICIENT_FUNDS'
  | 'ORDER_NOT_FOUND'
  | 'ORDER_NOT_OPEN'
  | 'CANCEL_PENDING'
  | 'TOO_MANY_OPEN_ORDERS'
  | 'VENUE_REJECTED';

export type OrderEventKind =
  | 'RECEIVED'
  | 'HELD'
  | 'DENIED'
  | 'SUBMITTED'
  | 'ACCEPTED'
  | 'REJECTED'
  | 'UNKNOWN'
  | 'FILLED'
  | 'CANCEL_REQUESTED'
  | 'CANCEL_REJECTED'
  | 'CANCELED'
  | 'EXPIRED'
  | 'SETTLED';

/** What the orders of an instrument must fit; prices and quantities are units of their scale. */
export interface Instrument {
  readonly symbol: string;
  readonly baseCurrency: Currency;
  readonly quoteCurrency: Currency;
  readonly priceScale: number;
  readonly quantityScale: number;
  readonly tickSize: bigint;
  readonly minimumQuantity: bigint;
  readonly maximumQuantity: bigint;
}

/** The best prices, in units of the instrument's price scale. */
export interface Quote {
  readonly bid: bigint;
  readonly ask: bigint;
  readonly at: Date;
}

/**
 * An order. Quantities and prices are units of its own `quantityScale` and `priceScale`, which it
 * keeps from the day it was placed; amounts are minor units of its currencies.
 */
export interface Order {
  readonly id: OrderId;
  readonly userId: UserId;
  readonly clientOrderId: string;
  /** What was asked for, so that a retry is told apart from another order. */
  readonly fingerprint: string;
  readonly symbol: string;
  readonly baseCurrency: Currency;
  readonly quoteCurrency: Currency;
  readonly priceScale: number;
  readonly quantityScale: number;
  readonly side: Side;
  readonly type: OrderType;
  readonly timeInForce: TimeInForce;
  readonly quantity: bigint;
  /** The worst price accepted: the limit, or a MARKET order's cap. */
  readonly limitPrice: bigint;
  readonly status: OrderStatus;
  readonly pendingOperation: PendingOperation | null;
  readonly settlementStatus: SettlementStatus;
  readonly holdStatus: HoldStatus;
  /** The worst-case cost in minor units of the paying currency. */
  readonly heldAmount: bigint;
  readonly filled: bigint;
  /** How much of `filled` went beyond the quantity. */
  readonly overfill: bigint;
  /** The sum of quantity times price of all fills, at scale `quantityScale + priceScale`. */
  readonly notional: bigint;
  readonly fillCount: number;
  readonly settledCount: number;
  readonly refusalCode: OrderRefusalCode | null;
  readonly refusalMessage: string | null;
  readonly submitBy: Date;
  /** The W3C trace context of its placement, where that was traced. */
  readonly traceparent: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export function isFinal(status: OrderStatus): status is FinalStatus {
  return finalStatuses.some((final) => final === status);
}

/** What may still be filled: nothing once the order is final or overfilled. */
export function leavesOf(order: Pick<Order, 'status' | 'quantity' | 'filled'>): bigint {
  if (isFinal(order.status) || order.filled >= order.quantity) return 0n;
  return order.quantity - order.filled;
}

/** The currency that pays: the quote's for a buy, the base's for a sell. */
export function payingCurrency(
  order: Pick<Order, 'side' | 'baseCurrency' | 'quoteCurrency'>,
): Currency {
  return order.side === 'BUY' ? order.quoteCurrency : order.baseCurrency;
}

/** How far the money is, from what wallets has answered so far. */
export function settlementOf(
  order: Pick<Order, 'holdStatus' | 'fillCount' | 'settledCount'>,
): SettlementStatus {
  if (order.settledCount < order.fillCount || order.holdStatus === 'RELEASING') return 'PENDING';
  return order.fillCount > 0 || order.holdStatus === 'RELEASED' ? 'SETTLED' : 'NONE';
}
