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

test('a connection that has forgotten the statement prepares it again', async () => {
  const em = orm.em.fork();
  await add(em, 'before');
  await em.execute('discard all');
  expect(await add(em, 'after')).toHaveLength(1);
});

test('in a transaction, which fails with it, it is prepared again for the next one', async () => {
  const em = orm.em.fork();
  await add(em, 'prepared');
  await em.execute('discard all');
  const late = (text: string) => em.transactional((inner) => add(inner, text));
  await expect(late('lost')).rejects.toMatchObject({ code: '26000' });
  expect(await late('found')).toHaveLength(1);
});

test('it outlives the type of an argument that is made anew', async () => {
  const em = orm.em.fork();
  const create = 'create type pair as (one int, other int)';
  const sum = { name: 'sum_of_pair', text: 'select ($1::pair).one + ($1::pair).other as sum' };
  await em.execute(create);
  expect(await executePrepared(em, sum, ['(1,2)'])).toEqual([{ sum: 3 }]);
  await em.execute(`drop type pair; ${create}`);
  expect(await executePrepared(em, sum, ['(1,2)'])).toEqual([{ sum: 3 }]);
});
