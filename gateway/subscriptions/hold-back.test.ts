import { describe, expect, test } from '@jest/globals';
import type { FormattedExecutionResult } from 'graphql';
import { createHoldBack, type JoinedEvent } from './hold-back.ts';
import type { PlannedSubscription } from './operation.ts';

const numberOf = ({ data }: FormattedExecutionResult) => data?.['number'] as number;
const lossless = {
  primary: { serviceName: 'orders' },
  resumable: { sequenceOf: numberOf },
} as unknown as PlannedSubscription;
const conflated = {
  primary: { serviceName: 'orders' },
  conflated: { keyOf: (event: FormattedExecutionResult) => `key ${numberOf(event)}` },
} as unknown as PlannedSubscription;
const plain = { primary: { serviceName: 'orders' } } as unknown as PlannedSubscription;

/** An event by its number, with the code of what went wrong in its joins. */
function joined(number: number, code?: string): JoinedEvent {
  const data = { number };
  const errors = code ? [{ message: code, extensions: { code, service: 'market' } }] : undefined;
  return { event: { data }, result: errors ? { data, errors } : { data } };
}

function open(patienceMs = 1_000) {
  let nowMs = 0;
  const holdBack = createHoldBack(patienceMs, () => nowMs);
  return {
    pass: (ms: number) => (nowMs += ms),
    sort(plan: PlannedSubscription, ...events: readonly JoinedEvent[]) {
      const { ready, held, pauseMs, givenUp } = holdBack(plan, events);
      const texts = ready.map(({ payload }) => JSON.parse(payload.toString()));
      return { ready: texts.map(numberOf), held: held.map(numberOf), pauseMs, givenUp };
    },
  };
}

describe('events whose joins cannot be read', () => {
  test.each(['SERVICE_UNAVAILABLE', 'SERVICE_TIMEOUT'])(
    'wait with all that follow them where each event counts: %s',
    (code) => {
      const { sort } = open();
      const sorted = sort(lossless, joined(1), joined(2, code), joined(3), joined(4, code));
      expect(sorted).toMatchObject({ ready: [1], held: [2, 3, 4], givenUp: undefined });
      expect(sorted.pauseMs).toBeGreaterThan(0);
    },
  );

  test('wait alone where only the latest of each key counts', () => {
    const { sort } = open();
    const away = 'SERVICE_UNAVAILABLE';
    expect(sort(conflated, joined(1), joined(2, away), joined(3))).toMatchObject({
      ready: [1, 3],
      held: [2],
    });
  });

  test('are delivered as they are where nothing could be repeated', () => {
    const { sort } = open();
    expect(sort(plain, joined(1), joined(2, 'SERVICE_UNAVAILABLE'))).toMatchObject({
      ready: [1, 2],
      held: [],
      pauseMs: 0,
    });
  });

  test.each([['INTERNAL_SERVER_ERROR'], ['FORBIDDEN'], ['OUT_OF_RANGE']])(
    'do not wait for an error of a field’s own: %s',
    (code) => {
      const { sort } = open();
      for (const plan of [lossless, conflated]) {
        expect(sort(plan, joined(1, code), joined(2))).toMatchObject({ ready: [1, 2], held: [] });
      }
    },
  );

  test('do not wait for what the event itself came without', () => {
    const { sort } = open();
    const { result } = joined(1, 'SERVICE_UNAVAILABLE');
    for (const plan of [lossless, conflated]) {
      expect(sort(plan, { event: result, result })).toMatchObject({ ready: [1], held: [] });
    }
  });

  test('are given up after a while where each counts, with where to go on', () => {
    const { sort, pass } = open();
    sort(lossless, joined(7, 'SERVICE_UNAVAILABLE'));
    pass(1_001);
    expect(sort(lossless, joined(7, 'SERVICE_UNAVAILABLE'), joined(8)).givenUp).toEqual({
      service: 'market',
      after: 6,
    });
  });

  test('are not given up while others get through before them', () => {
    const { sort, pass } = open();
    for (let first = 1; first < 6; first += 1) {
      const sorted = sort(lossless, joined(first), joined(first + 1, 'SERVICE_UNAVAILABLE'));
      expect(sorted).toMatchObject({ ready: [first], held: [first + 1], givenUp: undefined });
      expect(sorted.pauseMs).toBeLessThanOrEqual(100);
      pass(900);
    }
  });

  test('are delivered in part after a while where the latest counts, until all can be read', () => {
    const { sort, pass } = open();
    const away = () => sort(conflated, joined(1, 'SERVICE_UNAVAILABLE'));
    expect(away()).toMatchObject({ ready: [], held: [1] });
    pass(1_001);
    expect(away()).toMatchObject({ ready: [1], held: [] });
    expect(away()).toMatchObject({ ready: [1], held: [] });
    sort(conflated, joined(1));
    expect(away()).toMatchObject({ ready: [], held: [1] });
  });

  test('are tried at growing intervals, which begin anew once all could be read', () => {
    const { sort } = open(1e9);
    const pauseOf = () => sort(lossless, joined(1, 'SERVICE_UNAVAILABLE')).pauseMs;
    const pauses = Array.from({ length: 12 }, pauseOf);
    expect(pauses[0]).toBeLessThanOrEqual(100);
    expect(pauses[11]).toBeGreaterThanOrEqual(1_500);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(3_000);
    sort(lossless, joined(1));
    expect(pauseOf()).toBeLessThanOrEqual(100);
  });
});
