import { MikroORM, type EntityManager, type Options } from '@mikro-orm/postgresql';
import { Migrator, type Migration } from '@mikro-orm/migrations';
import { Client } from 'pg';
import { ConfigError } from './config.ts';
import { cannotUse } from './start-errors.ts';

export type { EntityManager };

type MigrationClass = new (...args: ConstructorParameters<typeof Migration>) => Migration;

export interface OrmSettings {
  /** The service's own database; it is created when it is missing and the role may do so. */
  readonly url: string;
  readonly entities: NonNullable<Options['entities']>;
  /** Applied in this order; names are for ever. */
  readonly migrations: Readonly<Record<string, MigrationClass>>;
  /** Connections at most; a PostgreSQL serves about a hundred for all programs together. */
  readonly poolSize?: number;
}

const standardPoolSize = 6;
const connectWithinMs = 10_000;

/**
 * Opens a service's database and brings it to the latest migration; processes that start together
 * migrate one after the other.
 * @throws ConfigError when it was made by a version whose migrations this one does not have
 */
export async function openOrm(settings: OrmSettings): Promise<MikroORM> {
  await ensureDatabase(settings.url);
  const orm = await initOrm(settings);
  try {
    await withAdvisoryLock(settings.url, 'migrate', async () => {
      await refuseUnknown(orm, settings);
      await orm.migrator.up();
    });
  } catch (error) {
    await orm.close(true);
    throw error;
  }
  return orm;
}

/**
 * Opens a service's database as it is: nothing is made, migrated or changed, and PostgreSQL refuses
 * whoever tries.
 * @throws ConfigError when it is not there or of another version
 */
export async function openReadOnly(settings: OrmSettings): Promise<MikroORM> {
  const orm = await initOrm(settings, {
    ensureDatabase: false,
    driverOptions: { options: '-c default_transaction_read_only=on' },
  });
  try {
    const rows = await orm.em.fork().execute<{ name: string }[]>('select name from migration');
    const applied = rows.map(({ name }) => name);
    const known = Object.keys(settings.migrations);
    if (applied.length === known.length && known.every((name) => applied.includes(name)))
      return orm;
    throw new ConfigError(otherVersion(settings.url));
  } catch (error) {
    await orm.close(true);
    if (error instanceof ConfigError) throw error;
    // 3D000: no such database; 42P01: no such table.
    if (hasCode(error, '3D000') || hasCode(error, '42P01')) {
      throw new ConfigError(otherVersion(settings.url), { cause: error });
    }
    throw cannotUse('PostgreSQL', 'DATABASE_URL', settings.url, error);
  }
}

const nameOf = (url: string): string => decodeURIComponent(new URL(url).pathname.slice(1));

const otherVersion = (url: string): string =>
  `the database ${nameOf(url)} is not of this version: ` +
  'start its service once, which makes and migrates it';

/** Applying ours on top of others' would fail half-way, or worse, would not. */
async function refuseUnknown(orm: MikroORM, { url, migrations }: OrmSettings): Promise<void> {
  const applied = await orm.migrator.getExecuted();
  const unknown = applied.find(({ name }) => !Object.hasOwn(migrations, name));
  if (!unknown) return;
  throw new ConfigError(
    `the database ${nameOf(url)} is of another version, which this one cannot migrate ` +
      `(${unknown.name}): run that version on it, or start with another DATABASE_URL ` +
      '(in local mode another DATA_DIR)',
  );
}

function initOrm(settings: OrmSettings, options: Options = {}): Promise<MikroORM> {
  return MikroORM.init({
    clientUrl: settings.url,
    entities: settings.entities,
    extensions: [Migrator],
    // In 7.2.1 a batched flush of versioned rows loses updates: see shared facts and orm.test.ts.
    useBatchUpdates: false,
    pool: { min: 0, max: settings.poolSize ?? standardPoolSize },
    migrations: {
      tableName: 'migration',
      snapshot: false,
      silent: true,
      migrationsList: Object.entries(settings.migrations).map(([name, migration]) => ({
        name,
        class: migration,
      })),
    },
    debug: false,
    ...options,
  });
}

/** Runs while no other process holds the lock of that name in the same database. */
async function withAdvisoryLock(
  url: string,
  name: string,
  run: () => Promise<unknown>,
): Promise<void> {
  const client = open(url);
  await client.connect();
  try {
    await client.query('select pg_advisory_lock(hashtext($1))', [name]);
    await run();
  } finally {
    await client.end();
  }
}

/**
 * Creates the database that a URL names, unless it is there.
 * @throws ConfigError when the server cannot be used
 */
export async function ensureDatabase(url: string): Promise<void> {
  const maintenance = new URL(url);
  const name = decodeURIComponent(maintenance.pathname.slice(1));
  maintenance.pathname = '/postgres';
  try {
    if (await exists(url)) return;
    await createDatabase(maintenance.href, name);
  } catch (error) {
    if (hasCode(error, '42501')) {
      throw new ConfigError(
        `there is no database ${name} and the role of DATABASE_URL may not create one: create ` +
          'it, or let the role create databases',
        { cause: error },
      );
    }
    if (hasCode(error, '53300')) throw error; // it runs, and has no connection left
    throw cannotUse('PostgreSQL', 'DATABASE_URL', url, error);
  }
}

async function exists(url: string): Promise<boolean> {
  const probe = open(url);
  try {
    await probe.connect();
    return true;
  } catch (error) {
    if (hasCode(error, '3D000')) return false;
    throw error;
  } finally {
    await probe.end().catch(() => undefined);
  }
}

function open(connectionString: string): Client {
  const client = new Client({ connectionString, connectionTimeoutMillis: connectWithinMs });
  // A server that goes away fails the query at work; unheard, it would end the process.
  client.on('error', () => undefined);
  return client;
}

async function createDatabase(url: string, name: string): Promise<void> {
  const client = open(url);
  try {
    await client.connect();
    await client.query(`create database "${name.replaceAll('"', '""')}"`);
  } catch (error) {
    // Another process was first: 42P04 duplicate database, 23505 the same race one step deeper.
    if (!hasCode(error, '42P04') && !hasCode(error, '23505')) throw error;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** `postgres://host/mammon` and `orders` give `postgres://host/mammon_orders`. */
export function serviceDatabaseUrl(baseUrl: string, service: string): string {
  const url = new URL(baseUrl);
  const base = url.pathname.slice(1) || 'mammon';
  url.pathname = `/${base}_${service}`;
  return url.href;
}

/** Whether an error carries that PostgreSQL (SQLSTATE) or system code, itself or in its cause. */
export function hasCode(error: unknown, code: string): boolean {
  // By its shape, not its class: the system's errors come from another realm in Jest.
  if (typeof error !== 'object' || error === null) return false;
  return (
    ('code' in error && error.code === code) || ('cause' in error && hasCode(error.cause, code))
  );
}
