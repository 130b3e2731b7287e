import { messageOf } from '#contracts/build.ts';
import { InstrumentListed } from '#contracts/exchange.ts';
import { enqueue } from '#kit/outbox.ts';
import { sameListing, type ListedInstrument } from '../domain/instrument.ts';
import type { Exchange } from './ports.ts';

/**
 * Stores what the venue lists and tells of it: of all of them when `everything` (after a start, so
 * that a new listener learns them), else of new and changed ones.
 */
export function listInstruments(
  exchange: Exchange,
  listed: readonly ListedInstrument[],
  everything: boolean,
): Promise<void> {
  const { venue, clock } = exchange;
  return exchange.transaction(async (em) => {
    const stored = await exchange.orders.listInstruments(em, venue);
    const known = new Map(stored.map((instrument) => [instrument.symbol, instrument]));
    const changed = listed.filter((instrument) => {
      const before = known.get(instrument.symbol);
      return !before || !sameListing(before, instrument);
    });
    for (const instrument of changed) await exchange.orders.saveInstrument(em, venue, instrument);
    const news = everything ? listed : changed;
    if (news.length === 0) return;
    await enqueue(
      em,
      news.map((instrument) =>
        messageOf(InstrumentListed, instrument.symbol, { venue, ...instrument }, clock()),
      ),
    );
  });
}
