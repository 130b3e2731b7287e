import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { composeServices } from '@apollo/composition';
import { createClient, type Client } from 'graphql-ws';
import { exportJWK, SignJWT } from 'jose';
import { parse } from 'graphql';
import WebSocket from 'ws';
import { systemClock } from '#kit/clock.ts';
import { startHttpServer } from '#kit/http-server.ts';
import { silentLogger } from '#kit/log.ts';
import { startProxy, type Proxy } from '#tests/support/proxy.ts';
import { readGatewayConfig } from '../config.ts';
import { start, type RunningGateway } from '../main.ts';
import { startMarket, startOrders, sdl, type Market, type Orders } from './subgraphs.ts';

export const ada = '11111111-1111-7111-8111-111111111111';
export const ben = '22222222-2222-7222-8222-222222222222';

export interface Answer {
  readonly status: number;
  readonly body: {
    readonly data?: Record<string, unknown> | null;
    readonly errors?: readonly {
      readonly message: string;
      readonly path?: readonly (string | number)[];
      readonly extensions: Readonly<Record<string, unknown>>;
    }[];
    readonly extensions?: unknown;
  };
}

export interface TokenOptions {
  readonly userId?: string;
  readonly expiresIn?: string;
  readonly audience?: string;
  readonly issuer?: string;
  readonly roles?: readonly string[];
  readonly sessionId?: string;
  /** Signed by a key that users never published. */
  readonly forged?: boolean;
}

/** A gateway before two small subgraphs, and everything that a test does to them. */
export interface World extends AsyncDisposable {
  readonly gateway: RunningGateway;
  readonly orders: Orders;
  readonly market: Market;
  /** The network between the gateway and each subgraph. */
  readonly ordersNetwork: Proxy;
  readonly marketNetwork: Proxy;
  /** Writes the supergraph's file anew, composed of changed schemas or with any text. */
  supergraph(change: Partial<Record<keyof typeof sdl, string>> | string): void;
  token(options?: TokenOptions): Promise<string>;
  ask(
    query: string,
    options?: {
      readonly token?: string;
      readonly variables?: object;
      readonly headers?: Record<string, string>;
    },
  ): Promise<Answer>;
  /** A graphql-ws client of the gateway; without a token, a stranger's. */
  client(token?: string, query?: string): Client;
}

const pem = (key: { export(options: object): string | Buffer }, type: string) =>
  key.export({ type, format: 'pem' }).toString();

export async function openWorld(
  settings: Record<string, string> = {},
  options: { readonly local?: boolean; readonly usersUrl?: string } = {},
): Promise<World> {
  const gateways = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const users = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const forger = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const publicKey = pem(gateways.publicKey, 'spki');
  const jwk = { ...(await exportJWK(users.publicKey)), kid: 'one', alg: 'ES256' };
  const jwks = await startHttpServer({
    program: 'users',
    host: '127.0.0.1',
    port: 0,
    logger: silentLogger,
    routes: {
      '/jwks': async () => ({
        status: 200,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ keys: [jwk] }),
      }),
    },
  });
  const orders = await startOrders(publicKey);
  const market = await startMarket(publicKey);
  const ordersNetwork = await startProxy(orders.url);
  const marketNetwork = await startProxy(market.url);
  const folder = mkdtempSync(join(tmpdir(), 'gateway-'));
  const supergraph = join(folder, 'supergraph.graphql');
  const sdlText = composeTestSupergraph(ordersNetwork.url, marketNetwork.url, options.usersUrl);
  writeFileSync(supergraph, sdlText);
  const config = readGatewayConfig({
    PORT: '0',
    SUPERGRAPH: supergraph,
    USERS_JWKS_URL: `${jwks.url}/jwks`,
    IDENTITY_PRIVATE_KEY: pem(gateways.privateKey, 'pkcs8'),
    ...settings,
  });
  const gateway = await start(config, {
    local: options.local ?? false,
    logger: silentLogger,
    clock: systemClock,
  });
  const clients: Client[] = [];

  return {
    gateway,
    orders,
    market,
    ordersNetwork,
    marketNetwork,
    supergraph(change) {
      const compose = (schemas: Partial<typeof sdl>) =>
        composeTestSupergraph(ordersNetwork.url, marketNetwork.url, options.usersUrl, schemas);
      writeFileSync(supergraph, typeof change === 'string' ? change : compose(change));
    },
    token: ({
      userId = ada,
      expiresIn = '5m',
      audience = 'mammon',
      issuer = 'mammon-users',
      roles = ['CUSTOMER'],
      sessionId = 'session-1',
      forged = false,
    } = {}) =>
      new SignJWT({ sid: sessionId, roles })
        .setProtectedHeader({ alg: 'ES256', kid: 'one' })
        .setSubject(userId)
        .setIssuer(issuer)
        .setAudience(audience)
        .setIssuedAt()
        .setExpirationTime(expiresIn)
        .sign(forged ? forger.privateKey : users.privateKey),
    async ask(query, { token, variables, headers } = {}) {
      const response = await fetch(gateway.url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(token ? { authorization: `Bearer ${token}` } : {}),
          ...headers,
        },
        body: JSON.stringify({ query, variables }),
      });
      return { status: response.status, body: (await response.json()) as Answer['body'] };
    },
    client(token, query = '') {
      const client = createClient({
        url: gateway.url.replace('http', 'ws') + query,
        webSocketImpl: WebSocket,
        retryAttempts: 0,
        connectionParams: token ? { authorization: `Bearer ${token}` } : {},
      });
      clients.push(client);
      return client;
    },
    async [Symbol.asyncDispose]() {
      for (const client of clients) await client.dispose();
      await gateway.close();
      await ordersNetwork[Symbol.asyncDispose]();
      await marketNetwork[Symbol.asyncDispose]();
      await orders.close();
      await market.close();
      await jwks.close();
      rmSync(folder, { recursive: true });
    },
  };
}

function composeTestSupergraph(
  ordersUrl: string,
  marketUrl: string,
  usersUrl?: string,
  schemas: Partial<typeof sdl> = {},
): string {
  const { supergraphSdl, errors } = composeServices([
    { name: 'orders', url: ordersUrl, typeDefs: parse(schemas.orders ?? sdl.orders) },
    { name: 'market', url: marketUrl, typeDefs: parse(schemas.market ?? sdl.market) },
    ...(usersUrl
      ? [{ name: 'users', url: usersUrl, typeDefs: parse('type Query { people: Int }') }]
      : []),
  ]);
  if (!supergraphSdl) throw new Error(String(errors));
  return supergraphSdl;
}
