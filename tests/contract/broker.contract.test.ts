import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'amqplib';
import type { Broker, BrokerMessage, Topology } from '#kit/broker.ts';
import { createPostgresBroker } from '#kit/broker-postgres.ts';
import { createRabbitmqBroker } from '#kit/broker-rabbitmq.ts';
import { Fault } from '#kit/errors.ts';
import { silentLogger, type Logger } from '#kit/log.ts';
import { rabbitmqNames } from '#kit/rabbitmq-topology.ts';
import { Unavailable } from '#kit/transient.ts';
import { eventually } from '#tests/support/eventually.ts';
import { deleteRabbitmqTopology, keyIn, message } from '#tests/support/messages.ts';
import { startProxy, type Proxy } from '#tests/support/proxy.ts';
import {
  createDatabase,
  describeWith,
  prefix,
  rabbitmqUrl,
  type TestDatabase,
} from '#tests/support/services.ts';

const topology: Topology = {
  partitions: 2,
  groups: { left: ['both', 'left-only'], right: ['both'] },
};
const redeliveryLimit = 1;

/** One of the two twins, behind a network that can be cut. */
interface Twin {
  start(): Promise<void>;
  open(proxy: Proxy, logger: Logger): Promise<Broker>;
  serviceUrl(): string;
  dispose(): Promise<void>;
}

function postgresTwin(): Twin {
  let database: TestDatabase;
  return {
    start: async () => void (database = await createDatabase('broker')),
    serviceUrl: () => database.url,
    open: ({ url }, logger) =>
      createPostgresBroker({ databaseUrl: url, topology, logger, redeliveryLimit }),
    dispose: async () => void (await database[Symbol.asyncDispose]()),
  };
}

const namePrefix = prefix('broker');

const rabbitmqTwin = (): Twin => ({
  start: async () => undefined,
  serviceUrl: () => rabbitmqUrl() ?? '',
  open: ({ url }, logger) =>
    createRabbitmqBroker({ url, topology, logger, namePrefix, redeliveryLimit }),
  dispose: () => deleteRabbitmqTopology(topology, namePrefix),
});

describe('the broker on PostgreSQL', () => contract(postgresTwin()));

describeWith('rabbitmq', 'the broker on RabbitMQ', () => {
  contract(rabbitmqTwin());

  test('a message that no queue takes is refused, and the queues are declared again', async () => {
    const broker = await createRabbitmqBroker({
      url: rabbitmqUrl() ?? '',
      topology,
      logger: silentLogger,
      namePrefix,
      redeliveryLimit,
    });
    const key = keyIn(0, 2);
    const received: unknown[] = [];
    try {
      await withChannel((channel) =>
        channel.deleteQueue(rabbitmqNames(namePrefix).queue('left', 0)),
      );
      await expect(broker.publish([message('left-only', key, 1)])).rejects.toThrow(/no queue/);
      await eventually(() => broker.publish([message('left-only', key, 2)]));
      await broker.consume('left', 0, async ({ body }) => void received.push(body));
      await eventually(() => expect(received).toEqual([2]));
      await withChannel((channel) =>
        channel.deleteQueue(rabbitmqNames(namePrefix).queue('left', 0)),
      );
      await eventually(() => broker.publish([message('left-only', key, 3)]));
      await eventually(() => expect(received).toEqual([2, 3]));
    } finally {
      await broker.close();
    }
  });

  test('bytes that are no message go to the dead letters', async () => {
    const broker = await createRabbitmqBroker({
      url: rabbitmqUrl() ?? '',
      topology,
      logger: silentLogger,
      namePrefix,
      redeliveryLimit,
    });
    try {
      const { dead } = await broker.depth('right');
      await withChannel(async (channel) =>
        channel.sendToQueue(rabbitmqNames(namePrefix).queue('right', 1), Buffer.from('not json')),
      );
      const received: unknown[] = [];
      await broker.consume('right', 1, async ({ body }) => void received.push(body));
      await eventually(async () =>
        expect(await broker.depth('right')).toEqual({ waiting: 0, dead: dead + 1 }),
      );
      expect(received).toEqual([]);
    } finally {
      await broker.close();
    }
  });

  async function withChannel(
    use: (channel: Awaited<ReturnType<typeof createChannel>>) => Promise<unknown>,
  ): Promise<void> {
    const connection = await connect(rabbitmqUrl() ?? '');
    try {
      const channel = await connection.createChannel();
      await use(channel);
      await channel.close();
    } finally {
      await connection.close();
    }
  }

  const createChannel = async () => (await connect('')).createChannel();
});

function contract(twin: Twin): void {
  const errors: object[] = [];
  const logger: Logger = {
    ...silentLogger,
    error: (facts, sentence) => errors.push({ ...facts, sentence }),
  };
  const opened: { broker: Broker; proxy: Proxy }[] = [];

  beforeAll(() => twin.start());
  afterAll(() => twin.dispose());
  afterEach(async () => {
    errors.length = 0;
    for (const { broker, proxy } of opened.splice(0)) {
      proxy.restore();
      await broker.close();
      await proxy[Symbol.asyncDispose]();
    }
    await drain();
  });

  async function open(): Promise<{ broker: Broker; proxy: Proxy }> {
    const proxy = await startProxy(twin.serviceUrl());
    const broker = await twin.open(proxy, logger);
    opened.push({ broker, proxy });
    return { broker, proxy };
  }

  /** Leaves every queue empty for the next test. */
  async function drain(): Promise<void> {
    const { broker, proxy } = await open();
    for (const group of ['left', 'right']) {
      for (const partition of [0, 1]) await broker.consume(group, partition, async () => undefined);
    }
    await eventually(async () => {
      for (const group of ['left', 'right']) expect((await broker.depth(group)).waiting).toBe(0);
    });
    opened.length = 0;
    await broker.close();
    await proxy[Symbol.asyncDispose]();
  }

  async function collect(broker: Broker, group: string, partition: number) {
    const received: BrokerMessage[] = [];
    const subscription = await broker.consume(group, partition, async (each) => {
      received.push(each);
    });
    return { received, subscription, bodies: () => received.map(({ body }) => body) };
  }

  test('each bound queue gets a message, whole, and no other queue does', async () => {
    const { broker } = await open();
    const [left, right] = [await collect(broker, 'left', 0), await collect(broker, 'right', 0)];
    const other = await collect(broker, 'right', 1);
    const toBoth = message('both', keyIn(0, 2), { text: `ünïcode ' " \\ ? $1`, list: [1, null] });
    const toLeft = message('left-only', keyIn(0, 2), 'second');
    await broker.publish([toBoth, toLeft]);
    await eventually(() => expect(left.received).toEqual([toBoth, toLeft]));
    await eventually(() => expect(right.received).toEqual([toBoth]));
    expect(other.received).toEqual([]);
  });

  test('messages of one key arrive in the order in which they were published', async () => {
    const { broker } = await open();
    const numbers = Array.from({ length: 300 }, (_, number) => number);
    for (const start of [0, 100, 200]) {
      const batch = numbers.slice(start, start + 100);
      await broker.publish(batch.map((number) => message('left-only', keyIn(1, 2), number)));
    }
    const left = await collect(broker, 'left', 1);
    await eventually(() => expect(left.bodies()).toEqual(numbers));
  });

  test('one message is in hand at a time', async () => {
    const { broker } = await open();
    let inHand = 0;
    let most = 0;
    let handled = 0;
    const handler = async () => {
      most = Math.max(most, ++inHand);
      await sleep(5);
      inHand -= 1;
      handled += 1;
    };
    await broker.consume('left', 0, handler);
    await broker.consume('left', 0, handler);
    await broker.publish([1, 2, 3, 4, 5].map((n) => message('left-only', keyIn(0, 2), n)));
    await eventually(() => expect(handled).toBe(5));
    expect(most).toBe(1);
  });

  test('what was published before its consumer, or before a restart, is there', async () => {
    const first = await open();
    await first.broker.publish([message('left-only', keyIn(0, 2), 1)]);
    await first.broker.close();
    const second = await open();
    const left = await collect(second.broker, 'left', 0);
    await eventually(() => expect(left.bodies()).toEqual([1]));
    await eventually(async () => expect((await second.broker.depth('left')).waiting).toBe(0));
  });

  test('publishing fails while the service is away, and consumers resume by themselves', async () => {
    const { broker, proxy } = await open();
    const left = await collect(broker, 'left', 0);
    await broker.publish([message('left-only', keyIn(0, 2), 1)]);
    await eventually(() => expect(left.bodies()).toEqual([1]));
    await eventually(async () => expect((await broker.depth('left')).waiting).toBe(0));
    proxy.cut();
    await eventually(async () => {
      await expect(broker.publish([message('right-only', 'x', 0)])).rejects.toThrow();
      await expect(broker.publish([message('both', keyIn(1, 2), 0)])).rejects.toThrow(Unavailable);
      expect(broker.healthy).toBe(false);
    });
    proxy.restore();
    await eventually(() => broker.publish([message('left-only', keyIn(0, 2), 2)]));
    expect(broker.healthy).toBe(true);
    await eventually(() => expect(left.bodies()).toEqual([1, 2]));
  });

  test('a message whose consumer died is delivered to the next one', async () => {
    const first = await open();
    const dying = Promise.withResolvers<undefined>();
    let started = false;
    await first.broker.consume('left', 0, () => {
      started = true;
      return dying.promise;
    });
    await first.broker.publish([1, 2].map((n) => message('left-only', keyIn(0, 2), n)));
    await eventually(() => expect(started).toBe(true));
    first.proxy.cut();
    const second = await open();
    const left = await collect(second.broker, 'left', 0);
    await eventually(() => expect(left.bodies()).toEqual([1, 2]));
    dying.resolve(undefined);
  });

  test('a message that fails too often goes to the dead letters and the next follows', async () => {
    const { broker } = await open();
    const { dead } = await broker.depth('left');
    const attempts: unknown[] = [];
    await broker.consume('left', 0, async ({ body }) => {
      attempts.push(body);
      if (body === 'poison') throw new Fault('it does not fit');
    });
    await broker.publish(['poison', 'next'].map((body) => message('left-only', keyIn(0, 2), body)));
    await eventually(() => expect(attempts).toEqual(['poison', 'poison', 'next']));
    await eventually(async () =>
      expect(await broker.depth('left')).toEqual({ waiting: 0, dead: dead + 1 }),
    );
    expect(errors).toEqual([
      expect.objectContaining({
        sentence: 'a message failed too often and goes to the dead letters',
        name: 'left-only',
        queue: expect.stringMatching(/\bleft\.0$/),
      }),
    ]);
  });

  test('a poisoned message stalls no other queue', async () => {
    const { broker } = await open();
    await broker.consume('left', 0, async () => {
      throw new Fault('it never fits');
    });
    const [right, other] = [await collect(broker, 'right', 0), await collect(broker, 'left', 1)];
    await broker.publish([message('both', keyIn(0, 2), 1), message('left-only', keyIn(1, 2), 2)]);
    await eventually(
      () => expect([right.bodies(), other.bodies()]).toEqual([[1], [2]]),
      undefined,
      1_000,
    );
  });

  test('a message waits for a service beyond the redelivery limit', async () => {
    const { broker } = await open();
    const { dead } = await broker.depth('left');
    let attempts = 0;
    await broker.consume('left', 0, async () => {
      attempts += 1;
      if (attempts <= redeliveryLimit + 2) throw new Unavailable('the database is away');
    });
    await broker.publish([message('left-only', keyIn(0, 2), 1)]);
    await eventually(() => expect(attempts).toBe(redeliveryLimit + 3));
    await eventually(async () => expect(await broker.depth('left')).toEqual({ waiting: 0, dead }));
  });

  test('closing finishes the message in hand and leaves the rest in its order', async () => {
    const { broker } = await open();
    const begun: unknown[] = [];
    const finished: unknown[] = [];
    const subscription = await broker.consume('left', 0, async ({ body }) => {
      begun.push(body);
      await sleep(50);
      finished.push(body);
    });
    await broker.publish([1, 2, 3].map((n) => message('left-only', keyIn(0, 2), n)));
    await eventually(() => expect(begun).toEqual([1]));
    await subscription.close();
    expect(finished).toEqual(begun);
    const rest = await collect(broker, 'left', 0);
    await eventually(() => expect([...finished, ...rest.bodies()]).toEqual([1, 2, 3]));
  });

  test('closing gives up a message that waits for a service; the next consumer has it', async () => {
    const { broker } = await open();
    let attempts = 0;
    const subscription = await broker.consume('left', 0, async () => {
      attempts += 1;
      throw new Unavailable('the database is away');
    });
    await broker.publish([message('left-only', keyIn(0, 2), 1)]);
    await eventually(() => expect(attempts).toBeGreaterThan(1));
    await subscription.close();
    const left = await collect(broker, 'left', 0);
    await eventually(() => expect(left.bodies()).toEqual([1]));
  });

  test('an expired message is dropped and is no dead letter', async () => {
    const { broker } = await open();
    const { dead } = await broker.depth('left');
    const expiresAt = new Date(Date.now() + 100).toISOString();
    await broker.publish([
      message('left-only', keyIn(0, 2), 'worthless', { expiresAt }),
      message('left-only', keyIn(0, 2), 'kept'),
    ]);
    await sleep(200);
    const left = await collect(broker, 'left', 0);
    await eventually(() => expect(left.bodies()).toEqual(['kept']));
    await eventually(async () => expect(await broker.depth('left')).toEqual({ waiting: 0, dead }));
  });

  test('a message that nobody hears is a fault of its publisher', async () => {
    const { broker } = await open();
    const heard = message('both', keyIn(0, 2), 1);
    await expect(broker.publish([heard, message('unheard', 'key', 2)])).rejects.toThrow(Fault);
    expect((await broker.depth('left')).waiting).toBe(0);
  });

  test('a message that kills its consumers again and again goes to the dead letters', async () => {
    const publisher = await open();
    const { dead } = await publisher.broker.depth('left');
    await publisher.broker.publish(
      ['killer', 'next'].map((body) => message('left-only', keyIn(0, 2), body)),
    );
    const { broker, proxy } = await open();
    const received: unknown[] = [];
    await broker.consume('left', 0, async ({ body }) => {
      received.push(body);
      if (body !== 'killer') return;
      proxy.cut();
      setTimeout(() => proxy.restore(), 30);
    });
    await eventually(() => expect(received).toContain('next'), undefined, 45_000);
    await eventually(async () =>
      expect(await publisher.broker.depth('left')).toEqual({ waiting: 0, dead: dead + 1 }),
    );
    expect(received.length).toBeGreaterThan(redeliveryLimit);
    expect(received.length).toBeLessThan(30);
  });
}
