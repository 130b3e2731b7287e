import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { parse } from 'graphql';
import { createClient } from 'graphql-ws';
import { allow } from 'graphql-shield';
import WebSocket from 'ws';
import { Refusal } from './errors.ts';
import {
  createIdentitySigner,
  identityExtension,
  identityHeader,
  type Identity,
} from './identity.ts';
import type { UserId } from './ids.ts';
import { silentLogger } from './log.ts';
import { isAuthenticated } from './rules.ts';
import { startSubgraphServer, type SubgraphServer } from './subgraph-server.ts';
import type { SubgraphContext } from './subgraph-context.ts';

const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const otherKeys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pem = (key: { export(options: object): string | Buffer }, type: string) =>
  key.export({ type, format: 'pem' }).toString();
const signer = createIdentitySigner(pem(keys.privateKey, 'pkcs8'));
const stranger: Identity = {
  userId: null,
  roles: [],
  sessionId: null,
  address: '127.0.0.1',
  device: null,
};
const user: Identity = {
  ...stranger,
  userId: '11111111-1111-7111-8111-111111111111' as UserId,
  roles: ['CUSTOMER'],
};

let server: SubgraphServer;

beforeAll(async () => {
  server = await startSubgraphServer({
    name: 'example',
    typeDefs: parse(`
      type Query { me: ID  refused: Int  broken: Int  away: Int  anybody: Int }
      type Subscription { counted: Event }
      type Event { number: Int  eventsInThisCache: Int }
    `),
    resolvers: {
      Query: {
        me: (_parent: unknown, _args: unknown, context: SubgraphContext) => context.identity.userId,
        refused: () => {
          throw new Refusal('TOO_LATE', 'it is too late');
        },
        broken: () => {
          throw new Error('password=hunter2 at 10.0.0.1');
        },
        away: () => {
          const cause = Object.assign(new Error('connect 10.0.0.1:5432'), { code: 'ECONNREFUSED' });
          throw new Error('select secret from account', { cause });
        },
        anybody: () => 1,
      },
      Subscription: {
        counted: {
          async *subscribe() {
            for (const number of [1, 2, 3]) yield { counted: { number } };
          },
        },
      },
      Event: {
        eventsInThisCache: (_parent: unknown, _args: unknown, context: SubgraphContext) => {
          context.cache.set({}, true);
          return context.cache.size;
        },
      },
    },
    permissions: {
      Query: { '*': isAuthenticated, anybody: allow },
      Subscription: { '*': isAuthenticated },
    },
    identityPublicKey: pem(keys.publicKey, 'spki'),
    host: '127.0.0.1',
    port: 0,
    logger: silentLogger,
    introspection: false,
    health: async () => [],
  });
});

afterAll(() => server.close());

async function ask(query: string, identity: string | undefined) {
  const response = await fetch(server.url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(identity ? { [identityHeader]: identity } : {}),
    },
    body: JSON.stringify({ query }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

describe('a subgraph server', () => {
  test('answers a gateway that vouches for a user', async () => {
    const answer = await ask('{ me }', await signer.sign(user, 'example'));
    expect(answer.body).toEqual({ data: { me: user.userId } });
  });

  test('refuses whoever comes without an identity, with a forged one or one for another', async () => {
    const forged = createIdentitySigner(pem(otherKeys.privateKey, 'pkcs8'));
    const tokens = [
      undefined,
      'nonsense',
      await forged.sign(user, 'example'),
      await signer.sign(user, 'another'),
    ];
    for (const token of tokens) {
      const answer = await ask('{ anybody }', token);
      expect(answer.status).toBe(401);
      expect(answer.body).not.toHaveProperty('data');
    }
  });

  test('says UNAUTHENTICATED to a stranger that the gateway let through', async () => {
    const answer = await ask('{ me }', await signer.sign(stranger, 'example'));
    expect(answer.body).toMatchObject({
      data: { me: null },
      errors: [{ extensions: { code: 'UNAUTHENTICATED' } }],
    });
  });

  test('shows a refusal by its code and hides every other error', async () => {
    const answer = await ask('{ refused broken }', await signer.sign(user, 'example'));
    const text = JSON.stringify(answer.body);
    expect(text).toContain('TOO_LATE');
    expect(text).toContain('INTERNAL_SERVER_ERROR');
    expect(text).not.toContain('hunter2');
    expect(text).not.toContain('.ts');
  });

  test('says SERVICE_UNAVAILABLE, and no more, while what it stands on is away', async () => {
    const answer = await ask('{ away }', await signer.sign(user, 'example'));
    expect(answer.body).toMatchObject({
      data: { away: null },
      errors: [{ path: ['away'], extensions: { code: 'SERVICE_UNAVAILABLE' } }],
    });
    expect(JSON.stringify(answer.body)).not.toMatch(/10\.0\.0\.1|secret|stack|\.ts/);
  });

  test('streams subscriptions, each event with a fresh cache', async () => {
    const events = await stream('subscription { counted { number eventsInThisCache } }', user);
    expect(events).toEqual(
      [1, 2, 3].map((number) => ({ data: { counted: { number, eventsInThisCache: 1 } } })),
    );
  });

  test('refuses a stream without an identity, for a stranger, and an unreadable one', async () => {
    await expect(stream('subscription { counted { number } }', null)).rejects.toMatchObject([
      { extensions: { code: 'IDENTITY_REQUIRED' } },
    ]);
    await expect(stream('subscription { counted { number } }', stranger)).resolves.toMatchObject([
      { errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] },
    ]);
    await expect(stream('subscription { counted {', user)).rejects.toMatchObject([
      { extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } },
    ]);
  });
});

async function stream(query: string, identity: Identity | null): Promise<unknown[]> {
  const client = createClient({ url: server.url.replace('http', 'ws'), webSocketImpl: WebSocket });
  const extensions = identity
    ? { [identityExtension]: await signer.sign(identity, 'example') }
    : {};
  const events: unknown[] = [];
  try {
    for await (const event of client.iterate({ query, extensions })) events.push(event);
  } finally {
    await client.dispose();
  }
  return events;
}
