import { assert } from '#kit/errors.ts';
import { divide } from '#kit/money.ts';
import type { Side } from './book.ts';

export type OrderType = 'MARKET' | 'LIMIT';
export type TimeInForce = 'DAY' | 'GTC' | 'IOC' | 'FOK';
export type OrderStatus = 'NEW' | 'PARTIALLY_FILLED' | 'FILLED' | 'CANCELED' | 'EXPIRED';

/** What a client asks for, checked. Units are of the instrument's scales. */
export interface OrderTerms {
  /** The firm. */
  readonly owner: string;
  readonly clOrdId: string;
  readonly account: string | null;
  readonly symbol: string;
  readonly side: Side;
  readonly type: OrderType;
  readonly timeInForce: TimeInForce;
  readonly quantity: bigint;
  readonly price: bigint | null;
}

/** A client's order. Its number is its time priority too. */
export interface Order extends OrderTerms {
  readonly number: bigint;
  readonly status: OrderStatus;
  /** Accepted orders wait here for the matching engine's latency; false until matched once. */
  readonly matched: boolean;
  readonly filled: bigint;
  /** Sum of quantity times price over its trades. */
  readonly notional: bigint;
  readonly acceptedAt: Date;
  readonly changedAt: Date;
  /** ClOrdID of the request that canceled it. */
  readonly cancelClOrdId: string | null;
}

export type ExecutionKind = 'NEW' | 'TRADE' | 'CANCELED' | 'EXPIRED';

/** One thing that happened to an order, with the order as it was just after. */
export interface Execution {
  readonly number: bigint;
  readonly kind: ExecutionKind;
  readonly order: Order;
  readonly quantity: bigint;
  readonly price: bigint | null;
  readonly at: Date;
}

export function isWorking(order: Pick<Order, 'status'>): boolean {
  return order.status === 'NEW' || order.status === 'PARTIALLY_FILLED';
}

/** What may still trade: nothing once the order has ended. */
export function leavesOf(order: Order): bigint {
  return isWorking(order) ? order.quantity - order.filled : 0n;
}

/** Decimals that AvgPx has beyond the price scale. */
export const averageDecimals = 4;

/** The mean price of its trades at the price scale plus `averageDecimals`; 0 before the first. */
export function averagePrice(order: Pick<Order, 'filled' | 'notional'>): bigint {
  if (order.filled === 0n) return 0n;
  return divide(order.notional * 10n ** BigInt(averageDecimals), order.filled, 'half-even');
}

export function accept(terms: OrderTerms, number: bigint, at: Date): Order {
  return {
    ...terms,
    number,
    status: 'NEW',
    matched: false,
    filled: 0n,
    notional: 0n,
    acceptedAt: at,
    changedAt: at,
    cancelClOrdId: null,
  };
}

export function trade(order: Order, quantity: bigint, price: bigint, at: Date): Order {
  const filled = order.filled + quantity;
  assert(isWorking(order) && filled <= order.quantity, `order ${order.number} cannot trade`);
  const status = filled === order.quantity ? 'FILLED' : 'PARTIALLY_FILLED';
  const notional = order.notional + quantity * price;
  return { ...order, filled, notional, status, changedAt: at };
}

export function end(
  order: Order,
  status: 'CANCELED' | 'EXPIRED',
  at: Date,
  cancelClOrdId: string | null = null,
): Order {
  assert(isWorking(order), `order ${order.number} has ended before`);
  return { ...order, status, changedAt: at, cancelClOrdId };
}

/** Whether a request repeats the one that made this order. */
export function isSame(order: Order, terms: OrderTerms): boolean {
  const fields = ['account', 'symbol', 'side', 'type', 'timeInForce', 'quantity', 'price'] as const;
  return fields.every((name) => order[name] === terms[name]);
}
