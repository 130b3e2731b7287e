import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { ConfigError } from '#kit/config.ts';
import { Fault } from '#kit/errors.ts';
import { ensureDatabase, hasCode } from '#kit/orm.ts';
import {
  hasStopped,
  isStopping,
  lastFatal,
  launchServer,
  logFile,
  runningServer,
  type Server,
} from './postgres-server.ts';

export { runningServer } from './postgres-server.ts';

export interface EmbeddedPostgresSettings {
  /** Absolute. Kept between runs; made when it is missing. The server's log stands beside it. */
  readonly dataDir: string;
  /** Of the one role, `mammon`; it holds for the life of the data. */
  readonly password: string;
  /** Off only for tests: a crash of the machine may then lose the data. */
  readonly fsync?: boolean;
  /** A free one when it is not given. */
  readonly port?: number;
}

export interface EmbeddedPostgres {
  /** With the password; names the database `mammon`, from which services derive their own. */
  readonly url: string;
  readonly port: number;
  readonly version: string;
  /** Whether a server that an earlier, killed run left behind was taken over. */
  readonly takenOver: boolean;
  /** Resolves when the server is lost and will not come back by itself, and says why. */
  readonly ended: Promise<string>;
  close(): Promise<void>;
}

const role = 'mammon';
const startTimeoutMs = 60_000;
const fastStopMs = 7_000;
const immediateStopMs = 5_000;
const recoveryTimeoutMs = 30_000;
const connectWithinMs = 5_000;
const launches = 3;
/** A run that was killed a moment ago, or is closing, still holds the lock for an instant. */
const lockPatienceMs = 1_500;

/**
 * Starts PostgreSQL from the binaries of the npm package, or takes over the one that a killed run
 * left. A lock on a held connection tells a live second start apart: it dies with its process.
 * @throws ConfigError when another process uses the same data
 */
export async function startEmbeddedPostgres(
  settings: EmbeddedPostgresSettings,
): Promise<EmbeddedPostgres> {
  const { dataDir } = settings;
  const held = await acquire(settings);
  const { server, version, takenOver } = held;
  const url = embeddedUrl(server.port, settings.password);
  // However we end, short of a kill -9, no server stays behind.
  const stopAtExit = () => signal(dataDir, server, 'SIGINT');
  process.once('exit', stopAtExit);
  const guard = guardLock(settings, held);
  const close = async () => {
    guard.release();
    // Still holding the lock, so that nobody takes over a server that is about to stop.
    await stop(dataDir, server).finally(() => guard.end());
    process.off('exit', stopAtExit);
  };
  try {
    await ensureDatabase(url);
  } catch (error) {
    await close().catch(() => undefined);
    throw error;
  }
  return { url, port: server.port, version, takenOver, ended: guard.lost, close };
}

export const embeddedUrl = (port: number, password: string): string =>
  `postgres://${role}:${password}@127.0.0.1:${port}/${role}`;

interface Held {
  readonly server: Server;
  readonly lock: Client;
  readonly version: string;
  readonly takenOver: boolean;
}

/** Finds or launches the server and takes the lock; one that we launched in vain is stopped. */
async function acquire(settings: EmbeddedPostgresSettings): Promise<Held> {
  const { dataDir, password, fsync = true, port } = settings;
  const deadline = Date.now() + startTimeoutMs;
  const attempts: { ended(): boolean }[] = [];
  let refusedAtMs: number | undefined;
  let stoppingSinceMs: number | undefined;
  try {
    for (; Date.now() < deadline; await sleep(50)) {
      const server = runningServer(dataDir);
      if (!server) {
        if (attempts.at(-1)?.ended() === false) continue;
        if (attempts.length === launches) break;
        attempts.push(await launchServer({ dataDir, role, password, fsync, port }));
        continue;
      }
      const lock = await connect(settings, server);
      if (!lock) {
        // A run that was killed while its server hung in stopping.
        stoppingSinceMs ??= isStopping(dataDir) ? Date.now() : undefined;
        const isHung = Date.now() - (stoppingSinceMs ?? Date.now()) > fastStopMs + immediateStopMs;
        if (isHung && isStopping(dataDir)) signal(dataDir, server, 'SIGQUIT');
        continue;
      }
      const version = await tryLock(lock);
      if (version) return { server, lock, version, takenOver: attempts.length === 0 };
      await lock.end();
      refusedAtMs ??= Date.now();
      if (Date.now() - refusedAtMs > lockPatienceMs) throw refused(dataDir);
    }
    throw new ConfigError(
      `the embedded PostgreSQL did not start: ${lastFatal(dataDir)} (see ${logFile(dataDir)})`,
    );
  } catch (error) {
    const server = runningServer(dataDir);
    const isOurs = refusedAtMs === undefined && attempts.at(-1)?.ended() === false;
    if (server && isOurs) await stop(dataDir, server);
    throw error;
  }
}

const refused = (dataDir: string): ConfigError =>
  new ConfigError(
    `another Mammon is running on the data in ${dataDir}: end it first, or give this one a ` +
      'DATA_DIR of its own',
  );

/** Undefined while the server starts or stops. */
async function connect(
  { dataDir, password }: EmbeddedPostgresSettings,
  { port }: Server,
): Promise<Client | undefined> {
  const connectionString = new URL('/postgres', embeddedUrl(port, password)).href;
  const client = new Client({ connectionString, connectionTimeoutMillis: connectWithinMs });
  // A server that goes away is reported by every query; the held connection must not crash us.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return client;
  } catch (error) {
    await client.end().catch(() => undefined);
    if (hasCode(error, '28P01')) {
      throw new ConfigError(
        `the password in secrets.json is not the one of the data in ${dataDir}: restore that ` +
          'file, or delete the whole folder to start afresh without its data',
      );
    }
    const isPassing = ['57P03', 'ECONNREFUSED', 'ECONNRESET'].some((code) => hasCode(error, code));
    if (isPassing || !hasSqlState(error)) return undefined;
    throw error;
  }
}

const hasSqlState = (error: unknown): boolean =>
  error instanceof Error && 'severity' in error && 'code' in error;

/** The server's version when the lock is ours. */
async function tryLock(client: Client): Promise<string | undefined> {
  const { rows } = await client.query<{ locked: boolean; version: string }>(
    `select pg_try_advisory_lock(hashtext('mammon-stack')) as locked,
            current_setting('server_version') as version`,
  );
  return rows[0]?.locked ? rows[0].version : undefined;
}

/** Takes the lock again when the server has recovered from a crash of one of its processes. */
function guardLock(settings: EmbeddedPostgresSettings, { server, lock }: Held) {
  const { dataDir } = settings;
  const losing = Promise.withResolvers<string>();
  let released = false;
  let current = lock;
  const watch = (client: Client) => {
    current = client;
    client.once('end', () => void recover());
  };
  const recover = async (): Promise<void> => {
    const deadline = Date.now() + recoveryTimeoutMs;
    for (; Date.now() < deadline; await sleep(100)) {
      if (released) return;
      if (runningServer(dataDir)?.pid !== server.pid) break;
      const client = await connect(settings, server).catch(() => undefined);
      if (client && (await tryLock(client).catch(() => undefined))) return watch(client);
      await client?.end().catch(() => undefined);
    }
    losing.resolve(`the embedded PostgreSQL has ended (see ${logFile(dataDir)}); start again`);
  };
  watch(lock);
  return {
    lost: losing.promise,
    release: () => (released = true),
    end: () => current.end().catch(() => undefined),
  };
}

/** PostgreSQL's fast shutdown: sessions end, everything is written. */
async function stop(dataDir: string, server: Server): Promise<void> {
  if (!signal(dataDir, server, 'SIGINT')) return;
  if (await isGone(dataDir, server, fastStopMs)) return;
  // PostgreSQL 18 may hang when it is stopped while it recovers; its journal makes this as safe.
  signal(dataDir, server, 'SIGQUIT');
  if (await isGone(dataDir, server, immediateStopMs)) return;
  throw new Fault(`the embedded PostgreSQL (process ${server.pid}) did not stop`);
}

async function isGone(dataDir: string, server: Server, withinMs: number): Promise<boolean> {
  for (const deadline = Date.now() + withinMs; Date.now() < deadline; await sleep(20)) {
    if (hasStopped(dataDir, server)) return true;
  }
  return false;
}

/** Asks the server that we know to stop; false when it is gone already. */
function signal(dataDir: string, { pid }: Server, how: 'SIGINT' | 'SIGQUIT'): boolean {
  if (runningServer(dataDir)?.pid !== pid) return false;
  process.kill(pid, how);
  return true;
}
