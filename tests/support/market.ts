import { generateKeyPairSync, randomBytes } from 'node:crypto';
import pg from 'pg';
import { brokerTopology, messageOf } from '#contracts/build.ts';
import { CancelVenueOrder, SubmitOrder } from '#contracts/orders.ts';
import { partitionCount } from '#contracts/topology.ts';
import { createPostgresBroker } from '#kit/broker-postgres.ts';
import type { BrokerMessage } from '#kit/broker.ts';
import { newId } from '#kit/ids.ts';
import { silentLogger } from '#kit/log.ts';
import { serviceDatabaseUrl } from '#kit/orm.ts';
import type { Platform } from '#kit/platform.ts';
import { createMemoryPubSub } from '#kit/pubsub.ts';
import { readExchangeConfig } from '#subgraphs/exchange/config.ts';
import {
  auditExchange,
  listExecutions,
  openDatabase,
  start as startExchange,
  venueTrades,
  type Finding,
} from '#subgraphs/exchange/main.ts';
import { readVenueConfig } from '#venue/config.ts';
import { start as startVenue } from '#venue/main.ts';
import { eventually } from './eventually.ts';
import { postgres } from './services.ts';

const password = 'a password of the sandbox';
const userId = '11111111-1111-7111-8111-111111111111';
export const publicKey = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  .publicKey.export({ type: 'spki', format: 'pem' })
  .toString();

export interface Order {
  readonly side?: 'BUY' | 'SELL';
  readonly timeInForce?: 'GTC' | 'IOC';
  readonly limitPrice?: string;
  readonly quantity?: string;
  readonly submitBy?: string;
}

/** The venue and the exchange subgraph on databases of their own; the test is the orders service. */
export class Market implements AsyncDisposable {
  readonly heard: BrokerMessage[] = [];
  readonly platform: Platform;
  private readonly name: string;
  private readonly databaseUrl: (service: string) => string;
  private venue: Awaited<ReturnType<typeof startVenue>> | undefined;
  private exchange: Awaited<ReturnType<typeof startExchange>> | undefined;

  private constructor(name: string, databaseUrl: (service: string) => string, platform: Platform) {
    this.name = name;
    this.databaseUrl = databaseUrl;
    this.platform = platform;
  }

  static async open(): Promise<Market> {
    const name = `market_${randomBytes(6).toString('hex')}`;
    const base = new URL((await postgres()).url);
    base.pathname = `/${name}`;
    const databaseUrl = (service: string) => serviceDatabaseUrl(base.href, service);
    const broker = await createPostgresBroker({
      databaseUrl: databaseUrl('broker'),
      topology: brokerTopology,
      logger: silentLogger,
    });
    const platform = {
      local: false,
      databaseUrl,
      broker,
      pubsub: createMemoryPubSub(),
      redis: null,
      logger: () => silentLogger,
      clock: () => new Date(),
      close: () => broker.close(),
    };
    const market = new Market(name, databaseUrl, platform);
    for (let partition = 0; partition < partitionCount; partition++) {
      await broker.consume('orders', partition, async (message) => void market.heard.push(message));
    }
    return market;
  }

  /** @returns the port of its acceptor */
  async openVenue(port = 0, environment = {}): Promise<number> {
    const config = readVenueConfig({
      VENUE_FIX_PORT: String(port),
      VENUE_FIX_PASSWORD: password,
      VENUE_SEED: 'a seed',
      ...environment,
    });
    this.venue = await startVenue(config, this.platform);
    return this.venue.port;
  }

  async closeVenue(): Promise<void> {
    await this.venue?.close();
    this.venue = undefined;
  }

  async openExchange(fixPort: number): Promise<void> {
    const config = readExchangeConfig({
      EXCHANGE_PORT: '0',
      IDENTITY_PUBLIC_KEY: publicKey,
      FIX_PORT: String(fixPort),
      FIX_PASSWORD: password,
      EXCHANGE_ACK_TIMEOUT_MS: '1000',
      EXCHANGE_PROBE_INTERVAL_MS: '200',
      EXCHANGE_RECONNECT_MAXIMUM_MS: '300',
    });
    this.exchange = await startExchange(config, this.platform);
  }

  async closeExchange(): Promise<void> {
    await this.exchange?.close();
    this.exchange = undefined;
  }

  async submit(order: Order = {}): Promise<string> {
    const orderId = newId<string>();
    const body = {
      orderId,
      userId,
      symbol: 'USD/NGN',
      side: 'BUY' as const,
      quantity: '100.00',
      limitPrice: '99999.00',
      timeInForce: 'IOC' as const,
      submitBy: new Date(Date.now() + 60_000).toISOString(),
      ...order,
    };
    const message = messageOf(SubmitOrder, orderId, body, new Date());
    await this.platform.broker.publish([message]);
    return orderId;
  }

  async cancel(orderId: string): Promise<void> {
    const message = messageOf(CancelVenueOrder, orderId, { orderId, userId }, new Date());
    await this.platform.broker.publish([message]);
  }

  /** Names of what was told of an order, in order. */
  namesOf(orderId: string): string[] {
    return this.heard.filter(({ key }) => key === orderId).map(({ name }) => name);
  }

  /** Waits until a condition on what was heard holds. */
  async until(condition: () => boolean, timeoutMs = 30_000): Promise<void> {
    const latest = async () => (condition() ? true : this.heard.slice(-5));
    await eventually(latest, (answer) => answer === true, timeoutMs);
  }

  /** What nobody must ever find in our data, and the executions of both sides. */
  async audit(): Promise<{ findings: Finding[]; ours: string[]; theirs: string[] }> {
    const orm = await openDatabase(this.databaseUrl('exchange'));
    try {
      const findings = await auditExchange(orm.em.fork());
      const fix = { host: '127.0.0.1', port: this.venue?.port ?? 0, password };
      const theirs = await venueTrades({ fix, logger: silentLogger });
      const ours = await listExecutions(orm.em.fork());
      return { findings, ours: ours.map(line).toSorted(), theirs: theirs.map(line).toSorted() };
    } finally {
      await orm.close();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.closeExchange();
    await this.closeVenue();
    await this.platform.close();
    const administrator = new pg.Client({ connectionString: (await postgres()).url });
    await administrator.connect();
    for (const service of ['broker', 'venue', 'exchange', 'pricing']) {
      await administrator.query(`drop database if exists "${this.name}_${service}" with (force)`);
    }
    await administrator.end();
  }
}

interface Traded {
  readonly tradeDate: string;
  readonly execId: string;
  readonly clOrdId: string;
  readonly quantity: string;
  readonly price: string;
}

const line = ({ tradeDate, execId, clOrdId, quantity, price }: Traded): string =>
  [tradeDate, execId, clOrdId, quantity, price].join(' ');
