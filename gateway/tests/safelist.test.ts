import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sha256 } from '#kit/operation-manifest.ts';
import { openPartnersWorld, type PartnersWorld } from './partners-world.ts';
import type { StubKey } from './users-stub.ts';

const listed = 'query Listed { device }';
const listedStream = 'subscription Listed { pulses { count } }';
const unlisted = 'query Unlisted { me }';
const unlistedStream = 'subscription Unlisted { pulses { instrument { symbol } } }';
const operations = [
  { id: 'listed', name: 'Listed', body: listed },
  { id: 'stream', name: 'Listed', body: listedStream },
];
const refusals = {
  SAFELIST: 'QUERY_NOT_IN_SAFELIST',
  REQUIRE_ID: 'PERSISTED_QUERY_ID_REQUIRED',
} as const;
const events = 'text/event-stream';
const parts = 'multipart/mixed;subscriptionSpec=1.0';

let partners: PartnersWorld;
const keys = new Map<string, StubKey>();

beforeAll(async () => {
  partners = await openPartnersWorld();
  for (const level of ['SAFELIST', 'REQUIRE_ID'] as const) {
    keys.set(level, await partners.newKey({ level, operations }));
  }
});

afterAll(async () => {
  await partners[Symbol.asyncDispose]();
});

interface Request {
  readonly method?: 'GET' | 'POST';
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
  readonly search?: Record<string, string>;
}

async function send(level: string, { method = 'POST', headers, body, search }: Request) {
  const response = await fetch(`${partners.world.gateway.url}?${new URLSearchParams(search)}`, {
    method,
    headers: {
      'x-api-key': keys.get(level)?.secret ?? '',
      'apollo-require-preflight': 'yes',
      'content-type': 'application/json',
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return response.text();
}

const persisted = (text: string) => ({
  persistedQuery: { version: 1, sha256Hash: sha256(text) },
});

/** Every way in which a text may come that was not published. */
const ways: readonly (readonly [string, Request])[] = [
  ['POST', { body: { query: unlisted } }],
  ['POST with another’s id', { body: { query: unlisted, documentId: 'listed' } }],
  ['POST with its own hash', { body: { query: unlisted, extensions: persisted(unlisted) } }],
  [
    'POST with a fragment of a listed one',
    { body: { query: `${listed} ${unlisted}`, operationName: 'Unlisted' } },
  ],
  ['a list', { body: [{ documentId: 'listed' }, { query: unlisted }] }],
  ['GET', { method: 'GET', search: { query: unlisted } }],
  ['GET with another’s id', { method: 'GET', search: { query: unlisted, documentId: 'listed' } }],
  ['Server-Sent Events', { body: { query: unlistedStream }, headers: { accept: events } }],
  ['Server-Sent Events of a query', { body: { query: unlisted }, headers: { accept: events } }],
  [
    'Server-Sent Events by GET',
    { method: 'GET', search: { query: unlistedStream }, headers: { accept: events } },
  ],
  ['multipart', { body: { query: unlistedStream }, headers: { accept: parts } }],
];

describe.each(['SAFELIST', 'REQUIRE_ID'] as const)('an API key of level %s', (level) => {
  test.each(ways)('sends nothing else by %s', async (_way, request) => {
    const answer = await send(level, request);
    expect(answer).toContain(refusals[level]);
    expect(answer).not.toContain('"me"');
    expect(answer).not.toContain('pulses');
  });

  test('sends nothing else over a WebSocket', async () => {
    const secret = keys.get(level)?.secret ?? '';
    for (const payload of [
      { query: unlisted },
      { query: unlistedStream },
      { query: unlisted, documentId: 'listed' },
    ]) {
      const answer = await partners.firstFromRawSocket(secret, payload);
      expect(answer).toMatchObject([{ extensions: { code: refusals[level] } }]);
    }
  });

  test('sends what was published by its id, in every way', async () => {
    const byId = { documentId: 'listed' };
    const answers = await Promise.all([
      send(level, { body: byId }),
      send(level, { body: [byId] }),
      send(level, { method: 'GET', search: byId }),
      send(level, { body: { extensions: persisted(listed) } }),
      send(level, { body: byId, headers: { accept: events } }),
    ]);
    for (const answer of answers) expect(answer).toContain('"device":"node"');
    const secret = keys.get(level)?.secret ?? '';
    for (const payload of [{ documentId: 'stream' }, { extensions: persisted(listedStream) }]) {
      const answer = await partners.firstFromRawSocket(secret, payload);
      expect(answer).toEqual({ data: { pulses: { count: 0 } } });
    }
  });
});

test('a hash that somebody else registered opens nothing for a key', async () => {
  await partners.post({ query: unlisted, extensions: persisted(unlisted) });
  const answer = await send('SAFELIST', { body: { extensions: persisted(unlisted) } });
  expect(answer).toContain('PERSISTED_QUERY_NOT_IN_LIST');
});

test('automatic persisted queries come over a WebSocket too', async () => {
  const client = partners.world.client(await partners.world.token());
  const query = 'query OverSocket { device }';
  const ask = (payload: { query: string }) => client.iterate(payload).next();
  const unknown = { query: '', extensions: persisted(query) };
  await expect(ask(unknown)).rejects.toMatchObject([{ message: 'PersistedQueryNotFound' }]);
  const registered = await ask({ ...unknown, query });
  expect(registered.value?.data).toHaveProperty('device');
  expect((await ask(unknown)).value?.data).toHaveProperty('device');
});
