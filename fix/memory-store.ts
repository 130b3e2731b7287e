import { type Clock, systemClock } from '#kit/clock.ts';

import { assertEncodable } from './codec.ts';
import { adminTypes } from './dictionary.ts';
import type { FixStore, SessionId, StoredMessage } from './types.ts';

interface Kept {
  nextOutbound: number;
  nextInbound: number;
  readonly messages: Map<number, StoredMessage>;
}

/**
 * For sessions that reset at each logon (market data) and for tests: forgets everything with the
 * process. Beyond `maximumMessages` for a session the oldest are dropped: gap filled if they are asked
 * for, and the connection is closed if they were not sent yet.
 */
export function createMemoryStore(
  settings: { readonly clock?: Clock; readonly maximumMessages?: number } = {},
): FixStore {
  const { clock = systemClock, maximumMessages = 10_000 } = settings;
  const sessions = new Map<string, Kept>();
  const of = (id: SessionId): Kept => {
    const key = `${id.sender}\u0001${id.target}`;
    const kept = sessions.get(key) ?? { nextOutbound: 1, nextInbound: 1, messages: new Map() };
    sessions.set(key, kept);
    return kept;
  };
  return {
    open: async (id) => {
      const { nextOutbound, nextInbound } = of(id);
      return { nextOutbound, nextInbound };
    },
    append: async (id, messages) => {
      messages.forEach(assertEncodable);
      const kept = of(id);
      return messages.map(({ type, fields }) => {
        const stored = { type, fields, sequence: kept.nextOutbound, storedAt: clock() };
        kept.nextOutbound += 1;
        // A session's own messages are never replayed, so that their numbers suffice.
        if (!adminTypes.has(type)) kept.messages.set(stored.sequence, stored);
        const [oldest] = kept.messages.keys();
        if (kept.messages.size > maximumMessages && oldest) kept.messages.delete(oldest);
        return stored;
      });
    },
    read: async (id, from, to, limit) => {
      const { messages, nextOutbound } = of(id);
      const found: StoredMessage[] = [];
      const last = Math.min(to, nextOutbound - 1);
      for (let sequence = from; sequence <= last && found.length < limit; sequence += 1) {
        const stored = messages.get(sequence);
        if (stored) found.push(stored);
      }
      return found;
    },
    setNextInbound: async (id, next) => {
      of(id).nextInbound = next;
    },
    reset: async (id) => {
      const kept = of(id);
      kept.nextOutbound = 1;
      kept.nextInbound = 1;
      kept.messages.clear();
    },
  };
}
