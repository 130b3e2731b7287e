import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Client } from 'graphql-ws';
import { settled } from './settled.ts';
import { sdl } from './subgraphs.ts';
import { ada, ben, openWorld, type World } from './world.ts';

let world: World;
let adas: Client;
let bens: Client;

beforeAll(async () => {
  world = await openWorld({ SUPERGRAPH_WATCH_MS: '20' }, { local: true });
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

beforeEach(async () => {
  world.supergraph({});
  await knows('mine', true);
  adas = world.client(await world.token());
  bens = world.client(await world.token({ userId: ben }));
});

/** Waits until the API has, or has not, a field. */
async function knows(field: string, expected: boolean): Promise<void> {
  for (;;) {
    const { body } = await world.ask('{ __schema { types { fields { name } } } }');
    if (JSON.stringify(body).includes(`"${field}"`) === expected) return;
  }
}

function follow(client: Client, query: string, variables: Record<string, unknown> = {}) {
  const answers: Record<string, unknown>[] = [];
  const state: { ended?: unknown } = {};
  const stop = client.subscribe(
    { query, variables },
    {
      next: ({ data }) => void answers.push(JSON.parse(JSON.stringify(data))),
      error: (error) => void (state.ended = error),
      complete: () => void (state.ended ??= 'complete'),
    },
  );
  return { answers, state, stop };
}

/** Without one of its fields, and with a new one whose appearance can be waited for. */
const changed = (from: keyof typeof sdl, ...lost: readonly [string, string][]) => ({
  [from]: lost
    .reduce((text, [old, now]) => {
      expect(text).toContain(old);
      return text.replace(old, now);
    }, sdl[from])
    .replace('type Query {', 'type Query { fresh: Int '),
});

describe('a new supergraph', () => {
  test('is taken up from its file, and streams that still fit go on without a gap', async () => {
    const after = await world.orders.happen(ada, 'HEAD');
    const opened = world.orders.opened.count;
    const query = `subscription ($after: Int) {
      updates(after: $after) { sequence order { instrument { price } } } }`;
    const stream = follow(adas, query, { after });
    await settled(() => expect(world.orders.open.count).toBe(1));
    for (let round = 0; round < 3; round += 1) {
      world.supergraph(changed('orders', ['user: ID!', '']));
      for (let turn = 0; turn < 5; turn += 1) await world.orders.happen(ada, 'X');
      await knows('fresh', true);
      world.supergraph({});
      for (let turn = 0; turn < 5; turn += 1) await world.orders.happen(ada, 'X');
      await knows('fresh', false);
    }
    await settled(() => expect(stream.answers).toHaveLength(30));
    expect(stream.answers.map(({ updates }) => updates)).toEqual(
      Array.from({ length: 30 }, (_, index) => ({
        sequence: after + index + 1,
        order: { instrument: { price: 1 } },
      })),
    );
    expect(stream.state.ended).toBeUndefined();
    // What the subgraph is asked is the same: nobody has to subscribe there again.
    expect(world.orders.opened.count).toBe(opened + 1);
    stream.stop();
  });

  test('ends the streams that it has no place for, with a code', async () => {
    const gone = follow(adas, 'subscription { updates { sequence user } }');
    const shared = follow(adas, 'subscription { ticks { padding } }');
    const alive = follow(adas, 'subscription { updates { sequence } }');
    await settled(() => expect(world.orders.open.count).toBe(3));
    const change = changed(
      'orders',
      ['user: ID!', ''],
      ['padding: String! @viewerIndependent', ''],
    );
    world.supergraph(change);
    for (const { state } of [gone, shared]) {
      await settled(() =>
        expect(state.ended).toMatchObject([{ extensions: { code: 'SUPERGRAPH_CHANGED' } }]),
      );
    }
    await settled(() => expect(world.orders.open.count).toBe(1));
    expect(alive.state.ended).toBeUndefined();
    alive.stop();
  });

  test('parts the followers of a stream that is not everybody’s any more, without a loss', async () => {
    const query = 'subscription { tape { sequence } }';
    const streams = [follow(adas, query), follow(bens, query)];
    await settled(() => expect(world.orders.open.count).toBe(1));
    await new Promise((resolve) => setTimeout(resolve, 100));
    const first = await world.orders.trade();
    for (const { answers } of streams) await settled(() => expect(answers).toHaveLength(1));
    world.supergraph(
      changed('orders', [
        'tape(after: Int): Trade! @viewerIndependent',
        'tape(after: Int): Trade!',
      ]),
    );
    await world.orders.trade();
    await knows('fresh', true);
    await settled(() => expect(world.orders.open.count).toBe(2));
    await world.orders.trade();
    for (const { answers, state, stop } of streams) {
      await settled(() => expect(answers).toHaveLength(3));
      expect(answers.map(({ tape }) => (tape as { sequence: number }).sequence)).toEqual([
        first,
        first + 1,
        first + 2,
      ]);
      expect(state.ended).toBeUndefined();
      stop();
    }
  });

  test('opens a stream anew whose subgraph has to be asked differently', async () => {
    await world.orders.tick('EUR/USD', 1);
    const query = 'subscription { ticks(symbols: ["EUR/USD"]) { count } }';
    const streams = [follow(adas, query), follow(bens, query)];
    const counts = (index: number) =>
      streams[index]?.answers.map(({ ticks }) => (ticks as { count: number }).count);
    await settled(() => expect([counts(0), counts(1)]).toEqual([[1], [1]]));
    const opened = world.orders.opened.count;
    world.supergraph(
      changed('orders', ['"instrument { symbol }"', '"instrument { symbol } count"']),
    );
    await settled(() => expect(world.orders.opened.count).toBe(opened + 1));
    await world.orders.tick('EUR/USD', 2);
    for (const index of [0, 1]) await settled(() => expect(counts(index)?.at(-1)).toBe(2));
    await settled(() => expect(world.orders.open.count).toBe(1));
    for (const { state, stop } of streams) {
      expect(state.ended).toBeUndefined();
      stop();
    }
  });

  test.each([
    ['is no GraphQL', 'type Query {'],
    ['is no supergraph', 'type Query { a: Int }'],
    ['is empty', ''],
  ])('that %s is refused, and the old one serves on', async (_which, text) => {
    const stream = follow(adas, 'subscription { pulses { count } }');
    await settled(() => expect(stream.answers).toHaveLength(1));
    world.supergraph(text);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect((await world.ask('{ me }', { token: await world.token() })).body).toEqual({
      data: { me: ada },
    });
    await world.orders.pulse(7);
    await settled(() => expect(stream.answers.at(-1)).toEqual({ pulses: { count: 7 } }));
    world.supergraph(changed('orders'));
    await knows('fresh', true);
    stream.stop();
  });
});
