import { generateKeyPairSync } from 'node:crypto';
import { exportJWK, SignJWT } from 'jose';
import { parse } from 'graphql';
import { allow } from 'graphql-shield';
import { startHttpServer } from '#kit/http-server.ts';
import { silentLogger } from '#kit/log.ts';
import { createMemoryPubSub } from '#kit/pubsub.ts';
import { conflatedStream, losslessStream } from '#kit/stream.ts';
import { requireUser, type SubgraphContext } from '#kit/subgraph-context.ts';
import { startSubgraphServer, type Resolvers } from '#kit/subgraph-server.ts';
import { nowUs, quoteOf, schemas, symbols, userId, type SubgraphName } from './world.ts';

/** All subgraphs in one process, with Mammon's own streams; it also issues the users' tokens. */
const gateways = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const users = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const jwk = { ...(await exportJWK(users.publicKey)), kid: 'one', alg: 'ES256' };
const pubsub = createMemoryPubSub();

type Quote = ReturnType<typeof quoteOf>;
interface OrderEvent {
  readonly sequence: number;
  readonly at: string;
}
const latest = new Map<string, Quote>();
const logs = new Map<string, OrderEvent[]>();
const logOf = (user: string) => logs.get(user) ?? [];

const resolvers: Record<SubgraphName, Resolvers> = {
  market: {
    Instrument: {
      __resolveReference: ({ symbol }: { symbol: string }) => ({ symbol }),
      venue: () => 'SANDBOX',
    },
  },
  quotes: {
    Subscription: {
      quotes: {
        subscribe: () =>
          conflatedStream<Quote>({
            pubsub,
            channel: 'quotes',
            key: ({ instrument }) => instrument.symbol,
            accept: (payload) => payload as Quote,
            initial: async () => [...latest.values()],
          }),
        resolve: (quote: Quote) => quote,
      },
    },
  },
  orders: {
    Subscription: {
      orderUpdates: {
        subscribe(_parent: unknown, { after }: { after: number | null }, context: SubgraphContext) {
          const user = requireUser(context);
          return losslessStream({
            pubsub,
            channel: user,
            after: after ?? null,
            readHead: async () => logOf(user).length,
            readLog: async (from, limit) => logOf(user).slice(from, from + limit),
          });
        },
        resolve: ({ sequence, at }: OrderEvent) => ({
          sequence,
          id: `order-${sequence}`,
          status: 'PARTIALLY_FILLED',
          filled: '125000.00',
          at,
        }),
      },
    },
  },
};

const urls: Record<string, string> = {};
for (const name of Object.keys(schemas) as SubgraphName[]) {
  const { url } = await startSubgraphServer({
    name,
    typeDefs: parse(schemas[name]),
    resolvers: resolvers[name],
    permissions: { Query: allow, ...(name === 'market' ? {} : { Subscription: allow }) },
    identityPublicKey: gateways.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    host: '127.0.0.1',
    port: 0,
    logger: silentLogger,
    introspection: false,
    health: async () => [],
  });
  urls[name] = url;
}
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

const tokenOf = (user: string) =>
  new SignJWT({ sid: `session-of-${user}`, roles: ['CUSTOMER'] })
    .setProtectedHeader({ alg: 'ES256', kid: 'one' })
    .setSubject(user)
    .setIssuer('mammon-users')
    .setAudience('mammon')
    .setIssuedAt()
    .setExpirationTime('2h')
    .sign(users.privateKey);

let step = 0;
let published = 0;
async function publishQuote(): Promise<void> {
  step += 1;
  const quote = quoteOf(symbols[step % symbols.length] ?? '', step);
  latest.set(quote.instrument.symbol, quote);
  published += 1;
  await pubsub.publish('quotes', quote);
}

let orderStep = 0;
async function publishOrder(count: number): Promise<void> {
  orderStep += 1;
  const user = userId(orderStep % count);
  const sequence = logOf(user).length + 1;
  logs.set(user, [...logOf(user), { sequence, at: String(nowUs()) }]);
  await pubsub.publish(user, { sequence });
}

/** Publishes evenly; what a late timer missed is made up for. */
function every(perSecond: number, durationMs: number, publish: () => Promise<void>): Promise<void> {
  const startedAt = performance.now();
  let done = 0;
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      const elapsed = performance.now() - startedAt;
      for (; done < (Math.min(elapsed, durationMs) / 1_000) * perSecond; done += 1) void publish();
      if (elapsed < durationMs) return;
      clearInterval(timer);
      resolve();
    }, 1);
  });
}

export interface PublishOrder {
  readonly quotesPerSecond: number;
  readonly ordersPerSecond: number;
  readonly users: number;
  readonly durationMs: number;
}

process.on('message', async (question: PublishOrder | { tokens: number }) => {
  if ('tokens' in question) {
    const tokens = await Promise.all(
      Array.from({ length: question.tokens }, (_, index) => tokenOf(userId(index))),
    );
    process.send?.({ tokens });
    return;
  }
  const { quotesPerSecond, ordersPerSecond, users: count, durationMs } = question;
  const before = published;
  await Promise.all([
    every(quotesPerSecond, durationMs, publishQuote),
    count === 0 ? undefined : every(ordersPerSecond, durationMs, () => publishOrder(count)),
  ]);
  process.send?.({
    quotes: published - before,
    heads: Array.from({ length: count }, (_, index) => logOf(userId(index)).length),
  });
});
process.on('disconnect', () => process.exit());
for (const symbol of symbols) latest.set(symbol, quoteOf(symbol, 0));
process.send?.({
  urls,
  jwksUrl: `${jwks.url}/jwks`,
  privateKey: gateways.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
});
