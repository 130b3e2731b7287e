import { generateKeyPairSync } from 'node:crypto';
import { createClient } from 'graphql-ws';
import pg from 'pg';
import WebSocket from 'ws';
import { brokerTopology, messageOf } from '#contracts/build.ts';
import type { Contract } from '#contracts/message.ts';
import { partitionCount } from '#contracts/topology.ts';
import type { BrokerMessage } from '#kit/broker.ts';
import { createPostgresBroker } from '#kit/broker-postgres.ts';
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
import { createMemoryPubSub } from '#kit/pubsub.ts';
import { createDatabase } from '#tests/support/services.ts';
import { readWalletsConfig } from '../config.ts';
import { start } from '../main.ts';

const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const signer = createIdentitySigner(
  keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
);

/** What GraphQL answers; tests look at it by its shape. */
export interface Answer {
  readonly data?: unknown;
  readonly errors?: readonly { extensions: { code: string } }[];
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

/** The whole service on a broker and databases of its own, seen from the gateway and from orders. */
export async function startWallets({
  local = false,
  limit = '1000000000',
  transferLimit = '1000000000',
} = {}) {
  const database = await createDatabase('wallets');
  const queues = await createDatabase('wallets_broker');
  const broker = await createPostgresBroker({
    databaseUrl: queues.url,
    topology: brokerTopology,
    logger: silentLogger,
  });
  const pubsub = createMemoryPubSub();
  const platform: Platform = {
    local,
    databaseUrl: () => database.url,
    broker,
    pubsub,
    redis: null,
    logger: () => silentLogger,
    clock: systemClock,
    close: () => broker.close(),
  };
  const config = readWalletsConfig({
    WALLETS_PORT: '0',
    WALLETS_DEPOSIT_LIMIT: limit,
    WALLETS_TRANSFER_LIMIT: transferLimit,
    IDENTITY_PUBLIC_KEY: keys.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  });
  const service = await start(config, platform);
  const heard: BrokerMessage[] = [];
  const partitions = Array.from({ length: partitionCount }, (_, partition) => partition);
  for (const partition of partitions) {
    await broker.consume('orders', partition, async (message) => void heard.push(message));
  }
  return {
    url: service.url,
    databaseUrl: database.url,
    ask: (identity: Identity, query: string, variables?: object) =>
      ask(service.url, identity, query, variables),
    updates: (identity: Identity, query: string, count: number) =>
      updates(service.url, identity, query, count),
    publish: (message: BrokerMessage) => broker.publish([message]),
    /** Sends a message of orders and gives what wallets answers for the order. */
    async tell<Body extends { readonly orderId: string }>(
      contract: Contract<string, Body>,
      body: Body,
    ): Promise<readonly [name: string, body: unknown]> {
      const before = answersFor(heard, body.orderId).length;
      await broker.publish([messageOf(contract, body.orderId, body, new Date())]);
      const answer = await eventually(() => answersFor(heard, body.orderId)[before]);
      return [answer.name, answer.body];
    },
    counting,
    depth: () => broker.depth('wallets'),
    answers: (orderId: string) => answersFor(heard, orderId),
    async [Symbol.asyncDispose]() {
      await service.close();
      await broker.close();
      await pubsub.close();
      await database[Symbol.asyncDispose]();
      await queues[Symbol.asyncDispose]();
    },
  };
}

export type WalletsService = Awaited<ReturnType<typeof startWallets>>;

/** Asks again until there is something. */
export async function eventually<Thing>(look: () => Thing | undefined): Promise<Thing> {
  for (const since = Date.now(); Date.now() - since < 15_000;) {
    const thing = look();
    if (thing !== undefined) return thing;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('it never came');
}

/** Runs, and tells which statements on the ledger's tables were sent for it. */
async function counting<Result>(run: () => Promise<Result>) {
  const statements: string[] = [];
  const { query } = pg.Client.prototype;
  pg.Client.prototype.query = function (this: pg.Client, ...given: unknown[]) {
    const [what] = given;
    const text = typeof what === 'string' ? what : (what as { text?: string } | undefined)?.text;
    const ledgers = /\b(account|posting|ledger_transaction|wallet_event|hold|payment)\b/;
    // The ledger's keeper asks by itself what is due.
    if (text && ledgers.test(text) && !text.includes('due_at')) statements.push(text);
    return Reflect.apply(query, this, given);
  } as typeof query;
  try {
    return { result: await run(), statements };
  } finally {
    pg.Client.prototype.query = query;
  }
}

const answersFor = (heard: readonly BrokerMessage[], orderId: string) =>
  heard.filter((message) => message.key === orderId);

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
      [identityHeader]: await signer.sign(identity, 'wallets'),
    },
    body: JSON.stringify({ query, variables }),
  });
  return (await response.json()) as Answer;
}

/** The first so many results of a subscription. */
async function updates(
  url: string,
  identity: Identity,
  query: string,
  count: number,
): Promise<Answer[]> {
  const client = createClient({ url: url.replace('http', 'ws'), webSocketImpl: WebSocket });
  const extensions = { [identityExtension]: await signer.sign(identity, 'wallets') };
  const results: Answer[] = [];
  try {
    for await (const result of client.iterate({ query, extensions })) {
      results.push(result as Answer);
      if (results.length === count) break;
    }
  } finally {
    await client.dispose();
  }
  return results;
}
