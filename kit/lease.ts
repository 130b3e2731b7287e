import { createHash } from 'node:crypto';
import type { Client } from 'pg';
import { holdConnection } from './held-connection.ts';
import { createLogger, describeError, type Logger } from './log.ts';
import { aborted, backOffMs, pause } from './pause.ts';

export interface LeaseSettings {
  /** The lease is one among the processes that use this database. */
  readonly databaseUrl: string;
  readonly name: string;
  /**
   * Called each time the lease is acquired. `lost` is aborted the moment it is gone or about to be
   * given back: what only the holder may do must stop then. When it throws, the lease is given back
   * and tried for again after a pause.
   */
  onAcquired(lost: AbortSignal): void | Promise<void>;
  /** Called once after each onAcquired, also on close; the next onAcquired waits for it. */
  onLost(): void | Promise<void>;
  readonly logger?: Logger | undefined;
  /** Notifications that arrive on the lease's connection, whether the lease is held or not. */
  readonly listen?: { readonly channel: string; onNotify(): void } | undefined;
}

const tryAgainMs = 500;

/**
 * A lease with one holder: an advisory lock that lives as long as the connection it was taken on. A
 * holder that dies loses it at once, one whose machine vanishes after some ten seconds.
 */
export async function startLease(settings: LeaseSettings): Promise<{ close(): Promise<void> }> {
  const { name, listen, logger = createLogger(name, 'warn') } = settings;
  const lock = lockKey('lease', name);
  return holdConnection({
    databaseUrl: settings.databaseUrl,
    name: `lease ${name}`,
    logger,
    async session(client, over) {
      if (listen) {
        client.on('notification', () => listen.onNotify());
        await client.query(`listen ${client.escapeIdentifier(listen.channel)}`);
      }
      for (let failures = 0; !over.aborted;) {
        if (await tryLock(client, lock)) {
          const kept = await hold(over);
          failures = kept ? 0 : failures + 1;
          if (!over.aborted) await unlock(client, lock);
        }
        await pause(failures > 0 ? backOffMs(failures, tryAgainMs) : tryAgainMs, over);
      }
    },
  });

  async function hold(over: AbortSignal): Promise<boolean> {
    try {
      await settings.onAcquired(over);
      await aborted(over);
      return true;
    } catch (error) {
      logger.error(describeError(error), `the holder of the lease ${name} could not begin`);
      return false;
    } finally {
      await settings.onLost();
    }
  }
}

/** Advisory locks are numbers: two of them, positive, made from what the lock is for. */
export type LockKey = readonly [kind: number, name: number];

export const lockKey = (kind: string, name: string): LockKey => [positive(kind), positive(name)];

export async function tryLock(client: Client, [kind, name]: LockKey): Promise<boolean> {
  const result = await client.query<{ locked: boolean }>(
    'select pg_try_advisory_lock($1, $2) as locked',
    [kind, name],
  );
  return result.rows[0]?.locked === true;
}

export async function unlock(client: Client, [kind, name]: LockKey): Promise<void> {
  await client.query('select pg_advisory_unlock($1, $2)', [kind, name]);
}

function positive(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE(0) & 0x7fff_ffff;
}
