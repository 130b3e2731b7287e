import type { OrderRejected } from '#contracts/exchange.ts';
import type { BodyOf } from '#contracts/message.ts';
import type { OrderEventKind } from '../domain/order.ts';
import type { OrderEvent } from '../domain/order-states.ts';
import type { OrderWork } from './ports.ts';
import { lockNamed, takeStep } from './take-step.ts';

/** What the venue says of an order, apart from fills and refusals. */
export type VenueWord =
  | 'ACKNOWLEDGED'
  | 'VENUE_SILENT'
  | 'VENUE_CANCELED'
  | 'VENUE_EXPIRED'
  | 'CANCEL_REFUSED';

const kinds = {
  ACKNOWLEDGED: 'ACCEPTED',
  VENUE_SILENT: 'UNKNOWN',
  VENUE_CANCELED: 'CANCELED',
  VENUE_EXPIRED: 'EXPIRED',
  CANCEL_REFUSED: 'CANCEL_REJECTED',
} as const satisfies Partial<Record<OrderEvent, OrderEventKind>>;

/** Follows the venue's word. */
export async function followVenue(
  work: OrderWork,
  word: VenueWord,
  named: { readonly orderId: string; readonly userId: string },
  now: Date,
): Promise<void> {
  const order = await lockNamed(work, named);
  await takeStep(work, order, word, now, { kind: kinds[word] });
}

/** The venue refused the order, or turned out not to have it, which people are told. */
export async function rejectOrder(
  work: OrderWork,
  rejected: BodyOf<typeof OrderRejected>,
  now: Date,
): Promise<void> {
  const order = await lockNamed(work, rejected);
  const { reason, confirmed } = rejected;
  const after = await takeStep(work, order, 'VENUE_REFUSED', now, {
    kind: 'REJECTED',
    changes: { refusalCode: 'VENUE_REJECTED', refusalMessage: reason },
  });
  if (after && !confirmed) {
    await work.recordIncident(after, { kind: 'UNCONFIRMED_REJECTION', detail: reason, at: now });
  }
}
