import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
} from 'node:fs';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { isRoot, nobody, postgresBinaries } from '#stack/postgres-binaries.ts';

/** A PostgreSQL for one benchmark: everything durable, nothing shared, removed at the end. */
export interface Cluster {
  readonly version: string;
  readonly port: number;
  /** Debian's programs, or the embedded ones. */
  readonly binaries: string;
  url(database: string): string;
  /** CPU time of all of its processes until now, in microseconds. */
  cpuUs(): number;
  close(): Promise<void>;
}

/** The same for both sides of the comparison. */
export const settings = {
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  shared_buffers: '1GB',
  max_wal_size: '16GB',
  checkpoint_timeout: '30min',
  max_connections: '60',
};

const debian = '/usr/lib/postgresql';

/** The folder with Debian's pgbench and postgres of one version, the latest; else undefined. */
export function debianBinaries(): string | undefined {
  if (!existsSync(debian)) return undefined;
  return readdirSync(debian)
    .toSorted((one, other) => Number(other) - Number(one))
    .map((version) => join(debian, version, 'bin'))
    .find((folder) => ['pgbench', 'postgres'].every((name) => existsSync(join(folder, name))));
}

export async function startCluster(): Promise<Cluster> {
  const binaries = debianBinaries() ?? postgresBinaries();
  const folder = mkdtempSync(join(tmpdir(), 'mammon-bench-'));
  const data = join(folder, 'data');
  mkdirSync(data);
  chmodSync(folder, 0o755);
  const owner = isRoot() ? { uid: nobody, gid: nobody } : {};
  if (isRoot()) chownSync(data, nobody, nobody);
  try {
    const made = spawnSync(
      join(binaries, 'initdb'),
      ['-D', data, '-U', 'bench', '-A', 'trust', '--encoding=UTF8', '--locale=C'],
      { cwd: folder, encoding: 'utf8', ...owner },
    );
    if (made.status !== 0) throw new Error(`initdb: ${made.stderr}`);
    const port = await freePort();
    const options = {
      ...settings,
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      port,
    };
    const log = openSync(join(folder, 'log'), 'a');
    const server = spawn(
      join(binaries, 'postgres'),
      [
        '-D',
        data,
        ...Object.entries(options).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
      ],
      { cwd: folder, stdio: ['ignore', log, log], ...owner },
    );
    const url = (database: string) => `postgres://bench@127.0.0.1:${port}/${database}`;
    await untilItAnswers(url('postgres'));
    return {
      version: execFileSync(join(binaries, 'postgres'), ['--version'], { encoding: 'utf8' }).trim(),
      port,
      binaries,
      url,
      cpuUs: () => cpuUsOf(server.pid ?? 0),
      async close() {
        const ended = new Promise((resolve) => server.once('exit', resolve));
        server.kill('SIGQUIT'); // nothing is to be kept
        await ended;
        rmSync(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

async function untilItAnswers(url: string): Promise<void> {
  for (const deadline = Date.now() + 30_000; ;) {
    const client = new Client({ connectionString: url });
    try {
      await client.connect();
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await sleep(100);
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}

/** Of a process, its children, and those of them that have ended. */
function cpuUsOf(parent: number): number {
  let ticks = 0;
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const fields = statOf(name);
    if (Number(name) === parent) ticks += fields.slice(11, 15).reduce((sum, n) => sum + n, 0);
    else if (fields[1] === parent) ticks += (fields[11] ?? 0) + (fields[12] ?? 0);
  }
  return ticks * 10_000; // a tick is a hundredth of a second on every Linux
}

/** What stands behind the name in /proc/<pid>/stat; nothing when the process has just ended. */
function statOf(pid: string): number[] {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
  } catch {
    return [];
  }
}

/** CPU time of the children of this process that have ended, in microseconds. */
export function endedChildrenCpuUs(): number {
  const fields = statOf('self');
  return ((fields[13] ?? 0) + (fields[14] ?? 0)) * 10_000;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
