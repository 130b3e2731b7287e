import { type Clock, systemClock } from '#kit/clock.ts';
import type { EntityManager } from '@mikro-orm/postgresql';

import { assertEncodable } from './codec.ts';
import { adminTypes } from './dictionary.ts';
import type { FixField, FixMessage, FixStore, SessionId, StoredMessage } from './types.ts';

export { fixEntities, FixMigration } from './postgres-schema.ts';

/**
 * Keeps a session in a service's own database (tables fix_session, fix_outbound_message; see
 * `fixEntities` and `FixMigration`). `append` holds the session's row until the transaction ends, so
 * that numbers are gapless and in the order of the commits: append late in a transaction.
 * @param em any EntityManager of the service; only its connection is used
 */
export function createPostgresStore(em: EntityManager, clock: Clock = systemClock): FixStore {
  const fork = (): EntityManager => em.fork({ clear: true });
  return {
    open: async (id) => {
      const [row] = await fork().execute<CounterRow[]>(openSql, [id.sender, id.target]);
      if (!row) throw new Error('the FIX session row was not returned');
      return { nextOutbound: row.next_outbound, nextInbound: row.next_inbound };
    },

    append: async (id, messages, transaction) => {
      if (messages.length === 0) return [];
      messages.forEach(assertEncodable);
      const storedAt = clock();
      const kept = JSON.stringify(rowsOf(messages));
      const { length } = messages;
      const [row] = await (transaction ?? fork()).execute<{ first: number }[]>(appendSql, [
        id.sender,
        id.target,
        length + 1,
        length,
        length,
        id.sender,
        id.target,
        storedAt.toISOString(),
        kept,
      ]);
      if (!row) throw new Error('the FIX session row was not returned');
      return messages.map(({ type, fields }, index) => ({
        type,
        fields,
        sequence: row.first + index,
        storedAt,
      }));
    },

    read: async (id, from, to, limit) => {
      const last = Math.min(to, highestSequence);
      const rows = await fork().execute<MessageRow[]>(readSql, [
        id.sender,
        id.target,
        from,
        last,
        limit,
      ]);
      return rows.map(storedOf);
    },

    setNextInbound: async (id, next, transaction) => {
      await (transaction ?? fork()).execute(
        `update fix_session set next_inbound = ? where sender = ? and target = ?`,
        [next, id.sender, id.target],
      );
    },

    reset: async (id) => {
      await fork().transactional(async (inner) => {
        const session = [id.sender, id.target];
        // The session first, as append does, so that the two cannot wait for each other.
        await inner.execute(resetSql, session);
        await inner.execute(
          `delete from fix_outbound_message where sender = ? and target = ?`,
          session,
        );
      });
    },
  };
}

/** Removes outbound messages older than a date; if asked for again, they are gap filled. */
export async function pruneOutbound(
  em: EntityManager,
  id: SessionId,
  olderThan: Date,
): Promise<void> {
  await em
    .fork()
    .execute(`delete from fix_outbound_message where sender = ? and target = ? and stored_at < ?`, [
      id.sender,
      id.target,
      olderThan.toISOString(),
    ]);
}

const highestSequence = 2_147_483_647;

interface CounterRow {
  readonly next_outbound: number;
  readonly next_inbound: number;
}

interface MessageRow {
  readonly sequence: number;
  readonly type: string;
  readonly fields: readonly FixField[];
  readonly stored_at: string;
}

/** A session's own messages are never replayed, so that their numbers suffice. */
function rowsOf(messages: readonly FixMessage[]) {
  return messages.flatMap(({ type, fields }, offset) =>
    adminTypes.has(type) ? [] : [{ offset, type, fields }],
  );
}

function storedOf(row: MessageRow): StoredMessage {
  const { sequence, type, fields, stored_at: storedAt } = row;
  return { sequence, type, fields, storedAt: new Date(storedAt) };
}

const openSql = `
  insert into fix_session (sender, target, next_outbound, next_inbound) values (?, ?, 1, 1)
  on conflict (sender, target) do update set sender = excluded.sender
  returning next_outbound, next_inbound`;

const appendSql = `
  with counter as (
    insert into fix_session (sender, target, next_outbound, next_inbound) values (?, ?, ?, 1)
    on conflict (sender, target) do update set next_outbound = fix_session.next_outbound + ?
    returning next_outbound - ? as first
  ), kept as (
    insert into fix_outbound_message (sender, target, sequence, type, fields, stored_at)
    select ?, ?, counter.first + message."offset", message.type, message.fields, ?
    from counter, jsonb_to_recordset(?::jsonb) as message("offset" int, type text, fields jsonb)
  )
  select first from counter`;

const readSql = `
  select sequence, type, fields, to_char(stored_at at time zone 'UTC',
    'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as stored_at
  from fix_outbound_message
  where sender = ? and target = ? and sequence between ? and ?
  order by sequence limit ?`;

const resetSql = `
  insert into fix_session (sender, target, next_outbound, next_inbound) values (?, ?, 1, 1)
  on conflict (sender, target) do update set next_outbound = 1, next_inbound = 1`;
