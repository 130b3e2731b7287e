import type { Pool } from 'pg';
import type { BrokerMessage, Subscription, Together } from './broker.ts';
import { deliver, deliverTogether, deliveryLimit, diedTooOften } from './delivery.ts';
import { describeError, type Logger } from './log.ts';
import { aborted, backOffMs, pause, type Waker } from './pause.ts';

export interface PostgresQueueSettings {
  readonly pool: Pool;
  readonly group: string;
  readonly partition: number;
  readonly waker: Waker;
  readonly handler: (message: BrokerMessage) => Promise<void>;
  readonly together: Together | undefined;
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

/** Consumes one queue, in order, until it is closed. */
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
  readonly deliveries: number;
}

async function handlePage(settings: PostgresQueueSettings, leaving: AbortSignal): Promise<number> {
  const { pool, group, partition, together } = settings;
  await pool.query(
    'delete from queued where queue_group = $1 and partition = $2 and expires_at <= now()',
    [group, partition],
  );
  const { rows } = await pool.query<Row>(
    `select id, message, deliveries from queued where queue_group = $1 and partition = $2
      order by id limit ${Math.max(pageSize, together?.limit ?? 1)}`,
    [group, partition],
  );
  for (let next = 0; next < rows.length && !leaving.aborted;) {
    const fresh = freshRows(rows.slice(next, next + (together?.limit ?? 1)));
    if (together && fresh.length > 1 && (await handleRows(settings, together, fresh))) {
      next += fresh.length;
      continue;
    }
    // Those that failed together are not tried together again.
    for (const row of rows.slice(next, next + Math.max(1, fresh.length))) {
      if (leaving.aborted) break;
      await handleRow(settings, row, leaving);
      next += 1;
    }
  }
  return rows.length;
}

/** Those before the first that was delivered before: it may kill its process, and its company. */
function freshRows(rows: readonly Row[]): readonly Row[] {
  const known = rows.findIndex((row) => row.deliveries > 0);
  return known === -1 ? rows : rows.slice(0, known);
}

async function handleRows(
  { pool, logger }: PostgresQueueSettings,
  together: Together,
  rows: readonly Row[],
): Promise<boolean> {
  const ids = rows.map((row) => row.id);
  await pool.query('update queued set deliveries = deliveries + 1 where id = any($1)', [ids]);
  const messages = rows.map((row) => row.message);
  const handled = await deliverTogether(messages, together, logger);
  if (handled) await pool.query('delete from queued where id = any($1)', [ids]);
  return handled;
}

async function handleRow(
  settings: PostgresQueueSettings,
  { id, message }: Row,
  leaving: AbortSignal,
): Promise<void> {
  const { pool, group, partition, redeliveryLimit, logger } = settings;
  const queue = `${group}.${partition}`;
  // Counted before it is handled, so that a message which kills its process is found out.
  const counted = await pool.query<{ deliveries: number }>(
    'update queued set deliveries = deliveries + 1 where id = $1 returning deliveries',
    [id],
  );
  const before = (counted.rows[0]?.deliveries ?? 1) - 1;
  if (before >= deliveryLimit(redeliveryLimit)) {
    const error = diedTooOften(before);
    const facts = { error, id: message.id, name: message.name, queue };
    logger.error(facts, 'a message was delivered too often: to the dead letters');
    await bury(pool, id, error);
    return;
  }
  const outcome = await deliver(message, { ...settings, queue, leaving });
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
