import type { Pool } from 'pg';
import type { BrokerMessage, Subscription } from './broker.ts';
import { deliver, deliveryLimit, diedTooOften } from './delivery.ts';
import { describeError, type Logger } from './log.ts';
import { aborted, backOffMs, pause, type Waker } from './pause.ts';

export interface PostgresQueueSettings {
  readonly pool: Pool;
  readonly group: string;
  readonly partition: number;
  readonly waker: Waker;
  readonly handler: (message: BrokerMessage) => Promise<void>;
  readonly redeliveryLimit: number;
  readonly logger: Logger;
  /** Resolves when the consumers before this one have left the queue. */
  readonly turn: Promise<unknown>;
}

export interface PostgresQueue extends Subscription {
  readonly ended: Promise<void>;
}

const pageSize = 50;
/** Consumers are woken; this only bounds what a lost wake costs. */
const pollMs = 5_000;

/** Consumes one queue, a message at a time, until it is closed. */
export function startPostgresQueue(settings: PostgresQueueSettings): PostgresQueue {
  const { group, partition, waker, logger } = settings;
  const leaving = new AbortController();
  const ended = run();
  return {
    ended,
    async close() {
      leaving.abort();
      await ended;
    },
  };

  async function run(): Promise<void> {
    await Promise.race([settings.turn, aborted(leaving.signal)]);
    for (let failures = 0; !leaving.signal.aborted;) {
      try {
        const found = await handlePage(settings, leaving.signal);
        failures = 0;
        if (found === 0) await waker.wait(pollMs, leaving.signal);
      } catch (error) {
        failures += 1;
        logger.warn({ ...describeError(error), group, partition }, 'a queue cannot be read');
        await pause(backOffMs(failures), leaving.signal);
      }
    }
  }
}

interface Row {
  readonly id: string;
  readonly message: BrokerMessage;
}

async function handlePage(settings: PostgresQueueSettings, leaving: AbortSignal): Promise<number> {
  const { pool, group, partition } = settings;
  await pool.query(
    'delete from queued where queue_group = $1 and partition = $2 and expires_at <= now()',
    [group, partition],
  );
  const { rows } = await pool.query<Row>(
    `select id, message from queued where queue_group = $1 and partition = $2
      order by id limit ${pageSize}`,
    [group, partition],
  );
  for (const row of rows) {
    if (leaving.aborted) break;
    await handleRow(settings, row, leaving);
  }
  return rows.length;
}

async function handleRow(
  settings: PostgresQueueSettings,
  { id, message }: Row,
  leaving: AbortSignal,
): Promise<void> {
  const { pool, redeliveryLimit, logger } = settings;
  // Counted before it is handled, so that a message which kills its process is found out.
  const counted = await pool.query<{ deliveries: number }>(
    'update queued set deliveries = deliveries + 1 where id = $1 returning deliveries',
    [id],
  );
  const before = (counted.rows[0]?.deliveries ?? 1) - 1;
  if (before >= deliveryLimit(redeliveryLimit)) {
    const error = diedTooOften(before);
    logger.error({ error, id: message.id, name: message.name }, 'a message goes to dead letters');
    await bury(pool, id, error);
    return;
  }
  const outcome = await deliver(message, { ...settings, leaving });
  if (outcome.kind === 'handled') await pool.query('delete from queued where id = $1', [id]);
  if (outcome.kind === 'dead') await bury(pool, id, outcome.error);
}

async function bury(pool: Pool, id: string, error: string): Promise<void> {
  await pool.query(
    `with gone as (delete from queued where id = $1 returning *)
     insert into dead_letter (id, queue_group, partition, message, error)
     select id, queue_group, partition, message, $2 from gone`,
    [id, error],
  );
}
