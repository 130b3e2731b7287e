import type { TransactionEventArgs } from '@mikro-orm/core';
import type { EntityManager } from './orm.ts';

/** The channel on which relays hear that the outbox has something. */
export const notifications = 'outbox';

interface Announcer {
  /** Transactions that left something in the outbox. */
  readonly marked: WeakSet<object>;
  /** The round that is under way, and the one after it, which tells of all commits until then. */
  current: Promise<void>;
  next: Promise<void> | undefined;
}

/** By event manager: one for each ORM, shared by its forks. */
const announcers = new WeakMap<object, Announcer>();

/**
 * Tells the relays once the transaction of `em` has committed. Not in the transaction: PostgreSQL
 * lets transactions with a NOTIFY commit one at a time, in all databases together, which costs two
 * thirds of the throughput. What a crash in between leaves unsaid is found by the relay's poll.
 */
export async function notifyAfterCommit(em: EntityManager): Promise<void> {
  const transaction = em.getTransactionContext();
  // The commit of a savepoint is not yet the commit of what surrounds it.
  if (!transaction || 'savepointName' in transaction) await notify(em);
  else announcerOf(em).marked.add(transaction);
}

function announcerOf(em: EntityManager): Announcer {
  const events = em.getEventManager();
  const known = announcers.get(events);
  if (known) return known;
  const announcer: Announcer = {
    marked: new WeakSet(),
    current: Promise.resolve(),
    next: undefined,
  };
  announcers.set(events, announcer);
  events.registerSubscriber({
    async afterTransactionCommit({ em: committed, transaction }: TransactionEventArgs) {
      if (!transaction || !announcer.marked.delete(transaction)) return;
      await announce(announcer, (committed as EntityManager).fork());
    },
  });
  return announcer;
}

/** Commits that come while a notification is on its way share the one after it. */
function announce(announcer: Announcer, em: EntityManager): Promise<void> {
  announcer.next ??= announcer.current.then(() => {
    announcer.next = undefined;
    announcer.current = notify(em).catch(() => undefined); // the relay polls
    return announcer.current;
  });
  return announcer.next;
}

async function notify(em: EntityManager): Promise<void> {
  await em.execute(`select pg_notify('${notifications}', '')`);
}
