import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createClient, type Client } from 'graphql-ws';
import WebSocket from 'ws';
import { settled } from './settled.ts';
import { ada, openWorld, type World } from './world.ts';

let world: World;
let client: Client;

beforeAll(async () => {
  world = await openWorld({ STREAM_PATIENCE_MS: '2500' });
  client = world.client(await world.token());
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

function collect(query: string, variables: Record<string, unknown> = {}) {
  const events: unknown[] = [];
  const state: { ended?: unknown } = {};
  const stop = client.subscribe(
    { query, variables },
    {
      next: (event) => void events.push(JSON.parse(JSON.stringify(event))),
      error: (error) => void (state.ended = error),
      complete: () => void (state.ended ??= 'complete'),
    },
  );
  return { events, state, stop };
}

describe('a lost upstream', () => {
  test('is resumed without loss, repetition or disorder, and the client notices nothing', async () => {
    const after = await world.orders.happen(ada, 'HEAD');
    // The sequence is not selected: the gateway asks for it on its own account.
    const { events, state, stop } = collect(
      'subscription ($after: Int) { updates(after: $after) { order { id instrument { price } } } }',
      { after },
    );
    const expected: unknown[] = [];
    const happen = async () => {
      const sequence = await world.orders.happen(ada, 'X');
      expected.push({
        data: { updates: { order: { id: `X-${sequence}`, instrument: { price: 1 } } } },
      });
    };
    for (let round = 0; round < 4; round += 1) {
      for (let turn = 0; turn < 5; turn += 1) await happen();
      world.ordersNetwork.cut();
      await happen();
      await happen();
      world.ordersNetwork.restore();
      await happen();
    }
    await settled(() => expect(events).toHaveLength(expected.length));
    expect(events).toEqual(expected);
    expect(state.ended).toBeUndefined();
    stop();
    await settled(() => expect(world.orders.open.count).toBe(0));
  });

  test('is opened afresh for a stream without sequences, which begins with a snapshot', async () => {
    const { events, stop } = collect('subscription { pulses { count instrument { price } } }');
    const seen = (count: number) =>
      settled(() =>
        expect(events.at(-1)).toEqual({ data: { pulses: { count, instrument: { price: 7 } } } }),
      );
    await seen(0);
    await world.orders.pulse(1);
    await seen(1);
    world.ordersNetwork.cut();
    await world.orders.pulse(2);
    world.ordersNetwork.restore();
    await settled(() => expect(events).toHaveLength(3));
    await world.orders.pulse(3);
    await seen(3);
    stop();
  });

  test('is resumed from where the stream began when nothing had happened yet', async () => {
    const { events, state, stop } = collect('subscription { updates { order { id } } }');
    const opened = world.orders.opened.count;
    await settled(() => expect(world.orders.opened.count).toBe(opened + 1));
    await sleep(100);
    world.ordersNetwork.cut();
    const sequence = await world.orders.happen(ada, 'MISSED');
    world.ordersNetwork.restore();
    await settled(() => expect(events).toHaveLength(1));
    expect(events).toEqual([{ data: { updates: { order: { id: `MISSED-${sequence}` } } } }]);
    expect(state.ended).toBeUndefined();
    stop();
  });

  test('that stays away ends the stream with an error that names the subgraph', async () => {
    const { state } = collect('subscription { pulses { count } }');
    await settled(() => expect(world.orders.open.count).toBe(1));
    world.ordersNetwork.cut();
    await settled(() =>
      expect(state.ended).toMatchObject([
        { extensions: { code: 'SERVICE_UNAVAILABLE', service: 'orders' } },
      ]),
    );
    world.ordersNetwork.restore();
  });
});

test('a client that lost its own socket goes on after what it saw, as /api/docs shows', async () => {
  const accessToken = await world.token();
  const own = createClient({
    url: world.gateway.url.replace('http', 'ws'),
    webSocketImpl: WebSocket,
    retryWait: async () => undefined,
    connectionParams: { accessToken },
  });
  const head = await world.orders.happen(ada, 'HEAD');
  let last = head;
  const seen: number[] = [];
  const query = 'subscription ($after: Int) { updates(after: $after) { sequence } }';
  const variables = {
    get after() {
      return last;
    },
  };
  const following = (async () => {
    for await (const { data } of own.iterate({ query, variables })) {
      last = (data as { updates: { sequence: number } }).updates.sequence;
      seen.push(last);
    }
  })();
  for (let round = 1; round <= 3; round += 1) {
    await world.orders.happen(ada, 'X');
    await settled(() => expect(seen).toHaveLength(2 * round - 1));
    own.terminate();
    await world.orders.happen(ada, 'X');
    await settled(() => expect(seen).toHaveLength(2 * round));
  }
  expect(seen).toEqual([1, 2, 3, 4, 5, 6].map((step) => head + step));
  await own.dispose();
  await following;
});

test('a joined subgraph that stays away ends a log’s stream, with what the client needs to go on', async () => {
  const after = await world.orders.happen(ada, 'HEAD');
  const query =
    'subscription ($after: Int) { updates(after: $after) { sequence order { instrument { price } } } }';
  const { events, state } = collect(query, { after });
  await world.orders.happen(ada, 'GOOD');
  await settled(() => expect(events).toHaveLength(1));
  world.marketNetwork.cut();
  await world.orders.happen(ada, 'LATER');
  await settled(() =>
    expect(state.ended).toEqual([
      {
        message: `market was away and events wait for it; subscribe again, after: ${after + 1}`,
        extensions: {
          code: 'STREAM_INTERRUPTED',
          service: 'market',
          resumeAfter: after + 1,
        },
      },
    ]),
  );
  expect(events).toHaveLength(1);
  world.marketNetwork.restore();
  const again = collect(query, { after: after + 1 });
  await settled(() =>
    expect(again.events).toEqual([
      { data: { updates: { sequence: after + 2, order: { instrument: { price: 5 } } } } },
    ]),
  );
  again.stop();
});
