import { randomBytes } from 'node:crypto';
import { describe, test } from '@jest/globals';
import pg from 'pg';
import { found, type OptionalService, type Services, serviceNames } from './find-services.ts';

/** A database of the caller's own; `await using` drops it, whoever is still connected. */
export interface TestDatabase extends AsyncDisposable {
  readonly url: string;
  readonly name: string;
}

/** The server for tests: the machine's own PostgreSQL, or else one started for this run. */
export async function postgres(): Promise<{ url: string }> {
  return { url: services().postgres };
}

/** A throw-away database named `<prefix>_<random>`. */
export async function createDatabase(name = 'test'): Promise<TestDatabase> {
  const database = `${name.replaceAll(/[^a-z0-9]/g, '_')}_${randomBytes(6).toString('hex')}`;
  await administer(`CREATE DATABASE ${database}`);
  const url = new URL(services().postgres);
  url.pathname = `/${database}`;
  return {
    url: url.href,
    name: database,
    [Symbol.asyncDispose]: () => administer(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`),
  };
}

/** The address of Redis, or undefined where none answers. */
export function redisUrl(): string | undefined {
  return services().redis;
}

/** The address of RabbitMQ, or undefined where none answers. */
export function rabbitmqUrl(): string | undefined {
  return services().rabbitmq;
}

/** A random name to put before queues, exchanges, channels and keys, so that suites never meet. */
export function prefix(name = 'test'): string {
  return `${name}-${randomBytes(6).toString('hex')}`;
}

/**
 * A suite that needs Redis, RabbitMQ or both. Where one does not answer the suite is skipped and
 * the reporter names it; with REQUIRE_SERVICES=1 it fails instead.
 */
export function describeWith(
  needed: OptionalService | readonly OptionalService[],
  name: string,
  body: () => void,
): void {
  const missing = [needed].flat().filter((service) => services()[service] === undefined);
  if (missing.length === 0) {
    describe(name, body);
  } else if (process.env['REQUIRE_SERVICES'] === '1') {
    describe(name, () => {
      test.each(missing)('%s is required and does not answer', (service) => {
        throw new Error(`${serviceNames[service]} does not answer and REQUIRE_SERVICES is 1`);
      });
    });
  } else {
    const needs = missing.map((service) => `[needs ${serviceNames[service]}]`).join(' ');
    describe.skip(`${name} ${needs}`, body);
  }
}

/** Runs one statement on the server's maintenance database. */
async function administer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: services().postgres });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

function services(): Services {
  return found(process.env);
}
