import { describe, expect, test } from '@jest/globals';
import type { UserId } from '#kit/ids.ts';
import { silentLogger } from '#kit/log.ts';
import { fault } from '../errors.ts';
import type { SubgraphAnswer, SubgraphRequest } from '../executor/subgraph-answer.ts';
import { withBreaker } from './circuit-breaker.ts';
import { deduplicateQueries } from './deduplicate.ts';

const identity = (user: string) => ({
  userId: user as UserId,
  roles: [],
  sessionId: null,
  address: '192.0.2.1',
  device: null,
});
const request = (user: string, body: string, mutation = false): SubgraphRequest => ({
  body,
  mutation,
  context: { identity: identity(user) },
});

describe('a circuit breaker', () => {
  function open() {
    let nowMs = 0;
    const state = { away: true, asked: 0 };
    const asker = withBreaker(
      {
        async ask(): Promise<SubgraphAnswer> {
          state.asked += 1;
          await Promise.resolve();
          if (state.away) throw fault('SERVICE_UNAVAILABLE', 'away', { service: 'orders' });
          return { data: {} };
        },
      },
      { name: 'orders', failures: 3, restMs: 100, now: () => nowMs, logger: silentLogger },
    );
    const ask = () => asker.ask(request('ada', 'q')).catch((error: Error) => error.message);
    return { state, ask, wait: (ms: number) => (nowMs += ms) };
  }

  test('leaves a subgraph alone after failures in a row, and lets one request try', async () => {
    const { state, ask, wait } = open();
    for (let time = 0; time < 5; time += 1) await ask();
    expect(state.asked).toBe(3);
    expect(await ask()).toMatch(/left alone/);
    wait(100);
    await Promise.all([ask(), ask(), ask()]);
    expect(state.asked).toBe(4);
    wait(100);
    state.away = false;
    expect(await ask()).toEqual({ data: {} });
    await Promise.all([ask(), ask()]);
    expect(state.asked).toBe(7);
  });

  test('does not count failures that were not in a row', async () => {
    const { state, ask } = open();
    for (let time = 0; time < 6; time += 1) {
      state.away = time % 2 === 0;
      await ask();
    }
    expect(state.asked).toBe(6);
  });
});

describe('de-duplication', () => {
  function open() {
    const asked: string[] = [];
    const pending: (() => void)[] = [];
    const askers = deduplicateQueries(
      new Map([
        [
          'orders',
          {
            async ask({ body, mutation }: SubgraphRequest): Promise<SubgraphAnswer> {
              asked.push(body);
              if (!mutation) await new Promise<void>((resolve) => pending.push(resolve));
              return { data: { list: [{ body }] } };
            },
          },
        ],
      ]),
    );
    const ask = (user: string, body: string, mutation = false) =>
      askers.get('orders')?.ask(request(user, body, mutation));
    const release = () => pending.splice(0).forEach((resolve) => resolve());
    return { asked, ask, release };
  }

  test('shares equal queries of one caller, and each gets an answer of its own', async () => {
    const { asked, ask, release } = open();
    const answers = [ask('ada', 'q'), ask('ada', 'q'), ask('ada', 'q')];
    release();
    const [one, two, three] = await Promise.all(answers);
    expect(asked).toEqual(['q']);
    expect(two).toEqual(one);
    const objects = [one, two, three].map((answer) => answer?.data?.['list']);
    expect(new Set(objects).size).toBe(3);
  });

  test('shares nothing between callers, between queries, or of mutations', async () => {
    const { asked, ask, release } = open();
    const answers = [ask('ada', 'q'), ask('ben', 'q'), ask('ada', 'r')];
    release();
    await Promise.all([...answers, ask('ada', 'm', true), ask('ada', 'm', true)]);
    expect(asked).toEqual(['q', 'q', 'r', 'm', 'm']);
  });

  test('lets nobody who has written read from before', async () => {
    const { asked, ask, release } = open();
    const before = ask('ada', 'q');
    await ask('ada', 'm', true);
    const after = ask('ada', 'q');
    release();
    await Promise.all([before, after]);
    expect(asked).toEqual(['q', 'm', 'q']);
  });
});
