import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { connect } from 'amqplib';
import { Redis } from 'ioredis';
import { rabbitmqNames } from '#kit/rabbitmq-topology.ts';
import { localOperatorEmail } from '#stack/local-environment.ts';
import { eventually } from '#tests/support/eventually.ts';
import { describeWith, rabbitmqUrl, redisUrl } from '#tests/support/services.ts';
import { runTool, startOnPostgres, type System } from '#tests/support/system.ts';
import { deposit, newUser, place, readOrder, type TestUser } from '#tests/support/users.ts';
import { createGraphqlClient, RequestFailed } from '#tools/graphql-client.ts';

const seeded = { email: localOperatorEmail, password: 'a seed that must not grow' };

/** With a DATABASE_URL nothing of local mode is there, whatever the environment asks for. */
function notLocal(start: () => Promise<System>, says: readonly RegExp[]): () => System {
  let system: System;
  let ada: TestUser;

  beforeAll(async () => {
    system = await start();
    const made = await runTool('tools/operator.ts', system.environment);
    expect(made).toMatchObject({ status: 0 });
    ada = await newUser(system);
  }, 60_000);

  afterAll(async () => {
    await ada?.[Symbol.asyncDispose]();
    await system?.[Symbol.asyncDispose]();
  }, 30_000);

  test('says which services are real', async () => {
    await eventually(() => system.output('mammon').includes('Ctrl-C'), Boolean);
    for (const line of says) expect(system.output('mammon')).toMatch(line);
    expect(system.output('mammon')).not.toMatch(/local mode|Operator|password |GraphiQL/);
  });

  test('has no seeded operator', async () => {
    const stranger = createGraphqlClient(system.graphqlUrl);
    const answer = await stranger.ask(
      'mutation ($input: CredentialsInput!) { logIn(input: $input) { tokens { accessToken } } }',
      { input: seeded },
    );
    expect(answer).toEqual({ logIn: { tokens: null } });
  });

  test('lets no user deposit', async () => {
    const input = { idempotencyKey: 'free', currency: 'NGN', amount: '1.00' };
    const answer = await ada.client.ask(
      'mutation ($input: DepositInput!) { deposit(input: $input) { refusal { code } } }',
      { input },
    );
    expect(answer).toEqual({ deposit: { refusal: { code: 'DEPOSIT_NOT_ALLOWED' } } });
  });

  test('serves neither GraphiQL nor introspection', async () => {
    const page = await fetch(system.graphqlUrl, { headers: { accept: 'text/html' } });
    expect(page.headers.get('content-type')).not.toContain('text/html');
    expect(await page.text()).not.toMatch(/graphiql/i);
    const schema = ada.client.ask('{ __schema { types { name } } }');
    expect(await schema.catch((error: unknown) => error)).toBeInstanceOf(RequestFailed);
    const docs = await fetch(new URL('/api/docs', system.graphqlUrl));
    expect(docs.status).toBe(200);
  });

  test('takes an order to its end', async () => {
    await deposit(system, ada, 'NGN', '1000000.00');
    const { order } = await place(ada, { type: 'MARKET', quantity: '10.00' });
    const done = await eventually(
      () => readOrder(ada, order?.id ?? ''),
      (read) => read?.settlementStatus === 'SETTLED',
    );
    expect(done).toMatchObject({ status: 'FILLED', filledQuantity: '10.00' });
  }, 60_000);

  return () => system;
}

const asked = { SEED_OPERATOR_EMAIL: seeded.email, SEED_OPERATOR_PASSWORD: seeded.password };

describe('npm start with DATABASE_URL alone', () => {
  notLocal(
    () => startOnPostgres(asked),
    [/PostgreSQL +real, at /, /RabbitMQ +embedded: queues in PostgreSQL/, /Redis +embedded/],
  );
});

describeWith(['rabbitmq', 'redis'], 'npm start with all three services', () => {
  const services = () => ({ RABBITMQ_URL: rabbitmqUrl() ?? '', REDIS_URL: redisUrl() ?? '' });
  const system = notLocal(
    () => startOnPostgres({ ...asked, ...services() }),
    [/PostgreSQL +real, at /, /RabbitMQ +real, at /, /Redis +real, at /],
  );

  test('has its queues in RabbitMQ and its sessions in Redis', async () => {
    const prefix = system().environment['MESSAGING_PREFIX'] ?? '';
    const connection = await connect(services().RABBITMQ_URL);
    const channel = await connection.createChannel();
    const queue = await channel.checkQueue(rabbitmqNames(prefix).queue('orders', 0));
    expect(queue.consumerCount).toBeGreaterThan(0);
    await connection.close();
    const redis = new Redis(services().REDIS_URL);
    expect((await redis.keys(`${prefix}:*`)).length).toBeGreaterThan(0);
    redis.disconnect();
  });
});
