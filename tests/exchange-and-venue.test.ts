import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readPricingConfig } from '#subgraphs/pricing/config.ts';
import { start as startPricing } from '#subgraphs/pricing/main.ts';
import { Market, publicKey } from './support/market.ts';
import { startProxy } from './support/proxy.ts';

let market: Market;
let venuePort: number;
let pricing: Awaited<ReturnType<typeof startPricing>>;

const told = (orderId: string, name: string) =>
  market.until(() => market.namesOf(orderId).includes(name));

async function expectAgreement() {
  const { findings, ours, theirs } = await market.audit();
  expect(findings).toEqual([]);
  expect(ours).toEqual(theirs);
}

const resting = { limitPrice: '1.00', timeInForce: 'GTC' } as const;

describe('the exchange, pricing and the sandbox venue', () => {
  beforeAll(async () => {
    market = await Market.open();
    venuePort = await market.openVenue();
    await market.openExchange(venuePort);
    const config = readPricingConfig({ PRICING_PORT: '0', IDENTITY_PUBLIC_KEY: publicKey });
    pricing = await startPricing(config, market.platform);
  });
  afterAll(async () => {
    await pricing.close();
    await market[Symbol.asyncDispose]();
  });

  test('bring instruments and live quotes to the orders service', async () => {
    const keysOf = (name: string) =>
      new Set(market.heard.filter((message) => message.name === name).map(({ key }) => key));
    await market.until(() => keysOf('quote-published').size >= 8);
    expect(keysOf('instrument-published').size).toBeGreaterThanOrEqual(8);
  });

  test('fill an order that takes the market', async () => {
    const orderId = await market.submit();
    await told(orderId, 'order-executed');
    expect(market.namesOf(orderId)[0]).toBe('order-accepted');
    await expectAgreement();
  });

  test('cancel an order that rests', async () => {
    const orderId = await market.submit(resting);
    await told(orderId, 'order-accepted');
    await market.cancel(orderId);
    await told(orderId, 'order-canceled');
  });

  test('reject what the venue refuses', async () => {
    await told(await market.submit({ quantity: '0.01' }), 'order-rejected');
  });

  test('survive a restart of the venue with an order at rest and one on its way', async () => {
    const rests = await market.submit(resting);
    await told(rests, 'order-accepted');
    await market.closeVenue();
    const waiting = await market.submit();
    const late = await market.submit({ submitBy: new Date(Date.now() + 100).toISOString() });
    await market.openVenue(venuePort);
    await told(waiting, 'order-executed');
    await told(late, 'order-expired');
    await market.cancel(rests);
    await told(rests, 'order-canceled');
    await expectAgreement();
  });

  test('recover the fills that happen while the exchange is down', async () => {
    await market.closeVenue();
    await market.openVenue(venuePort, { VENUE_FILL_DELAY_MS: '1500' });
    const orderId = await market.submit();
    await told(orderId, 'order-accepted');
    await market.closeExchange();
    expect(market.namesOf(orderId)).not.toContain('order-executed');
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    await market.openExchange(venuePort);
    await told(orderId, 'order-executed');
    expect(market.namesOf(orderId)).toEqual(['order-accepted', 'order-executed']);
    await expectAgreement();
  });
});

const ends = new Set(['order-canceled', 'order-rejected', 'order-expired']);

test('every order ends once, and no trade is lost or doubled, on a line that breaks', async () => {
  await using storm = await Market.open();
  const port = await storm.openVenue(0, { VENUE_FILL_DELAY_MS: '30' });
  await using line = await startProxy(`tcp://127.0.0.1:${port}`);
  await storm.openExchange(Number(new URL(line.url).port));
  const taking: string[] = [];
  const canceled: string[] = [];
  for (let round = 0; round < 12; round++) {
    for (let count = 0; count < 6; count++) {
      taking.push(await storm.submit());
      canceled.push(await storm.submit(resting));
    }
    await new Promise((resolve) => setTimeout(resolve, 20 * (round % 5)));
    line.cut();
    await Promise.all(canceled.slice(-9, -3).map((orderId) => storm.cancel(orderId)));
    await new Promise((resolve) => setTimeout(resolve, 60 * (round % 3)));
    line.restore();
    await new Promise((resolve) => setTimeout(resolve, 50 * (round % 4)));
  }
  await storm.until(() => taking.every((id) => storm.namesOf(id).includes('order-executed')));
  const isDone = (id: string) => storm.namesOf(id).some((name) => ends.has(name));
  await storm.until(() => canceled.slice(0, -3).every(isDone));
  for (const orderId of [...taking, ...canceled]) {
    const names = storm.namesOf(orderId);
    const once = names.filter((name) => name !== 'order-executed');
    expect(once).toEqual([...new Set(once)]);
    expect(once.filter((name) => ends.has(name)).length).toBeLessThanOrEqual(1);
  }
  const { findings, ours, theirs } = await storm.audit();
  expect(findings).toEqual([]);
  expect(ours).toEqual(theirs);
  const executions = storm.heard.filter(({ name }) => name === 'order-executed');
  expect(executions).toHaveLength(theirs.length);
}, 120_000);
