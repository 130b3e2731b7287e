import type { EntityManager } from '@mikro-orm/postgresql';
import type { BodyOf } from '#contracts/message.ts';
import type { CancelVenueOrder } from '#contracts/orders.ts';
import { deterministicId, type OrderId, type UserId } from '#kit/ids.ts';
import { isFinal } from '../domain/venue-order.ts';
import type { Exchange, VenueOrderRecord } from './ports.ts';
import { tellOrders } from './tell-orders.ts';
import { onVenueWord } from './trace-order.ts';

/**
 * Asks the venue to cancel the rest of an order. One whose bytes never left is withdrawn here; one
 * that ended or that never came is answered by CancelRejected.
 */
export async function cancelOrder(
  exchange: Exchange,
  em: EntityManager,
  command: BodyOf<typeof CancelVenueOrder>,
): Promise<void> {
  const { venue, clock } = exchange;
  const now = clock();
  const orderId = command.orderId as OrderId;
  const order = await exchange.orders.lock(em, orderId);
  if (!order || order.userId !== command.userId) {
    const subject = { orderId, userId: command.userId as UserId, venue };
    const reason = 'the order was not sent to a venue';
    return tellOrders(em, subject, [{ kind: 'CANCEL_REJECTED', reason }], now);
  }
  if (isFinal(order.status)) {
    const reason = `the order is ${order.status.toLowerCase()}`;
    return tellOrders(em, order, [{ kind: 'CANCEL_REJECTED', reason }], now);
  }
  if (order.cancelPending) return;
  if (!order.sentAt) {
    await exchange.orders.update(em, order, { status: 'CANCELED', lastEventAt: now });
    return tellOrders(em, order, [{ kind: 'CANCELED' }], now);
  }
  await sendCancel(exchange, em, order);
}

/** Stores a cancel request for the venue. Each attempt has an id of its own, as FIX wants it. */
export async function sendCancel(
  exchange: Exchange,
  em: EntityManager,
  order: VenueOrderRecord,
): Promise<void> {
  const cancelCount = order.cancelCount + 1;
  const cancelClOrdId = deterministicId('cancel', order.orderId, String(cancelCount));
  await exchange.orders.update(em, order, { cancelClOrdId, cancelCount, cancelPending: true });
  await exchange.route.cancel(em, order, cancelClOrdId);
}

/** The venue refused a cancel. A refusal of an earlier attempt than the latest says nothing. */
export function refuseCancel(
  exchange: Exchange,
  clOrdId: string,
  cancelClOrdId: string,
  reason: string,
): Promise<void> {
  return onVenueWord(exchange, 'OrderCancelReject', clOrdId, async (em, order) => {
    if (!order?.cancelPending || order.cancelClOrdId !== cancelClOrdId) return;
    const now = exchange.clock();
    await exchange.orders.update(em, order, { cancelPending: false, lastEventAt: now });
    await tellOrders(em, order, [{ kind: 'CANCEL_REJECTED', reason }], now);
  });
}
