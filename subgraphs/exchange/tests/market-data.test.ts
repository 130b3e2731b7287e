import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { channels, MarketData } from '#contracts/live.ts';
import { eventually, startFixture, type Fixture } from './exchange-fixture.ts';
import type { Wire } from './scripted-venue.ts';

let fixture: Fixture;
const client = 'MAMMON-MD';
const received: MarketData[] = [];
const latest = (symbol: string) => received.findLast((update) => update.symbol === symbol);

beforeAll(async () => {
  fixture = await startFixture({ EXCHANGE_MARKET_DATA_INTERVAL_MS: '10' });
  await fixture.pubsub.subscribe(channels.marketData, (payload) => {
    received.push(MarketData.parse(payload));
  });
});
afterAll(async () => fixture[Symbol.asyncDispose]());

const listing = (request: Wire, minimum: string) =>
  [
    [320, request.get(320) ?? ''],
    [322, 'L'],
    [560, '0'],
    [393, '2'],
    [893, 'Y'],
    [146, '2'],
    ...['USD/NGN', 'EUR/USD'].flatMap((symbol) => [
      [55, symbol],
      [107, 'A pair'],
      [167, 'FOR'],
      [561, '1'],
      [15, symbol.slice(4)],
      [562, minimum],
      [969, '0.0005'],
      [1140, '1000000.00'],
      [5001, '4'],
      [5002, '2'],
    ]),
  ].map(([tag, value]) => [Number(tag), String(value)] as const);

const snapshot = (request: Wire) =>
  [
    [262, request.get(262) ?? ''],
    [55, 'USD/NGN'],
    [268, '2'],
    [269, '0'],
    [270, '1520.10'],
    [271, '5000.00'],
    [278, 'b1'],
    [269, '1'],
    [270, '1520.90'],
    [271, '7000.00'],
    [278, 'a1'],
  ].map(([tag, value]) => [Number(tag), String(value)] as const);

test('instruments are listed and told when they are new or changed', async () => {
  const { venue, broker } = fixture;
  venue.send(client, 'y', listing(await venue.next(client, 'x'), '1.00'));
  const listed = () => broker.published.filter(({ name }) => name === 'instrument-listed');
  await eventually(() => listed().length === 2);
  expect(listed().map(({ key }) => key)).toEqual(['USD/NGN', 'EUR/USD']);
  expect(listed()[1]?.body).toEqual({
    venue: 'SANDBOX',
    symbol: 'EUR/USD',
    baseCurrency: 'EUR',
    quoteCurrency: 'USD',
    tickSize: '0.0005',
    priceScale: 4,
    quantityScale: 2,
    minimumQuantity: '1.00',
    maximumQuantity: '1000000.00',
  });
  venue.drop(client);
  venue.send(client, 'y', listing(await venue.next(client, 'x'), '1.00'));
  await venue.next(client, 'V');
  expect(listed()).toHaveLength(2);
  venue.drop(client);
  venue.send(client, 'y', listing(await venue.next(client, 'x'), '2.00'));
  await eventually(() => listed().length === 4);
});

test('the best prices are published, kept by changes, and emptied by a lost connection', async () => {
  const { venue } = fixture;
  const request = await venue.next(client, 'V');
  expect(request.get(264)).toBe('1');
  venue.send(client, 'W', snapshot(request));
  await eventually(() => latest('USD/NGN')?.bid?.price === '1520.10');
  expect(latest('USD/NGN')).toMatchObject({
    venue: 'SANDBOX',
    bid: { price: '1520.10', quantity: '5000.00' },
    ask: { price: '1520.90', quantity: '7000.00' },
  });
  venue.send(client, 'X', [
    [262, request.get(262) ?? ''],
    [268, '3'],
    [279, '2'],
    [269, '0'],
    [278, 'b1'],
    [55, 'USD/NGN'],
    [270, '1520.10'],
    [279, '0'],
    [269, '0'],
    [278, 'b2'],
    [55, 'USD/NGN'],
    [270, '1520.40'],
    [271, '100.00'],
    [279, '1'],
    [269, '1'],
    [278, 'a1'],
    [55, 'USD/NGN'],
    [270, '1520.90'],
    [271, '6000.00'],
  ]);
  await eventually(() => latest('USD/NGN')?.bid?.price === '1520.40');
  expect(latest('USD/NGN')).toMatchObject({
    bid: { price: '1520.40', quantity: '100.00' },
    ask: { price: '1520.90', quantity: '6000.00' },
  });
  const before = received.length;
  await eventually(() => received.length > before); // a quiet market is told again
  venue.drop(client);
  await eventually(() => latest('USD/NGN')?.bid === null && latest('USD/NGN')?.ask === null);
});
