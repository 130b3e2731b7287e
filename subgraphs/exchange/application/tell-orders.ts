import type { EntityManager } from '@mikro-orm/postgresql';
import { messageOf } from '#contracts/build.ts';
import {
  CancelRejected,
  OrderAccepted,
  OrderCanceled,
  OrderExecuted,
  OrderExpired,
  OrderRejected,
  OrderUnknown,
} from '#contracts/exchange.ts';
import type { BrokerMessage } from '#kit/broker.ts';
import { unreachable } from '#kit/errors.ts';
import { deterministicId, type ExecutionId } from '#kit/ids.ts';
import { enqueue } from '#kit/outbox.ts';
import { resumed } from '#kit/tracing.ts';
import type { OrderFact } from '../domain/venue-order.ts';
import type { VenueOrderRecord } from './ports.ts';

/** Everything that the orders service is told. */
export type OrderNews =
  | Exclude<OrderFact, { kind: 'EXPIRED' | 'REJECTED' }>
  | { readonly kind: 'EXPIRED'; readonly sent?: boolean }
  | { readonly kind: 'REJECTED'; readonly reason: string; readonly confirmed?: boolean }
  | { readonly kind: 'CANCEL_REJECTED'; readonly reason: string }
  | { readonly kind: 'UNKNOWN' };

type Subject = Pick<VenueOrderRecord, 'orderId' | 'userId' | 'venue'> &
  Partial<Pick<VenueOrderRecord, 'traceparent'>>;

/** Puts facts about one order into the outbox, in the caller's transaction and the order's trace. */
export async function tellOrders(
  em: EntityManager,
  order: Subject,
  news: readonly OrderNews[],
  now: Date,
): Promise<void> {
  if (news.length === 0) return;
  await enqueue(
    em,
    resumed(order.traceparent, () => news.map((piece) => toMessage(order, piece, now))),
  );
}

/** The same for the same trade, in whichever message it came. */
export const executionId = (venue: string, tradeDate: string, execId: string): ExecutionId =>
  deterministicId<ExecutionId>('execution', venue, tradeDate, execId);

const reasonLimit = 500;

function toMessage(order: Subject, news: OrderNews, now: Date): BrokerMessage {
  const { orderId, userId, venue } = order;
  const about = { orderId, userId, venue };
  const at = now.toISOString();
  switch (news.kind) {
    case 'ACCEPTED': {
      const { venueOrderId } = news;
      return messageOf(OrderAccepted, orderId, { ...about, venueOrderId, at }, now);
    }
    case 'EXECUTED': {
      const { execId, tradeDate, quantity, price, tradedAt } = news.trade;
      const body = {
        ...about,
        executionId: executionId(venue, tradeDate, execId),
        execId,
        quantity,
        price,
        tradedAt: tradedAt.toISOString(),
      };
      return messageOf(OrderExecuted, orderId, body, now);
    }
    case 'CANCELED':
      return messageOf(OrderCanceled, orderId, { ...about, at }, now);
    case 'EXPIRED':
      return messageOf(OrderExpired, orderId, { ...about, sent: news.sent ?? true, at }, now);
    case 'REJECTED': {
      const reason = news.reason.slice(0, reasonLimit);
      const confirmed = news.confirmed ?? true;
      return messageOf(OrderRejected, orderId, { ...about, reason, confirmed, at }, now);
    }
    case 'CANCEL_REJECTED': {
      const reason = news.reason.slice(0, reasonLimit);
      return messageOf(CancelRejected, orderId, { ...about, reason, at }, now);
    }
    case 'UNKNOWN':
      return messageOf(OrderUnknown, orderId, { ...about, at }, now);
    default:
      return unreachable(news);
  }
}
