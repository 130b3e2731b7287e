import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { channels, QuoteChanged } from '#contracts/live.ts';
import { identityExtension, type Identity } from '#kit/identity.ts';
import { eventually, startFixture, stranger, user, type Fixture } from './pricing-fixture.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await startFixture({ PRICING_STALE_AFTER_MS: '600' });
  await fixture.list('USD/NGN');
  await fixture.list('EUR/USD', { tickSize: '0.0005', priceScale: 4 });
});
afterAll(async () => fixture[Symbol.asyncDispose]());

const oneQuote = async (symbol: string) => {
  const query = 'query ($s: [ID!]) { quotes(symbols: $s) { bid ask status } }';
  const { data } = await fixture.ask(user, query, { s: [symbol] });
  const found = data?.['quotes'] as { bid: string; ask: string; status: string }[] | undefined;
  return found?.[0];
};
/** Shows a market until its quote says so: listeners may not be there yet. */
const showUntil = (symbol: string, bid: string | null, ask: string | null, status: string) =>
  eventually(async () => {
    await fixture.show(symbol, bid, ask);
    const quote = await oneQuote(symbol);
    return quote?.status === status && (status === 'STALE' || quote.bid === bid);
  });

describe('instruments', () => {
  test('are passed on when they are listed, when they change, and at each start', async () => {
    const published = () => fixture.published('instrument-published');
    await eventually(() => published().length === 2);
    expect(published()[0]).toMatchObject({ key: 'USD/NGN', body: { tickSize: '0.05' } });
    await fixture.list('USD/NGN');
    await fixture.list('USD/NGN', { minimumQuantity: '2.00' });
    await eventually(() => published().length === 3);
    expect(published()[2]?.body).toMatchObject({ minimumQuantity: '2.00' });
    await fixture.restart();
    await eventually(() => published().length === 5);
  });

  test('are shown to users, one or all, and nothing is shown to a stranger', async () => {
    const one = await fixture.ask(
      user,
      '{ instrument(symbol: "EUR/USD") { symbol baseCurrency quoteCurrency tickSize priceScale } }',
    );
    expect(one.data?.['instrument']).toEqual({
      symbol: 'EUR/USD',
      baseCurrency: 'EUR',
      quoteCurrency: 'USD',
      tickSize: '0.0005',
      priceScale: 4,
    });
    const all = await fixture.ask(user, '{ instruments { symbol quantityScale quote { bid } } }');
    expect(all.data?.['instruments']).toEqual([
      { symbol: 'EUR/USD', quantityScale: 2, quote: null },
      { symbol: 'USD/NGN', quantityScale: 2, quote: null },
    ]);
    const none = await fixture.ask(user, '{ instrument(symbol: "XXX/YYY") { symbol } }');
    expect(none).toMatchObject({ data: { instrument: null } });
    const unstorable = await fixture.ask(user, '{ instrument(symbol: "\\u0000") { symbol } }');
    expect(unstorable).toMatchObject({ data: { instrument: null } });
    for (const query of [
      'instruments { symbol }',
      'instrument(symbol: "EUR/USD") { symbol }',
      'quotes { bid }',
    ]) {
      const refused = await fixture.ask(stranger, `{ ${query} }`);
      expect(refused.errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
      expect(JSON.stringify(refused.data ?? null)).not.toContain('USD');
    }
    expect((await fixture.ask(null, '{ quotes { bid } }')).status).toBe(401);
  });

  test('are found by reference, by users only', async () => {
    const query = `query ($r: [_Any!]!) {
      _entities(representations: $r) { ... on Instrument { symbol tickSize quote { status } } }
    }`;
    const r = ['EUR/USD', 'XXX/YYY'].map((symbol) => ({ __typename: 'Instrument', symbol }));
    const seen = await fixture.ask(user, query, { r });
    expect(seen.errors).toBeUndefined();
    expect(seen.data).toEqual({
      _entities: [{ symbol: 'EUR/USD', tickSize: '0.0005', quote: null }, null],
    });
    const unseen = await fixture.ask(stranger, query, { r });
    expect(unseen.data).toEqual({ _entities: [null, null] });
  });
});

describe('quotes', () => {
  test('are live while the market is shown, with the decimals of the instrument', async () => {
    await showUntil('USD/NGN', '1520.10', '1521.00', 'LIVE');
    expect(await oneQuote('USD/NGN')).toEqual({ bid: '1520.10', ask: '1521.00', status: 'LIVE' });
    const whole = '{ quotes { instrument { symbol tickSize } bidQuantity askQuantity at } }';
    const { data } = await fixture.ask(user, whole);
    expect(data?.['quotes']).toEqual([
      {
        instrument: { symbol: 'USD/NGN', tickSize: '0.05' },
        bidQuantity: '500.00',
        askQuantity: '500.00',
        at: expect.any(String),
      },
    ]);
  });

  test('are told to other services while they are live, conflated', async () => {
    const published = () => fixture.published('quote-published');
    const before = published().length;
    const began = Date.now();
    for (let step = 0; step < 40; step++) {
      await fixture.show('USD/NGN', '1520.20', '1521.00');
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const elapsed = Date.now() - began;
    const told = published().length - before;
    expect(told).toBeGreaterThan(0);
    expect(told).toBeLessThanOrEqual(Math.ceil(elapsed / 50) + 1);
    expect(published().at(-1)).toMatchObject({ key: 'USD/NGN', expiresAt: expect.any(String) });
  });

  test.each([
    ['crossed', '1522.00', '1521.00'],
    ['empty on one side', '1520.00', null],
    ['finer than its scale', '1520.001', '1521.00'],
  ])('of a market that is %s are stale with their last good prices', async (_name, bid, ask) => {
    await showUntil('USD/NGN', '1520.10', '1521.00', 'LIVE');
    await showUntil('USD/NGN', bid, ask, 'STALE');
    expect(await oneQuote('USD/NGN')).toEqual({ bid: '1520.10', ask: '1521.00', status: 'STALE' });
    const told = fixture.published('quote-published').length;
    await fixture.show('USD/NGN', bid, ask);
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(fixture.published('quote-published')).toHaveLength(told);
  });

  test('become stale in silence, which is told to whoever listens', async () => {
    const changes: QuoteChanged[] = [];
    const leave = await fixture.pubsub.subscribe(channels.quotes, (payload) => {
      changes.push(QuoteChanged.parse(payload));
    });
    await showUntil('USD/NGN', '1520.10', '1521.00', 'LIVE');
    await eventually(() => changes.at(-1)?.status === 'STALE');
    expect((await oneQuote('USD/NGN'))?.status).toBe('STALE');
    await leave();
  });

  test('are there after a restart, as stale ones', async () => {
    await showUntil('USD/NGN', '1520.30', '1521.00', 'LIVE');
    await fixture.restart();
    await eventually(async () => (await oneQuote('USD/NGN')) !== undefined);
    expect(await oneQuote('USD/NGN')).toEqual({ bid: '1520.30', ask: '1521.00', status: 'STALE' });
  });

  test('of too many instruments at once are refused', async () => {
    const s = Array.from({ length: 51 }, (_, index) => `S${index}`);
    const { errors } = await fixture.ask(
      user,
      'query ($s: [ID!]) { quotes(symbols: $s) { bid } }',
      { s },
    );
    expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
  });
});

describe('a subscription to quotes', () => {
  test('begins with the latest and follows with changes of the wanted instruments', async () => {
    await showUntil('EUR/USD', '1.0800', '1.0805', 'LIVE');
    await showUntil('USD/NGN', '1520.10', '1521.00', 'LIVE');
    const seen: unknown[] = [];
    const client = subscribe(user, '["USD/NGN"]', (data) => seen.push(data));
    try {
      await eventually(() => seen.length > 0);
      await showUntil('EUR/USD', '1.0900', '1.0905', 'LIVE');
      await showUntil('USD/NGN', '1520.90', '1521.00', 'LIVE');
      await eventually(() => JSON.stringify(seen.at(-1)).includes('1520.90'));
      expect(seen[0]).toMatchObject({
        quotes: { instrument: { symbol: 'USD/NGN', tickSize: '0.05' }, bid: expect.any(String) },
      });
      expect(JSON.stringify(seen)).not.toContain('EUR/USD');
    } finally {
      await client.dispose();
    }
  });

  test('is refused to a stranger', async () => {
    const problems: unknown[] = [];
    const client = subscribe(
      stranger,
      'null',
      () => undefined,
      (error) => problems.push(error),
    );
    await eventually(() => problems.length > 0);
    expect(JSON.stringify(problems)).toContain('UNAUTHENTICATED');
    await client.dispose();
  });
});

function subscribe(
  who: Identity,
  symbols: string,
  onData: (data: unknown) => void,
  onProblem: (error: unknown) => void = () => undefined,
) {
  const url = fixture.service().url.replace('http', 'ws');
  const client = createClient({ url, webSocketImpl: WebSocket, retryAttempts: 0 });
  void fixture.token(who).then((token) =>
    client.subscribe(
      {
        query: `subscription {
          quotes(symbols: ${symbols}) { bid ask status at instrument { symbol tickSize } }
        }`,
        extensions: { [identityExtension]: token },
      },
      {
        next: (result) => (result.errors ? onProblem(result.errors) : onData(result.data)),
        error: onProblem,
        complete: () => undefined,
      },
    ),
  );
  return client;
}
