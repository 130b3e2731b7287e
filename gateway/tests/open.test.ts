import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { Program } from '#tests/support/program.ts';
import { readGatewayConfig } from '../config.ts';
import { openPlainWorld, type OpenWorld } from './open-world.ts';

const link =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])';
let world: OpenWorld;

beforeAll(async () => {
  world = await openPlainWorld([
    {
      name: 'products',
      sdl: `${link} type Query { product: Product }
        type Product @key(fields: "id") { id: ID!  name: String }`,
      resolvers: {
        Query: { product: () => ({ id: '1' }) },
        Product: { name: () => 'a pen', __resolveReference: (reference: object) => reference },
      },
    },
    {
      name: 'reviews',
      sdl: `${link}
        type Product @key(fields: "id") { id: ID!  stars: Int }
        type Review { sequence: Int!  text: String!  product: Product! }
        type Subscription { countdown(from: Int!): Int!  reviewed(after: Int): Review! }`,
      resolvers: {
        Product: { stars: () => 5 },
        Subscription: {
          countdown: {
            async *subscribe(_parent: unknown, { from }: { from: number }) {
              for (let left = from; left > 0; left -= 1) yield { countdown: left };
            },
          },
          reviewed: {
            async *subscribe(_parent: unknown, { after }: { after?: number }) {
              for (let sequence = (after ?? 0) + 1; sequence <= 4; sequence += 1) {
                yield { reviewed: { sequence, text: `n${sequence}`, product: { id: '1' } } };
              }
            },
          },
        },
      },
    },
  ]);
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

describe('an open gateway', () => {
  test('is ready as soon as it is loaded and serves any supergraph to anybody', async () => {
    const ready = await fetch(new URL('/health/ready', world.gateway.url));
    expect(ready.status).toBe(200);
    const answer = await world.post({ query: '{ product { id stars } }' });
    expect(await answer.json()).toEqual({ data: { product: { id: '1', stars: 5 } } });
    for (const { headers } of world.requests) {
      expect(Object.keys(headers).filter((name) => name.startsWith('x-'))).toEqual([]);
    }
  });

  test('limits nothing and authenticates nobody', async () => {
    const aliases = Array.from({ length: 2_000 }, (_, n) => `a${n}: stars`).join(' ');
    const answer = await world.post(
      { query: `{ product { ${aliases} } __schema { queryType { name } } }` },
      { authorization: 'Bearer whatever' },
    );
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ data: { product: { a1999: 5 } } });
  });

  test('streams to anybody what subgraphs publish that know nothing of it', async () => {
    const client = createClient({
      url: world.gateway.url.replace('http', 'ws'),
      webSocketImpl: WebSocket,
      retryAttempts: 0,
    });
    const all = async (query: string) => {
      const seen: unknown[] = [];
      for await (const event of client.iterate({ query })) seen.push(event);
      return JSON.parse(JSON.stringify(seen));
    };
    expect(await all('subscription { countdown(from: 3) }')).toEqual(
      [3, 2, 1].map((countdown) => ({ data: { countdown } })),
    );
    const reviewed = (text: string) => ({
      data: { reviewed: { text, product: { name: 'a pen', stars: 5 } } },
    });
    expect(
      await all('subscription { reviewed(after: 2) { text product { name stars } } }'),
    ).toEqual([reviewed('n3'), reviewed('n4')]);
    await client.dispose();
    const events = await world.post(
      { query: 'subscription { countdown(from: 2) }' },
      { accept: 'text/event-stream' },
    );
    expect(await events.text()).toContain('event: next\ndata: {"data":{"countdown":1}}\n\n');
    const parts = await world.post(
      { query: 'subscription { countdown(from: 2) }' },
      { accept: 'multipart/mixed;subscriptionSpec=1.0' },
    );
    expect(await parts.text()).toContain('{"payload":{"data":{"countdown":1}}}');
  });

  test('is the program with a file, a port and a policy, and nothing else', async () => {
    const program = new Program('gateway', 'gateway/main.ts', {
      SUPERGRAPH: world.file,
      PORT: '0',
      GATEWAY_POLICY: 'open',
    });
    program.start();
    await program.says('is ready at');
    const url = /ready at (\S+)/.exec(program.output)?.[1] ?? '';
    expect((await fetch(new URL('/health/ready', url))).status).toBe(200);
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ product { stars } }' }),
    });
    expect(await answer.json()).toEqual({ data: { product: { stars: 5 } } });
    await program.stop();
  }, 60_000);

  test('refuses to start with an identity key, and a guarded one without', () => {
    const key = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      .privateKey.export({ type: 'pkcs8', format: 'pem' })
      .toString();
    expect(() => readGatewayConfig({ GATEWAY_POLICY: 'open', IDENTITY_PRIVATE_KEY: key })).toThrow(
      /must not hold IDENTITY_PRIVATE_KEY/,
    );
    expect(() => readGatewayConfig({})).toThrow(/IDENTITY_PRIVATE_KEY is not set/);
    expect(() => readGatewayConfig({ GATEWAY_POLICY: 'ajar' })).toThrow(/GATEWAY_POLICY/);
  });
});
