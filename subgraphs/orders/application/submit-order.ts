import type { BodyOf } from '#contracts/message.ts';
import { messageOf } from '#contracts/build.ts';
import { type FundsHeld, type HoldDenied, SubmitOrder } from '#contracts/orders.ts';
import type { BrokerMessage } from '#kit/broker.ts';
import { Fault } from '#kit/errors.ts';
import { formatDecimal } from '#kit/money.ts';
import { type Order, payingCurrency } from '../domain/order.ts';
import type { OrderWork } from './ports.ts';
import { lockNamed, type StepOptions, takeStep } from './take-step.ts';

/** The funds are held: sends the order on its way, unless it was canceled or is too late. */
export async function submitOrder(
  work: OrderWork,
  held: BodyOf<typeof FundsHeld>,
  now: Date,
): Promise<void> {
  const order = await lockNamed(work, held);
  if (held.currency !== payingCurrency(order) || BigInt(held.amount) !== order.heldAmount) {
    throw new Fault(`order ${order.id} asked for another hold than ${held.amount}`);
  }
  // After a cancel or `submitBy` the hold is released again, which is no step for the event log.
  const options: StepOptions =
    order.status === 'RECEIVED' ? { kind: 'HELD', changes: { holdStatus: 'HELD' } } : {};
  const ready = await takeStep(work, order, 'FUNDS_HELD', now, options);
  if (ready?.status !== 'HELD') return;
  if (now > ready.submitBy) {
    await takeStep(work, ready, 'SUBMIT_BY_PASSED', now, { kind: 'EXPIRED' });
    return;
  }
  const messages = [submissionOf(ready, now)];
  await takeStep(work, ready, 'DISPATCHED', now, { kind: 'SUBMITTED', messages });
}

/** The funds are not there: the order ends before it began. */
export async function denyOrder(
  work: OrderWork,
  denied: BodyOf<typeof HoldDenied>,
  now: Date,
): Promise<void> {
  const order = await lockNamed(work, denied);
  const { code, message } = denied;
  const changes = { holdStatus: 'DENIED', refusalCode: code, refusalMessage: message } as const;
  const options: StepOptions = order.status === 'RECEIVED' ? { kind: 'DENIED', changes } : {};
  await takeStep(work, order, 'HOLD_DENIED', now, options);
}

function submissionOf(order: Order, now: Date): BrokerMessage {
  const { id: orderId, userId, symbol, side, timeInForce } = order;
  const body = {
    orderId,
    userId,
    symbol,
    side,
    timeInForce,
    quantity: formatDecimal(order.quantity, order.quantityScale),
    limitPrice: formatDecimal(order.limitPrice, order.priceScale),
    submitBy: order.submitBy.toISOString(),
  };
  return messageOf(SubmitOrder, orderId, body, now);
}
