import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { defineEntity, p } from '@mikro-orm/core';
import { createDatabase, type TestDatabase } from '#tests/support/services.ts';
import { hasCode, openOrm, type EntityManager } from './orm.ts';
import { executePrepared } from './prepared-statement.ts';

const Note = defineEntity({
  name: 'Note',
  tableName: 'note',
  properties: { text: p.text().primary() },
});

let database: TestDatabase;
let orm: Awaited<ReturnType<typeof openOrm>>;

beforeAll(async () => {
  database = await createDatabase('prepared');
  orm = await openOrm({ url: database.url, entities: [Note], migrations: {}, poolSize: 1 });
  await orm.em.fork().execute('create table note (text text primary key)');
});
afterAll(async () => {
  await orm.close(true);
  await database[Symbol.asyncDispose]();
});

const insert = {
  name: 'add_note',
  text: 'insert into note values ($1) returning text, pg_typeof($1::text)::text as type',
};
const add = (em: EntityManager, text: string) =>
  executePrepared<{ text: string; type: string }>(em, insert, [text]);

test('a connection keeps the statement, and values are never part of its text', async () => {
  const em = orm.em.fork();
  const quoted = `'); drop table note; --`;
  expect(await add(em, quoted)).toEqual([{ text: quoted, type: 'text' }]);
  await add(em, 'second');
  const kept = await em.execute<object[]>(
    `select statement, generic_plans + custom_plans as uses from pg_prepared_statements
     where name = 'add_note'`,
  );
  expect(kept).toEqual([{ statement: insert.text, uses: '2' }]);
});

test('it is part of the transaction of its entity manager', async () => {
  const em = orm.em.fork();
  await expect(
    em.transactional(async (inner) => {
      await add(inner, 'taken back');
      throw new Error('no');
    }),
  ).rejects.toThrow('no');
  expect(await add(em, 'taken back')).toHaveLength(1);
});

test('what PostgreSQL refuses says why by its code, and the connection goes on', async () => {
  const em = orm.em.fork();
  await add(em, 'once');
  const again = await add(em, 'once').catch((error: unknown) => error);
  expect(hasCode(again, '23505')).toBe(true);
  expect(await add(em, 'another')).toHaveLength(1);
});
