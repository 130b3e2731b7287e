import { generateKeyPairSync } from 'node:crypto';
import type { Redis } from 'ioredis';
import { messageOf } from '#contracts/build.ts';
import { InstrumentListed } from '#contracts/exchange.ts';
import { channels, type MarketData } from '#contracts/live.ts';
import type { Broker, BrokerMessage } from '#kit/broker.ts';
import { createIdentitySigner, identityHeader, type Identity } from '#kit/identity.ts';
import type { UserId } from '#kit/ids.ts';
import { silentLogger } from '#kit/log.ts';
import { createMemoryPubSub, type LivePubSub } from '#kit/pubsub.ts';
import type { RunningService } from '#kit/run-service.ts';
import { createDatabase } from '#tests/support/services.ts';
import { readPricingConfig } from '../config.ts';
import { start } from '../main.ts';

const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pem = (key: { export(options: object): string | Buffer }, type: string) =>
  key.export({ type, format: 'pem' }).toString();
const signer = createIdentitySigner(pem(keys.privateKey, 'pkcs8'));

export const stranger: Identity = {
  userId: null,
  roles: [],
  sessionId: null,
  address: '127.0.0.1',
  device: null,
};
export const user: Identity = {
  ...stranger,
  userId: '11111111-1111-7111-8111-111111111111' as UserId,
  roles: ['CUSTOMER'],
};

/** A broker in memory: keeps what is published, hands over what a test delivers. */
class TestBroker implements Broker {
  readonly healthy = true;
  readonly published: BrokerMessage[] = [];
  private handler: ((message: BrokerMessage) => Promise<void>) | undefined;

  async publish(messages: readonly BrokerMessage[]): Promise<void> {
    this.published.push(...messages);
  }
  async consume(
    _group: string,
    _partition: number,
    handler: (message: BrokerMessage) => Promise<void>,
  ) {
    this.handler = handler;
    return { close: async () => undefined };
  }
  async depth() {
    return { waiting: 0, dead: 0 };
  }
  async close() {}

  async deliver(message: BrokerMessage): Promise<void> {
    await eventually(() => this.handler !== undefined);
    await this.handler?.(message);
  }
}

export interface Fixture extends AsyncDisposable {
  readonly broker: TestBroker;
  readonly pubsub: LivePubSub;
  service(): RunningService;
  list(symbol: string, changes?: object): Promise<void>;
  show(symbol: string, bid: string | null, ask: string | null): Promise<void>;
  published(name: string): BrokerMessage[];
  restart(): Promise<void>;
  stop(): Promise<void>;
  /** A second process on the same database. */
  startAnother(): Promise<RunningService>;
  ask(who: Identity | null, query: string, variables?: object, url?: string): Promise<Answer>;
  token(who: Identity): Promise<string>;
}

export interface Answer {
  readonly status: number;
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly { readonly extensions: { readonly code: string } }[];
}

/** The whole service on a real database; the market is played by the test. */
export async function startFixture(
  environment: Record<string, string> = {},
  shared: { pubsub: LivePubSub; redis: Redis } | null = null,
): Promise<Fixture> {
  const database = await createDatabase('pricing');
  const broker = new TestBroker();
  const pubsub = shared?.pubsub ?? createMemoryPubSub();
  const config = readPricingConfig({
    PRICING_PORT: '0',
    IDENTITY_PUBLIC_KEY: pem(keys.publicKey, 'spki'),
    PRICING_LIVE_INTERVAL_MS: '20',
    PRICING_PUBLISH_INTERVAL_MS: '50',
    PRICING_SAVE_INTERVAL_MS: '50',
    ...environment,
  });
  const platform = {
    local: false,
    databaseUrl: () => database.url,
    broker,
    pubsub,
    redis: shared?.redis ?? null,
    logger: () => silentLogger,
    clock: () => new Date(),
    close: async () => undefined,
  };
  let running = await start(config, platform);
  return {
    broker,
    pubsub,
    service: () => running,
    async list(symbol, changes = {}) {
      const body = {
        venue: 'SANDBOX',
        symbol,
        baseCurrency: symbol.slice(0, 3),
        quoteCurrency: symbol.slice(4),
        tickSize: '0.05',
        priceScale: 2,
        quantityScale: 2,
        minimumQuantity: '1.00',
        maximumQuantity: '1000000.00',
        ...changes,
      };
      await broker.deliver(messageOf(InstrumentListed, symbol, body, new Date()));
    },
    async show(symbol, bid, ask) {
      const side = (price: string | null) => (price ? { price, quantity: '500' } : null);
      const at = new Date().toISOString();
      const update: MarketData = { venue: 'SANDBOX', symbol, bid: side(bid), ask: side(ask), at };
      await pubsub.publish(channels.marketData, update);
    },
    published: (name) => broker.published.filter((message) => message.name === name),
    stop: () => running.close(),
    async restart() {
      await running.close();
      running = await start(config, platform);
    },
    startAnother: () => start(config, platform),
    async ask(who, query, variables = {}, url = running.url) {
      const identity: Record<string, string> = who
        ? { [identityHeader]: await signer.sign(who, 'pricing') }
        : {};
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...identity },
        body: JSON.stringify({ query, variables }),
      });
      return { status: response.status, ...((await response.json()) as object) };
    },
    token: (who) => signer.sign(who, 'pricing'),
    async [Symbol.asyncDispose]() {
      await running.close();
      await database[Symbol.asyncDispose]();
    },
  };
}

/** Waits until a condition holds. */
export async function eventually(
  condition: () => boolean | Promise<boolean>,
  withinMs = 10_000,
): Promise<void> {
  const until = Date.now() + withinMs;
  while (!(await condition())) {
    if (Date.now() > until) throw new Error(`it did not come true within ${withinMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
