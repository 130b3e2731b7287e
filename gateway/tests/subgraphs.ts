import { parse } from 'graphql';
import { allow } from 'graphql-shield';
import { silentLogger } from '#kit/log.ts';
import { createMemoryPubSub } from '#kit/pubsub.ts';
import { conflatedStream, losslessStream } from '#kit/stream.ts';
import { requireUser, type SubgraphContext } from '#kit/subgraph-context.ts';
import { startSubgraphServer, type SubgraphServer } from '#kit/subgraph-server.ts';

const link = (imports: string) =>
  `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9",
    import: [${imports}, "@composeDirective"])
  @link(url: "https://mammon.dev/specs/live/v1.0", import: ["@viewerIndependent", "@conflated"])
  @composeDirective(name: "@viewerIndependent")
  @composeDirective(name: "@conflated")
  directive @viewerIndependent on FIELD_DEFINITION
  directive @conflated(by: String!) on FIELD_DEFINITION
`;

export const sdl = {
  orders: `${link('"@key"')}
    type Query { me: ID  device: String  address: String  mine: [Order!]!  broken: Int }
    type Mutation { place(symbol: ID!): Order! }
    interface Happening { at: String! }
    type Order implements Happening @key(fields: "id") {
      id: ID!  at: String!  side: String!  instrument: Instrument!
    }
    type Instrument @key(fields: "symbol") { symbol: ID!  news: News }
    type News { headline: String! }
    type Notice implements Happening { at: String!  text: String! }
    union Subject = Order | Notice
    type Update { sequence: Int!  user: ID!  order: Order!  subject: Subject  orders: [Order!]!
      happening: Happening! }
    type Pulse { count: Int!  instrument: Instrument! }
    "A field of everybody's, with one that says who asks, and one that only claims not to."
    type Tick {
      count: Int! @viewerIndependent
      padding: String! @viewerIndependent
      instrument: Instrument! @viewerIndependent
      mislabelled: ID @viewerIndependent
      asker: ID
    }
    type Trade { sequence: Int! @viewerIndependent  padding: String! @viewerIndependent }
    type Subscription {
      updates(after: Int): Update!
      pulses(symbol: ID): Pulse!
      refused: Int!
      ticks(symbols: [ID!]): Tick! @viewerIndependent @conflated(by: "instrument { symbol }")
      tape(after: Int): Trade! @viewerIndependent
    }`,
  market: `${link('"@key"')}
    type Query { instruments: [Instrument!]! }
    type Instrument @key(fields: "symbol") {
      symbol: ID! @viewerIndependent
      price: Int @viewerIndependent
      "Who asked, as this subgraph was told."
      viewer: ID
      precious: Int!
    }
    type Subscription { alarms: Instrument! }`,
};

interface Ticked {
  readonly symbol: string;
  readonly count: number;
  readonly padding: string;
}

interface Event {
  readonly sequence: number;
  readonly user: string;
  readonly symbol: string;
}

export interface Orders extends SubgraphServer {
  /** Appends to a user's event log and tells whoever listens. */
  happen(user: string, symbol: string): Promise<number>;
  pulse(count: number): Promise<void>;
  /** A new value of an instrument, that everybody may see. */
  tick(symbol: string, count: number, padding?: string): Promise<void>;
  /** Appends to a log that is everybody's. */
  trade(padding?: string): Promise<number>;
  /** Streams that are open now. */
  readonly open: { count: number };
  /** How many streams were ever opened. */
  readonly opened: { count: number };
  /** Mutations that were done. */
  readonly placed: string[];
}

export async function startOrders(identityPublicKey: string): Promise<Orders> {
  const pubsub = createMemoryPubSub();
  const logs = new Map<string, Event[]>();
  const open = { count: 0 };
  const opened = { count: 0 };
  const placed: string[] = [];
  const latest = new Map<string, Ticked>();
  const trades: { sequence: number; padding: string }[] = [];
  const log = (user: string) => logs.get(user) ?? [];
  const notice = { __typename: 'Notice', at: 'now', text: 'odd' };
  const order = (event: Event) => ({
    __typename: 'Order',
    at: 'now',
    id: `${event.symbol}-${event.sequence}`,
    side: 'BUY',
    instrument: { symbol: event.symbol },
  });
  const counted = <Value>(stream: AsyncIterableIterator<Value>) => {
    open.count += 1;
    opened.count += 1;
    let ended = false;
    const end = () => {
      if (!ended) open.count -= 1;
      ended = true;
    };
    const iterator: AsyncIterableIterator<Value> = {
      ...stream,
      [Symbol.asyncIterator]: () => iterator,
      next: () =>
        stream.next().catch((error: unknown) => {
          end();
          throw error;
        }),
      async return() {
        end();
        return (await stream.return?.()) ?? { done: true, value: undefined };
      },
    };
    return iterator;
  };
  const server = await startSubgraphServer({
    name: 'orders',
    typeDefs: parse(sdl.orders),
    resolvers: {
      Query: {
        me: (_parent: unknown, _args: unknown, { identity }: SubgraphContext) => identity.userId,
        device: (_parent: unknown, _args: unknown, { identity }: SubgraphContext) =>
          identity.device,
        address: (_parent: unknown, _args: unknown, { identity }: SubgraphContext) =>
          identity.address,
        mine: (_parent: unknown, _args: unknown, context: SubgraphContext) =>
          log(requireUser(context)).map(order),
        broken: () => {
          throw new Error('secret detail');
        },
      },
      Instrument: {
        __resolveReference: (reference: object) => reference,
        news: ({ symbol }: { symbol: string }) => ({ headline: `${symbol} moves` }),
      },
      Mutation: {
        place(_parent: unknown, { symbol }: { symbol: string }) {
          placed.push(symbol);
          return order({ sequence: placed.length, user: '', symbol });
        },
      },
      Subscription: {
        updates: {
          subscribe(
            _parent: unknown,
            { after }: { after: number | null },
            context: SubgraphContext,
          ) {
            const user = requireUser(context);
            return counted(
              losslessStream({
                pubsub,
                channel: user,
                after: after ?? null,
                readHead: async () => log(user).length,
                readLog: async (from, limit) => log(user).slice(from, from + limit),
                checkIntervalMs: 1_000,
                logger: silentLogger,
              }),
            );
          },
          resolve: (event: Event) => ({
            sequence: event.sequence,
            user: event.user,
            order: order(event),
            orders: [order(event), order({ ...event, symbol: 'GONE' })],
            subject: event.sequence % 2 === 0 ? order(event) : notice,
            happening: event.sequence % 2 === 0 ? order(event) : notice,
          }),
        },
        pulses: {
          subscribe: () =>
            counted(
              conflatedStream<number>({
                pubsub,
                channel: 'pulses',
                key: () => 'only',
                accept: (payload) => payload as number,
                initial: async () => [0],
              }),
            ),
          resolve: (count: number) => ({ count, instrument: { symbol: 'EUR/USD' } }),
        },
        ticks: {
          subscribe: (_parent: unknown, { symbols }: { symbols: readonly string[] | null }) =>
            counted(
              conflatedStream<Ticked>({
                pubsub,
                channel: 'ticks',
                key: ({ symbol }) => symbol,
                accept(payload) {
                  const ticked = payload as Ticked;
                  return !symbols || symbols.includes(ticked.symbol) ? ticked : null;
                },
                initial: async () =>
                  [...latest.values()].filter(({ symbol }) => !symbols || symbols.includes(symbol)),
              }),
            ),
          resolve: (
            { symbol, count, padding }: Ticked,
            _args: unknown,
            { identity }: SubgraphContext,
          ) => ({
            count,
            padding,
            instrument: { symbol },
            mislabelled: identity.userId,
            asker: identity.userId,
          }),
        },
        tape: {
          subscribe: (_parent: unknown, { after }: { after: number | null }) =>
            counted(
              losslessStream({
                pubsub,
                channel: 'tape',
                after: after ?? null,
                readHead: async () => trades.length,
                readLog: async (from, limit) => trades.slice(from, from + limit),
                checkIntervalMs: 1_000,
                logger: silentLogger,
              }),
            ),
          resolve: (trade: object) => trade,
        },
        refused: {
          subscribe() {
            throw new Error('secret detail');
          },
        },
      },
    },
    permissions: { Query: allow, Mutation: allow, Subscription: allow },
    identityPublicKey,
    host: '127.0.0.1',
    port: 0,
    logger: silentLogger,
    introspection: false,
    health: async () => [],
  });
  return {
    ...server,
    open,
    opened,
    placed,
    async happen(user, symbol) {
      const sequence = log(user).length + 1;
      logs.set(user, [...log(user), { sequence, user, symbol }]);
      await pubsub.publish(user, { sequence });
      return sequence;
    },
    pulse: (count) => pubsub.publish('pulses', count),
    async tick(symbol, count, padding = '') {
      const ticked = { symbol, count, padding };
      latest.set(symbol, ticked);
      await pubsub.publish('ticks', ticked);
    },
    async trade(padding = '') {
      const sequence = trades.push({ sequence: trades.length + 1, padding });
      await pubsub.publish('tape', { sequence });
      return sequence;
    },
  };
}

export interface Market extends SubgraphServer {
  /** How many representations were asked for in each request. */
  readonly lookups: number[];
  /** Lets queries wait until the returned function is called. */
  hold(): () => void;
  readonly held: { count: number };
  /** Tells whoever follows alarms. */
  alarm(symbol: string): Promise<void>;
  /** How many follow them. */
  readonly alarms: { count: number };
}

export async function startMarket(identityPublicKey: string): Promise<Market> {
  const pubsub = createMemoryPubSub();
  const lookups: number[] = [];
  const held = { count: 0 };
  const alarms = { count: 0 };
  let gate = Promise.resolve();
  const server = await startSubgraphServer({
    name: 'market',
    typeDefs: parse(sdl.market),
    resolvers: {
      Query: {
        async instruments() {
          held.count += 1;
          await gate;
          return [{ symbol: 'USD/NGN' }, { symbol: 'EUR/USD' }];
        },
      },
      Subscription: {
        alarms: {
          subscribe() {
            alarms.count += 1;
            const stream = conflatedStream<string>({
              pubsub,
              channel: 'alarms',
              key: (symbol) => symbol,
              accept: (payload) => payload as string,
              initial: async () => [],
            });
            const leave = stream.return?.bind(stream);
            return Object.assign(stream, {
              return() {
                alarms.count -= 1;
                return leave?.();
              },
            });
          },
          resolve: (symbol: string) => ({ symbol }),
        },
      },
      Instrument: {
        __resolveReference(reference: { symbol: string }) {
          lookups.push(1);
          return reference.symbol === 'GONE' ? null : reference;
        },
        price({ symbol }: { symbol: string }) {
          if (symbol === 'BAD') throw new Error('secret detail');
          return symbol.length;
        },
        precious: ({ symbol }: { symbol: string }) => (symbol === 'BAD' ? null : 1),
        viewer: (_parent: unknown, _args: unknown, { identity }: SubgraphContext) =>
          identity.userId,
      },
    },
    permissions: { Query: allow, Subscription: allow },
    identityPublicKey,
    host: '127.0.0.1',
    port: 0,
    logger: silentLogger,
    introspection: false,
    health: async () => [],
  });
  return {
    ...server,
    lookups,
    held,
    alarms,
    alarm: (symbol) => pubsub.publish('alarms', symbol),
    hold() {
      let release: () => void = () => undefined;
      gate = new Promise((resolve) => (release = resolve));
      return release;
    },
  };
}
