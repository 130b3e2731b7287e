import type { MikroORM } from '@mikro-orm/postgresql';
import type { Broker, BrokerMessage, Subscription } from './broker.ts';
import { Fault } from './errors.ts';
import { joinInLanes } from './join-in-lanes.ts';
import { describeError, type Logger } from './log.ts';
import { traceMessage, traceMessages } from './message-traces.ts';
import { counter, histogram, watchedGauge } from './metrics.ts';
import type { EntityManager } from './orm.ts';
import { startPartitionLeases } from './partition-leases.ts';
import { pause } from './pause.ts';

/** Does what a message asks for, in the transaction of `em`; its error takes everything back. */
export type MessageHandler = (em: EntityManager, message: BrokerMessage) => Promise<void>;

/** Does the same for several messages at once; those of one partition are in their order. */
export interface BatchHandler {
  /** Messages of one partition at most. */
  readonly limit: number;
  /** Whose locks a message takes, for messages that may share a transaction or better do not. */
  keysOf?(message: BrokerMessage): readonly string[];
  handle(em: EntityManager, messages: readonly BrokerMessage[]): Promise<void>;
}

export interface ConsumerSettings {
  /** The queue group of the topology. */
  readonly group: string;
  readonly partitions: number;
  /** The database of `orm`; the leases hold a connection of their own there. */
  readonly databaseUrl: string;
  readonly orm: MikroORM;
  readonly broker: Broker;
  /** By message name; a message that is not among them goes to the dead letters. */
  readonly handlers: ReadonlyMap<string, MessageHandler>;
  /** Takes messages that wait together, in one transaction; when it fails, `handlers` take each. */
  readonly batch?: BatchHandler | undefined;
  readonly logger: Logger;
}

/**
 * Handles the messages of a group, shared fairly among the processes that do so: each partition in
 * one process at a time, in order. A message, the mark that it was handled and all that its handler
 * changes are one transaction, so it counts once however often it is delivered. A batch is one
 * transaction with the marks of all its messages. Batches of several partitions that wait at the
 * same time are one too: they would wait for each other's rows, and a commit is what costs.
 */
export async function startConsumers(
  settings: ConsumerSettings,
): Promise<{ close(): Promise<void> }> {
  const { group, orm, broker, batch, logger } = settings;
  const subscriptions = new Map<number, Subscription>();
  const together =
    batch &&
    joinInLanes<BrokerMessage>(
      (messages) =>
        observed(group, messages, () =>
          traceMessages(group, messages, () => handleBatchOnce(settings, batch, messages)),
        ),
      batch,
    );
  const leases = await startPartitionLeases({
    databaseUrl: settings.databaseUrl,
    name: `consume ${group}`,
    partitions: settings.partitions,
    logger,
    async onAcquired(partition) {
      const subscription = await broker.consume(
        group,
        partition,
        (message) =>
          observed(group, [message], () =>
            traceMessage(group, message, () => handleOnce(settings, message)),
          ),
        batch && together && { limit: batch.limit, handle: together },
      );
      subscriptions.set(partition, subscription);
    },
    async onLost(partition) {
      await subscriptions.get(partition)?.close();
      subscriptions.delete(partition);
    },
  });
  const unwatch = watchQueues(group, broker, subscriptions);
  const pruning = new AbortController();
  const pruned = pruneInbox(orm, logger, pruning.signal);
  return {
    async close() {
      pruning.abort();
      unwatch();
      await leases.close();
      await pruned;
    },
  };
}

const handled = counter('mammon_messages_handled_total', 'Messages that were handled', [
  'group',
  'message',
]);
const failed = counter(
  'mammon_messages_failed_total',
  'Attempts to handle a message, alone or in a batch, that failed and are repeated or given up',
  ['group', 'message'],
);
const transactions = histogram(
  'mammon_message_transaction_seconds',
  'How long a transaction of one message or of a batch took',
  ['group'],
);
const queueLength = watchedGauge(
  'mammon_queue_messages',
  'Messages in the queues of a group: waiting, or dead and left to people',
  ['group', 'state'],
);
const partitionsHeld = watchedGauge(
  'mammon_partitions_held',
  'Partitions of a group that this process consumes',
  ['group'],
);

function watchQueues(
  group: string,
  broker: Broker,
  subscriptions: ReadonlyMap<number, Subscription>,
): () => void {
  // Both states are one question to the broker.
  let asked: ReturnType<Broker['depth']> | undefined;
  const depth = () => (asked ??= broker.depth(group).finally(() => (asked = undefined)));
  const ends = [
    ...(['waiting', 'dead'] as const).map((state) =>
      queueLength.watch({ group, state }, async () => (await depth())[state]),
    ),
    partitionsHeld.watch({ group }, () => subscriptions.size),
  ];
  return () => ends.forEach((end) => end());
}

async function observed(
  group: string,
  messages: readonly BrokerMessage[],
  handle: () => Promise<void>,
): Promise<void> {
  const tookSeconds = transactions.startTimer({ group });
  const count = (counted: typeof handled) => {
    for (const { name: message } of messages) counted.inc({ group, message });
  };
  try {
    await handle();
    tookSeconds();
    count(handled);
  } catch (error) {
    count(failed);
    throw error;
  }
}

async function handleOnce(settings: ConsumerSettings, message: BrokerMessage): Promise<void> {
  const { group, orm, handlers } = settings;
  const handler = handlers.get(message.name);
  if (!handler) throw new Fault(`${group} has no handler of "${message.name}"`);
  await orm.em.fork().transactional(async (em) => {
    const added = await em.execute<object[]>(
      `insert into inbox (queue_group, message_id) values (?, ?)
       on conflict do nothing returning message_id`,
      [group, message.id],
    );
    if (added.length > 0) await handler(em, message);
  });
}

async function handleBatchOnce(
  { group, orm }: ConsumerSettings,
  batch: BatchHandler,
  messages: readonly BrokerMessage[],
): Promise<void> {
  if (messages.length === 0) return;
  await orm.em.fork().transactional(async (em) => {
    const ids = `{${messages.map((message) => message.id).join(',')}}`;
    const added = await em.execute<{ message_id: string }[]>(
      `insert into inbox (queue_group, message_id)
       select ?, id from unnest(?::uuid[]) as message (id) order by id
       on conflict do nothing returning message_id`,
      [group, ids],
    );
    const fresh = new Set(added.map((row) => row.message_id));
    // Deleted when it is met: the same message may be twice in a batch.
    const first = messages.filter((message) => fresh.delete(message.id));
    if (fresh.size > 0) throw new Fault('an id is not written as PostgreSQL writes it');
    if (first.length > 0) await batch.handle(em, first);
  });
}

const pruneEveryMs = 60 * 60 * 1_000;
const keepForDays = 14;
const pageSize = 5_000;
const pagesAtMost = 200;

/** Forgets messages so old that no broker can deliver them again. */
async function pruneInbox(orm: MikroORM, logger: Logger, closing: AbortSignal): Promise<void> {
  while (!closing.aborted) {
    try {
      for (let page = 0; page < pagesAtMost && !closing.aborted; page++) {
        const { affectedRows } = await orm.em.fork().execute<{ affectedRows: number }>(
          `delete from inbox where ctid = any(array(
             select ctid from inbox where handled_at < now() - ? * interval '1 day' limit ?))`,
          [keepForDays, pageSize],
          'run',
        );
        if (affectedRows < pageSize) break;
      }
    } catch (error) {
      logger.warn(describeError(error), 'the inbox cannot be pruned; trying again later');
    }
    await pause(pruneEveryMs, closing);
  }
}
