import type { EntityManager } from '@mikro-orm/postgresql';
import { messageOf } from '#contracts/build.ts';
import { InstrumentPublished } from '#contracts/pricing.ts';
import type { Clock } from '#kit/clock.ts';
import { enqueue } from '#kit/outbox.ts';
import type { Instrument } from '../domain/instrument.ts';
import type { InstrumentStore } from './ports.ts';

/** Stores what a venue lists, and passes it on when it is new or changed. */
export async function learnInstrument(
  store: InstrumentStore,
  clock: Clock,
  em: EntityManager,
  instrument: Instrument,
): Promise<void> {
  if (await store.save(em, instrument)) await publish(em, [instrument], clock());
}

/** Passes on all instruments again: after a start there may be a listener that knows none. */
export async function republishInstruments(
  store: InstrumentStore,
  clock: Clock,
  em: EntityManager,
): Promise<void> {
  await publish(em, await store.list(em), clock());
}

async function publish(em: EntityManager, instruments: readonly Instrument[], now: Date) {
  await enqueue(
    em,
    instruments.map((instrument) =>
      messageOf(InstrumentPublished, instrument.symbol, instrument, now),
    ),
  );
}
