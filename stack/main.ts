import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { brokerTopology } from '#contracts/build.ts';
import { environment, type Environment } from '#kit/config.ts';
import { Fault } from '#kit/errors.ts';
import { runProgram, type Running } from '#kit/lifecycle.ts';
import { openPlatform, readPlatformConfig } from '#kit/platform.ts';
import { announce, announceReady } from './announce.ts';
import { readStackConfig } from './config.ts';
import { startEmbeddedPostgres } from './embedded-postgres.ts';
import { localEnvironment, localOperatorEmail } from './local-environment.ts';
import { localSecrets } from './local-secrets.ts';
import { checkSettings, startPrograms } from './programs.ts';

const readyTimeoutMs = 60_000;

/** Everything in one process: what `npm start` runs. */
export async function start(given: Environment): Promise<Running> {
  const opened: Running[] = [];
  const close = async () => {
    // The last opened closes first; a fault of one must not leave the others open.
    const faults: unknown[] = [];
    for (const part of opened.toReversed()) {
      await part.close().catch((error: unknown) => faults.push(error));
    }
    if (faults.length > 0) throw faults[0];
  };
  try {
    await open(given, (part) => void opened.push(part));
  } catch (error) {
    await close().catch(() => undefined);
    throw error;
  }
  return { close };
}

async function open(given: Environment, opened: (part: Running) => void): Promise<void> {
  const startedAt = Date.now();
  const stack = readStackConfig(given);
  const config = readPlatformConfig(given);
  const local = config.DATABASE_URL === undefined;
  const secrets = local ? localSecrets(join(stack.dataDir, 'secrets.json')) : undefined;
  const settings = secrets ? localEnvironment(given, secrets) : given;
  checkSettings(settings);
  process.stdout.write(`Mammon is starting in one process${local ? ', in local mode' : ''}.\n\n`);

  let databaseUrl = config.DATABASE_URL;
  if (secrets) {
    const embedded = await startEmbeddedPostgres({
      dataDir: join(stack.dataDir, 'postgres'),
      password: secrets.postgresPassword,
      fsync: stack.fsync,
    });
    opened(embedded);
    databaseUrl = embedded.url;
    const how = embedded.takenOver ? ', taken over from a run that was killed' : '';
    announce('PostgreSQL', `embedded ${embedded.version} on port ${embedded.port}${how}`);
    announce('', `data in ${stack.dataDir}`);
  } else {
    announce('PostgreSQL', `real, at ${addressOf(config.DATABASE_URL)}`);
  }
  announce(
    'RabbitMQ',
    config.RABBITMQ_URL
      ? `real, at ${addressOf(config.RABBITMQ_URL)}`
      : 'embedded: queues in PostgreSQL (RABBITMQ_URL is not set)',
  );
  announce(
    'Redis',
    config.REDIS_URL
      ? `real, at ${addressOf(config.REDIS_URL)}`
      : 'embedded: in this process (REDIS_URL is not set)',
  );

  if (!databaseUrl) throw new Fault('no database');
  const platform = await openPlatform({ config, databaseUrl, local, topology: brokerTopology });
  opened(platform);
  const graphqlUrl = await startPrograms(settings, platform, opened);
  await waitUntilReady(graphqlUrl);
  announceReady({
    graphqlUrl,
    docsUrl: new URL('/api/docs', graphqlUrl).href,
    seconds: (Date.now() - startedAt) / 1_000,
    operator: secrets && { email: localOperatorEmail, password: secrets.operatorPassword },
  });
}

/** The gateway is ready when every subgraph is; each subgraph when its services are. */
async function waitUntilReady(graphqlUrl: string): Promise<void> {
  const deadline = Date.now() + readyTimeoutMs;
  for (;;) {
    const response = await fetch(new URL('/health/ready', graphqlUrl));
    if (response.ok) return;
    if (Date.now() > deadline) throw new Fault(`not ready: ${await response.text()}`);
    await sleep(100);
  }
}

/** Host and port of a URL: never its user or password. */
const addressOf = (url: string | undefined): string => (url ? new URL(url).host : '');

if (import.meta.main) await runProgram('mammon', () => start(environment));
