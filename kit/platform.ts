import { Redis } from 'ioredis';
import type { Broker, Topology } from './broker.ts';
import { createPostgresBroker } from './broker-postgres.ts';
import { createRabbitmqBroker } from './broker-rabbitmq.ts';
import { systemClock, type Clock } from './clock.ts';
import { ConfigError, readConfig, setting, type Environment } from './config.ts';
import { createLogger, type Logger } from './log.ts';
import type { MetricsAccess } from './metrics-route.ts';
import { serviceDatabaseUrl } from './orm.ts';
import { createMemoryPubSub, createRedis, createRedisPubSub, type LivePubSub } from './pubsub.ts';
import { cannotUse } from './start-errors.ts';

const connectWithinMs = 10_000;

/** What the programs of one process share, opened once and handed to each start(). */
export interface Platform {
  /** The stack on its embedded PostgreSQL: the only place of seeded users and free deposits. */
  readonly local: boolean;
  /** The URL of a service's own database. */
  databaseUrl(service: string): string;
  readonly broker: Broker;
  readonly pubsub: LivePubSub;
  /** Null where there is no Redis: its users have a twin in memory or in PostgreSQL. */
  readonly redis: Redis | null;
  logger(program: string): Logger;
  readonly clock: Clock;
  /** Who may read the metrics; absent: nobody. */
  readonly metrics?: MetricsAccess;
  close(): Promise<void>;
}

/** The variables that every program reads. */
export const platformSettings = {
  DATABASE_URL: setting.databaseUrl().optional(),
  RABBITMQ_URL: setting.rabbitmqUrl().optional(),
  REDIS_URL: setting.redisUrl().optional(),
  LOG_LEVEL: setting.logLevel(),
  METRICS_TOKEN: setting.secret().optional(),
  MESSAGING_PREFIX: setting.name('mammon'),
};

export type PlatformConfig = ReturnType<typeof readPlatformConfig>;

export const readPlatformConfig = (environment: Environment) =>
  readConfig(platformSettings, environment);

export interface PlatformOptions {
  /** Who says in logs what broker and Redis do: the program, or `mammon` for all in one process. */
  readonly program: string;
  readonly config: PlatformConfig;
  /** Where the databases are: DATABASE_URL, or the embedded server's address. */
  readonly databaseUrl: string;
  readonly local: boolean;
  readonly topology: Topology;
}

/**
 * Opens each service that has an address, and the embedded twin of each that has none.
 * @throws ConfigError when one cannot be used
 */
export async function openPlatform(options: PlatformOptions): Promise<Platform> {
  const { config, databaseUrl, topology } = options;
  const { RABBITMQ_URL, REDIS_URL, MESSAGING_PREFIX: prefix } = config;
  const logger = createLogger(options.program, config.LOG_LEVEL);
  if (REDIS_URL) await checkRedis(REDIS_URL);
  const broker = RABBITMQ_URL
    ? await createRabbitmqBroker({ url: RABBITMQ_URL, topology, logger, namePrefix: prefix }).catch(
        (error: unknown) => {
          throw cannotUse('RabbitMQ', 'RABBITMQ_URL', RABBITMQ_URL, error);
        },
      )
    : await createPostgresBroker({
        databaseUrl: serviceDatabaseUrl(databaseUrl, 'broker'),
        topology,
        logger,
      });
  const pubsub = REDIS_URL
    ? createRedisPubSub(REDIS_URL, logger, `${prefix}:`)
    : createMemoryPubSub();
  const redis = REDIS_URL ? createRedis(REDIS_URL, logger, { keyPrefix: `${prefix}:` }) : null;
  return {
    local: options.local,
    databaseUrl: (service) => serviceDatabaseUrl(databaseUrl, service),
    broker,
    pubsub,
    redis,
    logger: (program) => createLogger(program, config.LOG_LEVEL),
    clock: systemClock,
    metrics: { local: options.local, token: config.METRICS_TOKEN },
    async close() {
      await broker.close();
      await pubsub.close();
      redis?.disconnect();
    },
  };
}

/** Redis is opened lazily and for ever; a start says at once that it is not there. */
async function checkRedis(url: string): Promise<void> {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: connectWithinMs,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  // ioredis tells connect() only that the connection closed, and its listeners why.
  let cause: unknown;
  redis.on('error', (error: unknown) => (cause ??= error));
  try {
    await redis.connect();
    await redis.ping();
  } catch (error) {
    throw cannotUse('Redis', 'REDIS_URL', url, cause ?? error);
  } finally {
    redis.disconnect();
  }
  if (cause) throw cannotUse('Redis', 'REDIS_URL', url, cause);
}

/**
 * What a program that runs alone needs: its twins would be its own only, so it takes the real
 * services.
 * @throws ConfigError naming what is missing
 */
export function readStandaloneConfig(environment: Environment) {
  const config = readPlatformConfig(environment);
  const { DATABASE_URL } = config;
  const names = ['DATABASE_URL', 'RABBITMQ_URL', 'REDIS_URL'] as const;
  const missing = names.filter((name) => !config[name]);
  if (DATABASE_URL && missing.length === 0) return { ...config, DATABASE_URL };
  const verb = missing.length > 1 ? 'are' : 'is';
  throw new ConfigError(
    `${missing.join(', ')} ${verb} not set, and a program that runs alone shares its services ` +
      'with the others (npm start runs everything in one process without them)',
  );
}

/** The platform of a program that runs alone. */
export async function openStandalonePlatform(
  program: string,
  environment: Environment,
  topology: Topology,
): Promise<Platform> {
  const config = readStandaloneConfig(environment);
  const databaseUrl = config.DATABASE_URL;
  return openPlatform({ program, config, databaseUrl, local: false, topology });
}
