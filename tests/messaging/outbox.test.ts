import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import type { MikroORM } from '@mikro-orm/postgresql';
import pg from 'pg';
import type { Broker, BrokerMessage } from '#kit/broker.ts';
import { Fault } from '#kit/errors.ts';
import { silentLogger } from '#kit/log.ts';
import { notifyAfterCommit } from '#kit/outbox-notify.ts';
import { enqueue, enqueueLive, startRelay } from '#kit/outbox.ts';
import { createMemoryPubSub, type LivePubSub } from '#kit/pubsub.ts';
import { Unavailable } from '#kit/transient.ts';
import { eventually } from '#tests/support/eventually.ts';
import { countRows, openMessagingOrm } from '#tests/support/messaging-orm.ts';
import { message } from '#tests/support/messages.ts';
import { startProxy } from '#tests/support/proxy.ts';
import { createDatabase, type TestDatabase } from '#tests/support/services.ts';

let database: TestDatabase;
let orm: MikroORM;
const running: { close(): Promise<void> }[] = [];

beforeEach(async () => {
  database = await createDatabase('outbox');
  orm = await openMessagingOrm(database.url);
});

afterEach(async () => {
  for (const each of running.splice(0)) await each.close();
  await orm.close(true);
  await database[Symbol.asyncDispose]();
});

/** A broker that writes down what it is given and can be told to refuse. */
function recordingBroker() {
  const published: BrokerMessage[] = [];
  const refusals = new Map<unknown, Error>();
  const state = { healthy: true, afterPublish: async () => undefined as void };
  const broker: Broker = {
    get healthy() {
      return state.healthy;
    },
    async publish(messages) {
      if (!state.healthy) throw new Unavailable('the broker is away');
      for (const each of messages) {
        const refusal = refusals.get(each.body);
        if (refusal) throw refusal;
      }
      published.push(...messages);
      await state.afterPublish();
    },
    consume: () => Promise.reject(new Error('not asked for')),
    depth: () => Promise.reject(new Error('not asked for')),
    close: async () => undefined,
  };
  return { broker, state, refusals, bodies: () => published.map(({ body }) => body) };
}

async function relay(broker: Broker, pubsub: LivePubSub = createMemoryPubSub()) {
  const started = await startRelay({
    service: 'test',
    databaseUrl: database.url,
    orm,
    broker,
    pubsub,
    logger: silentLogger,
  });
  running.push(started);
  return started;
}

const send = (...bodies: unknown[]) =>
  orm.em.fork().transactional((em) =>
    enqueue(
      em,
      bodies.map((body) => message('m', 'k', body)),
    ),
  );

test('what a transaction enqueued is published after it commits, in order, and deleted', async () => {
  const { broker, bodies } = recordingBroker();
  await relay(broker);
  await orm.em.fork().transactional(async (em) => {
    await enqueue(em, [message('m', 'k', 1), message('m', 'k', { text: `? ' \\ $1 ü` })]);
    await enqueue(em, [message('m', 'k', 3)]);
    expect(bodies()).toEqual([]);
  });
  await eventually(() => expect(bodies()).toEqual([1, { text: `? ' \\ $1 ü` }, 3]));
  await eventually(async () => expect(await countRows(orm, 'outbox')).toBe(0));
});

test('what a transaction enqueued and took back is never published', async () => {
  const { broker, bodies } = recordingBroker();
  await relay(broker);
  const undone = orm.em.fork().transactional(async (em) => {
    await enqueue(em, [message('m', 'k', 'undone')]);
    throw new Fault('no');
  });
  await expect(undone).rejects.toThrow('no');
  await send('done');
  await eventually(() => expect(bodies()).toEqual(['done']));
});

test('outside a transaction nothing can be enqueued', async () => {
  await expect(enqueue(orm.em.fork(), [message('m', 'k', 1)])).rejects.toThrow(Fault);
  await expect(enqueueLive(orm.em.fork(), 'channel', {})).rejects.toThrow(Fault);
});

test('a notification that is due when the database is closed does not open it again', async () => {
  await notifyAfterCommit(orm.em.fork());
  await countRows(orm, 'outbox'); // it is on its way by now
  await notifyAfterCommit(orm.em.fork());
  await orm.close(true);
  await sleep(100);
  const observer = new pg.Client({ connectionString: database.url });
  await observer.connect();
  try {
    const { rows } = await observer.query(
      `select query from pg_stat_activity
       where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'`,
    );
    expect(rows).toEqual([]);
  } finally {
    await observer.end();
  }
});

test('a notification wakes the relay long before its poll', async () => {
  const { broker, bodies } = recordingBroker();
  await relay(broker);
  await send('warm');
  await eventually(() => expect(bodies()).toHaveLength(1));
  const start = performance.now();
  for (let round = 0; round < 20; round++) {
    await send(round);
    await eventually(() => expect(bodies()).toContain(round));
  }
  // By its poll alone the relay would take some ten seconds.
  expect(performance.now() - start).toBeLessThan(4_000);
});

test('a row that is committed late is not skipped, though later numbers went before it', async () => {
  const { broker, bodies } = recordingBroker();
  await relay(broker);
  const late = new pg.Client({ connectionString: database.url });
  await late.connect();
  await late.query('begin');
  await late.query('insert into outbox (message) values ($1)', [
    JSON.stringify(message('m', 'other', 'late')),
  ]);
  await send('early');
  await eventually(() => expect(bodies()).toEqual(['early']));
  await late.query('commit');
  await late.end();
  await eventually(() => expect(bodies()).toEqual(['early', 'late']));
});

test('messages wait while the broker is away, and live updates do not', async () => {
  const { broker, state, bodies } = recordingBroker();
  const pubsub = createMemoryPubSub();
  const heard: unknown[] = [];
  await pubsub.subscribe('channel', (payload) => heard.push(payload));
  state.healthy = false;
  await relay(broker, pubsub);
  await send(1, 2);
  await orm.em.fork().transactional((em) => enqueueLive(em, 'channel', { sequence: 1 }));
  await eventually(() => expect(heard).toEqual([{ sequence: 1 }]));
  expect(bodies()).toEqual([]);
  state.healthy = true;
  await eventually(() => expect(bodies()).toEqual([1, 2]));
});

test('live updates wait while pub/sub is away, the old ones are dropped, messages go on', async () => {
  const { broker, bodies } = recordingBroker();
  const memory = createMemoryPubSub();
  const heard: unknown[] = [];
  await memory.subscribe('channel', (payload) => heard.push(payload));
  let away = true;
  const publish = async (channel: string, payload: unknown) => {
    if (away) throw new Unavailable('Redis is away');
    await memory.publish(channel, payload);
  };
  await orm.em.fork().transactional((em) => enqueueLive(em, 'channel', { sequence: 1 }));
  await orm.em.fork().execute(`update outbox_live set created_at = now() - interval '61 s'`);
  await orm.em.fork().transactional((em) => enqueueLive(em, 'channel', { sequence: 2 }));
  await relay(broker, { ...memory, publish });
  await send('message');
  await eventually(() => expect(bodies()).toEqual(['message']));
  await eventually(async () => expect(await countRows(orm, 'outbox_live')).toBe(1));
  away = false;
  await eventually(() => expect(heard).toEqual([{ sequence: 2 }]));
});

test('a message that can never be sent is set aside and holds nobody back', async () => {
  const { broker, refusals, bodies } = recordingBroker();
  refusals.set('unheard', new Fault('no queue group is bound to "m"'));
  await relay(broker);
  await send(1, 'unheard', 2);
  await eventually(() => expect(bodies()).toEqual([1, 2]));
  const rows = await orm.em.fork().execute<{ error: string }[]>('select error from outbox');
  expect(rows).toEqual([{ error: 'no queue group is bound to "m"' }]);
  await send(3);
  await eventually(() => expect(bodies()).toEqual([1, 2, 3]));
});

test('a message that cannot be sent now holds back its own key only', async () => {
  const { broker, refusals, bodies } = recordingBroker();
  refusals.set('returned', new Unavailable('no queue takes it'));
  await relay(broker);
  await orm.em
    .fork()
    .transactional((em) =>
      enqueue(em, [
        message('m', 'a', 'returned'),
        message('m', 'b', 'b1'),
        message('m', 'a', 'a2'),
        message('m', 'b', 'b2'),
      ]),
    );
  await eventually(() => expect(bodies()).toEqual(['b1', 'b2']));
  refusals.clear();
  await eventually(() => expect(bodies()).toEqual(['b1', 'b2', 'returned', 'a2']));
});

test('of two relays one works; when its connection is killed the other takes over', async () => {
  const [one, two] = [recordingBroker(), recordingBroker()];
  await relay(one.broker);
  await send('first');
  await eventually(() => expect(one.bodies()).toEqual(['first']));
  await relay(two.broker);
  await send('second');
  await eventually(() => expect(one.bodies()).toEqual(['first', 'second']));
  expect(two.bodies()).toEqual([]);

  one.state.healthy = false;
  await send('third');
  await eventually(async () => {
    await killHolder();
    expect(two.bodies()).toEqual(['third']);
  });
  expect(one.bodies()).toEqual(['first', 'second']);
});

test('a relay that dies between publishing and deleting publishes again', async () => {
  const { broker, state, bodies } = recordingBroker();
  await using proxy = await startProxy(database.url);
  const dying = await openMessagingOrm(proxy.url);
  state.afterPublish = async () => proxy.cut();
  const first = await startRelay({
    service: 'test',
    databaseUrl: database.url,
    orm: dying,
    broker,
    pubsub: createMemoryPubSub(),
    logger: silentLogger,
  });
  await send('twice');
  await eventually(() => expect(bodies()).toEqual(['twice']));
  await first.close();
  await dying.close(true);
  await relay(broker);
  await eventually(() => expect(bodies()).toEqual(['twice', 'twice']));
  await eventually(async () => expect(await countRows(orm, 'outbox')).toBe(0));
});

/** Ends the server process of the connection that holds the relay's lease. */
async function killHolder(): Promise<void> {
  await orm.em.fork().execute(
    `select pg_terminate_backend(pid) from pg_locks
      where locktype = 'advisory' and granted and objsubid = 2
        and database = (select oid from pg_database where datname = current_database())`,
  );
}

test('a relay hears of a commit at once, also of many at the same time', async () => {
  const { broker, bodies } = recordingBroker();
  await relay(broker);
  await send('first');
  await eventually(() => expect(bodies()).toEqual(['first']));
  // The relay sleeps now: only a notification wakes it before its poll, a second later.
  for (const round of [1, 2, 3]) {
    const since = Date.now();
    await Promise.all([1, 2, 3].map((body) => send(`${round} ${body}`)));
    await eventually(() => expect(bodies()).toHaveLength(1 + 3 * round));
    expect(Date.now() - since).toBeLessThan(700);
  }
});
