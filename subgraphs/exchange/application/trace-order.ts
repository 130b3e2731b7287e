import type { EntityManager } from '@mikro-orm/postgresql';
import { traced } from '#kit/tracing.ts';
import type { Exchange, VenueOrderRecord } from './ports.ts';

/**
 * Finds and locks the order that the venue speaks of and does the work, in one transaction and as a
 * part of the order's trace: a venue need not know of traces.
 */
export function onVenueWord(
  exchange: Exchange,
  word: string,
  clOrdId: string | null,
  work: (em: EntityManager, order: VenueOrderRecord | null) => Promise<void>,
): Promise<void> {
  return exchange.transaction(async (em) => {
    const order = clOrdId === null ? null : await exchange.orders.lockByClOrdId(em, clOrdId);
    const attributes = { 'mammon.venue': exchange.venue };
    const piece = { program: 'exchange', name: `take ${word}`, attributes };
    const cause = order?.traceparent ?? undefined;
    await traced({ ...piece, ...(cause ? { cause } : {}) }, () => work(em, order));
  });
}
