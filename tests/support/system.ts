import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { runningServer } from '#stack/embedded-postgres.ts';
import { generateSecrets, type LocalSecrets } from '#stack/local-secrets.ts';
import { Program } from './program.ts';
import { deleteQueues } from './rabbitmq.ts';
import { deleteKeys } from './redis.ts';
import { postgres, prefix, rabbitmqUrl, redisUrl } from './services.ts';

const startTimeoutMs = 60_000;

/** A running Mammon of a test's own, in one process or in many. */
export interface System extends AsyncDisposable {
  readonly graphqlUrl: string;
  /** The variables that its programs run with; tools take them too. */
  readonly environment: Readonly<Record<string, string>>;
  /** The names of its programs: `mammon` alone, or `orders-1`, `orders-2`, `venue`, … */
  readonly programs: readonly string[];
  /** kill -9. */
  kill(program: string): Promise<void>;
  /** Starts a killed program again. */
  restart(program: string): Promise<void>;
  /** What a program has printed so far. */
  output(program: string): string;
}

/** Everything in one process on an embedded PostgreSQL: what `npm start` runs. */
export async function startEmbedded(extra: Record<string, string> = {}): Promise<System> {
  const dataDir = mkdtempSync(join(tmpdir(), 'mammon-e2e-'));
  // PostgreSQL runs as nobody when the tests run as root.
  chmodSync(dataDir, 0o755);
  const ports = await freePorts(7);
  const environment = {
    DATA_DIR: join(dataDir, 'data'),
    DATA_FSYNC: 'off',
    LOG_LEVEL: 'warn',
    ...portVariables(ports),
    LOGIN_LIMIT_PER_ADDRESS: '10000',
    RATE_LIMIT_STRANGER: '1000000',
    ...extra,
  };
  const programs = { mammon: new Program('mammon', 'stack/main.ts', environment) };
  const graphqlUrl = `http://127.0.0.1:${ports[0]}/graphql`;
  return open(programs, graphqlUrl, environment, async () => {
    // A killed program leaves its PostgreSQL to the next one.
    await stopOrphan(environment.DATA_DIR);
    rmSync(dataDir, { recursive: true, force: true });
  });
}

/** Every program its own process on the real services, orders and wallets twice. */
export async function startProcesses(extra: Record<string, string> = {}): Promise<System> {
  const turn = await takeTurn();
  const name = prefix('e2e');
  const base = new URL((await postgres()).url);
  base.pathname = `/${name.replaceAll('-', '_')}`;
  const ports = await freePorts(9);
  const [gatewayPort = 0, usersPort, walletsPort, ordersPort, pricingPort, exchangePort] = ports;
  const [venuePort, secondWallets, secondOrders] = ports.slice(6);
  const secrets = generateSecrets();
  const at = (...list: (number | undefined)[]) =>
    list.map((port) => `http://127.0.0.1:${port}/graphql`).join(',');
  const environment = {
    DATABASE_URL: base.href,
    RABBITMQ_URL: rabbitmqUrl() ?? '',
    REDIS_URL: redisUrl() ?? '',
    MESSAGING_PREFIX: name,
    LOG_LEVEL: 'warn',
    ...secretVariables(secrets),
    FIX_PORT: String(venuePort),
    OPERATOR_EMAIL: 'operator@example.com',
    OPERATOR_PASSWORD: secrets.operatorPassword,
    ...portVariables(ports),
    USERS_URL: at(usersPort),
    WALLETS_URL: at(walletsPort, secondWallets),
    ORDERS_URL: at(ordersPort, secondOrders),
    PRICING_URL: at(pricingPort),
    EXCHANGE_URL: at(exchangePort),
    LOGIN_LIMIT_PER_ADDRESS: '10000',
    RATE_LIMIT_STRANGER: '1000000',
    ...extra,
  };
  const program = (label: string, file: string, own: Record<string, string> = {}) =>
    new Program(label, file, { ...environment, ...own });
  const programs = {
    venue: program('venue', 'venue/main.ts'),
    exchange: program('exchange', 'subgraphs/exchange/main.ts'),
    pricing: program('pricing', 'subgraphs/pricing/main.ts'),
    'wallets-1': program('wallets-1', 'subgraphs/wallets/main.ts'),
    'wallets-2': program('wallets-2', 'subgraphs/wallets/main.ts', {
      WALLETS_PORT: String(secondWallets),
    }),
    'orders-1': program('orders-1', 'subgraphs/orders/main.ts'),
    'orders-2': program('orders-2', 'subgraphs/orders/main.ts', {
      ORDERS_PORT: String(secondOrders),
    }),
    users: program('users', 'subgraphs/users/main.ts'),
    gateway: program('gateway', 'gateway/main.ts'),
  };
  const graphqlUrl = `http://127.0.0.1:${gatewayPort}/graphql`;
  const system = await open(programs, graphqlUrl, environment, async () => {
    await dropDatabases(base.href, name.replaceAll('-', '_'));
    await deleteQueues(rabbitmqUrl() ?? '', name);
    await deleteKeys(redisUrl() ?? '', `${name}:`);
    await turn.end().catch(() => undefined);
  });
  const made = await runTool('tools/operator.ts', environment);
  if (made.status !== 0) {
    await system[Symbol.asyncDispose]();
    throw new Error(made.output);
  }
  return system;
}

/** Everything in one process on a real PostgreSQL; `extra` may name the other services. */
export async function startOnPostgres(extra: Record<string, string> = {}): Promise<System> {
  const name = prefix('e2e');
  const base = new URL((await postgres()).url);
  base.pathname = `/${name.replaceAll('-', '_')}`;
  const ports = await freePorts(7);
  const environment: Record<string, string> = {
    DATABASE_URL: base.href,
    MESSAGING_PREFIX: name,
    LOG_LEVEL: 'warn',
    ...secretVariables(generateSecrets()),
    OPERATOR_EMAIL: 'operator@example.com',
    OPERATOR_PASSWORD: 'an operator has a passphrase',
    ...portVariables(ports),
    ...extra,
  };
  const programs = { mammon: new Program('mammon', 'stack/main.ts', environment) };
  const graphqlUrl = `http://127.0.0.1:${ports[0]}/graphql`;
  return open(programs, graphqlUrl, environment, async () => {
    await dropDatabases(base.href, name.replaceAll('-', '_'));
    if (environment['RABBITMQ_URL']) await deleteQueues(environment['RABBITMQ_URL'], name);
    if (environment['REDIS_URL']) await deleteKeys(environment['REDIS_URL'], `${name}:`);
  });
}

/** The server itself: a test may put a network before it, and cut that. */
const direct = await postgres();

/** One system of many processes at a time: two would take all of a PostgreSQL's 100 connections. */
async function takeTurn(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: direct.url });
  client.on('error', () => undefined);
  await client.connect();
  await client.query("select pg_advisory_lock(hashtext('mammon e2e'))");
  return client;
}

/** Runs one of the tools to its end against a system. */
export async function runTool(
  file: string,
  environment: Readonly<Record<string, string>>,
): Promise<{ status: number | null; output: string }> {
  const tool = new Program(file, file, environment);
  tool.start();
  const status = await tool.exited;
  return { status, output: tool.output };
}

/** What local mode generates, as its owner would set it elsewhere. */
export function secretVariables(secrets: LocalSecrets): Record<string, string> {
  return {
    IDENTITY_PRIVATE_KEY: secrets.identityPrivateKey,
    IDENTITY_PUBLIC_KEY: secrets.identityPublicKey,
    ACCESS_TOKEN_PRIVATE_KEY: secrets.accessTokenPrivateKey,
    REFRESH_TOKEN_SECRET: secrets.refreshTokenSecret,
    FIX_PASSWORD: secrets.fixPassword,
    VENUE_FIX_PASSWORD: secrets.fixPassword,
  };
}

export function portVariables(ports: readonly number[]): Record<string, string> {
  const names = ['PORT', 'USERS_PORT', 'WALLETS_PORT', 'ORDERS_PORT', 'PRICING_PORT'];
  const all = [...names, 'EXCHANGE_PORT', 'VENUE_FIX_PORT'];
  return {
    ...Object.fromEntries(all.map((name, index) => [name, String(ports[index])])),
    GRAPHQL_URL: `http://127.0.0.1:${ports[0]}/graphql`,
  };
}

async function open(
  programs: Record<string, Program>,
  graphqlUrl: string,
  environment: Record<string, string>,
  cleanUp: () => Promise<void>,
): Promise<System> {
  const named = (name: string): Program => {
    const program = programs[name];
    if (!program) throw new Error(`no program ${name}`);
    return program;
  };
  const close = async () => {
    await Promise.all(Object.values(programs).map((program) => program.stop()));
    await cleanUp();
  };
  try {
    for (const program of Object.values(programs)) program.start();
    await ready(graphqlUrl, Object.values(programs));
  } catch (error) {
    await close();
    throw error;
  }
  return {
    graphqlUrl,
    environment,
    programs: Object.keys(programs),
    kill: (name) => named(name).kill(),
    async restart(name) {
      named(name).start();
      await ready(graphqlUrl, [named(name)]);
    },
    output: (name) => named(name).output,
    [Symbol.asyncDispose]: close,
  };
}

/** Ends the embedded PostgreSQL of a data folder, if one runs there. */
export async function stopOrphan(dataDir: string): Promise<void> {
  const server = runningServer(join(dataDir, 'postgres'));
  if (!server) return;
  process.kill(server.pid, 'SIGINT');
  while (runningServer(join(dataDir, 'postgres'))) await sleep(20);
}

async function ready(graphqlUrl: string, programs: readonly Program[]): Promise<void> {
  const deadline = Date.now() + startTimeoutMs;
  for (;;) {
    const dead = programs.find((program) => program.isDead);
    if (dead) throw new Error(`${dead.name} ended at its start:\n${dead.output}`);
    const answer = await fetch(new URL('/health/ready', graphqlUrl)).catch(() => undefined);
    const health = await answer?.text();
    if (answer?.ok && health && !health.includes('degraded')) return;
    if (Date.now() > deadline) {
      const said = programs.map(({ name, output }) => `--- ${name}\n${output}`).join('\n');
      throw new Error(`not ready: ${health}\n${said}`);
    }
    await sleep(100);
  }
}

export async function dropDatabases(url: string, name: string): Promise<void> {
  const maintenance = new URL(url);
  maintenance.pathname = '/postgres';
  const client = new pg.Client({ connectionString: maintenance.href });
  await client.connect();
  try {
    const { rows } = await client.query<{ datname: string }>(
      `select datname from pg_database where datname like $1`,
      [`${name}%`],
    );
    for (const { datname } of rows) await client.query(`drop database "${datname}" with (force)`);
  } finally {
    await client.end();
  }
}

export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
