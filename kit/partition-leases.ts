import type { Client } from 'pg';
import { holdConnection } from './held-connection.ts';
import { lockKey, tryLock, unlock } from './lease.ts';
import { describeError, type Logger } from './log.ts';
import { pause } from './pause.ts';

export interface PartitionLeasesSettings {
  readonly databaseUrl: string;
  /** Processes with the same name share the partitions. */
  readonly name: string;
  readonly partitions: number;
  /** When it throws, the partition is given back and tried for again. */
  onAcquired(partition: number): Promise<void>;
  /** Resolves when this process does nothing for the partition any more. */
  onLost(partition: number): Promise<void>;
  readonly logger: Logger;
}

const rebalanceMs = 1_000;

/**
 * Shares partitions fairly among the processes that are alive: each is held by one of them, by an
 * advisory lock on one connection. Each process also holds a shared lock, so that they can be
 * counted. A process with more than its share gives the surplus back, one with less takes what is
 * free; a connection that is lost takes all its leases with it.
 */
export async function startPartitionLeases(
  settings: PartitionLeasesSettings,
): Promise<{ close(): Promise<void> }> {
  const { name, partitions, logger } = settings;
  return holdConnection({
    databaseUrl: settings.databaseUrl,
    name: `partitions ${name}`,
    logger,
    async session(client, over) {
      const held = new Set<number>();
      try {
        const [kind, member] = lockKey('member', name);
        await client.query('select pg_advisory_lock_shared($1, $2)', [kind, member]);
        while (!over.aborted) {
          const share = Math.ceil(partitions / (await countMembers(client, name)));
          await giveBack(client, held, share);
          await take(client, held, share, over);
          // Not all at the same moment: whoever comes second sees what the first one did.
          await pause(rebalanceMs * (0.75 + Math.random() / 2), over);
        }
      } finally {
        await Promise.all([...held].map((partition) => lose(partition)));
      }
    },
  });

  async function giveBack(client: Client, held: Set<number>, share: number): Promise<void> {
    const surplus = [...held].slice(share);
    await Promise.all(
      surplus.map(async (partition) => {
        await lose(partition);
        await unlock(client, lockOf(partition));
        held.delete(partition);
      }),
    );
  }

  async function take(client: Client, held: Set<number>, share: number, over: AbortSignal) {
    for (let partition = 0; partition < partitions && held.size < share; partition++) {
      if (over.aborted) return;
      if (held.has(partition) || !(await tryLock(client, lockOf(partition)))) continue;
      held.add(partition);
      try {
        await settings.onAcquired(partition);
      } catch (error) {
        logger.warn({ ...describeError(error), partition, name }, 'a partition cannot be served');
        await unlock(client, lockOf(partition));
        held.delete(partition);
      }
    }
  }

  /** A partition that cannot be let go properly must not keep the others from being let go. */
  async function lose(partition: number): Promise<void> {
    try {
      await settings.onLost(partition);
    } catch (error) {
      logger.error({ ...describeError(error), partition, name }, 'a partition was left badly');
    }
  }

  function lockOf(partition: number) {
    return lockKey('partition', `${name} ${partition}`);
  }
}

async function countMembers(client: Client, name: string): Promise<number> {
  const [kind, member] = lockKey('member', name);
  const result = await client.query<{ members: number }>(
    `select count(distinct pid)::int as members from pg_locks
      where locktype = 'advisory' and objsubid = 2 and granted
        and classid = $1 and objid = $2
        and database = (select oid from pg_database where datname = current_database())`,
    [kind, member],
  );
  return Math.max(1, result.rows[0]?.members ?? 1);
}
