import { handle } from '#contracts/build.ts';
import {
  CancelRejected,
  OrderAccepted,
  OrderCanceled,
  OrderExecuted,
  OrderExpired,
  OrderRejected,
  OrderUnknown,
} from '#contracts/exchange.ts';
import { FillSettled, FundsHeld, HoldDenied, HoldReleased } from '#contracts/orders.ts';
import { InstrumentPublished, QuotePublished } from '#contracts/pricing.ts';
import type { Clock } from '#kit/clock.ts';
import type { MessageHandler } from '#kit/consumer.ts';
import type { EntityManager } from '#kit/orm.ts';
import { followInstrument, followQuote } from '../../application/follow-market.ts';
import { followVenue, rejectOrder, type VenueWord } from '../../application/follow-venue.ts';
import type { OrderWork } from '../../application/ports.ts';
import { recordFill } from '../../application/record-fill.ts';
import { releaseOrder, settleFill } from '../../application/settle-order.ts';
import { denyOrder, submitOrder } from '../../application/submit-order.ts';

/** What orders does with each message of its queue group. */
export function messageHandlers(
  workOf: (em: EntityManager) => OrderWork,
  clock: Clock,
): ReadonlyMap<string, MessageHandler> {
  const doing =
    <Body>(act: (work: OrderWork, body: Body, now: Date) => Promise<void>) =>
    (em: EntityManager, body: Body) =>
      act(workOf(em), body, clock());
  const following = (word: VenueWord) =>
    doing((work, named: { orderId: string; userId: string }, now) =>
      followVenue(work, word, named, now),
    );
  return new Map([
    handle(FundsHeld, doing(submitOrder)),
    handle(HoldDenied, doing(denyOrder)),
    handle(FillSettled, doing(settleFill)),
    handle(HoldReleased, doing(releaseOrder)),
    handle(OrderAccepted, following('ACKNOWLEDGED')),
    handle(OrderUnknown, following('VENUE_SILENT')),
    handle(OrderCanceled, following('VENUE_CANCELED')),
    handle(OrderExpired, following('VENUE_EXPIRED')),
    handle(CancelRejected, following('CANCEL_REFUSED')),
    handle(OrderRejected, doing(rejectOrder)),
    handle(OrderExecuted, doing(recordFill)),
    handle(InstrumentPublished, (em, body, message) =>
      followInstrument(workOf(em), body, message.occurredAt),
    ),
    handle(QuotePublished, doing(followQuote)),
  ]);
}
