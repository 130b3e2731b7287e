import { connect as connectAmqp } from 'amqplib';
import { Redis } from 'ioredis';
import pg from 'pg';

export type OptionalService = 'redis' | 'rabbitmq';

/** What the tests of one run can reach; written once by the global setup. */
export interface Services {
  readonly postgres: string;
  readonly redis?: string | undefined;
  readonly rabbitmq?: string | undefined;
}

export const serviceNames: Readonly<Record<OptionalService, string>> = {
  redis: 'Redis',
  rabbitmq: 'RabbitMQ',
};

/** How the global setup hands its findings to the test processes. */
export const servicesVariable = 'TEST_SERVICES_FOUND';

const probeTimeoutMs = 3_000;

type Environment = Readonly<Record<string, string | undefined>>;

/** Where each service would be: TEST_*_URL, or its local standard port. */
export function expected(environment: Environment): Services & { redis: string; rabbitmq: string } {
  return {
    postgres: environment['TEST_DATABASE_URL'] || 'postgres://postgres@127.0.0.1:5432/postgres',
    redis: environment['TEST_REDIS_URL'] || 'redis://127.0.0.1:6379',
    rabbitmq: environment['TEST_RABBITMQ_URL'] || 'amqp://guest:guest@127.0.0.1:5672',
  };
}

/** Reads what the global setup found. */
export function found(environment: Environment): Services {
  const text = environment[servicesVariable];
  if (!text)
    throw new Error('run tests with `npm run jest` or `npm test`, which find the services');
  return JSON.parse(text) as Services;
}

/**
 * Asks each service for a real answer. An address given by TEST_*_URL that fails is an error; the
 * word `none` there makes a machine look bare.
 */
export async function findServices(environment: Environment): Promise<Partial<Services>> {
  const urls = expected(environment);
  const [postgres, redis, rabbitmq] = await Promise.all([
    probe(environment, 'TEST_DATABASE_URL', urls.postgres, answersPostgres),
    probe(environment, 'TEST_REDIS_URL', urls.redis, answersRedis),
    probe(environment, 'TEST_RABBITMQ_URL', urls.rabbitmq, answersRabbitmq),
  ]);
  return { ...(postgres && { postgres }), redis, rabbitmq };
}

async function probe(
  environment: Environment,
  variable: string,
  url: string,
  ask: (url: string) => Promise<void>,
): Promise<string | undefined> {
  if (url === 'none') return undefined;
  try {
    await ask(url);
    return url;
  } catch (error) {
    // A default address may be empty; one that somebody wrote down must not be.
    if (environment[variable]) {
      throw new Error(`${variable} is set, but nothing answers at ${addressOf(url)}`, {
        cause: error,
      });
    }
    return undefined;
  }
}

/** `host:port`, without what may be secret. */
export function addressOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}

async function answersPostgres(url: string): Promise<void> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: probeTimeoutMs,
  });
  try {
    await client.connect();
    await client.query('SELECT 1');
  } finally {
    await client.end();
  }
}

async function answersRedis(url: string): Promise<void> {
  const client = new Redis(url, {
    lazyConnect: true,
    connectTimeout: probeTimeoutMs,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
  });
  client.on('error', () => undefined); // the rejected promise below says the same
  try {
    await client.connect();
    await client.ping();
  } finally {
    client.disconnect();
  }
}

async function answersRabbitmq(url: string): Promise<void> {
  const connection = await connectAmqp(url, { timeout: probeTimeoutMs });
  await connection.close();
}
