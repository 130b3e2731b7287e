import { generateKeyPairSync } from 'node:crypto';
import pg from 'pg';
import { messageOf } from '#contracts/build.ts';
import { CancelVenueOrder, SubmitOrder } from '#contracts/orders.ts';
import type { BodyOf } from '#contracts/message.ts';
import type { Broker, BrokerMessage } from '#kit/broker.ts';
import { newId } from '#kit/ids.ts';
import { silentLogger } from '#kit/log.ts';
import { createMemoryPubSub, type LivePubSub } from '#kit/pubsub.ts';
import type { RunningService } from '#kit/run-service.ts';
import { createDatabase } from '#tests/support/services.ts';
import { readExchangeConfig } from '../config.ts';
import { start } from '../main.ts';
import { ScriptedVenue, timestamp, type Wire } from './scripted-venue.ts';

export const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
export const pem = (key: { export(options: object): string | Buffer }, type: string) =>
  key.export({ type, format: 'pem' }).toString();

/** A broker in memory that keeps what was published and hands over what a test publishes. */
export class TestBroker implements Broker {
  readonly healthy = true;
  readonly published: BrokerMessage[] = [];
  private readonly handlers = new Map<number, (message: BrokerMessage) => Promise<void>>();

  async publish(messages: readonly BrokerMessage[]): Promise<void> {
    this.published.push(...messages);
  }
  async consume(
    _group: string,
    partition: number,
    handler: (message: BrokerMessage) => Promise<void>,
  ) {
    this.handlers.set(partition, handler);
    return { close: async () => void this.handlers.delete(partition) };
  }
  async depth() {
    return { waiting: 0, dead: 0 };
  }
  async close() {}

  /** Hands a command to the service, as soon as it consumes. */
  async deliver(message: BrokerMessage): Promise<void> {
    for (let tries = 0; tries < 100; tries++) {
      const handler = this.handlers.get(0);
      if (handler) return handler(message);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error('nobody consumes');
  }

  /** Names of what was published about an order, in order. */
  namesOf(orderId: string): string[] {
    return this.published.filter(({ key }) => key === orderId).map(({ name }) => name);
  }

  bodyOf(orderId: string, name: string): Record<string, unknown> {
    const found = this.published.find(
      (message) => message.key === orderId && message.name === name,
    );
    if (!found) throw new Error(`no ${name} of ${orderId}`);
    return found.body as Record<string, unknown>;
  }
}

export interface Fixture extends AsyncDisposable {
  readonly venue: ScriptedVenue;
  readonly broker: TestBroker;
  readonly pubsub: LivePubSub;
  readonly databaseUrl: string;
  service(): RunningService;
  submit(order?: Partial<BodyOf<typeof SubmitOrder>>): Promise<string>;
  cancel(orderId: string): Promise<void>;
  stop(): Promise<void>;
  restart(): Promise<void>;
  /** A second process on the same database. */
  startAnother(): Promise<RunningService>;
  rows<Row extends object>(sql: string, values?: unknown[]): Promise<Row[]>;
}

export const userId = '11111111-1111-7111-8111-111111111111';

/** The whole service on a real database, its venue played by the test. */
export async function startFixture(environment: Record<string, string> = {}): Promise<Fixture> {
  const database = await createDatabase('exchange');
  const venue = await ScriptedVenue.listen();
  const broker = new TestBroker();
  const pubsub = createMemoryPubSub();
  const config = readExchangeConfig({
    EXCHANGE_PORT: '0',
    IDENTITY_PUBLIC_KEY: pem(keys.publicKey, 'spki'),
    FIX_PORT: String(venue.port),
    FIX_PASSWORD: 'a password of the test, long enough',
    EXCHANGE_TICK_MS: '50',
    EXCHANGE_RECONNECT_MINIMUM_MS: '20',
    EXCHANGE_RECONNECT_MAXIMUM_MS: '100',
    ...environment,
  });
  const platform = {
    local: false,
    databaseUrl: () => database.url,
    broker,
    pubsub,
    redis: null,
    logger: () => silentLogger,
    clock: () => new Date(),
    close: async () => undefined,
  };
  let running: RunningService | undefined = await start(config, platform);
  const client = new pg.Client({ connectionString: database.url });
  client.on('error', () => undefined); // the database goes away under it at the end
  await client.connect();
  const stop = async () => {
    const service = running;
    running = undefined;
    await service?.close();
  };
  return {
    venue,
    broker,
    pubsub,
    databaseUrl: database.url,
    service() {
      if (!running) throw new Error('the service is stopped');
      return running;
    },
    async submit(order = {}) {
      const orderId = order.orderId ?? newId<string>();
      const body = {
        orderId,
        userId,
        symbol: 'USD/NGN',
        side: 'BUY' as const,
        quantity: '100.00',
        limitPrice: '1520.50',
        timeInForce: 'GTC' as const,
        submitBy: new Date(Date.now() + 60_000).toISOString(),
        ...order,
      };
      await broker.deliver(messageOf(SubmitOrder, orderId, body, new Date()));
      return orderId;
    },
    cancel: (orderId) =>
      broker.deliver(messageOf(CancelVenueOrder, orderId, { orderId, userId }, new Date())),
    stop,
    async restart() {
      await stop();
      running = await start(config, platform);
    },
    startAnother: () => start(config, platform),
    rows: async <Row extends object>(sql: string, values: unknown[] = []) =>
      (await client.query<Row>(sql, values)).rows,
    async [Symbol.asyncDispose]() {
      await stop();
      await client.end();
      await venue[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    },
  };
}

let reports = 0;

/** An ExecutionReport of the order in `message`; `changes` overrides and adds tags. */
export function report(message: Wire | string, changes: Record<number, string>) {
  const clOrdId = typeof message === 'string' ? message : (message.get(11) ?? '');
  const fields: Record<number, string> = {
    37: `V-${clOrdId.slice(-12)}`,
    11: clOrdId,
    17: `E-${++reports}`,
    150: '0',
    39: '0',
    55: 'USD/NGN',
    54: '1',
    38: '100.00',
    151: '100.00',
    14: '0.00',
    6: '0',
    60: timestamp(),
    ...changes,
  };
  return Object.entries(fields).map(([tag, value]) => [Number(tag), value] as const);
}

/** A trade of `quantity` with the cumulative quantity after it. */
export const trade = (
  message: Wire | string,
  execId: string,
  quantity: string,
  cumulative: string,
) =>
  report(message, {
    17: execId,
    150: 'F',
    39: cumulative === '100.00' ? '2' : '1',
    32: quantity,
    31: '1520.25',
    14: cumulative,
    75: timestamp().slice(0, 8),
  });

/** The same trade in an answer to a trade capture request. */
export function capture(requestId: string, clOrdId: string, execId: string, quantity: string) {
  return [
    [571, `T-${execId}`],
    [487, '0'],
    [568, requestId],
    [150, 'F'],
    [570, 'N'],
    [17, execId],
    [55, 'USD/NGN'],
    [32, quantity],
    [31, '1520.25'],
    [75, timestamp().slice(0, 8)],
    [60, timestamp()],
    [552, '1'],
    [54, '1'],
    [37, `V-${clOrdId.slice(-12)}`],
    [11, clOrdId],
  ] as const;
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
