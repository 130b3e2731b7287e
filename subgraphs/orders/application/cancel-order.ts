import { messageOf } from '#contracts/build.ts';
import { CancelVenueOrder } from '#contracts/orders.ts';
import type { Clock } from '#kit/clock.ts';
import { Refusal, assert } from '#kit/errors.ts';
import type { OrderId, UserId } from '#kit/ids.ts';
import { isFinal, type Order, type OrderRefusalCode } from '../domain/order.ts';
import type { OrderTransactions } from './ports.ts';
import { takeStep } from './take-step.ts';

export interface CancelResult {
  /** The order as it is now; null when the caller has none of that id. */
  readonly order: Order | null;
  readonly refusal: Refusal<OrderRefusalCode> | null;
}

/**
 * Cancels an order at once while it has not left for the venue, and else asks the venue to. Until
 * the venue answers, fills still count.
 */
export async function cancelOrder(
  store: OrderTransactions,
  clock: Clock,
  userId: UserId,
  orderId: OrderId,
): Promise<CancelResult> {
  return store.transaction(async (work) => {
    const order = await work.lockOrder(orderId);
    if (!order || order.userId !== userId) {
      return refuse(null, 'ORDER_NOT_FOUND', 'no order of yours has this id');
    }
    if (isFinal(order.status)) {
      return refuse(order, 'ORDER_NOT_OPEN', `the order is ${order.status}`);
    }
    if (order.pendingOperation) {
      return refuse(order, 'CANCEL_PENDING', 'a cancel of this order is on its way');
    }
    const now = clock();
    const isAtHome = order.status === 'RECEIVED' || order.status === 'HELD';
    const canceled = isAtHome
      ? await takeStep(work, order, 'CANCEL_ASKED', now, { kind: 'CANCELED' })
      : await takeStep(work, order, 'CANCEL_ASKED', now, {
          kind: 'CANCEL_REQUESTED',
          messages: [messageOf(CancelVenueOrder, orderId, { orderId, userId }, now)],
        });
    assert(canceled !== null, `order ${orderId} is open and takes a cancel`);
    return { order: canceled, refusal: null };
  });
}

function refuse(order: Order | null, code: OrderRefusalCode, message: string): CancelResult {
  return { order, refusal: new Refusal(code, message) };
}
