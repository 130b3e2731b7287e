import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runningServer, startEmbeddedPostgres } from '#stack/embedded-postgres.ts';

/** A PostgreSQL for one test run, in a temporary folder that goes away with it. */
export async function startPostgres(): Promise<{ url: string; stop: () => Promise<void> }> {
  const home = mkdtempSync(join(tmpdir(), 'mammon-test-'));
  chmodSync(home, 0o755); // the server runs as another user when we are root
  const dataDir = join(home, 'data');
  const server = await startEmbeddedPostgres({ dataDir, password: randomUUID(), fsync: false });
  const tidied = tidyAfter(home, runningServer(dataDir)?.pid);
  return {
    url: server.url,
    stop: async () => {
      await server.close();
      await tidied();
    },
  };
}

/**
 * A shell that outlives a run ended by Ctrl-C or a kill just long enough to stop its server and
 * delete its data: its standard input is a pipe that closes when the run ends in whatever way.
 */
function tidyAfter(home: string, pid: number | undefined): () => Promise<void> {
  const script = `
    cat >/dev/null
    kill -INT "$SERVER" 2>/dev/null
    while kill -0 "$SERVER" 2>/dev/null; do sleep 0.1; done
    rm -rf "$HOME_OF_SERVER"`;
  const shell = spawn('sh', ['-c', script], {
    env: { ...process.env, SERVER: String(pid), HOME_OF_SERVER: home },
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true, // Ctrl-C must not reach it
  });
  shell.unref();
  const exited = once(shell, 'exit');
  return async () => {
    shell.stdin.end();
    await exited;
  };
}
