import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { MikroORM } from '@mikro-orm/postgresql';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Broker, BrokerMessage } from '#kit/broker.ts';
import { createPostgresBroker } from '#kit/broker-postgres.ts';
import { startConsumers, type MessageHandler } from '#kit/consumer.ts';
import { Refusal } from '#kit/errors.ts';
import { newId, type MessageId } from '#kit/ids.ts';
import { silentLogger } from '#kit/log.ts';
import { enqueue, startRelay } from '#kit/outbox.ts';
import { createMemoryPubSub } from '#kit/pubsub.ts';
import { eventually } from '#tests/support/eventually.ts';
import { countRows, effects, openMessagingOrm } from '#tests/support/messaging-orm.ts';
import { keyIn, message } from '#tests/support/messages.ts';
import { startProxy } from '#tests/support/proxy.ts';
import { createDatabase, type TestDatabase } from '#tests/support/services.ts';

const partitions = 4;
const topology = { partitions, groups: { service: ['work'] } };

let database: TestDatabase;
let brokerDatabase: TestDatabase;
let orm: MikroORM;
let broker: Broker;
const running: { close(): Promise<void> }[] = [];

beforeEach(async () => {
  [database, brokerDatabase] = await Promise.all([
    createDatabase('consumer'),
    createDatabase('consumer_broker'),
  ]);
  orm = await openMessagingOrm(database.url);
  broker = await createPostgresBroker({
    databaseUrl: brokerDatabase.url,
    topology,
    logger: silentLogger,
    redeliveryLimit: 1,
  });
});

afterEach(async () => {
  for (const each of running.splice(0)) await each.close();
  await broker.close();
  await orm.close(true);
  await database[Symbol.asyncDispose]();
  await brokerDatabase[Symbol.asyncDispose]();
});

const writeDown: MessageHandler = async (em, { body }) => {
  await em.execute('insert into effect (label) values (?)', [String(body)]);
};

/** One "process" of the service; `databaseUrl` carries its leases. */
async function consumers(handler: MessageHandler, databaseUrl = database.url) {
  const started = await startConsumers({
    group: 'service',
    partitions,
    databaseUrl,
    orm,
    broker,
    handlers: new Map([['work', handler]]),
    logger: silentLogger,
  });
  running.push(started);
  return started;
}

/** A process that notes which partitions it serves; ask() sends one message to each. */
function observed() {
  const served = new Map<number, string>();
  let round = 0;
  return {
    served,
    handler:
      (name: string): MessageHandler =>
      async (em, each) => {
        await writeDown(em, each);
        served.set((each.body as { partition: number }).partition, name);
      },
    async ask() {
      served.clear();
      round += 1;
      await broker.publish(
        Array.from({ length: partitions }, (_, partition) =>
          message('work', keyIn(partition, partitions), { partition, round }),
        ),
      );
      await eventually(() => expect(served.size).toBe(partitions));
    },
    shares: () =>
      Object.fromEntries(
        [...new Set(served.values())].map((name) => [
          name,
          [...served.values()].filter((each) => each === name).length,
        ]),
      ),
  };
}

test('a message and its effect are one transaction, and a second delivery does nothing', async () => {
  await consumers(writeDown);
  const once = message('work', 'key', 'once');
  await broker.publish([once, once]);
  await broker.publish([once, message('work', 'key', 'after')]);
  await eventually(async () => expect(await effects(orm)).toEqual(['once', 'after']));
  expect(await countRows(orm, 'inbox')).toBe(2);
});

test('a handler that fails takes back its effect and its mark, and is called again', async () => {
  let attempts = 0;
  await consumers(async (em, each) => {
    await writeDown(em, each);
    attempts += 1;
    if (attempts === 1) throw new Error('not yet');
  });
  await broker.publish([message('work', 'key', 'done')]);
  await eventually(async () => expect(await effects(orm)).toEqual(['done']));
  expect(attempts).toBe(2);
});

test('a refusal is an error like any other: dead letters, and no effect', async () => {
  await consumers(async (em, each) => {
    await writeDown(em, each);
    if (each.body === 'refused') throw new Refusal('NO', 'no');
  });
  await broker.publish([message('work', 'key', 'refused'), message('work', 'key', 'next')]);
  await eventually(async () => expect(await effects(orm)).toEqual(['next']));
  expect((await broker.depth('service')).dead).toBe(1);
});

test('a message without a handler goes to the dead letters', async () => {
  const started = await startConsumers({
    group: 'service',
    partitions,
    databaseUrl: database.url,
    orm,
    broker,
    handlers: new Map(),
    logger: silentLogger,
  });
  running.push(started);
  await broker.publish([message('work', 'key', 'unknown')]);
  await eventually(async () =>
    expect(await broker.depth('service')).toEqual({ waiting: 0, dead: 1 }),
  );
});

test('a relay that publishes twice has one effect', async () => {
  await consumers(writeDown);
  const twice: Broker = {
    ...broker,
    healthy: true,
    publish: async (messages: readonly BrokerMessage[]) => {
      await broker.publish(messages);
      await broker.publish(messages);
    },
  };
  const relay = await startRelay({
    service: 'test',
    databaseUrl: database.url,
    orm,
    broker: twice,
    pubsub: createMemoryPubSub(),
    logger: silentLogger,
  });
  running.push(relay);
  for (const body of [1, 2, 3]) {
    await orm.em.fork().transactional((em) => enqueue(em, [message('work', 'key', body)]));
  }
  await eventually(async () => expect(await effects(orm)).toEqual(['1', '2', '3']));
  await eventually(async () => expect((await broker.depth('service')).waiting).toBe(0));
  expect(await effects(orm)).toEqual(['1', '2', '3']);
});

test('two processes share the partitions, and one that leaves hands its share over', async () => {
  const { handler, ask, shares } = observed();
  const first = await consumers(handler('first'));
  await ask();
  expect(shares()).toEqual({ first: 4 });
  await consumers(handler('second'));
  await eventually(async () => {
    await ask();
    expect(shares()).toEqual({ first: 2, second: 2 });
  });
  await first.close();
  await eventually(async () => {
    await ask();
    expect(shares()).toEqual({ second: 4 });
  });
});

test('a process that loses its connection loses its partitions and comes back for them', async () => {
  await using proxy = await startProxy(database.url);
  const { handler, ask, shares } = observed();
  await consumers(handler('lost'), proxy.url);
  await consumers(handler('staying'));
  await eventually(async () => {
    await ask();
    expect(shares()).toEqual({ lost: 2, staying: 2 });
  });
  proxy.cut();
  await eventually(async () => {
    await ask();
    expect(shares()).toEqual({ staying: 4 });
  });
  proxy.restore();
  await eventually(async () => {
    await ask();
    expect(shares()).toEqual({ lost: 2, staying: 2 });
  });
  await running.shift()?.close();
});

test('while partitions move, each key keeps its order and each message counts once', async () => {
  const numbers = Array.from({ length: 120 }, (_, number) => number);
  const keys = [0, 1, 2, 3].map((partition) => keyIn(partition, partitions));
  const slowly: MessageHandler = async (em, each) => {
    await sleep(5);
    await writeDown(em, each);
  };
  await broker.publish(
    numbers.flatMap((number) => keys.map((key) => message('work', key, `${key} ${number}`))),
  );
  await consumers(slowly);
  await sleep(200);
  const second = await consumers(slowly);
  await sleep(1_500);
  await second.close();
  await eventually(async () => expect(await effects(orm)).toHaveLength(480));
  const done = await effects(orm);
  for (const key of keys) {
    const ofKey = done.filter((label) => label.startsWith(`${key} `));
    expect(ofKey).toEqual(numbers.map((number) => `${key} ${number}`));
  }
});

test('a batch is one transaction with its marks, and a failed one is handled one by one', async () => {
  const twice = message('work', 'key', 'twice');
  const batches: unknown[][] = [];
  await broker.publish([
    twice,
    message('work', 'key', 'next'),
    twice,
    message('work', 'key', 'fails once'),
    message('work', 'key', 'last'),
  ]);
  const started = await startConsumers({
    group: 'service',
    partitions,
    databaseUrl: database.url,
    orm,
    broker,
    handlers: new Map([['work', writeDown]]),
    batch: {
      limit: 10,
      async handle(em, messages) {
        batches.push(messages.map(({ body }) => body));
        for (const each of messages) await writeDown(em, each);
        if (messages.some(({ body }) => body === 'fails once')) throw new Error('not together');
      },
    },
    logger: silentLogger,
  });
  running.push(started);
  const all = ['twice', 'next', 'fails once', 'last'];
  await eventually(async () => expect(await effects(orm)).toEqual(all));
  expect(batches).toEqual([all]);
  await broker.publish([twice, message('work', 'key', 'after')]);
  await eventually(async () => expect(await effects(orm)).toEqual([...all, 'after']));
  expect(await countRows(orm, 'inbox')).toBe(5);
});

test('no message of a batch counts as handled when it was not, however its id is written', async () => {
  const id = newId<MessageId>();
  const shouted = message('work', 'key', 'shouted', { id: id.toUpperCase() as MessageId });
  await broker.publish([shouted, message('work', 'key', 'next')]);
  const started = await startConsumers({
    group: 'service',
    partitions,
    databaseUrl: database.url,
    orm,
    broker,
    handlers: new Map([['work', writeDown]]),
    batch: {
      limit: 10,
      async handle(em, messages) {
        for (const each of messages) await writeDown(em, each);
      },
    },
    logger: silentLogger,
  });
  running.push(started);
  await eventually(async () => expect(await effects(orm)).toEqual(['shouted', 'next']));
});

test('batches of partitions that wait share a transaction, two at a time, each in its order', async () => {
  const keys = Array.from({ length: partitions }, (_, n) => keyIn(n, partitions));
  const numbers = Array.from({ length: 12 }, (_, n) => n);
  await broker.publish(
    numbers.flatMap((number) => keys.map((key) => message('work', key, `${key} ${number}`))),
  );
  const together: number[] = [];
  let atATime = 0;
  let most = 0;
  const started = await startConsumers({
    group: 'service',
    partitions,
    databaseUrl: database.url,
    orm,
    broker,
    handlers: new Map([['work', writeDown]]),
    batch: {
      limit: 4,
      async handle(em, messages) {
        most = Math.max(most, (atATime += 1));
        together.push(new Set(messages.map(({ key }) => key)).size);
        for (const each of messages) await writeDown(em, each);
        await sleep(50);
        atATime -= 1;
      },
    },
    logger: silentLogger,
  });
  running.push(started);
  await eventually(async () =>
    expect(await effects(orm)).toHaveLength(keys.length * numbers.length),
  );
  expect(most).toBeLessThanOrEqual(2);
  expect(Math.max(...together)).toBeGreaterThan(1);
  const done = await effects(orm);
  for (const key of keys) {
    const ofKey = done.filter((label) => label.startsWith(`${key} `));
    expect(ofKey).toEqual(numbers.map((number) => `${key} ${number}`));
  }
});
