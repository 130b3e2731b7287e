import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { readGatewayConfig } from '../config.ts';
import { openPlainWorld, type OpenWorld } from './open-world.ts';

const link =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])';
let world: OpenWorld;

beforeAll(async () => {
  world = await openPlainWorld([
    {
      name: 'products',
      sdl: `${link} type Query { product: Product } type Product @key(fields: "id") { id: ID! }`,
      resolvers: { Query: { product: () => ({ id: '1' }) } },
    },
    {
      name: 'reviews',
      sdl: `${link} type Product @key(fields: "id") { id: ID!  stars: Int }`,
      resolvers: { Product: { stars: () => 5 } },
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
