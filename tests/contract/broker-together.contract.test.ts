import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Broker, BrokerMessage, Topology } from '#kit/broker.ts';
import { createPostgresBroker } from '#kit/broker-postgres.ts';
import { createRabbitmqBroker } from '#kit/broker-rabbitmq.ts';
import { Fault } from '#kit/errors.ts';
import { silentLogger } from '#kit/log.ts';
import { Unavailable } from '#kit/transient.ts';
import { eventually } from '#tests/support/eventually.ts';
import { deleteRabbitmqTopology, keyIn, message } from '#tests/support/messages.ts';
import {
  createDatabase,
  describeWith,
  prefix,
  rabbitmqUrl,
  type TestDatabase,
} from '#tests/support/services.ts';

const topology: Topology = { partitions: 1, groups: { group: ['work'] } };
const logger = silentLogger;
const limit = 10;

describe('messages handled together on PostgreSQL', () => {
  let database: TestDatabase;
  beforeAll(async () => void (database = await createDatabase('together')));
  afterAll(async () => database[Symbol.asyncDispose]());
  contract(() =>
    createPostgresBroker({ databaseUrl: database.url, topology, logger, redeliveryLimit: 1 }),
  );
});

describeWith('rabbitmq', 'messages handled together on RabbitMQ', () => {
  const namePrefix = prefix('together');
  afterAll(() => deleteRabbitmqTopology(topology, namePrefix));
  contract(() =>
    createRabbitmqBroker({
      url: rabbitmqUrl() ?? '',
      topology,
      logger,
      namePrefix,
      redeliveryLimit: 1,
    }),
  );
});

const work = (bodies: readonly unknown[]) =>
  bodies.map((body) => message('work', keyIn(0, 1), body));
const numbers = Array.from({ length: 95 }, (_, number) => number);
const bodiesOf = (messages: readonly BrokerMessage[]) => messages.map(({ body }) => body);

function contract(open: () => Promise<Broker>): void {
  let broker: Broker;
  beforeAll(async () => void (broker = await open()));
  afterAll(() => broker.close());
  let closeConsumer = async (): Promise<void> => undefined;
  afterEach(() => closeConsumer());

  /** Notes what was handled, and in which company. */
  async function consume(
    handleTogether: (bodies: readonly unknown[]) => void | Promise<void>,
    handleOne: (body: unknown) => void | Promise<void> = () => undefined,
  ) {
    const handled: unknown[] = [];
    const companies: number[] = [];
    const subscription = await broker.consume(
      'group',
      0,
      async ({ body }) => {
        await handleOne(body);
        handled.push(body);
        companies.push(1);
      },
      {
        limit,
        async handle(messages) {
          await handleTogether(bodiesOf(messages));
          handled.push(...bodiesOf(messages));
          companies.push(messages.length);
        },
      },
    );
    closeConsumer = () => subscription.close();
    return { handled, companies, close: closeConsumer };
  }

  const emptied = () =>
    eventually(async () => expect((await broker.depth('group')).waiting).toBe(0));

  test('what waits is handled together, in order, no more than the limit at once', async () => {
    await broker.publish(work(numbers));
    const { handled, companies } = await consume(() => sleep(5));
    await eventually(() => expect(handled).toEqual(numbers));
    expect(Math.max(...companies)).toBeLessThanOrEqual(limit);
    expect(companies.length).toBeLessThan(numbers.length / 2);
    await emptied();
  });

  test('a poisoned message takes no other with it: its company is handled one by one', async () => {
    const { dead } = await broker.depth('group');
    await broker.publish(work(numbers));
    const refuse = (body: unknown) => {
      if (body === 42) throw new Fault('it does not fit');
    };
    const { handled } = await consume((bodies) => bodies.forEach(refuse), refuse);
    const rest = numbers.filter((number) => number !== 42);
    await eventually(() => expect(handled).toEqual(rest));
    await eventually(async () =>
      expect(await broker.depth('group')).toEqual({ waiting: 0, dead: dead + 1 }),
    );
  });

  test('while a service is away, messages wait in their order', async () => {
    let failures = 0;
    const away = () => {
      if (failures++ < 4) throw new Unavailable('the database is away');
    };
    await broker.publish(work(numbers));
    const { handled } = await consume(away, away);
    await eventually(() => expect(handled).toEqual(numbers));
    await emptied();
  });

  test('closing finishes what is in hand and leaves the rest in its order', async () => {
    await broker.publish(work(numbers));
    const first = await consume(() => sleep(20));
    await eventually(() => expect(first.handled.length).toBeGreaterThan(0));
    await first.close();
    const second = await consume(() => undefined);
    await eventually(() => expect([...first.handled, ...second.handled]).toEqual(numbers));
    await emptied();
  });
}
