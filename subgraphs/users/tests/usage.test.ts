import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { UsageRow } from '../application/ports.ts';
import { openUsers, type UsersFixture } from './users-fixture.ts';

let users: UsersFixture;

beforeAll(async () => {
  users = await openUsers({ redis: null });
});

afterAll(() => users.close());

const dayMs = 24 * 3_600_000;
const asDay = (ms: number) => new Date(ms).toISOString().slice(0, 10);

const field = (name: string, caller: string, executions = 1, lastAtMs = Date.now()): UsageRow => ({
  kind: 'FIELD',
  name,
  label: null,
  caller,
  executions,
  lastAtMs,
});

const operation = (name: string, caller: string, executions = 1): UsageRow => ({
  ...field(name, caller, executions),
  kind: 'OPERATION',
  label: `Op${name}`,
});

const report = (rows: readonly object[], reporter: string = randomUUID(), sequence = 1) =>
  users.internal('/internal/usage', { reporter, sequence, rows });

async function totals(search: Record<string, string> = {}): Promise<readonly UsageRow[]> {
  const period = { from: asDay(Date.now() - dayMs), to: asDay(Date.now() + dayMs), ...search };
  const { status, body } = await users.internal(`/internal/usage?${new URLSearchParams(period)}`);
  expect(status).toBe(200);
  return body['rows'] as readonly UsageRow[];
}

const of = (rows: readonly UsageRow[], name: string) =>
  Object.fromEntries(
    rows.filter((row) => row.name === name).map((row) => [row.caller, row.executions]),
  );

test('counts of several gateways add up, by operation, field and caller', async () => {
  const rows = [field('Query.sum', 'customers', 3), operation('sum', 'customers', 3)];
  await report(rows);
  await report([...rows, field('Query.sum', 'strangers', 5)]);
  const found = await totals();
  expect(of(found, 'Query.sum')).toEqual({ customers: 6, strangers: 5 });
  expect(found.find(({ name }) => name === 'sum')).toMatchObject({
    kind: 'OPERATION',
    label: 'Opsum',
    executions: 6,
  });
});

test('a batch that is sent again counts once, also when both arrive together', async () => {
  const reporter = randomUUID();
  const rows = [field('Query.once', 'customers', 2)];
  await Promise.all([report(rows, reporter, 1), report(rows, reporter, 1)]);
  await report(rows, reporter, 2);
  expect((await report(rows, reporter, 1)).status).toBe(200);
  expect(of(await totals(), 'Query.once')).toEqual({ customers: 4 });
});

test('many gateways that report the same at once lose nothing', async () => {
  const names = Array.from({ length: 20 }, (_, index) => `Query.race${index}`);
  await Promise.all(
    Array.from({ length: 12 }, (_, index) => {
      const rows = names.map((name) => field(name, 'customers'));
      return report(index % 2 === 0 ? rows : rows.toReversed());
    }),
  );
  const found = await totals();
  for (const name of names) expect(of(found, name)).toEqual({ customers: 12 });
});

test('a period has its days and no others, and long gone ones are forgotten', async () => {
  const now = Date.now();
  await report([
    field('Query.days', 'customers', 1, now - 500 * dayMs),
    field('Query.days', 'customers', 2, now - 10 * dayMs),
    field('Query.days', 'customers', 4, now - 9 * dayMs),
    field('Query.days', 'customers', 8, now + 30 * dayMs),
  ]);
  const sum = async (from: number, to: number) => {
    const period = { from: asDay(now + from * dayMs), to: asDay(now + to * dayMs) };
    return of(await totals(period), 'Query.days')['customers'] ?? 0;
  };
  expect(await sum(-10, -10)).toBe(2);
  expect(await sum(-10, -9)).toBe(6);
  // A clock that runs ahead fills no day beyond tomorrow.
  expect(await sum(-8, 1)).toBe(8);
  // Pruned once a day by each process, so that another one does it again.
  await users.reopen();
  await report([field('Query.other', 'customers')]);
  expect(await sum(-600, -400)).toBe(0);
  expect(await sum(-10, 1)).toBe(14);
});

test('what one caller makes up in a day is bounded, and crowds out nobody else', async () => {
  const made = Array.from({ length: 1_300 }, (_, index) => operation(`made${index}`, 'strangers'));
  await report(made.slice(0, 1_000));
  await report([...made.slice(1_000), operation('made1', 'strangers', 5)]);
  await report([operation('theirs', 'partners', 2)]);
  const found = await totals();
  const strangers = found.filter(
    ({ kind, caller }) => kind === 'OPERATION' && caller === 'strangers',
  );
  expect(strangers.length).toBeLessThanOrEqual(1_001);
  expect(strangers.reduce((sum, { executions }) => sum + executions, 0)).toBe(1_305);
  expect(of(found, 'made1')).toEqual({ strangers: 6 });
  expect(of(found, 'others')).toEqual({ strangers: 300 });
  expect(of(found, 'theirs')).toEqual({ partners: 2 });
});

test('a user’s API keys are told apart from everybody else’s', async () => {
  const ada = await users.newPerson(['PARTNER']);
  const ben = await users.newPerson(['PARTNER']);
  const adas = await users.createKey(ada.identity);
  const bens = await users.createKey(ben.identity);
  await report([field('Query.own', adas, 2), field('Query.own', bens, 3)]);
  expect(of(await totals({ owner: ada.id }), 'Query.own')).toEqual({ [adas]: 2 });
  expect(of(await totals({ owner: ben.id }), 'Query.own')).toEqual({ [bens]: 3 });
  const nobody = await totals({ owner: randomUUID() });
  expect(nobody).toEqual([]);
  expect(of(await totals(), 'Query.own')).toEqual({ [adas]: 2, [bens]: 3 });
});

test('only gateways report and read, and what they send is checked', async () => {
  const ada = await users.newPerson(['OPERATOR']);
  expect(
    (await users.internal('/internal/usage?from=2026-01-01&to=2026-01-02', undefined, ada.identity))
      .status,
  ).toBe(401);
  const row = field('Query.bad', 'customers');
  for (const bad of [
    { ...row, executions: 0 },
    { ...row, executions: 1.5 },
    { ...row, kind: 'TYPE' },
    { ...row, name: 'x'.repeat(301) },
    { ...row, caller: '' },
  ]) {
    expect((await report([bad])).status).toBe(400);
  }
  expect((await report(Array(1_001).fill(row))).status).toBe(400);
  expect((await report([row], 'not an id')).status).toBe(400);
  for (const search of ['', 'from=2026-01-01', 'from=x&to=2026-01-01']) {
    expect((await users.internal(`/internal/usage?${search}`)).status).toBe(400);
  }
  expect(of(await totals(), 'Query.bad')).toEqual({});
});
