import { handle } from '#contracts/build.ts';
import { InstrumentListed } from '#contracts/exchange.ts';
import type { Clock } from '#kit/clock.ts';
import type { MessageHandler } from '#kit/consumer.ts';
import { learnInstrument } from '../../application/learn-instrument.ts';
import type { InstrumentStore } from '../../application/ports.ts';

/** What pricing does for each fact of the exchange. */
export const createHandlers = (
  store: InstrumentStore,
  clock: Clock,
): ReadonlyMap<string, MessageHandler> =>
  new Map([
    handle(InstrumentListed, (em, { venue: _venue, ...instrument }) =>
      learnInstrument(store, clock, em, instrument),
    ),
  ]);
