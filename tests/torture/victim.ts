import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { runningServer, startEmbeddedPostgres } from '#stack/embedded-postgres.ts';
import type { Random } from './random.ts';

/** A PostgreSQL of its own, with fsync, that is killed and comes back at the same address. */
export interface Victim {
  readonly url: string;
  /**
   * `everything` is the postmaster and all its processes, `postmaster` leaves its processes to find
   * out, and `backend` is one of them, after which PostgreSQL recovers by itself.
   */
  kill(what: 'everything' | 'postmaster' | 'backend', random: Random): Promise<void>;
  close(): Promise<void>;
}

export async function startVictim(dataDir: string): Promise<Victim> {
  const password = randomBytes(18).toString('base64url');
  const settings = { dataDir, password, fsync: true };
  let server = await startEmbeddedPostgres(settings);
  const { url, port } = server;
  return {
    url,
    async kill(what, random) {
      const postmaster = runningServer(dataDir);
      if (!postmaster) throw new Error('PostgreSQL is not running');
      const children = childrenOf(postmaster.pid);
      if (what === 'backend') {
        killAll([random.pick(children)]);
        return;
      }
      killAll([postmaster.pid, ...(what === 'everything' ? children : [])]);
      // Backends that outlive their postmaster end by themselves; the next one waits for that.
      while ([postmaster.pid, ...children].some((pid) => isAlive(pid))) await sleep(10);
      server = await startEmbeddedPostgres({ ...settings, port });
    },
    close: () => server.close(),
  };
}

function childrenOf(parent: number): number[] {
  const table = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
  return table
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .flatMap(([pid = 0, ppid]) => (ppid === parent ? [pid] : []));
}

/** One that has just ended by itself needs no signal. */
function killAll(pids: readonly number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      continue;
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
