import { generateKeyPairSync } from 'node:crypto';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { brokerTopology, messageOf } from '#contracts/build.ts';
import type { BodyOf, Contract } from '#contracts/message.ts';
import { FundsHeld, HoldDenied, type HoldFunds } from '#contracts/orders.ts';
import { InstrumentPublished, QuotePublished } from '#contracts/pricing.ts';
import { partitionCount } from '#contracts/topology.ts';
import type { Broker, BrokerMessage } from '#kit/broker.ts';
import { createPostgresBroker } from '#kit/broker-postgres.ts';
import { createRabbitmqBroker } from '#kit/broker-rabbitmq.ts';
import { systemClock } from '#kit/clock.ts';
import {
  createIdentitySigner,
  identityExtension,
  identityHeader,
  type Identity,
  type Role,
} from '#kit/identity.ts';
import { newId, type UserId } from '#kit/ids.ts';
import { silentLogger } from '#kit/log.ts';
import type { Platform } from '#kit/platform.ts';
import { createMemoryPubSub, createRedisPubSub } from '#kit/pubsub.ts';
import { eventually } from '#tests/support/eventually.ts';
import { deleteQueues } from '#tests/support/rabbitmq.ts';
import { createDatabase, prefix, rabbitmqUrl, redisUrl } from '#tests/support/services.ts';
import { readOrdersConfig } from '../config.ts';
import { start } from '../main.ts';
import { quotePublished, usdNgnPublished } from './world.ts';

const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const signer = createIdentitySigner(
  keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
);

/** What GraphQL answers; tests look at it by its shape. */
export interface Answer {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly { message: string; extensions: { code: string } }[];
}

export const stranger: Identity = {
  userId: null,
  roles: [],
  sessionId: null,
  address: '192.0.2.1',
  device: null,
};

export const someone = (...roles: Role[]): Identity & { userId: UserId } => ({
  ...stranger,
  userId: newId<UserId>(),
  roles,
});

/** The platform of one process: its twins, or RabbitMQ and Redis under a prefix. */
async function openTestPlatform(databaseUrl: string, queuesUrl: string, realPrefix?: string) {
  const topology = brokerTopology;
  const logger = silentLogger;
  const broker = realPrefix
    ? await createRabbitmqBroker({
        url: rabbitmqUrl() ?? '',
        namePrefix: realPrefix,
        topology,
        logger,
      })
    : await createPostgresBroker({ databaseUrl: queuesUrl, topology, logger });
  const pubsub = realPrefix
    ? createRedisPubSub(redisUrl() ?? '', logger, `${realPrefix}:`)
    : createMemoryPubSub();
  return {
    local: false,
    databaseUrl: () => databaseUrl,
    broker,
    pubsub,
    redis: null,
    logger: () => logger,
    clock: systemClock,
    async close() {
      await broker.close();
      await pubsub.close();
    },
  } satisfies Platform;
}

/**
 * The orders service as the gateway sees it, in so many processes' worth of instances, with wallets
 * played by the test: whoever is in `poor` has no funds, and `isAway` keeps wallets from answering.
 */
export async function startOrders({ instances = 1, real = false } = {}) {
  const database = await createDatabase('orders');
  const queues = await createDatabase('orders_broker');
  const realPrefix = real ? prefix('orders') : undefined;
  const open = () => openTestPlatform(database.url, queues.url, realPrefix);
  const platforms = await Promise.all(Array.from({ length: instances }, open));
  const config = readOrdersConfig({
    ORDERS_PORT: '0',
    ORDERS_QUOTE_MAX_AGE_MS: '600000',
    ORDERS_EXPIRY_INTERVAL_MS: '50',
    IDENTITY_PUBLIC_KEY: keys.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  });
  const services = await Promise.all(platforms.map((platform) => start(config, platform)));
  const outside = real ? await open() : platforms[0];
  if (!outside) throw new Error('at least one instance');
  const { broker } = outside;
  const heard: BrokerMessage[] = [];
  const wallets = { poor: new Set<UserId>(), isAway: false };
  const publish = <Body>(contract: Contract<string, Body>, key: string, body: Body) =>
    broker.publish([messageOf(contract, key, body, new Date())]);
  for (let partition = 0; partition < partitionCount; partition += 1) {
    await broker.consume('wallets', partition, async (message) => {
      heard.push(message);
      if (message.name === 'hold-funds' && !wallets.isAway) await answerHold(broker, message);
    });
    await broker.consume('exchange', partition, async (message) => void heard.push(message));
  }
  const [first, ...others] = services;
  if (!first) throw new Error('at least one instance');
  await publish(InstrumentPublished, 'USD/NGN', usdNgnPublished);
  await publish(QuotePublished, 'USD/NGN', quotePublished(new Date()));
  await untilQuoted(first.url);

  async function answerHold(broker: Broker, message: BrokerMessage): Promise<void> {
    const asked = message.body as BodyOf<typeof HoldFunds>;
    const { orderId, userId } = asked;
    const denied = { orderId, userId, code: 'INSUFFICIENT_FUNDS' as const, message: 'too poor' };
    const answer = wallets.poor.has(userId as UserId)
      ? messageOf(HoldDenied, orderId, denied, new Date())
      : messageOf(FundsHeld, orderId, asked, new Date());
    await broker.publish([answer]);
  }

  return {
    url: first.url,
    urls: [first.url, ...others.map((other) => other.url)],
    wallets,
    publish,
    ask: (identity: Identity, query: string, variables: object = {}) =>
      ask(first.url, identity, query, variables),
    askAt: ask,
    stream: (identity: Identity, query: string) => stream(first.url, identity, query),
    streamAt: stream,
    heard: (orderId: string) => heard.filter((message) => message.key === orderId),
    async [Symbol.asyncDispose]() {
      for (const service of services) await service.close();
      for (const platform of platforms) await platform.close();
      if (realPrefix) {
        await outside.close();
        await deleteQueues(rabbitmqUrl() ?? '', realPrefix);
      }
      await database[Symbol.asyncDispose]();
      await queues[Symbol.asyncDispose]();
    },
  };
}

export type OrdersService = Awaited<ReturnType<typeof startOrders>>;

export const placeMutation = `mutation ($input: PlaceOrderInput!) {
  placeOrder(input: $input) { order { id status clientOrderId } refusal { code message } }
}`;

export interface Placed {
  readonly order: { id: string; status: string; clientOrderId: string } | null;
  readonly refusal: { code: string; message: string } | null;
}

/** Places an order to buy 100 USD at 1500 NGN, or something else. */
export async function place(
  service: OrdersService,
  identity: Identity,
  changes: object = {},
  url = service.url,
): Promise<Placed> {
  const input = {
    clientOrderId: newId(),
    instrument: 'USD/NGN',
    side: 'BUY',
    type: 'LIMIT',
    quantity: '100',
    limitPrice: '1500',
    ...changes,
  };
  const answer = await service.askAt(url, identity, placeMutation, { input });
  if (!answer.data) throw new Error(JSON.stringify(answer));
  return answer.data['placeOrder'] as Placed;
}

/** The quote travels through the queues like everything else. */
async function untilQuoted(url: string): Promise<void> {
  const input = {
    clientOrderId: 'probe',
    instrument: 'USD/NGN',
    side: 'BUY',
    type: 'LIMIT',
    quantity: '100',
    limitPrice: '1', // refused, but only once there is a quote
  };
  await eventually(async () => {
    const answer = await ask(url, someone(), placeMutation, { input });
    const { refusal } = (answer.data?.['placeOrder'] ?? { refusal: null }) as Placed;
    if (refusal?.code !== 'PRICE_OUT_OF_RANGE') throw new Error(`not yet: ${refusal?.code}`);
  });
}

async function ask(
  url: string,
  identity: Identity,
  query: string,
  variables: object = {},
): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      [identityHeader]: await signer.sign(identity, 'orders'),
    },
    body: JSON.stringify({ query, variables }),
  });
  return (await response.json()) as Answer;
}

/** A subscription; `take` gives the next so many results. */
async function stream(url: string, identity: Identity, query: string) {
  const client = createClient({ url: url.replace('http', 'ws'), webSocketImpl: WebSocket });
  const extensions = { [identityExtension]: await signer.sign(identity, 'orders') };
  const results = client.iterate({ query, extensions });
  return {
    async take(count: number): Promise<Answer[]> {
      const taken: Answer[] = [];
      while (taken.length < count) {
        const next = await results.next();
        if (next.done) break;
        taken.push(next.value as Answer);
      }
      return taken;
    },
    [Symbol.asyncDispose]: async () => client.dispose(),
  };
}
