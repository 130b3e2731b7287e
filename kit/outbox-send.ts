import type { Broker, BrokerMessage } from './broker.ts';
import { Fault } from './errors.ts';
import { describeError, type Logger } from './log.ts';
import type { EntityManager } from './orm.ts';
import type { LivePubSub } from './pubsub.ts';
import { isTransient, Unavailable } from './transient.ts';

/** Rows of one round; one of the live outbox may tell of hundreds of logs. */
const pageSize = 500;
const livePageSize = 50;
/** A live update older than this is worthless: its readers have looked into the log by then. */
const liveForMs = 60_000;

interface Row {
  readonly id: string;
  readonly message: BrokerMessage;
}

/**
 * Sends the oldest messages and deletes them once every queue has them. Rows are found by being
 * there and never by a position: a number drawn early may be committed late.
 * @returns whether more may be waiting
 * @throws when some must be sent again later
 */
export async function sendMessages(
  em: EntityManager,
  broker: Broker,
  logger: Logger,
): Promise<{ more: boolean }> {
  const rows = await em.execute<Row[]>(
    'select id, message from outbox where error is null order by id limit ?',
    [pageSize],
  );
  if (rows.length === 0) return { more: false };
  try {
    await broker.publish(rows.map((row) => row.message));
  } catch (error) {
    if (!broker.healthy) throw error;
    await sendOneByOne(em, broker, rows, logger);
    return { more: true };
  }
  await remove(em, 'outbox', rows);
  return { more: rows.length === pageSize };
}

/**
 * What follows a refused page: a message that can never be sent is set aside, one that cannot be
 * sent now holds back only those of its own key.
 */
async function sendOneByOne(
  em: EntityManager,
  broker: Broker,
  rows: readonly Row[],
  logger: Logger,
): Promise<void> {
  const heldBack = new Set<string>();
  let failure: unknown;
  for (const row of rows) {
    const { key, id, name } = row.message;
    if (heldBack.has(key)) continue;
    try {
      await broker.publish([row.message]);
      await remove(em, 'outbox', [row]);
    } catch (error) {
      if (error instanceof Fault && !isTransient(error)) {
        await em.execute('update outbox set error = ? where id = ?', [error.message, row.id]);
        logger.error({ ...describeError(error), id, name }, 'a message cannot be sent; set aside');
        continue;
      }
      heldBack.add(key);
      failure = error;
      if (!broker.healthy) break;
    }
  }
  if (heldBack.size > 0) throw new Unavailable('messages are held back', { cause: failure });
}

interface LiveRow {
  readonly id: string;
  readonly updates: readonly { readonly channel: string; readonly payload: unknown }[];
}

/** Publishes the oldest live updates, in order, and deletes them; when that fails, the old ones. */
export async function sendLive(
  em: EntityManager,
  pubsub: LivePubSub,
  logger: Logger,
): Promise<{ more: boolean }> {
  const rows = await em.execute<LiveRow[]>(
    'select id, updates from outbox_live order by id limit ?',
    [livePageSize],
  );
  if (rows.length === 0) return { more: false };
  try {
    const updates = rows.flatMap((row) => row.updates);
    await Promise.all(updates.map(({ channel, payload }) => pubsub.publish(channel, payload)));
  } catch (error) {
    const { affectedRows } = await em.execute<{ affectedRows: number }>(
      `delete from outbox_live where created_at < now() - ? * interval '1 millisecond'`,
      [liveForMs],
      'run',
    );
    if (affectedRows > 0)
      logger.warn({ affectedRows }, 'live updates grew too old and are dropped');
    throw error;
  }
  await remove(em, 'outbox_live', rows);
  return { more: rows.length === livePageSize };
}

async function remove(
  em: EntityManager,
  table: 'outbox' | 'outbox_live',
  rows: readonly { readonly id: string }[],
): Promise<void> {
  await em.execute(
    `delete from ${table} where id = any(string_to_array(?, ',')::bigint[])`,
    [rows.map((row) => row.id).join(',')],
    'run',
  );
}
