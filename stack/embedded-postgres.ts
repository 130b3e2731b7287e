import { spawn, spawnSync } from 'node:child_process';
import {
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { ConfigError } from '#kit/config.ts';
import { Fault } from '#kit/errors.ts';
import { ensureDatabase, hasCode } from '#kit/orm.ts';
import { isRoot, nobody, postgresBinaries } from './postgres-binaries.ts';

export interface EmbeddedPostgresSettings {
  /** Kept between runs; made when it is missing. The server's log stands beside it. */
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
  close(): Promise<void>;
}

const role = 'mammon';
const startTimeoutMs = 60_000;
const stopTimeoutMs = 20_000;

/**
 * Starts PostgreSQL from the binaries of the npm package, or takes over the one that a killed run
 * left. A lock on a held connection tells a live second start apart: it dies with its process.
 * @throws ConfigError when another process uses the same data
 */
export async function startEmbeddedPostgres(
  settings: EmbeddedPostgresSettings,
): Promise<EmbeddedPostgres> {
  const { dataDir, password } = settings;
  const orphan = runningServer(dataDir);
  if (!orphan) await launch(settings);
  const port = orphan?.port ?? (await writtenPort(settings));
  const url = embeddedUrl(port, password);
  const lock = await connect(settings, new URL('/postgres', url).href);
  const { rows } = await lock.query<{ locked: boolean; version: string }>(
    `select pg_try_advisory_lock(hashtext('mammon-stack')) as locked,
            current_setting('server_version') as version`,
  );
  if (!rows[0]?.locked) {
    await lock.end();
    throw new ConfigError(
      `another Mammon is running on ${dataDir}; end it first, or give this one its own DATA_DIR`,
    );
  }
  // A server that goes away is reported by every query; the held connection must not crash us.
  lock.on('error', () => undefined);
  await ensureDatabase(url);
  return {
    url,
    port,
    version: rows[0].version,
    takenOver: orphan !== undefined,
    async close() {
      await lock.end().catch(() => undefined);
      await stop(dataDir);
    },
  };
}

export const embeddedUrl = (port: number, password: string): string =>
  `postgres://${role}:${password}@127.0.0.1:${port}/${role}`;

/** The server that runs on a data folder, by its postmaster.pid; undefined when none does. */
export function runningServer(dataDir: string): { pid: number; port: number } | undefined {
  const file = join(dataDir, 'postmaster.pid');
  if (!existsSync(file)) return undefined;
  const lines = readFileSync(file, 'utf8').split('\n');
  const [pid, port] = [Number(lines[0]), Number(lines[3])];
  return pid > 0 && port > 0 && isAlive(pid) ? { pid, port } : undefined;
}

/** Makes the cluster beside its place and renames it there, so that a killed start leaves none. */
function initialise(binaries: string, { dataDir, password }: EmbeddedPostgresSettings): void {
  if (existsSync(join(dataDir, 'PG_VERSION'))) return;
  const parent = dirname(dataDir);
  mkdirSync(parent, { recursive: true });
  const partial = mkdtempSync(join(parent, 'initdb-'));
  const passwordFile = `${partial}.password`;
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (isRoot()) for (const path of [partial, passwordFile]) chownSync(path, nobody, nobody);
  try {
    const made = spawnSync(
      join(binaries, 'initdb'),
      [
        `--pgdata=${partial}`,
        `--username=${role}`,
        '--encoding=UTF8',
        '--locale=C',
        '--auth=scram-sha-256',
        `--pwfile=${passwordFile}`,
      ],
      { cwd: partial, encoding: 'utf8', ...owner() },
    );
    if (made.status !== 0) throw new Fault(`initdb failed: ${made.stderr || made.error?.message}`);
    renameSync(partial, dataDir);
  } finally {
    rmSync(passwordFile, { force: true });
    rmSync(partial, { recursive: true, force: true });
  }
}

async function launch(settings: EmbeddedPostgresSettings): Promise<void> {
  const { dataDir, fsync = true } = settings;
  const binaries = postgresBinaries();
  initialise(binaries, settings);
  const options = {
    listen_addresses: '127.0.0.1',
    port: settings.port ?? (await freePort()),
    unix_socket_directories: '',
    max_connections: 300,
    shared_buffers: '128MB',
    fsync: fsync ? 'on' : 'off',
    log_min_messages: 'warning',
  };
  const log = openSync(logFile(dataDir), 'a');
  const server = spawn(
    join(binaries, 'postgres'),
    [
      '-D',
      dataDir,
      ...Object.entries(options).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ],
    // A session of its own: Ctrl-C in the terminal reaches us alone, and we close it in order.
    { cwd: dataDir, detached: true, stdio: ['ignore', log, log], ...owner() },
  );
  closeSync(log);
  server.unref();
}

async function writtenPort(settings: EmbeddedPostgresSettings): Promise<number> {
  const port = await until(startTimeoutMs, async () => runningServer(settings.dataDir)?.port);
  if (port) return port;
  throw new Fault(`the embedded PostgreSQL did not start; see ${logFile(settings.dataDir)}`);
}

/** Connects as soon as the server takes connections: 57P03 says that it is still starting. */
async function connect({ dataDir }: EmbeddedPostgresSettings, url: string): Promise<Client> {
  const connected = await until(startTimeoutMs, async () => {
    const client = new Client({ connectionString: url });
    try {
      await client.connect();
      return client;
    } catch (error) {
      await client.end().catch(() => undefined);
      if (hasCode(error, '57P03') || hasCode(error, 'ECONNREFUSED')) return undefined;
      throw error;
    }
  });
  if (connected) return connected;
  throw new Fault(`the embedded PostgreSQL takes no connections; see ${logFile(dataDir)}`);
}

/** PostgreSQL's fast shutdown: sessions end, everything is written. */
async function stop(dataDir: string): Promise<void> {
  const server = runningServer(dataDir);
  if (!server) return;
  process.kill(server.pid, 'SIGINT');
  const stopped = await until(stopTimeoutMs, async () => !isAlive(server.pid) || undefined);
  if (!stopped) throw new Fault(`the embedded PostgreSQL (process ${server.pid}) did not stop`);
}

async function until<Value>(
  timeoutMs: number,
  probe: () => Promise<Value | undefined>,
): Promise<Value | undefined> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const value = await probe();
    if (value !== undefined || Date.now() > deadline) return value;
    await sleep(50);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, and belongs to another user.
    return hasCode(error, 'EPERM');
  }
}

const owner = (): object => (isRoot() ? { uid: nobody, gid: nobody } : {});

const logFile = (dataDir: string): string => join(dirname(dataDir), 'postgres.log');

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
