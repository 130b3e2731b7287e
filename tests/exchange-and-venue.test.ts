import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
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
} from '#subgraphs/exchange/main.ts';
import { readPricingConfig } from '#subgraphs/pricing/config.ts';
import { start as startPricing } from '#subgraphs/pricing/main.ts';
import { eventually } from '#tests/support/eventually.ts';
import { postgres } from '#tests/support/services.ts';
import { readVenueConfig } from '#venue/config.ts';
import { start as startVenue } from '#venue/main.ts';

const password = 'a password of the sandbox';
const userId = '11111111-1111-7111-8111-111111111111';
const name = `meet_${randomBytes(6).toString('hex')}`;
const heard: BrokerMessage[] = [];

let baseUrl: string;
let platform: Platform;
let venue: Awaited<ReturnType<typeof startVenue>>;
let exchange: Awaited<ReturnType<typeof startExchange>>;
let pricing: Awaited<ReturnType<typeof startPricing>>;

const openVenue = (port: number, environment = {}) =>
  startVenue(
    readVenueConfig({
      VENUE_FIX_PORT: String(port),
      VENUE_FIX_PASSWORD: password,
      VENUE_SEED: 'a seed',
      ...environment,
    }),
    platform,
  );

const publicKey = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  .publicKey.export({ type: 'spki', format: 'pem' })
  .toString();

const openExchange = () =>
  startExchange(
    readExchangeConfig({
      EXCHANGE_PORT: '0',
      IDENTITY_PUBLIC_KEY: publicKey,
      FIX_PORT: String(venue.port),
      FIX_PASSWORD: password,
      EXCHANGE_ACK_TIMEOUT_MS: '1000',
      EXCHANGE_PROBE_INTERVAL_MS: '200',
      EXCHANGE_RECONNECT_MAXIMUM_MS: '300',
    }),
    platform,
  );

beforeAll(async () => {
  const base = new URL((await postgres()).url);
  base.pathname = `/${name}`;
  baseUrl = base.href;
  const databaseUrl = serviceDatabaseUrl(baseUrl, 'broker');
  const broker = await createPostgresBroker({
    databaseUrl,
    topology: brokerTopology,
    logger: silentLogger,
  });
  platform = {
    local: false,
    databaseUrl: (service) => serviceDatabaseUrl(baseUrl, service),
    broker,
    pubsub: createMemoryPubSub(),
    redis: null,
    logger: () => silentLogger,
    clock: () => new Date(),
    close: () => broker.close(),
  };
  for (let partition = 0; partition < partitionCount; partition++) {
    await broker.consume('orders', partition, async (message) => void heard.push(message));
  }
  venue = await openVenue(0);
  exchange = await openExchange();
  pricing = await startPricing(
    readPricingConfig({ PRICING_PORT: '0', IDENTITY_PUBLIC_KEY: publicKey }),
    platform,
  );
});

afterAll(async () => {
  await pricing.close();
  await exchange.close();
  await venue.close();
  await platform.close();
  const administrator = new pg.Client({ connectionString: (await postgres()).url });
  await administrator.connect();
  for (const service of ['broker', 'venue', 'exchange', 'pricing']) {
    await administrator.query(`drop database if exists "${name}_${service}" with (force)`);
  }
  await administrator.end();
});

const namesOf = (orderId: string) =>
  heard.filter((message) => message.key === orderId).map((message) => message.name);
const quote = (symbol: string) =>
  heard.findLast((message) => message.name === 'quote-published' && message.key === symbol)
    ?.body as { bid: string; ask: string } | undefined;

async function submit(order: Partial<Parameters<typeof bodyOf>[1]>): Promise<string> {
  const orderId = newId<string>();
  await platform.broker.publish([
    messageOf(SubmitOrder, orderId, bodyOf(orderId, order), new Date()),
  ]);
  return orderId;
}

function bodyOf(
  orderId: string,
  order: {
    side?: 'BUY' | 'SELL';
    timeInForce?: 'GTC' | 'IOC';
    limitPrice?: string;
    quantity?: string;
    submitBy?: string;
  },
) {
  return {
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
}

const told = (condition: () => boolean) =>
  eventually(
    async () => (condition() ? true : heard.slice(-5)),
    (answer) => answer === true,
  );

const cancel = (orderId: string) =>
  platform.broker.publish([messageOf(CancelVenueOrder, orderId, { orderId, userId }, new Date())]);

/** What people must never find: in our data, or between ours and the venue's. */
async function findings(): Promise<unknown[]> {
  const orm = await openDatabase(serviceDatabaseUrl(baseUrl, 'exchange'));
  try {
    const found = await auditExchange(orm.em.fork());
    const fix = { host: '127.0.0.1', port: venue.port, password };
    const theirs = await venueTrades({ fix, logger: silentLogger });
    const ours = await listExecutions(orm.em.fork());
    const key = (each: {
      tradeDate: string;
      execId: string;
      clOrdId: string;
      quantity: string;
      price: string;
    }) => [each.tradeDate, each.execId, each.clOrdId, each.quantity, each.price].join(' ');
    expect(ours.map(key).toSorted()).toEqual(theirs.map(key).toSorted());
    return found;
  } finally {
    await orm.close();
  }
}

describe('the exchange, pricing and the sandbox venue', () => {
  test('bring instruments and live quotes to the orders service', async () => {
    await told(() => quote('USD/NGN') !== undefined && quote('EUR/USD') !== undefined);
    const listed = heard.filter((message) => message.name === 'instrument-published');
    expect(new Set(listed.map(({ key }) => key)).size).toBeGreaterThanOrEqual(8);
  });

  test('fill an order that takes the market', async () => {
    const orderId = await submit({});
    await told(() => namesOf(orderId).includes('order-executed'));
    expect(namesOf(orderId)[0]).toBe('order-accepted');
    expect(await findings()).toEqual([]);
  });

  test('cancel an order that rests', async () => {
    const orderId = await submit({ limitPrice: '1.00', timeInForce: 'GTC' });
    await told(() => namesOf(orderId).includes('order-accepted'));
    await cancel(orderId);
    await told(() => namesOf(orderId).includes('order-canceled'));
  });

  test('reject what the venue refuses', async () => {
    const orderId = await submit({ quantity: '0.01' });
    await told(() => namesOf(orderId).includes('order-rejected'));
  });

  test('survive a restart of the venue with an order at rest and one on its way', async () => {
    const resting = await submit({ limitPrice: '1.00', timeInForce: 'GTC' });
    await told(() => namesOf(resting).includes('order-accepted'));
    const { port } = venue;
    await venue.close();
    const waiting = await submit({});
    const late = await submit({ submitBy: new Date(Date.now() + 100).toISOString() });
    venue = await openVenue(port);
    await told(() => namesOf(waiting).includes('order-executed'));
    await told(() => namesOf(late).includes('order-expired'));
    await cancel(resting);
    await told(() => namesOf(resting).includes('order-canceled'));
    expect(await findings()).toEqual([]);
  });

  test('recover the fills that happen while the exchange is down', async () => {
    const { port } = venue;
    await venue.close();
    venue = await openVenue(port, { VENUE_FILL_DELAY_MS: '1500' });
    const orderId = await submit({});
    await told(() => namesOf(orderId).includes('order-accepted'));
    await exchange.close();
    expect(namesOf(orderId)).not.toContain('order-executed');
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    exchange = await openExchange();
    await told(() => namesOf(orderId).includes('order-executed'));
    expect(namesOf(orderId)).toEqual(['order-accepted', 'order-executed']);
    expect(await findings()).toEqual([]);
  });
});
