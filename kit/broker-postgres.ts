import { Pool } from 'pg';
import type { Broker, BrokerMessage, Subscription, Topology } from './broker.ts';
import { startPostgresQueue } from './broker-postgres-queue.ts';
import { boundGroups } from './bound-groups.ts';
import { standardRedeliveryLimit } from './delivery.ts';
import { describeError, type Logger } from './log.ts';
import { ensureDatabase } from './orm.ts';
import { partitionOf } from './partition.ts';
import { createWaker, type Waker } from './pause.ts';
import { Unavailable } from './transient.ts';

export interface PostgresBrokerSettings {
  /** A database of its own; created when it is missing. */
  readonly databaseUrl: string;
  readonly topology: Topology;
  readonly logger: Logger;
  /** How often a message is handled again after errors of its own. */
  readonly redeliveryLimit?: number;
}

/**
 * The twin of RabbitMQ for one process: queues are rows, and consumers are woken in process. A
 * message is durable in all its queues when the one statement that inserts it is.
 */
export async function createPostgresBroker(settings: PostgresBrokerSettings): Promise<Broker> {
  const { databaseUrl, topology, logger, redeliveryLimit = standardRedeliveryLimit } = settings;
  await ensureDatabase(databaseUrl);
  const publishing = openPool(databaseUrl, logger, 'on');
  // What a consumer writes may be forgotten by a crash: the message is then delivered once more.
  const consuming = openPool(databaseUrl, logger, 'off');
  await publishing.query(tables);
  const wakers = new Map<string, Waker>();
  const subscriptions = new Set<Subscription>();
  /** When the consumers that a queue has had so far have all left it. */
  const turns = new Map<string, Promise<unknown>>();
  let healthy = true;
  let closed = false;

  return {
    get healthy() {
      return healthy && !closed;
    },
    async publish(messages) {
      if (messages.length === 0) return;
      const rows = rowsOf(messages, topology);
      if (closed) throw new Unavailable('the broker is closed');
      try {
        await insert(publishing, rows);
        healthy = true;
      } catch (error) {
        healthy = false;
        throw new Unavailable('PostgreSQL does not take the messages', { cause: error });
      }
      for (const { group, partition } of rows) wakers.get(nameOf(group, partition))?.wake();
    },
    async consume(group, partition, handler, together): Promise<Subscription> {
      if (closed) throw new Unavailable('the broker is closed');
      const name = nameOf(group, partition);
      const waker = wakers.get(name) ?? createWaker();
      wakers.set(name, waker);
      // One consumer of a queue at a time, or messages would overtake each other.
      const turn = turns.get(name) ?? Promise.resolve();
      const queue = startPostgresQueue({
        pool: consuming,
        group,
        partition,
        waker,
        handler,
        together,
        redeliveryLimit,
        logger,
        turn,
      });
      turns.set(name, Promise.all([turn, queue.ended]));
      const subscription = {
        async close() {
          await queue.close();
          subscriptions.delete(subscription);
        },
      };
      subscriptions.add(subscription);
      return subscription;
    },
    async depth(group) {
      const result = await consuming.query<{ waiting: number; dead: number }>(
        `select (select count(*)::int from queued where queue_group = $1) as waiting,
                (select count(*)::int from dead_letter where queue_group = $1) as dead`,
        [group],
      );
      return result.rows[0] ?? { waiting: 0, dead: 0 };
    },
    async close() {
      if (closed) return;
      closed = true;
      await Promise.all([...subscriptions].map((subscription) => subscription.close()));
      await Promise.all([publishing.end(), consuming.end()]);
    },
  };
}

const nameOf = (group: string, partition: number): string => `${group}.${partition}`;

interface Row {
  readonly group: string;
  readonly partition: number;
  readonly message: BrokerMessage;
}

/** @throws Fault when nobody hears a message */
function rowsOf(messages: readonly BrokerMessage[], topology: Topology): Row[] {
  return messages.flatMap((message) => {
    const partition = partitionOf(message.key, topology.partitions);
    return boundGroups(topology, message.name).map((group) => ({ group, partition, message }));
  });
}

async function insert(pool: Pool, rows: readonly Row[]): Promise<void> {
  await pool.query(
    `insert into queued (queue_group, partition, message, expires_at)
     select * from unnest($1::text[], $2::int[], $3::json[], $4::timestamptz[])`,
    [
      rows.map((row) => row.group),
      rows.map((row) => row.partition),
      rows.map((row) => JSON.stringify(row.message)),
      rows.map((row) => row.message.expiresAt ?? null),
    ],
  );
}

function openPool(databaseUrl: string, logger: Logger, synchronousCommit: 'on' | 'off'): Pool {
  const pool = new Pool({
    connectionString: databaseUrl,
    application_name: 'broker',
    options: `-c synchronous_commit=${synchronousCommit}`,
    max: 4,
    connectionTimeoutMillis: 5_000,
    query_timeout: 30_000,
  });
  // One that is lost while it works may say so twice, and the pool listens to the first alone.
  pool.on('connect', (client) => client.on('error', () => undefined));
  pool.on('error', (error) => {
    // end() does not wait for its sockets: a server that stops right after it is no news.
    if (!pool.ending) logger.warn(describeError(error), 'a connection of the broker');
  });
  return pool;
}

const tables = `
  select pg_advisory_xact_lock(hashtext('broker tables'));
  create table if not exists queued (
    id bigserial primary key,
    queue_group text not null,
    partition int not null,
    message json not null,
    expires_at timestamptz,
    deliveries int not null default 0
  );
  create index if not exists queued_in_order on queued (queue_group, partition, id);
  create table if not exists dead_letter (
    id bigint primary key,
    queue_group text not null,
    partition int not null,
    message json not null,
    error text not null,
    died_at timestamptz not null default now()
  )`;
