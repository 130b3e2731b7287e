import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { readGatewayConfig } from '../config.ts';
import { openPlainWorld } from './open-world.ts';

const link =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])';

/** What a subgraph still waits for keeps no test's process alive. */
const unheld = { ref: false };

/** A subgraph that answers after a while, beside one that answers at once. */
async function open(settings: Record<string, string>, pauses: { slow: number; quick?: number }) {
  const done: string[] = [];
  const world = await openPlainWorld(
    [
      {
        name: 'quick',
        sdl: `${link} type Query { thing: Thing  now: Int } type Thing @key(fields: "id") { id: ID! }`,
        resolvers: {
          Query: {
            now: () => sleep(pauses.quick ?? 0, 1, unheld),
            thing: () => ({ id: '1' }),
          },
        },
      },
      {
        name: 'slow',
        sdl: `${link} type Query { late: Int } type Mutation { act: Int }
          type Thing @key(fields: "id") { id: ID!  late: Int }`,
        resolvers: {
          Query: { late: () => sleep(pauses.slow, 2, unheld) },
          Mutation: { act: () => sleep(pauses.slow, done.push('act'), unheld) },
          Thing: { late: () => sleep(pauses.slow, 3, unheld) },
        },
      },
    ],
    settings,
  );
  const ask = async (query: string) => {
    const startedAt = performance.now();
    const response = await world.post({ query });
    const body = (await response.json()) as {
      data: unknown;
      errors?: readonly { message: string; path?: unknown; extensions: unknown }[];
    };
    return { ...body, ms: performance.now() - startedAt };
  };
  return { world, done, ask };
}

const own = { SUBGRAPH_TIMEOUT_MS: '15000', SUBGRAPH_TIMEOUTS_MS: 'slow:400' };
const gaveUp = (path?: readonly string[]) => ({
  message: 'slow did not answer within 400 ms',
  ...(path ? { path } : {}),
  extensions: { code: 'SERVICE_TIMEOUT', service: 'slow' },
});

describe('a subgraph with a time-out of its own', () => {
  test('is given up after it, with a code, and what the others say is answered', async () => {
    const { world, ask } = await open(own, { slow: 60_000, quick: 900 });
    await using _closing = world;
    const answer = await ask('{ thing { id late } }');
    expect(answer).toMatchObject({ data: { thing: { id: '1', late: null } } });
    expect(answer.errors).toEqual([gaveUp(['thing'])]);
    expect(answer.ms).toBeLessThan(12_000);
    // The other one may take longer than that.
    const both = await ask('{ now late }');
    expect(both).toMatchObject({ data: { now: 1, late: null }, errors: [gaveUp()] });
  });

  test('has not done a mutation twice, and was sent it once', async () => {
    const { world, done, ask } = await open(own, { slow: 1_500 });
    await using _closing = world;
    const answer = await ask('mutation { act }');
    expect(answer).toMatchObject({ data: { act: null }, errors: [gaveUp()] });
    await sleep(2_000);
    expect(done).toEqual(['act']);
    expect(world.requests).toHaveLength(1);
  });

  test('is left alone after it took too long a few times in a row', async () => {
    const settings = { ...own, SUBGRAPH_BREAKER_FAILURES: '2', SUBGRAPH_BREAKER_REST_MS: '60000' };
    const { world, ask } = await open(settings, { slow: 1_500 });
    await using _closing = world;
    await ask('{ late }');
    await ask('{ late }');
    const answer = await ask('{ late now }');
    expect(answer).toMatchObject({ data: { late: null, now: 1 } });
    expect(answer.errors?.[0]?.extensions).toEqual({
      code: 'SERVICE_UNAVAILABLE',
      service: 'slow',
    });
    expect(world.requests.filter(({ body }) => body.includes('late'))).toHaveLength(2);
  });
});

test('a subgraph without one has the time that all have', async () => {
  const { world, ask } = await open({ SUBGRAPH_TIMEOUT_MS: '300' }, { slow: 1_500 });
  await using _closing = world;
  const answer = await ask('{ late now }');
  expect(answer).toMatchObject({ data: { late: null, now: 1 } });
  expect(answer.errors?.[0]?.message).toBe('slow did not answer within 300 ms');
});

test.each(['slow', 'slow:0', 'slow:1s', 'slow:-5', ':5', 'slow:5 quick:6'])(
  'a time-out that cannot be read is refused: %s',
  (text) => {
    const given = { GATEWAY_POLICY: 'open', SUBGRAPH_TIMEOUTS_MS: text };
    expect(() => readGatewayConfig(given)).toThrow(/SUBGRAPH_TIMEOUTS_MS: must be like/);
  },
);
