import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Client } from 'graphql-ws';
import { settled } from './settled.ts';
import { ada, ben, openWorld, type World } from './world.ts';

let world: World;
let adas: Client;

beforeAll(async () => {
  world = await openWorld({ MAX_SUBSCRIPTIONS_PER_SOCKET: '5' });
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

beforeEach(async () => {
  adas = world.client(await world.token());
});

/** Subscribes and hands out the answers one by one. */
function subscribe(client: Client, query: string, variables: Record<string, unknown> = {}) {
  const events = client.iterate({ query, variables });
  return {
    async next(): Promise<unknown> {
      const { value, done } = await events.next();
      if (done) throw new Error('the stream has ended');
      return JSON.parse(JSON.stringify(value));
    },
    /** Rejects with what ended the stream. */
    ended: () => events.next(),
    close: () => events.return?.(),
  };
}

const head = async (user: string) => {
  const sequence = await world.orders.happen(user, 'HEAD');
  return sequence;
};

describe('a subscription', () => {
  test('joins fields of other subgraphs to each event, with aliases and fragments', async () => {
    const after = await head(ada);
    const stream = subscribe(
      adas,
      `subscription Watch($after: Int, $with: Boolean!, $without: Boolean!) {
        change: updates(after: $after) {
          __typename
          number: sequence
          ...Orders
          subject {
            __typename
            ... on Order { side instrument { worth: price } }
            ... on Notice { text }
          }
          skipped: user @skip(if: $without)
          user @include(if: $with)
        }
      }
      fragment Orders on Update {
        order { id instrument { symbol price @include(if: $with) viewer @skip(if: $without) } }
        orders { instrument { price } }
      }`,
      { after, with: true, without: true },
    );
    await world.orders.happen(ada, 'USD/NGN');
    await world.orders.happen(ada, 'EUR/USD');
    const [odd, even] = [await stream.next(), await stream.next()].toSorted((_a, b) =>
      JSON.stringify(b).includes('Notice') ? 1 : -1,
    );
    const shared = (symbol: string) => ({
      __typename: 'Update',
      order: { id: expect.stringContaining(symbol), instrument: { symbol, price: 7 } },
      orders: [{ instrument: { price: 7 } }, { instrument: { price: null } }],
      user: ada,
    });
    const symbols = after % 2 === 0 ? ['USD/NGN', 'EUR/USD'] : ['EUR/USD', 'USD/NGN'];
    expect(odd).toEqual({
      data: {
        change: {
          ...shared(symbols[0] ?? ''),
          number: expect.any(Number),
          subject: { __typename: 'Notice', text: 'odd' },
        },
      },
    });
    expect(even).toEqual({
      data: {
        change: {
          ...shared(symbols[1] ?? ''),
          number: expect.any(Number),
          subject: { __typename: 'Order', side: 'BUY', instrument: { worth: 7 } },
        },
      },
    });
    await stream.close();
  });

  test('that cannot be planned costs the others of its socket nothing', async () => {
    const after = await head(ada);
    const stream = subscribe(adas, `subscription { updates(after: ${after}) { sequence } }`);
    await world.orders.happen(ada, 'USD/NGN');
    const update = (sequence: number) => ({ data: { updates: { sequence } } });
    expect(await stream.next()).toEqual(update(after + 1));
    const tricky = subscribe(adas, 'subscription { updates { __proto__: sequence } }');
    await expect(tricky.ended()).rejects.toMatchObject([{ extensions: { code: 'BAD_REQUEST' } }]);
    await world.orders.happen(ada, 'USD/NGN');
    expect(await stream.next()).toEqual(update(after + 2));
    await stream.close();
  });

  test('selects from an interface, and joins where the object has what the interface lacks', async () => {
    const after = await head(ada);
    const stream = subscribe(
      adas,
      `subscription { updates(after: ${after}) {
        happening { __typename at ... on Order { side instrument { price } } ... on Notice { text } }
      } }`,
    );
    await world.orders.happen(ada, 'USD/NGN');
    await world.orders.happen(ada, 'USD/NGN');
    const seen = [await stream.next(), await stream.next()];
    expect(seen).toContainEqual({
      data: {
        updates: {
          happening: { __typename: 'Order', at: 'now', side: 'BUY', instrument: { price: 7 } },
        },
      },
    });
    expect(seen).toContainEqual({
      data: { updates: { happening: { __typename: 'Notice', at: 'now', text: 'odd' } } },
    });
    await stream.close();
  });

  test('may be of any subgraph, which then joins the others', async () => {
    const stream = subscribe(adas, 'subscription { alarms { symbol price news { headline } } }');
    await settled(() => expect(world.market.alarms.count).toBe(1));
    await world.market.alarm('USD/NGN');
    expect(await stream.next()).toEqual({
      data: { alarms: { symbol: 'USD/NGN', price: 7, news: { headline: 'USD/NGN moves' } } },
    });
    await stream.close();
    await settled(() => expect(world.market.alarms.count).toBe(0));
  });

  test('tells the joined subgraph who asks', async () => {
    const after = await head(ada);
    const stream = subscribe(
      adas,
      `subscription { updates(after: ${after}) { order { instrument { viewer } } } }`,
    );
    await world.orders.happen(ada, 'A');
    expect(await stream.next()).toEqual({
      data: { updates: { order: { instrument: { viewer: ada } } } },
    });
    await stream.close();
  });

  test('takes `after` from a default value too', async () => {
    const after = await head(ada);
    const stream = subscribe(
      adas,
      `subscription ($from: Int = ${after}) { updates(after: $from) { order { id } } }`,
    );
    await world.orders.happen(ada, 'DEFAULT');
    expect(await stream.next()).toEqual({
      data: { updates: { order: { id: `DEFAULT-${after + 1}` } } },
    });
    await stream.close();
  });

  test('an error of a join is an error at its path, and the stream goes on', async () => {
    const after = await head(ada);
    const stream = subscribe(
      adas,
      'subscription ($after: Int) { updates(after: $after) { order { instrument { price } } } }',
      { after },
    );
    await world.orders.happen(ada, 'BAD');
    expect(await stream.next()).toEqual({
      data: { updates: { order: { instrument: { price: null } } } },
      errors: [
        {
          message: expect.not.stringContaining('secret'),
          path: ['updates', 'order', 'instrument', 'price'],
          extensions: { code: 'INTERNAL_SERVER_ERROR', service: 'market' },
        },
      ],
    });
    await world.orders.happen(ada, 'GOOD');
    expect(await stream.next()).toEqual({
      data: { updates: { order: { instrument: { price: 4 } } } },
    });
    await stream.close();
  });

  test('of a log waits for a joined subgraph that is away, and keeps its order', async () => {
    const after = await head(ada);
    const stream = subscribe(
      adas,
      `subscription { updates(after: ${after}) { sequence order { instrument { price } } } }`,
    );
    const event = (sequence: number) => ({
      data: { updates: { sequence, order: { instrument: { price: 4 } } } },
    });
    await world.orders.happen(ada, 'GOOD');
    expect(await stream.next()).toEqual(event(after + 1));
    world.marketNetwork.cut();
    for (let turn = 0; turn < 40; turn += 1) await world.orders.happen(ada, 'GOOD');
    const early = await Promise.race([stream.next(), sleep(1_000, 'nothing')]);
    expect(early).toBe('nothing');
    world.marketNetwork.restore();
    for (let turn = 3; turn < 42; turn += 1) {
      expect(await stream.next()).toEqual(event(after + turn));
    }
    await stream.close();
  });

  test('of the latest waits for a joined subgraph too, and skips what is out of date by then', async () => {
    const query = 'subscription { ticks { count instrument { symbol price } } }';
    const stream = subscribe(adas, query);
    const tick = (count: number) => ({
      data: { ticks: { count, instrument: { symbol: 'GOOD', price: 4 } } },
    });
    await world.orders.tick('GOOD', 1);
    expect(await stream.next()).toEqual(tick(1));
    world.marketNetwork.cut();
    for (let turn = 2; turn <= 200; turn += 1) await world.orders.tick('GOOD', turn);
    await sleep(600);
    world.marketNetwork.restore();
    expect(await stream.next()).toEqual(tick(200));
    await stream.close();
  });

  test('a null that the schema forbids takes its event and says so', async () => {
    const after = await head(ada);
    const stream = subscribe(
      adas,
      `subscription { updates(after: ${after}) { order { instrument { precious } } } }`,
    );
    await world.orders.happen(ada, 'BAD');
    const event = (await stream.next()) as { data: unknown; errors: unknown[] };
    expect(event.data).toBeNull();
    expect(event.errors.length).toBeGreaterThan(0);
    await stream.close();
  });

  test.each([
    ['does not parse', 'subscription {', 'GRAPHQL_PARSE_FAILED'],
    ['does not fit the schema', 'subscription { nothing }', 'GRAPHQL_VALIDATION_FAILED'],
    [
      'selects two fields',
      'subscription { pulses { count } updates { sequence } }',
      'GRAPHQL_VALIDATION_FAILED',
    ],
    [
      'stands under a condition',
      'subscription ($a: Boolean!) { pulses @include(if: $a) { count } }',
      'GRAPHQL_VALIDATION_FAILED',
    ],
    [
      'stands under a condition in a fragment',
      'subscription ($a: Boolean!) { ... on Subscription { pulses @skip(if: $a) { count } } }',
      'GRAPHQL_VALIDATION_FAILED',
    ],
    [
      'is one of two and not named',
      'subscription A { pulses { count } } subscription B { pulses { count } }',
      'OPERATION_RESOLUTION_FAILURE',
    ],
    [
      'lacks a variable',
      'subscription ($a: Int!) { updates(after: $a) { sequence } }',
      'BAD_USER_INPUT',
    ],
  ])('that %s is refused, and the socket lives on', async (_how, query, code) => {
    await expect(subscribe(adas, query).ended()).rejects.toMatchObject([{ extensions: { code } }]);
    const query2 = subscribe(adas, '{ me }');
    expect(await query2.next()).toEqual({ data: { me: ada } });
  });

  test('that its subgraph refuses ends with an error without internals', async () => {
    const event = await subscribe(adas, 'subscription { refused }').next();
    expect(JSON.stringify(event)).not.toContain('secret');
    expect(event).toMatchObject({ errors: [{ extensions: { code: 'INTERNAL_SERVER_ERROR' } }] });
  });

  test('beyond the socket’s limit is refused', async () => {
    const streams = Array.from({ length: 5 }, () =>
      subscribe(adas, 'subscription { pulses { count } }'),
    );
    await Promise.all(streams.map((stream) => stream.next()));
    await expect(
      subscribe(adas, 'subscription { pulses { count } }').ended(),
    ).rejects.toMatchObject([
      {
        message: 'a socket carries at most 5 operations',
        extensions: { code: 'TOO_MANY_SUBSCRIPTIONS' },
      },
    ]);
    await Promise.all(streams.map((stream) => stream.close()));
  });

  test('closes its upstream when the client leaves, by goodbye or without one', async () => {
    const openStreams = (count: number) =>
      settled(() => expect(world.orders.open.count).toBe(count));
    await openStreams(0);
    const stream = subscribe(adas, 'subscription { pulses { count } }');
    await stream.next();
    await openStreams(1);
    await stream.close();
    await openStreams(0);
    const another = world.client(await world.token());
    await subscribe(another, 'subscription { pulses { count } }').next();
    await openStreams(1);
    another.terminate();
    await openStreams(0);
  });

  test('queries and mutations travel over the socket as well', async () => {
    const query = subscribe(adas, '{ me instruments { price } }');
    expect(await query.next()).toEqual({
      data: { me: ada, instruments: [{ price: 7 }, { price: 7 }] },
    });
  });
});

describe('streams of several users', () => {
  test('never mix, although they share one upstream socket', async () => {
    const bens = world.client(await world.token({ userId: ben }));
    const [afterAda, afterBen] = [await head(ada), await head(ben)];
    const query = `subscription ($after: Int) {
      updates(after: $after) { user order { instrument { viewer } } } }`;
    const streams = [
      { user: ada, stream: subscribe(adas, query, { after: afterAda }) },
      { user: ben, stream: subscribe(bens, query, { after: afterBen }) },
    ];
    for (let turn = 0; turn < 20; turn += 1) {
      await Promise.all([world.orders.happen(ada, 'A'), world.orders.happen(ben, 'B')]);
    }
    for (const { user, stream } of streams) {
      for (let turn = 0; turn < 20; turn += 1) {
        expect(await stream.next()).toEqual({
          data: { updates: { user, order: { instrument: { viewer: user } } } },
        });
      }
      await stream.close();
    }
  });
});
