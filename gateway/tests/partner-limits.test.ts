import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '#tests/support/eventually.ts';
import { codeOf, first, openPartnersWorld, type PartnersWorld } from './partners-world.ts';
import type { StubKey } from './users-stub.ts';
import type { Answer, World } from './world.ts';

let partners: PartnersWorld;
let world: World;

beforeAll(async () => {
  partners = await openPartnersWorld();
  ({ world } = partners);
});

afterAll(async () => {
  await partners[Symbol.asyncDispose]();
});

const post: PartnersWorld['post'] = (...request) => partners.post(...request);
const newKey = (settings?: Partial<StubKey>) => partners.newKey(settings);

describe('rates', () => {
  test('of a key are told in headers and refused by 429, over HTTP and WebSocket', async () => {
    const key = await newKey({ requestsPerMinute: 6 });
    const ask = () =>
      fetch(world.gateway.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-api-key': key.secret },
        body: '{"query":"{ me }"}',
      });
    const good = await ask();
    expect(good.headers.get('ratelimit-limit')).toBe('6');
    expect(good.headers.get('ratelimit-policy')).toBe('"minute";q=6;w=60, "day";q=1000000;w=86400');
    expect(good.headers.get('ratelimit')).toMatch(/^"minute";r=\d;t=\d+, "day";r=\d+;t=\d+$/);
    const refused = await eventually(ask, ({ status }) => status === 429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await refused.json()).toMatchObject({
      errors: [{ extensions: { code: 'RATE_LIMITED' } }],
    });
    const client = partners.client(key);
    await expect(first(client, { query: '{ me }' })).rejects.toMatchObject([
      { extensions: { code: 'RATE_LIMITED' } },
    ]);
  });
});

test('rates are told beside errors, and for each operation of a list', async () => {
  const key = await newKey();
  const left = async (body: unknown) => {
    const response = await fetch(world.gateway.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': key.secret },
      body: JSON.stringify(body),
    });
    await response.text();
    return Number(response.headers.get('ratelimit-remaining'));
  };
  const before = await left({ query: '{ me }' });
  expect(before).toBeGreaterThan(100);
  expect(await left({ documentId: 'unknown' })).toBe(before - 1);
  expect(await left({ query: '{' })).toBe(before - 2);
  expect(await left([{ query: '{ me }' }, { documentId: 'unknown' }])).toBe(before - 4);
});

describe('a list of operations', () => {
  test('is answered one by one, up to its limit', async () => {
    const list = async (length: number) => {
      const body = [
        ...Array.from({ length: length - 1 }, () => ({ query: '{ device }' })),
        { query: '{ no }' },
      ];
      const response = await fetch(world.gateway.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'user-agent': 'a list' },
        body: JSON.stringify(body),
      });
      return { status: response.status, body: (await response.json()) as Answer['body'][] };
    };
    const { status, body } = await list(3);
    expect(status).toBe(200);
    expect(body.map(({ data }) => data)).toEqual([
      { device: 'a list' },
      { device: 'a list' },
      undefined,
    ]);
    expect((await list(4)).status).toBe(400);
  });
});

test('a key that may only read does not trade', async () => {
  const key = await newKey({ scopes: ['read'] });
  const query = 'mutation { place(symbol: "A") { id } }';
  const answers = [await post({ query }, key), await post({ query }, key)];
  for (const answer of answers) {
    expect([answer.status, codeOf(answer)]).toEqual([403, 'FORBIDDEN']);
  }
  expect(world.orders.placed).toEqual([]);
});
