import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { brokerTopology } from '#contracts/build.ts';
import { ConfigError, environment, type Environment } from '#kit/config.ts';
import { Fault } from '#kit/errors.ts';
import { runProgram, type Running } from '#kit/lifecycle.ts';
import { ensureDatabase, serviceDatabaseUrl } from '#kit/orm.ts';
import { openPlatform, readPlatformConfig } from '#kit/platform.ts';
import { announce, announceEmbeddedPostgres, announcePlatform, announceReady } from './announce.ts';
import { readStackConfig } from './config.ts';
import { openDataDir } from './data-dir.ts';
import { startEmbeddedPostgres } from './embedded-postgres.ts';
import { localEnvironment, localOperatorEmail } from './local-environment.ts';
import { generateSecrets, localSecrets } from './local-secrets.ts';
import { checkSettings, startPrograms } from './programs.ts';

const readyTimeoutMs = 60_000;
const marketTimeoutMs = 15_000;

/** Everything in one process: what `npm start` runs. */
export async function start(
  given: Environment,
  stopped: AbortSignal = new AbortController().signal,
): Promise<Running> {
  const opened: Running[] = [];
  const close = async () => {
    // The last opened closes first; a fault of one must not leave the others open.
    const faults: unknown[] = [];
    for (const part of opened.splice(0).toReversed()) {
      await part.close().catch((error: unknown) => faults.push(error));
    }
    if (faults.length > 0) throw faults[0];
  };
  const ended = Promise.withResolvers<string>();
  try {
    await open(given, stopped, (part) => {
      opened.push(part);
      void part.ended?.then(ended.resolve);
      stopped.throwIfAborted();
    });
  } catch (error) {
    await close().catch(() => undefined);
    throw error;
  }
  return { close, ended: ended.promise };
}

async function open(
  given: Environment,
  stopped: AbortSignal,
  opened: (part: Running) => void,
): Promise<void> {
  const startedAt = Date.now();
  const { settings, secrets, stack } = readSettings(given);
  const local = secrets !== undefined;
  const config = readPlatformConfig(settings);
  process.stdout.write(`Mammon is starting in one process${local ? ', in local mode' : ''}.\n\n`);

  let databaseUrl = config.DATABASE_URL;
  if (secrets) {
    const embedded = await startEmbeddedPostgres({
      dataDir: join(stack.dataDir, 'postgres'),
      password: secrets.postgresPassword,
      fsync: stack.fsync,
    });
    databaseUrl = embedded.url;
    announceEmbeddedPostgres(embedded, stack.dataDir);
    opened(embedded);
  } else if (databaseUrl) {
    await ensureDatabase(serviceDatabaseUrl(databaseUrl, 'users'));
    announce('PostgreSQL', `real, at ${new URL(databaseUrl).host}`);
  }
  if (!databaseUrl) throw new Fault('no database');
  const platform = await openPlatform({
    program: 'mammon',
    config,
    databaseUrl,
    local,
    topology: brokerTopology,
  });
  announcePlatform(config);
  opened(platform);
  const { graphqlUrl, isMarketOpen } = await startPrograms(settings, platform, opened);
  await waitUntilReady(graphqlUrl, stopped);
  await waitForMarket(isMarketOpen, stopped);
  announceReady({
    graphqlUrl,
    docsUrl: new URL('/api/docs', graphqlUrl).href,
    seconds: (Date.now() - startedAt) / 1_000,
    operator: secrets && { email: localOperatorEmail, password: secrets.operatorPassword },
  });
}

/** Refuses whatever is missing or malformed before anything is made or started. */
function readSettings(given: Environment) {
  const local = !given['DATABASE_URL'];
  checkSettings(local ? localEnvironment(given, generateSecrets()) : given);
  const stack = readStackConfig(given);
  if (!local) return { stack, settings: given };
  openDataDir(stack.dataDir);
  const secrets = localSecrets(join(stack.dataDir, 'secrets.json'));
  return { stack, settings: localEnvironment(given, secrets), secrets };
}

/** The gateway names the subgraphs that are not ready; each of them is when its services are. */
async function waitUntilReady(graphqlUrl: string, stopped: AbortSignal): Promise<void> {
  for (const deadline = Date.now() + readyTimeoutMs; ; await sleep(100)) {
    stopped.throwIfAborted();
    const response = await fetch(new URL('/health/ready', graphqlUrl));
    const health = (await response.json()) as { degraded?: readonly string[] };
    if (response.ok && !health.degraded) return;
    if (Date.now() > deadline) {
      throw new ConfigError(`not ready after a minute: ${JSON.stringify(health)}`);
    }
  }
}

/** The first order must not be refused for want of a quote; a venue that is away is no reason to fail. */
async function waitForMarket(isOpen: () => Promise<boolean>, stopped: AbortSignal): Promise<void> {
  for (const deadline = Date.now() + marketTimeoutMs; Date.now() < deadline; await sleep(100)) {
    stopped.throwIfAborted();
    if (await isOpen()) return announce('market', 'open: every instrument has its quote');
  }
  announce('market', 'closed: no quotes yet, orders are refused until they come');
}

if (import.meta.main)
  await runProgram('mammon', environment, (stopped) => start(environment, stopped));
