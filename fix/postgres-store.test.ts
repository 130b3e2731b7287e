import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { MikroORM } from '@mikro-orm/postgresql';

import { openOrm } from '#kit/orm.ts';
import { play, scriptId } from '#tests/support/fix-script.ts';
import { createDatabase, type TestDatabase } from '#tests/support/services.ts';

import { createMemoryStore } from './memory-store.ts';
import { createPostgresStore, fixEntities, FixMigration, pruneOutbound } from './postgres-store.ts';
import type { FixMessage, FixStore, SessionId } from './types.ts';

let database: TestDatabase;
let orm: MikroORM;
let sessions = 0;

beforeAll(async () => {
  database = await createDatabase('fix_store');
  orm = await openOrm({
    url: database.url,
    entities: [...fixEntities],
    migrations: { 'fix-0001': FixMigration },
  });
});

afterAll(async () => {
  await orm.close(true);
  await database[Symbol.asyncDispose]();
});

const newSession = (): SessionId => ({ sender: 'US', target: `THEM-${(sessions += 1)}` });
const order = (id: string): FixMessage => ({
  type: 'D',
  fields: [
    [11, id],
    [58, `it's 100% "ok"? \\ $1 :x ${id} é`],
  ],
});
const heartbeat: FixMessage = { type: '0', fields: [] };

describe.each<[string, () => FixStore]>([
  ['PostgreSQL', () => createPostgresStore(orm.em)],
  ['memory', () => createMemoryStore()],
])('a FixStore in %s', (_, create) => {
  test('begins at 1 and counts on', async () => {
    const [store, id] = [create(), newSession()];
    expect(await store.open(id)).toEqual({ nextOutbound: 1, nextInbound: 1 });
    const stored = await store.append(id, [order('a'), heartbeat, order('b')]);
    expect(stored.map(({ sequence, type }) => [sequence, type])).toEqual([
      [1, 'D'],
      [2, '0'],
      [3, 'D'],
    ]);
    await store.setNextInbound(id, 9);
    expect(await store.open(id)).toEqual({ nextOutbound: 4, nextInbound: 9 });
  });

  test('appends to a session that was never opened', async () => {
    const [store, id] = [create(), newSession()];
    const stored = await store.append(id, [order('a'), order('b')]);
    expect(stored.map((one) => one.sequence)).toEqual([1, 2]);
    expect(await store.append(id, [])).toEqual([]);
    expect(await store.open(id)).toEqual({ nextOutbound: 3, nextInbound: 1 });
  });

  test('reads back what was appended, in order and by page, without admin messages', async () => {
    const [store, id, other] = [create(), newSession(), newSession()];
    await store.append(id, [order('a'), heartbeat, order('b'), order('c')]);
    await store.append(other, [order('x')]);
    const all = await store.read(id, 1, Infinity, 10);
    expect(all.map((one) => one.sequence)).toEqual([1, 3, 4]);
    expect(all[0]?.fields).toEqual(order('a').fields);
    expect(Math.abs(Date.now() - (all[0]?.storedAt.getTime() ?? 0))).toBeLessThan(60_000);
    expect((await store.read(id, 2, 3, 10)).map((one) => one.sequence)).toEqual([3]);
    expect((await store.read(id, 1, 9, 2)).map((one) => one.sequence)).toEqual([1, 3]);
  });

  test('forgets everything at a reset', async () => {
    const [store, id] = [create(), newSession()];
    await store.append(id, [order('a')]);
    await store.setNextInbound(id, 5);
    await store.reset(id);
    expect(await store.open(id)).toEqual({ nextOutbound: 1, nextInbound: 1 });
    expect(await store.read(id, 1, 9, 9)).toEqual([]);
    const [stored] = await store.append(id, [order('b')]);
    expect(stored?.sequence).toBe(1);
  });

  test('takes nothing of a batch that holds what FIX cannot carry', async () => {
    const [store, id] = [create(), newSession()];
    const bad: FixMessage = { type: 'D', fields: [[58, '']] };
    await expect(store.append(id, [order('a'), bad])).rejects.toThrow('FIX forbids');
    expect(await store.open(id)).toEqual({ nextOutbound: 1, nextInbound: 1 });
  });

  test('carries a session over a reconnect', async () => {
    await using tracked = await opened(create());
    await play(
      `connect
       > 35=A|34=1|98=0|108=30
       < 35=A|34=1|98=0|108=30
       @ logon
       drop
       @ disconnected dropped
       append 35=D|11=o1
       connect
       > 35=A|34=3|98=0|108=30
       < 35=A|34=2|98=0|108=30
       @ logon
       < 35=2|34=3|7=2|16=0
       > 35=D|34=2|43=Y|122|11=o1
       > 35=4|34=3|43=Y|122|123=Y|36=4`,
      { role: 'initiator', store: tracked.store, slowStore: true },
    );
  });
});

describe('the store in PostgreSQL', () => {
  test('stores messages with the application’s own transaction or not at all', async () => {
    const [store, id] = [createPostgresStore(orm.em), newSession()];
    await store.open(id);
    const failing = orm.em.fork().transactional(async (em) => {
      await store.append(id, [order('a')], em);
      await store.setNextInbound(id, 7, em);
      throw new Error('rolled back');
    });
    await expect(failing).rejects.toThrow('rolled back');
    expect(await store.open(id)).toEqual({ nextOutbound: 1, nextInbound: 1 });
    await orm.em.fork().transactional((em) => store.append(id, [order('b')], em));
    expect((await store.read(id, 1, 9, 9)).map((one) => one.sequence)).toEqual([1]);
  });

  test('numbers concurrent transactions without gaps, in the order of their commits', async () => {
    const [store, id] = [createPostgresStore(orm.em), newSession()];
    const committed: number[] = [];
    const writers = Array.from({ length: 40 }, async (_, index) => {
      const numbers = await orm.em.fork().transactional(async (em) => {
        const stored = await store.append(id, [order(`a${index}`), order(`b${index}`)], em);
        await em.execute('select pg_sleep(?)', [(index % 3) / 200]);
        if (index % 5 === 0) throw new Error('rolled back');
        return stored.map((one) => one.sequence);
      });
      committed.push(...numbers);
    });
    await Promise.allSettled(writers);
    const sequences = Array.from({ length: 64 }, (_, index) => index + 1);
    expect(committed.toSorted((a, b) => a - b)).toEqual(sequences);
    const stored = await store.read(id, 1, Infinity, 100);
    expect(stored.map((one) => one.sequence)).toEqual(sequences);
  });

  test('a reader never sees a number whose predecessor is still to come', async () => {
    const [store, id] = [createPostgresStore(orm.em), newSession()];
    const writing = { now: true };
    const writers = Promise.all(
      Array.from({ length: 8 }, async () => {
        for (let round = 0; round < 15; round += 1) await store.append(id, [order('a')]);
      }),
    ).finally(() => {
      writing.now = false;
    });
    while (writing.now) {
      const seen = (await store.read(id, 1, Infinity, 1000)).map((one) => one.sequence);
      expect(seen).toEqual(seen.map((_, index) => index + 1));
    }
    await writers;
  });

  test('old messages are pruned, and gap filled when they are asked for', async () => {
    const [store, id] = [createPostgresStore(orm.em), newSession()];
    await store.append(id, [order('a')]);
    await pruneOutbound(orm.em, id, new Date(Date.now() + 60_000));
    expect(await store.read(id, 1, 9, 9)).toEqual([]);
    expect(await store.open(id)).toEqual({ nextOutbound: 2, nextInbound: 1 });
  });
});

/** The scripts' session, clean before and after. */
async function opened(store: FixStore): Promise<AsyncDisposable & { store: FixStore }> {
  await store.reset(scriptId);
  return { store, [Symbol.asyncDispose]: () => store.reset(scriptId) };
}
