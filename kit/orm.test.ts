import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { defineEntity, OptimisticLockError, p } from '@mikro-orm/core';
import { Migration } from '@mikro-orm/migrations';
import pg from 'pg';
import { createDatabase, type TestDatabase } from '#tests/support/services.ts';
import { ensureDatabase, hasCode, openOrm, openReadOnly, serviceDatabaseUrl } from './orm.ts';

const Counter = defineEntity({
  name: 'Counter',
  tableName: 'counter',
  properties: { id: p.integer().primary(), value: p.integer(), version: p.integer().version() },
});

class CounterTable extends Migration {
  override up(): void {
    this.addSql('create table counter (id int primary key, value int, version int default 1)');
    this.addSql('insert into counter (id, value) values (1, 0), (2, 0)');
  }
}

let database: TestDatabase;
const open = (url = database.url) =>
  openOrm({ url, entities: [Counter], migrations: { '0001-counter': CounterTable }, poolSize: 8 });

beforeAll(async () => {
  database = await createDatabase('orm');
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
});

/**
 * MikroORM 7.2.1 with batched updates checks the versions of several rows by a SELECT and then
 * updates without them; openOrm turns the batches off.
 */
test('no update is lost when several versioned rows are flushed in a race', async () => {
  const orm = await open();
  let counted = 0;
  const client = async () => {
    for (let round = 0; round < 40; round++) {
      try {
        await orm.em.fork().transactional(async (em) => {
          for (const counter of await em.find(Counter, {}, { orderBy: { id: 'asc' } })) {
            counter.value += 1;
          }
        });
        counted += 1;
      } catch (error) {
        if (!(error instanceof OptimisticLockError)) throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: 6 }, client));
  const counters = await orm.em.fork().find(Counter, {}, { orderBy: { id: 'asc' } });
  expect(counters.map(({ value }) => value)).toEqual([counted, counted]);
  expect(counted).toBeGreaterThan(0);
  await orm.close(true);
});

test('processes that start together make the database and migrate it once', async () => {
  const url = new URL(database.url);
  url.pathname = `${url.pathname}_new`;
  const orms = await Promise.all([1, 2, 3, 4].map(() => open(url.href)));
  const rows = await orms[0]?.em.fork().execute('select name from migration');
  expect(rows).toHaveLength(1);
  await Promise.all(orms.map((orm) => orm.close(true)));
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query(`drop database "${url.pathname.slice(1)}" with (force)`);
  await client.end();
});

test('a database of another version is refused in one line, and left as it is', async () => {
  await (await open()).close(true);
  const settings = { url: database.url, entities: [Counter] };
  const opened = openOrm({ ...settings, migrations: { '0001-other': CounterTable } });
  await expect(opened).rejects.toThrow(
    /^the database \S+ is of another version, which this one cannot migrate \(0001-counter\): run/,
  );
  const orm = await open();
  expect(await orm.migrator.getExecuted()).toMatchObject([{ name: '0001-counter' }]);
  await orm.close(true);
});

test('a database that is there is left alone, and an unreachable server is an error', async () => {
  await ensureDatabase(database.url);
  const nowhere = ensureDatabase('postgres://postgres@127.0.0.1:1/x').catch((error) => error);
  expect(hasCode(await nowhere, 'ECONNREFUSED')).toBe(true);
});

test('each service has a database named after it', () => {
  expect(serviceDatabaseUrl('postgres://h:5432/mammon', 'orders')).toBe(
    'postgres://h:5432/mammon_orders',
  );
  expect(serviceDatabaseUrl('postgres://h', 'users')).toBe('postgres://h/mammon_users');
});

/** kysely 0.29.6 keeps the connection of a transaction whose begin or rollback failed for ever. */
test.each(['begin', 'rollback'])(
  'a connection that dies at the %s is given back',
  async (word) => {
    const options = { url: database.url, entities: [Counter], poolSize: 1 };
    const orm = await openOrm({ ...options, migrations: { '0001-counter': CounterTable } });
    const { query } = pg.Client.prototype;
    pg.Client.prototype.query = function (this: pg.Client, ...parameters: unknown[]) {
      if (parameters[0] === word) return Promise.reject(new Error('the server is gone'));
      return Reflect.apply(query, this, parameters) as unknown;
    } as typeof query;
    const refuse = () => orm.em.fork().transactional(() => Promise.reject(new Error('refused')));
    await expect(refuse()).rejects.toThrow();
    pg.Client.prototype.query = query;
    const select = () => orm.em.fork().transactional((em) => em.execute('select 1 as one'));
    expect(await select()).toEqual([{ one: 1 }]);
    await orm.close(true);
  },
  10_000,
);

test('who opens a database read-only makes, migrates and changes nothing', async () => {
  const settings = { entities: [Counter], migrations: { '0001-counter': CounterTable } };
  const missing = new URL(database.url);
  missing.pathname += '_missing';
  const opened = openReadOnly({ url: missing.href, ...settings });
  await expect(opened).rejects.toThrow(/is not of this version: start its service once/);

  await (await open()).close(true);
  const newer = { ...settings.migrations, '0002-later': CounterTable };
  const unmigrated = openReadOnly({ url: database.url, entities: [Counter], migrations: newer });
  await expect(unmigrated).rejects.toThrow(/is not of this version/);

  const orm = await openReadOnly({ url: database.url, ...settings });
  const em = orm.em.fork();
  expect(await em.count(Counter)).toBe(2);
  await expect(em.execute('update counter set value = 7')).rejects.toThrow(/read-only/);
  await orm.close(true);
});
