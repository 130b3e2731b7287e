import type { EntityManager } from '@mikro-orm/postgresql';
import type { FixMessage, FixStore, SessionId } from '#fix/types.ts';
import type { Clock } from '#kit/clock.ts';
import { assert } from '#kit/errors.ts';
import { newId } from '#kit/ids.ts';
import type { VenueRoute } from '../../application/ports.ts';
import {
  newOrderSingle,
  orderCancelRequest,
  orderStatusRequest,
  tradesOfDays,
  tradesOfOrder,
} from './outbound-messages.ts';

/** Tells the process that holds the session, whichever it is, that there is something to send. */
export const outboundChannel = 'fix_outbound';

/** Stores messages for the order session; a notification in the same transaction wakes it. */
export function createVenueRoute(store: FixStore, session: SessionId, clock: Clock): VenueRoute {
  return {
    submit: (em, order) => append(em, [newOrderSingle(order, clock())]),
    cancel: (em, order, cancelClOrdId) =>
      append(em, [orderCancelRequest(order, cancelClOrdId, clock())]),
    requestStatus: (em, orders) => append(em, orders.map(orderStatusRequest)),
    requestTrades: (em, orders) => append(em, orders.map(tradesOfOrder)),
    requestTradesOfDays: (em, from, to) =>
      append(em, [tradesOfDays(`days-${newId().slice(0, 18)}`, from, to)]),
  };

  async function append(em: EntityManager, messages: readonly FixMessage[]): Promise<void> {
    assert(em.isInTransaction(), 'a message is stored in the transaction of its cause');
    // Heard after the commit, whenever it is said; the session's row is best locked last.
    await em.execute(`select pg_notify('${outboundChannel}', '')`);
    await store.append(session, messages, em);
  }
}
