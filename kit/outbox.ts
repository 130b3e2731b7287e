import type { MikroORM } from '@mikro-orm/postgresql';
import type { Broker, BrokerMessage } from './broker.ts';
import { assert } from './errors.ts';
import { startLease } from './lease.ts';
import { describeError, type Logger } from './log.ts';
import { watchedGauge } from './metrics.ts';
import type { EntityManager } from './orm.ts';
import { notifications, notifyAfterCommit } from './outbox-notify.ts';
import { sendLive, sendMessages } from './outbox-send.ts';
import { backOffMs, createWaker, pause, type Waker } from './pause.ts';
import type { LivePubSub } from './pubsub.ts';

/**
 * Leaves messages in the outbox, in the caller's transaction: they travel when it commits and never
 * when it does not. Messages with one key keep their order as long as whoever writes them holds the
 * lock of that key's row.
 */
export async function enqueue(
  em: EntityManager,
  messages: readonly BrokerMessage[],
): Promise<void> {
  if (messages.length === 0) return;
  assert(em.isInTransaction(), 'a message is enqueued in the transaction of the change it reports');
  await em.execute(
    `insert into outbox (message)
     select value from json_array_elements(?::json) with ordinality as given (value, place)
     order by place`,
    [JSON.stringify(messages)],
  );
  await notifyAfterCommit(em);
}

/**
 * Leaves a live update: published after the commit, in order, to whoever listens then. It is dropped
 * when pub/sub is away for a minute; event logs and head checks stand in for it.
 */
export async function enqueueLive(
  em: EntityManager,
  channel: string,
  payload: object,
): Promise<void> {
  assert(em.isInTransaction(), 'a live update is enqueued in the transaction of its change');
  await em.execute('insert into outbox_live (updates) values (?::json)', [
    JSON.stringify([{ channel, payload }]),
  ]);
  await notifyAfterCommit(em);
}

export interface RelaySettings {
  /** Whose outbox it is, in metrics. */
  readonly service: string;
  /** The database of `orm`; the relay's lease holds a connection of its own there. */
  readonly databaseUrl: string;
  readonly orm: MikroORM;
  readonly broker: Broker;
  readonly pubsub: LivePubSub;
  readonly logger: Logger;
}

/**
 * Carries what is in the outbox to the broker and to pub/sub, at least once. Every process of a
 * service starts one; the one that holds the lease works and the others stand by. The two ways are
 * independent: neither waits while the other one's service is away.
 */
export async function startRelay(settings: RelaySettings): Promise<{ close(): Promise<void> }> {
  const { service, orm, broker, pubsub, logger } = settings;
  const unwatch = watchOutbox(service, orm);
  const messages = createWaker();
  const live = createWaker();
  let pumps: Promise<unknown> = Promise.resolve();
  const lease = await startLease({
    databaseUrl: settings.databaseUrl,
    name: 'outbox-relay',
    logger,
    listen: {
      channel: notifications,
      onNotify() {
        messages.wake();
        live.wake();
      },
    },
    onAcquired(lost) {
      pumps = Promise.all([
        pump(() => sendMessages(orm.em.fork(), broker, logger), messages, lost, logger),
        pump(() => sendLive(orm.em.fork(), pubsub, logger), live, lost, logger),
      ]);
    },
    onLost: async () => void (await pumps),
  });
  return {
    async close() {
      unwatch();
      await lease.close();
    },
  };
}

const waiting = watchedGauge(
  'mammon_outbox_messages',
  'Rows of the outbox: messages, live updates, and messages that can never be sent (set_aside)',
  ['service', 'kind'],
);
const oldest = watchedGauge(
  'mammon_outbox_oldest_seconds',
  'The age of the oldest message that waits in the outbox',
  ['service'],
);

function watchOutbox(service: string, orm: MikroORM): () => void {
  const ask = (figure: string) => async () => {
    const [row] = await orm.em.fork().execute<{ figure: string }[]>(`select ${figure} as figure`);
    return Number(row?.figure ?? 0);
  };
  const count = (kind: string, rows: string) =>
    waiting.watch({ service, kind }, ask(`(select count(*) from ${rows})`));
  const ends = [
    count('message', 'outbox where error is null'),
    count('set_aside', 'outbox where error is not null'),
    count('live', 'outbox_live'),
    oldest.watch(
      { service },
      ask(`(select coalesce(extract(epoch from now() - min(created_at)), 0)
            from outbox where error is null)`),
    ),
  ];
  return () => ends.forEach((end) => end());
}

/** Notifications come at once; this only bounds what a lost one costs. */
const pollMs = 1_000;

async function pump(
  send: () => Promise<{ more: boolean }>,
  waker: Waker,
  lost: AbortSignal,
  logger: Logger,
): Promise<void> {
  for (let failures = 0; !lost.aborted;) {
    try {
      const { more } = await send();
      failures = 0;
      if (!more) await waker.wait(pollMs, lost);
    } catch (error) {
      failures += 1;
      logger.warn({ ...describeError(error), failures }, 'the outbox cannot be sent; trying again');
      await pause(backOffMs(failures), lost);
    }
  }
}
