import { messageOf } from '#contracts/build.ts';
import { ReleaseHold } from '#contracts/orders.ts';
import type { BrokerMessage } from '#kit/broker.ts';
import { Fault } from '#kit/errors.ts';
import type { ExecutionId, OrderId } from '#kit/ids.ts';
import { isFinal, type Order, type OrderEventKind, settlementOf } from '../domain/order.ts';
import { type OrderEvent, transition } from '../domain/order-states.ts';
import { counter } from '#kit/metrics.ts';
import type { OrderWork } from './ports.ts';

export interface StepOptions {
  /** What the event log says of it; without it the step is too small for the log. */
  readonly kind?: OrderEventKind;
  readonly changes?: Partial<Order>;
  readonly executionId?: ExecutionId;
  /** Sent before a release of the hold. */
  readonly messages?: readonly BrokerMessage[];
}

const steps = counter(
  'mammon_orders_total',
  'Orders, by each status that they came to after RECEIVED',
  ['status'],
);

/**
 * Takes one step of the state table with all that belongs to it: the row, the event log, the
 * messages, and the release of the hold at the end of the order.
 * @returns the order after it, or null when the table does not know the step, which is counted
 */
export async function takeStep(
  work: OrderWork,
  order: Order,
  event: OrderEvent,
  now: Date,
  options: StepOptions = {},
): Promise<Order | null> {
  const step = transition(order, event);
  if (!step) {
    const pending = order.pendingOperation ? ` with a pending ${order.pendingOperation}` : '';
    const detail = `${event} of an order that is ${order.status}${pending}`;
    await work.recordIncident(order, { kind: 'REFUSED_EVENT', detail, at: now });
    return null;
  }
  const releases = step.funds === 'void' || step.funds === 'post+void';
  const { status, pendingOperation } = step;
  const after = settle({ ...order, ...options.changes, status, pendingOperation }, releases);
  const isSame =
    !options.changes &&
    status === order.status &&
    pendingOperation === order.pendingOperation &&
    after.holdStatus === order.holdStatus;
  if (status !== order.status) steps.inc({ status });
  if (!isSame) {
    await work.saveOrder({ ...after, updatedAt: now });
    if (options.kind) {
      const { kind, executionId } = options;
      await work.appendEvent(after, { kind, executionId, at: now });
    }
  }
  await work.send([...(options.messages ?? []), ...(releases ? [releaseOf(after, now)] : [])]);
  return { ...after, updatedAt: now };
}

/** The order of a message, locked. @throws Fault when it is not known, or another user's */
export async function lockNamed(
  work: OrderWork,
  named: { readonly orderId: string; readonly userId: string },
): Promise<Order> {
  const order = await work.lockOrder(named.orderId as OrderId);
  if (!order || order.userId !== named.userId) {
    throw new Fault(`there is no order ${named.orderId} of user ${named.userId}`);
  }
  return order;
}

/** A denied hold stays denied; there is nothing whose release could be waited for. */
function settle(order: Order, releases: boolean): Order {
  const holdStatus = releases && order.holdStatus !== 'DENIED' ? 'RELEASING' : order.holdStatus;
  const settled = { ...order, holdStatus } as const;
  return { ...settled, settlementStatus: settlementOf(settled) };
}

function releaseOf(order: Order, now: Date): BrokerMessage {
  const { id: orderId, userId, status } = order;
  if (!isFinal(status)) throw new Fault(`order ${orderId} is ${status} and keeps its hold`);
  return messageOf(ReleaseHold, orderId, { orderId, userId, reason: status }, now);
}
