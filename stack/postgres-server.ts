import { spawn } from 'node:child_process';
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
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { ConfigError } from '#kit/config.ts';
import { hasCode } from '#kit/orm.ts';
import { isRoot, nobody, postgresBinaries } from './postgres-binaries.ts';
import { commandOf, isAlive } from './processes.ts';

export interface ServerSettings {
  /** Absolute; made when it is missing. */
  readonly dataDir: string;
  readonly role: string;
  readonly password: string;
  readonly fsync: boolean;
  /** A free one when it is not given. */
  readonly port?: number | undefined;
}

export interface Server {
  readonly pid: number;
  readonly port: number;
}

/** The server that runs on a data folder, by its postmaster.pid; undefined when none does. */
export function runningServer(dataDir: string): Server | undefined {
  const [pid = 0, folder = '', , port] = pidFileLines(dataDir);
  if (!(Number(pid) > 0 && Number(port) > 0)) return undefined;
  return isServer(Number(pid), folder) ? { pid: Number(pid), port: Number(port) } : undefined;
}

/** Starts a server that outlives us if we are killed. `ended` says whether it is gone again. */
export async function launchServer(settings: ServerSettings): Promise<{ ended(): boolean }> {
  const { dataDir, fsync } = settings;
  const binaries = postgresBinaries();
  await initialise(binaries, settings);
  forgetStranger(dataDir);
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
    { cwd: dataDir, detached: true, stdio: ['ignore', log, log], ...owner(dataDir) },
  );
  closeSync(log);
  let failed = false;
  server.on('error', () => (failed = true));
  server.unref();
  return { ended: () => failed || server.exitCode !== null || server.signalCode !== null };
}

export const logFile = (dataDir: string): string => join(dirname(dataDir), 'postgres.log');

/** PostgreSQL's last words, for a start that failed. */
export function lastFatal(dataDir: string): string {
  const file = logFile(dataDir);
  const lines = existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : [];
  return lines.findLast((line) => /FATAL|PANIC/.test(line)) ?? lines.at(-1) ?? 'it said nothing';
}

/** Whether a server has written everything and is gone; a zombie that nobody reaps counts. */
export const hasStopped = (dataDir: string, { pid }: Server): boolean =>
  Number(pidFileLines(dataDir)[0]) !== pid || !isAlive(pid);

/** Whether a server has been asked to stop and is still there. */
export const isStopping = (dataDir: string): boolean =>
  pidFileLines(dataDir)[7]?.trim() === 'stopping';

/** Makes the cluster beside its place and renames it there, so that a killed start leaves none. */
async function initialise(binaries: string, settings: ServerSettings): Promise<void> {
  const { dataDir, role, password } = settings;
  if (existsSync(join(dataDir, 'PG_VERSION'))) return;
  const parent = dirname(dataDir);
  mkdirSync(parent, { recursive: true });
  const partial = mkdtempSync(join(parent, 'initdb-'));
  const passwordFile = `${partial}.password`;
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (isRoot()) for (const path of [partial, passwordFile]) chownSync(path, nobody, nobody);
  try {
    await runInitdb(join(binaries, 'initdb'), partial, [
      `--pgdata=${partial}`,
      `--username=${role}`,
      '--encoding=UTF8',
      '--locale=C',
      '--auth=scram-sha-256',
      `--pwfile=${passwordFile}`,
    ]);
    renameSync(partial, dataDir);
  } catch (error) {
    // Another start was first: then its cluster is ours too.
    if (!hasCode(error, 'ENOTEMPTY') && !hasCode(error, 'EEXIST')) throw error;
  } finally {
    rmSync(passwordFile, { force: true });
    rmSync(partial, { recursive: true, force: true });
  }
}

/** Apart from our terminal too: a Ctrl-C must not break it, but let us close in order. */
async function runInitdb(command: string, cwd: string, parameters: string[]): Promise<void> {
  const initdb = spawn(command, parameters, {
    cwd,
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
    ...owner(cwd),
  });
  let said = '';
  initdb.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const status = await new Promise<number | null>((resolve, reject) => {
    initdb.once('error', reject);
    initdb.once('close', resolve);
  });
  if (status === 0) return;
  throw new ConfigError(`PostgreSQL cannot make its data: ${said.trim().replaceAll(/\s+/g, ' ')}`);
}

/**
 * After a crash of the machine, or in a container, another process may bear the dead server's pid,
 * and PostgreSQL would refuse to start. Its parent's pid in the file, ours, it passes over; its
 * other check, for backends that still use the data, stays in force.
 */
function forgetStranger(dataDir: string): void {
  const [pid = 0, ...rest] = pidFileLines(dataDir);
  if (!isAlive(Number(pid)) || isServer(Number(pid), rest[0] ?? '')) return;
  writeFileSync(join(dataDir, 'postmaster.pid'), [process.pid, ...rest].join('\n'));
}

const isServer = (pid: number, folder: string): boolean =>
  isAlive(pid) && folder !== '' && commandOf(pid).includes(`-D ${folder} `);

function pidFileLines(dataDir: string): string[] {
  try {
    return readFileSync(join(dataDir, 'postmaster.pid'), 'utf8').split('\n');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  }
}

/** Root's PostgreSQL runs as whoever owns the data: `nobody`, unless another user made it. */
function owner(folder: string): object {
  if (!isRoot()) return {};
  const { uid, gid } = statSync(folder);
  return uid === 0 ? { uid: nobody, gid: nobody } : { uid, gid };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
