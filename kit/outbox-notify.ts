import { setTimeout as sleep } from 'node:timers/promises';
import type { TransactionEventArgs } from '@mikro-orm/core';
import { CompiledQuery } from 'kysely';
import type { EntityManager } from './orm.ts';

/** The channel on which relays hear that the outbox has something. */
export const notifications = 'outbox';

/** So long after a notification the next one waits, and tells of all commits until then. */
const restMs = 5;

interface Announcer {
  /** Transactions that left something in the outbox. */
  readonly marked: WeakSet<object>;
  state: 'idle' | 'telling' | 'to tell again';
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
  if (!transaction) announce(announcerOf(em), em);
  // The commit of a savepoint is not yet the commit of what surrounds it.
  else if ('savepointName' in transaction) await em.execute(notification);
  else announcerOf(em).marked.add(transaction);
}

function announcerOf(em: EntityManager): Announcer {
  const events = em.getEventManager();
  const known = announcers.get(events);
  if (known) return known;
  const announcer: Announcer = { marked: new WeakSet(), state: 'idle' };
  announcers.set(events, announcer);
  events.registerSubscriber({
    async afterTransactionCommit({ em: committed, transaction }: TransactionEventArgs) {
      if (!transaction || !announcer.marked.delete(transaction)) return;
      announce(announcer, committed as EntityManager);
    },
  });
  return announcer;
}

/**
 * In the background: nobody waits for it, so the ORM may be closed by then, and would open itself
 * again for whoever asks it. The client that it has now stays closed.
 */
function announce(announcer: Announcer, em: EntityManager): void {
  const isIdle = announcer.state === 'idle';
  announcer.state = isIdle ? 'telling' : 'to tell again';
  if (isIdle) void tell(announcer, em.getConnection().getClient());
}

async function tell(announcer: Announcer, client: Client): Promise<void> {
  do {
    announcer.state = 'telling';
    await client.executeQuery(CompiledQuery.raw(notification)).catch(() => undefined); // the relay polls
    await sleep(restMs, undefined, { ref: false });
  } while (announcer.state !== 'telling');
  announcer.state = 'idle';
}

type Client = ReturnType<ReturnType<EntityManager['getConnection']>['getClient']>;

const notification = `select pg_notify('${notifications}', '')`;
