import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ada, openWorld, type World } from './world.ts';

let world: World;

beforeAll(async () => {
  world = await openWorld({ MAX_ALIASES: '3', MAX_ROOT_FIELDS: '5' });
  await world.orders.happen(ada, 'USD/NGN');
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

describe('a query', () => {
  test('is answered from several subgraphs, which are told who asks', async () => {
    const answer = await world.ask('{ me mine { id instrument { symbol price viewer } } }', {
      token: await world.token(),
    });
    expect(answer).toEqual({
      status: 200,
      body: {
        data: {
          me: ada,
          mine: [{ id: 'USD/NGN-1', instrument: { symbol: 'USD/NGN', price: 7, viewer: ada } }],
        },
      },
    });
  });

  test('of a stranger is answered as far as the subgraphs like', async () => {
    const answer = await world.ask('{ me device address instruments { symbol } }', {
      headers: { 'user-agent': 'a test', 'x-forwarded-for': '6.6.6.6' },
    });
    expect(answer.body.data).toMatchObject({ me: null, device: 'a test', address: '127.0.0.1' });
    const refused = await world.ask('{ mine { id } }');
    expect(refused.body.errors?.[0]?.extensions).toEqual({
      code: 'UNAUTHENTICATED',
      service: 'orders',
    });
  });

  test('comes by GET too, but a mutation does not', async () => {
    const get = (query: string) =>
      fetch(`${world.gateway.url}?query=${encodeURIComponent(query)}`, {
        headers: { 'apollo-require-preflight': 'yes' },
      });
    expect(await (await get('{ me }')).json()).toEqual({ data: { me: null } });
    expect((await get('mutation { place(symbol: "A") { id } }')).status).toBe(405);
    expect(world.orders.placed).toEqual([]);
  });

  test('from a page of another site is refused unless the page is named', async () => {
    const simple = await fetch(`${world.gateway.url}?query={me}`);
    expect(simple.status).toBe(400);
    // What a form, an image or an EventSource of another site can send without asking first.
    const foreign: readonly Record<string, string>[] = [
      { accept: 'text/event-stream', 'sec-fetch-site': 'cross-site' },
      { accept: 'text/event-stream', origin: 'https://evil.example' },
      { accept: 'application/json', 'sec-fetch-site': 'cross-site' },
      { accept: '*/*', 'sec-fetch-site': 'same-site' },
    ];
    for (const headers of foreign) {
      const sent = await fetch(`${world.gateway.url}?query={me}`, { headers });
      expect(sent.status).toBe(400);
      expect(await sent.text()).not.toContain('"me"');
    }
    const own = { accept: 'text/event-stream', 'sec-fetch-site': 'same-origin' };
    expect((await fetch(`${world.gateway.url}?query={me}`, { headers: own })).status).toBe(200);
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']) {
      const sent = await fetch(world.gateway.url, {
        method: 'POST',
        headers: { 'content-type': type },
        body: '{"query":"mutation { place(symbol: \\"A\\") { id } }"}',
      });
      expect(sent.status).toBe(400);
    }
    expect(world.orders.placed).toEqual([]);
    const preflight = await fetch(world.gateway.url, {
      method: 'OPTIONS',
      headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
    });
    expect(preflight.headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('a token that is not good', () => {
  test.each([
    ['expired', { expiresIn: '-1s' }],
    ['forged', { forged: true }],
    ['for somebody else', { audience: 'another' }],
    ['of another issuer', { issuer: 'another' }],
    ['of a user who cannot exist', { userId: 'me' }],
  ])('is refused with 401 when it is %s', async (_how, options) => {
    const answer = await world.ask('{ me }', { token: await world.token(options) });
    expect(answer.status).toBe(401);
    expect(answer.body.data).toBeUndefined();
    expect(answer.body.errors?.[0]?.extensions).toEqual({ code: 'UNAUTHENTICATED' });
  });

  test('is refused with 401 when it is no token at all', async () => {
    for (const authorization of ['Bearer', 'Bearer a.b.c', 'Basic abc', 'x']) {
      const answer = await world.ask('{ me }', { headers: { authorization } });
      expect(answer.status).toBe(401);
    }
  });
});

describe('an operation that goes too far', () => {
  test.each([
    ['aliases', '{ a: me b: me c: me d: me }'],
    ['aliases', '{ ...a } fragment a on Query { ...b ...b } fragment b on Query { x: me y: me }'],
    ['rootFields', '{ me device address broken mine { id } instruments { symbol } }'],
  ])('is refused for its %s', async (limit, query) => {
    const answer = await world.ask(query);
    expect(answer.status).toBe(400);
    expect(answer.body.errors?.map(({ extensions }) => extensions)).toEqual([
      { code: 'OPERATION_LIMIT_EXCEEDED', limit },
    ]);
  });

  test('is refused when it has too many tokens, or is part of a batch', async () => {
    const long = await world.ask(`{ ${'me '.repeat(5_000)} }`);
    expect(long.body.errors?.[0]?.extensions['code']).toBe('GRAPHQL_PARSE_FAILED');
    const batch = await fetch(world.gateway.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '[{"query":"{me}"}]',
    });
    expect(batch.status).toBe(400);
    const large = await fetch(world.gateway.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{me}', x: 'x'.repeat(300_000) }),
    });
    expect(large.status).toBe(413);
  });

  test('a subscription by POST is a 400 that says where to go', async () => {
    for (const query of [
      'subscription { pulses { count } }',
      'subscription ($a: Boolean!) { pulses @include(if: $a) { count } }',
      `subscription ($a: Boolean!) { ...Root }
       fragment Root on Subscription { ...Root pulses @skip(if: $a) { count } }`,
    ]) {
      const answer = await world.ask(query, { variables: { a: true } });
      expect(answer.status).toBe(400);
    }
  });

  test('introspection, hints at the schema and GraphiQL exist in local mode only', async () => {
    const introspection = await world.ask('{ __schema { types { name } } }');
    expect(introspection.body.errors).toEqual([
      expect.objectContaining({
        message: 'introspection is off here; /api/docs describes the schema',
        extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
      }),
    ]);
    const typo = await world.ask('{ mee }');
    expect(typo.body.errors?.[0]?.message).not.toContain('me"');
    const page = await fetch(world.gateway.url, { headers: { accept: 'text/html' } });
    expect(page.status).toBe(400);
    expect((await fetch(new URL('/assets/graphiql.js', world.gateway.url))).status).toBe(404);
  });
});

test('local mode serves GraphiQL from its own files, and introspection', async () => {
  await using local = await openWorld({}, { local: true });
  const page = await fetch(local.gateway.url, { headers: { accept: 'text/html' } });
  const html = await page.text();
  const assets = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].flatMap(([, path]) =>
    path?.startsWith('data:') ? [] : (path ?? []),
  );
  expect(assets).toHaveLength(6);
  for (const path of assets) {
    expect(path).toMatch(/^\/assets\//);
    expect((await fetch(new URL(path, local.gateway.url))).status).toBe(200);
  }
  const answer = await local.ask('{ __schema { queryType { name } } }');
  expect(answer.body.data).toEqual({ __schema: { queryType: { name: 'Query' } } });
  const docs = await fetch(local.gateway.docsUrl);
  expect(await docs.text()).toContain('id="query-mine"');
  const preflight = await fetch(local.gateway.url, {
    method: 'OPTIONS',
    headers: { origin: 'http://localhost:5173', 'access-control-request-method': 'POST' },
  });
  expect(preflight.headers.get('access-control-allow-origin')).toBe('http://localhost:5173');
});

describe('errors', () => {
  test('carry codes and no internals', async () => {
    const answer = await world.ask('{ broken }');
    expect(JSON.stringify(answer.body)).not.toContain('secret');
    expect(answer.body.errors?.[0]).toMatchObject({
      path: ['broken'],
      extensions: { code: 'INTERNAL_SERVER_ERROR', service: 'orders' },
    });
  });

  test('a null where the schema forbids it is an error, not a silent hole', async () => {
    await world.orders.happen(ada, 'BAD');
    const token = await world.token();
    const answer = await world.ask('{ mine { instrument { precious } } }', { token });
    expect(answer.body.data).toBeNull();
    expect(answer.body.errors?.length).toBeGreaterThan(0);
    expect(answer.body.extensions).toBeUndefined();
  });

  test('a subgraph that is away is named, and the rest is answered', async () => {
    world.marketNetwork.cut();
    const answer = await world.ask('{ me instruments { symbol } }');
    expect(answer.status).toBe(200);
    expect(answer.body.errors?.[0]?.extensions).toEqual({
      code: 'SERVICE_UNAVAILABLE',
      service: 'market',
    });
    const ready = await fetch(new URL('/health/ready', world.gateway.url));
    expect(ready.status).toBe(200);
    expect(await ready.json()).toEqual({ status: 'ready', degraded: ['market'] });
    expect((await fetch(new URL('/health/live', world.gateway.url))).status).toBe(200);
    world.marketNetwork.restore();
    expect((await world.ask('{ instruments { symbol } }')).body.errors).toBeUndefined();
  });

  test('a mutation whose subgraph is away is not done twice', async () => {
    await world.ask('mutation { place(symbol: "ONE") { id } }');
    world.ordersNetwork.cut();
    const answer = await world.ask('mutation { place(symbol: "TWO") { id } }');
    world.ordersNetwork.restore();
    expect(answer.body.errors?.[0]?.extensions['code']).toBe('SERVICE_UNAVAILABLE');
    expect(world.orders.placed).toEqual(['ONE']);
  });
});
