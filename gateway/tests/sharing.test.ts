import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Client } from 'graphql-ws';
import { settled } from './settled.ts';
import { ada, ben, openWorld, type World } from './world.ts';

const eve = '33333333-3333-7333-8333-333333333333';
const users = [ada, ben, eve] as const;
const anybody = '00000000-0000-0000-0000-000000000000';

let world: World;

beforeAll(async () => {
  world = await openWorld();
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

interface Tick {
  readonly count: number;
  readonly instrument: {
    readonly symbol: string;
    readonly price: number;
    readonly viewer?: string;
  };
  readonly mislabelled?: string;
  readonly asker?: string;
}

function follow(client: Client, query: string, variables: Record<string, unknown> = {}) {
  const answers: { data: Record<string, unknown>; errors?: unknown }[] = [];
  const state: { ended?: unknown } = {};
  const stop = client.subscribe(
    { query, variables },
    {
      next: (answer) => void answers.push(JSON.parse(JSON.stringify(answer))),
      error: (error) => void (state.ended = error),
      complete: () => void (state.ended ??= 'complete'),
    },
  );
  const ticks = () => answers.map(({ data }) => data['ticks'] as Tick);
  return { answers, ticks, state, stop };
}

const clientOf = async (userId: string) => world.client(await world.token({ userId }));
const everybodys =
  'subscription T($symbols: [ID!]) { ticks(symbols: $symbols) { count instrument { symbol price } } }';

describe('a subscription of fields that do not depend on who asks', () => {
  test('is opened once for all users, and begins with the latest of each key', async () => {
    const opened = world.orders.opened.count;
    await world.orders.tick('EUR/USD', 1);
    await world.orders.tick('USD/NGN', 1);
    const first = follow(await clientOf(ada), everybodys);
    await settled(() => expect(first.answers).toHaveLength(2));
    const lookups = world.market.lookups.length;
    await world.orders.tick('EUR/USD', 2);
    await settled(() => expect(first.answers).toHaveLength(3));
    expect(world.market.lookups.length).toBe(lookups + 1);
    const second = follow(await clientOf(ben), everybodys);
    await settled(() => expect(second.answers).toHaveLength(2));
    expect(
      new Set(second.ticks().map(({ count, instrument }) => `${instrument.symbol} ${count}`)),
    ).toEqual(new Set(['EUR/USD 2', 'USD/NGN 1']));
    await world.orders.tick('EUR/USD', 3);
    await settled(() => expect(second.answers).toHaveLength(3));
    await settled(() => expect(first.answers).toHaveLength(4));
    expect(first.answers.at(-1)).toEqual(second.answers.at(-1));
    expect(world.market.lookups.length).toBe(lookups + 2);
    expect(world.orders.opened.count).toBe(opened + 1);
    first.stop();
    await world.orders.tick('EUR/USD', 4);
    await settled(() => expect(second.answers).toHaveLength(4));
    second.stop();
    await settled(() => expect(world.orders.open.count).toBe(0));
  });

  test('is not shared once one field depends on who asks', async () => {
    const query = 'subscription { ticks { count asker instrument { symbol viewer } } }';
    await world.orders.tick('EUR/USD', 1);
    const opened = world.orders.opened.count;
    const streams = await Promise.all(
      users.map(async (user) => ({ user, ...follow(await clientOf(user), query) })),
    );
    for (const { user, ticks, stop } of streams) {
      await settled(() => expect(ticks().length).toBeGreaterThan(0));
      for (const { asker, instrument } of ticks()) {
        expect([asker, instrument.viewer]).toEqual([user, user]);
      }
      stop();
    }
    expect(world.orders.opened.count).toBe(opened + users.length);
  });

  test('is asked in nobody’s name, so that a wrong mark shows nothing of anybody', async () => {
    await world.orders.tick('EUR/USD', 1);
    const { ticks, stop } = follow(await clientOf(ada), 'subscription { ticks { mislabelled } }');
    await settled(() => expect(ticks().length).toBeGreaterThan(0));
    for (const { mislabelled } of ticks()) expect(mislabelled).toBe(anybody);
    stop();
  });

  test('whose subgraph is away ends for every follower, with an error', async () => {
    await using other = await openWorld({ STREAM_PATIENCE_MS: '300' });
    const streams = await Promise.all(
      users.map(async (userId) => follow(other.client(await other.token({ userId })), everybodys)),
    );
    await settled(() => expect(other.orders.open.count).toBe(1));
    other.ordersNetwork.cut();
    for (const { state } of streams) {
      await settled(() =>
        expect(state.ended).toMatchObject([{ extensions: { code: 'SERVICE_UNAVAILABLE' } }]),
      );
    }
    other.ordersNetwork.restore();
  });

  test('that loses nothing is shared from now on, and resumed by its reader alone', async () => {
    const opened = world.orders.opened.count;
    const query = 'subscription ($after: Int) { tape(after: $after) { sequence } }';
    const first = follow(await clientOf(ada), query);
    const second = follow(await clientOf(ben), query);
    await settled(() => expect(world.orders.open.count).toBe(1));
    await new Promise((resolve) => setTimeout(resolve, 100));
    const begin = await world.orders.trade();
    world.ordersNetwork.cut();
    await world.orders.trade();
    world.ordersNetwork.restore();
    const third = follow(await clientOf(eve), query, { after: begin });
    const sequences = ({ answers }: typeof first) =>
      answers.map(({ data }) => (data['tape'] as { sequence: number }).sequence);
    await settled(() => expect(sequences(first)).toEqual([begin, begin + 1]));
    await settled(() => expect(sequences(second)).toEqual([begin, begin + 1]));
    await settled(() => expect(sequences(third)).toEqual([begin + 1]));
    expect(world.orders.opened.count).toBe(opened + 3);
    for (const { stop } of [first, second, third]) stop();
  });
});

const operations = {
  shared: everybodys,
  asker: 'subscription ($symbols: [ID!]) { ticks(symbols: $symbols) { count asker } }',
  viewer:
    'subscription ($symbols: [ID!]) { ticks(symbols: $symbols) { count instrument { viewer } } }',
  conditional: `subscription ($symbols: [ID!], $mine: Boolean = true) {
    ticks(symbols: $symbols) { count ... @include(if: $mine) { asker } } }`,
} as const;

const step = fc.oneof(
  fc.record({
    do: fc.constant('join' as const),
    user: fc.nat({ max: users.length - 1 }),
    operation: fc.constantFrom(...(Object.keys(operations) as (keyof typeof operations)[])),
    symbols: fc.constantFrom(null, ['A'], ['B'], ['A', 'B']),
  }),
  fc.record({ do: fc.constant('leave' as const), which: fc.nat({ max: 7 }) }),
  fc.record({ do: fc.constant('tick' as const), symbol: fc.constantFrom('A', 'B', 'C') }),
);

describe('whatever joins, leaves and happens', () => {
  test('no answer reaches another user, nobody stops silently, and nothing stays open', async () => {
    let count = 100;
    const clients = await Promise.all(users.map(clientOf));
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
        const streams: (ReturnType<typeof follow> & {
          user: string;
          symbols: readonly string[] | null;
        })[] = [];
        for (const one of steps) {
          if (one.do === 'join') {
            const client = clients[one.user];
            const user = users[one.user];
            if (!client || !user) throw new Error('no such user');
            const variables = { symbols: one.symbols };
            const stream = follow(client, operations[one.operation], variables);
            streams.push({ ...stream, user, symbols: one.symbols });
          } else if (one.do === 'leave') {
            const [gone] = streams.splice(one.which, 1);
            gone?.stop();
          } else {
            await world.orders.tick(one.symbol, (count += 1));
          }
        }
        const last = { A: (count += 1), B: (count += 1) };
        await world.orders.tick('A', last.A);
        await world.orders.tick('B', last.B);
        for (const { user, symbols, ticks, state } of streams) {
          await settled(() => {
            expect(state.ended).toBeUndefined();
            const seen = ticks().map((tick) => tick.count);
            for (const symbol of ['A', 'B'] as const) {
              const wanted = !symbols || symbols.includes(symbol);
              expect(seen.includes(last[symbol])).toBe(wanted);
            }
          });
          const named = ticks().flatMap(({ asker, instrument }) => [asker, instrument?.viewer]);
          expect(named.filter((one) => one !== undefined && one !== user)).toEqual([]);
        }
        for (const { stop } of streams) stop();
        await settled(() => expect(world.orders.open.count).toBe(0));
      }),
      { numRuns: 25 },
    );
  }, 60_000);
});
