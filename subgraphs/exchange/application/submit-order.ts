import type { EntityManager } from '@mikro-orm/postgresql';
import type { SubmitOrder } from '#contracts/orders.ts';
import type { BodyOf } from '#contracts/message.ts';
import type { OrderId, UserId } from '#kit/ids.ts';
import { activeTraceparent } from '#kit/tracing.ts';
import type { Exchange, VenueOrderRecord } from './ports.ts';
import { tellOrders } from './tell-orders.ts';

/**
 * Stores the order's mapping and its message to the venue in one transaction; the message leaves
 * after it. Past `submitBy` nothing is sent: the order expires. A repeated command does nothing.
 */
export async function submitOrder(
  exchange: Exchange,
  em: EntityManager,
  command: BodyOf<typeof SubmitOrder>,
): Promise<void> {
  const orderId = command.orderId as OrderId;
  if (await exchange.orders.lock(em, orderId)) return;
  const now = exchange.clock();
  const order = newVenueOrder(exchange.venue, command, now);
  if (now > order.submitBy) {
    await exchange.orders.insert(em, { ...order, status: 'EXPIRED' });
    await tellOrders(em, order, [{ kind: 'EXPIRED', sent: false }], now);
    return;
  }
  await exchange.orders.insert(em, order);
  await exchange.route.submit(em, order);
}

function newVenueOrder(
  venue: string,
  command: BodyOf<typeof SubmitOrder>,
  now: Date,
): VenueOrderRecord {
  return {
    orderId: command.orderId as OrderId,
    userId: command.userId as UserId,
    venue,
    // A UUID has 36 characters, what FIX venues take; nobody else's order can have it.
    clOrdId: command.orderId,
    symbol: command.symbol,
    side: command.side,
    quantity: command.quantity,
    limitPrice: command.limitPrice,
    timeInForce: command.timeInForce,
    submitBy: new Date(command.submitBy),
    traceparent: activeTraceparent() ?? null,
    status: 'PENDING',
    cumQuantity: '0',
    venueOrderId: null,
    claimedStatus: null,
    claimedReason: null,
    claimedCumQuantity: null,
    sentAt: null,
    cancelClOrdId: null,
    cancelCount: 0,
    cancelPending: false,
    unknownAt: null,
    absentProbes: 0,
    probedAt: null,
    tradesAbsentAt: null,
    createdAt: now,
    lastEventAt: now,
  };
}
