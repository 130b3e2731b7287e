import { describe, expect, test } from '@jest/globals';
import { parse, type OperationDefinitionNode } from 'graphql';
import { silentLogger } from '#kit/log.ts';
import type { UserId } from '#kit/ids.ts';
import { eventually } from '#tests/support/eventually.ts';
import type { GatewayContext } from '../caller.ts';
import { createUsageCounter } from './counter.ts';
import { openReporter } from './reporter.ts';
import type { UsageRow } from './row.ts';

const stranger: GatewayContext = {
  identity: { userId: null, roles: [], sessionId: null, address: '192.0.2.1', device: null },
};
const customer: GatewayContext = {
  identity: { ...stranger.identity, userId: 'u' as UserId, roles: ['CUSTOMER'] },
};
const operationOf = (text: string) => parse(text).definitions[0] as OperationDefinitionNode;
const selected = (...fields: string[]) => ({ fields, asked: [] });
const executionsOf = (rows: readonly UsageRow[]) =>
  Object.fromEntries(rows.map(({ name, caller, executions }) => [`${name} ${caller}`, executions]));

describe('a counter', () => {
  test('tells each count once, by operation, field and caller', () => {
    const counter = createUsageCounter(() => 7);
    const [a, b] = [operationOf('query A { x y }'), operationOf('query B { y }')];
    for (const context of [stranger, customer, customer]) {
      counter.count(a, selected('Q.x', 'Q.y'), context);
    }
    counter.count(b, selected('Q.y'), stranger);
    const rows = counter.drain();
    const idOf = (label: string) => rows.find((row) => row.label === label)?.name ?? '';
    expect(executionsOf(rows)).toEqual({
      [`${idOf('A')} strangers`]: 1,
      [`${idOf('A')} customers`]: 2,
      [`${idOf('B')} strangers`]: 1,
      'Q.x strangers': 1,
      'Q.x customers': 2,
      'Q.y strangers': 2,
      'Q.y customers': 2,
    });
    expect(rows.every(({ lastAtMs }) => lastAtMs === 7)).toBe(true);
    expect(counter.drain()).toEqual([]);
    counter.count(a, selected('Q.x', 'Q.y'), stranger);
    expect(executionsOf(counter.drain())).toEqual({
      [`${idOf('A')} strangers`]: 1,
      'Q.x strangers': 1,
      'Q.y strangers': 1,
    });
  });

  test('keeps a bounded number of operations apart, and every field', () => {
    const counter = createUsageCounter(() => 7);
    for (let index = 0; index < 2_500; index += 1) {
      counter.count(operationOf(`{ x(n: ${index}) }`), selected('Q.x'), stranger);
    }
    const rows = counter.drain();
    expect(rows.filter(({ kind }) => kind === 'OPERATION')).toHaveLength(2_001);
    const counts = executionsOf(rows);
    expect([counts['others strangers'], counts['Q.x strangers']]).toEqual([500, 2_500]);
  });
});

describe('a reporter', () => {
  const row = (name: string): UsageRow => ({
    kind: 'FIELD',
    name,
    label: null,
    caller: 'strangers',
    executions: 1,
    lastAtMs: 1,
  });

  /** Who takes batches as users does: each number once. */
  function open(everyMs: number) {
    const counted: UsageRow[] = [];
    const taken: { sequence: number; rows: readonly UsageRow[] }[] = [];
    const offered: number[] = [];
    const state = { away: false, answerLost: false };
    const reporter = openReporter({
      drain: () => counted.splice(0),
      async send(sequence, rows) {
        offered.push(sequence);
        if (state.away) throw new Error('users is away');
        if ((taken.at(-1)?.sequence ?? 0) < sequence) taken.push({ sequence, rows });
        if (state.answerLost) throw new Error('the answer was lost');
      },
      everyMs,
      logger: silentLogger,
    });
    const names = () => taken.flatMap(({ rows }) => rows.map(({ name }) => name));
    return { counted, taken, offered, state, reporter, names };
  }

  test('passes on what was counted in batches that are bounded', async () => {
    const { counted, taken, reporter, names } = open(10);
    counted.push(...Array.from({ length: 2_300 }, (_, index) => row(`Q.${index}`)));
    await eventually(
      () => taken.length,
      (length) => length === 3,
    );
    expect(taken.map(({ sequence, rows }) => [sequence, rows.length])).toEqual([
      [1, 1_000],
      [2, 1_000],
      [3, 300],
    ]);
    expect(new Set(names()).size).toBe(2_300);
    await reporter.close();
  });

  test('offers a batch again as it was, so that nothing is lost and nothing counts twice', async () => {
    const { counted, offered, state, reporter, names } = open(10);
    state.away = true;
    counted.push(row('Q.a'));
    await eventually(
      () => offered.length,
      (length) => length >= 2,
    );
    counted.push(row('Q.b'));
    state.away = false;
    state.answerLost = true;
    const before = offered.length;
    await eventually(
      () => offered.length,
      (length) => length >= before + 2,
    );
    state.answerLost = false;
    await eventually(names, (found) => found.length === 2);
    expect(names()).toEqual(['Q.a', 'Q.b']);
    await reporter.close();
    expect(names()).toEqual(['Q.a', 'Q.b']);
  });

  test('passes on the rest when it is closed', async () => {
    const { counted, state, reporter, names } = open(60_000);
    counted.push(row('Q.a'));
    state.away = true;
    await expect(reporter.flush()).rejects.toThrow('users is away');
    state.away = false;
    counted.push(row('Q.b'));
    await reporter.close();
    expect(names()).toEqual(['Q.a', 'Q.b']);
  });
});
