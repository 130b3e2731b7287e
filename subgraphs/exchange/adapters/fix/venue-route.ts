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
    submit: (em, order) => append(em, newOrderSingle(order, clock())),
    cancel: (em, order, cancelClOrdId) =>
      append(em, orderCancelRequest(order, cancelClOrdId, clock())),
    requestStatus: async (em, orders) => {
      await appendAll(em, orders.map(orderStatusRequest));
    },
    requestTrades: async (em, orders) => {
      await appendAll(em, orders.map(tradesOfOrder));
    },
    requestTradesOfDays: async (em, from, to) => {
      await appendAll(em, [tradesOfDays(`days-${newId().slice(0, 18)}`, from, to)]);
    },
  };

  async function append(em: EntityManager, message: FixMessage): Promise<number> {
    const [stored] = await appendAll(em, [message]);
    assert(stored !== undefined, 'a stored message has a number');
    return stored.sequence;
  }

  async function appendAll(em: EntityManager, messages: readonly FixMessage[]) {
    assert(em.isInTransaction(), 'a message is stored in the transaction of its cause');
    const stored = await store.append(session, messages, em);
    await em.execute(`select pg_notify('${outboundChannel}', '')`);
    return stored;
  }
}
