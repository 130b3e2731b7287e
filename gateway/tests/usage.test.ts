import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '#tests/support/eventually.ts';
import type { UsageReport } from '../usage/report.ts';
import { openPlainWorld } from './open-world.ts';
import { openPartnersWorld, type PartnersWorld } from './partners-world.ts';
import { sdl } from './subgraphs.ts';
import { ada, ben } from './world.ts';

let partners: PartnersWorld;

beforeAll(async () => {
  partners = await openPartnersWorld({ USAGE_REPORT_MS: '50' });
});

afterAll(async () => {
  await partners[Symbol.asyncDispose]();
});

async function ask(headers: Record<string, string>, search = '') {
  const url = new URL(`/api/usage${search}`, partners.world.gateway.url);
  const response = await fetch(url, { headers });
  const body = (await response.json()) as UsageReport & { from: string; errors?: object };
  return { status: response.status, headers: response.headers, body };
}

const bearer = async (userId: string, ...roles: string[]) => ({
  authorization: `Bearer ${await partners.world.token({ userId, roles })}`,
});

describe('usage', () => {
  test('is shown to operators: operations and fields, and who asks for them', async () => {
    const key = await partners.newKey();
    await partners.post({ query: 'query Counted { me device }' }, key);
    await partners.world.ask('query Counted { me device }');
    const { status, headers, body } = await ask(await bearer(ben, 'OPERATOR'));
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('no-store');
    const counted = body.operations.filter(({ name }) => name === 'Counted');
    expect(counted).toEqual([
      {
        id: expect.any(String),
        name: 'Counted',
        executions: 2,
        callers: { [key.id]: 1, strangers: 1 },
        lastAt: expect.any(String),
      },
    ]);
    const device = body.fields.find(({ field }) => field === 'Query.device');
    expect(device?.callers).toMatchObject({ [key.id]: 1, strangers: 1 });
  });

  test('says which deprecated fields are still asked for, by whom, and which by nobody', async () => {
    partners.world.supergraph({
      orders: sdl.orders
        .replace('device: String', 'device: String @deprecated(reason: "use agent")')
        .replace('broken: Int', 'broken: Int @deprecated'),
    });
    const key = await partners.newKey();
    await partners.post({ query: '{ device }' }, key);
    const operator = await bearer(ben, 'OPERATOR');
    const deprecated = await eventually(
      async () => (await ask(operator)).body.deprecated,
      ({ length }) => length > 0,
    );
    expect(deprecated).toEqual([
      {
        field: 'Query.broken',
        reason: 'No longer supported',
        executions: 0,
        callers: {},
        lastAt: null,
      },
      {
        field: 'Query.device',
        reason: 'use agent',
        executions: expect.any(Number),
        callers: expect.objectContaining({ [key.id]: 1 }),
        lastAt: expect.any(String),
      },
    ]);
  });

  test('of their own API keys is shown to partners, by token and by key', async () => {
    const key = await partners.newKey();
    await partners.post({ query: 'query Mine { me }' }, key);
    await partners.world.ask('query Other { me }');
    for (const headers of [await bearer(ada, 'PARTNER'), { 'x-api-key': key.secret }]) {
      const { status, body } = await ask(headers);
      expect(status).toBe(200);
      const names = body.operations.map(({ name }) => name);
      expect(names).toContain('Mine');
      expect(names).not.toContain('Other');
      expect(partners.users.askedUsage.at(-1)).toMatchObject({ owner: ada });
    }
    const another = await ask(await bearer(ben, 'PARTNER'));
    expect(another.status).toBe(200);
    expect(partners.users.askedUsage.at(-1)).toMatchObject({ owner: ben });
  });

  test('is shown to nobody else', async () => {
    const writer = await partners.newKey({ scopes: ['write'] });
    const before = partners.users.askedUsage.length;
    for (const [headers, status, code] of [
      [{}, 401, 'UNAUTHENTICATED'],
      [await bearer(ada, 'CUSTOMER'), 403, 'FORBIDDEN'],
      [{ 'x-api-key': writer.secret }, 403, 'FORBIDDEN'],
      [{ 'x-api-key': 'mammon_guess' }, 401, 'UNAUTHENTICATED'],
    ] as const) {
      const answer = await ask(headers);
      expect(answer.status).toBe(status);
      expect(answer.body).toEqual({ errors: [expect.objectContaining({ extensions: { code } })] });
    }
    expect(partners.users.askedUsage).toHaveLength(before);
  });

  test('is of the days that are asked for, 30 without, and at most 400', async () => {
    const operator = await bearer(ben, 'OPERATOR');
    const asked = async (search: string) => {
      const { status } = await ask(operator, search);
      return status === 200 ? partners.users.askedUsage.at(-1) : status;
    };
    expect(await asked('?from=2026-01-01&to=2026-01-31')).toEqual({
      from: '2026-01-01',
      to: '2026-01-31',
    });
    expect(await asked('?to=2026-01-31')).toEqual({ from: '2026-01-02', to: '2026-01-31' });
    for (const wrong of [
      '?from=2026-01-02&to=2026-01-01',
      '?from=2024-01-01&to=2026-01-01',
      '?from=2026-02-30',
      '?to=tomorrow',
    ]) {
      expect(await asked(wrong)).toBe(400);
    }
  });
});

test('an open gateway counts for itself, and shows it to anybody', async () => {
  await using open = await openPlainWorld([
    {
      name: 'one',
      sdl: 'type Query { old: Int @deprecated(reason: "gone soon")  young: Int }',
      resolvers: { Query: { old: () => 1 } },
    },
  ]);
  for (const query of ['query A { old young }', 'query A { old young }', '{ young }']) {
    await open.post({ query });
  }
  const response = await fetch(new URL('/api/usage', open.gateway.url));
  const report = (await response.json()) as UsageReport & { since: string };
  expect(Date.parse(report.since)).toBeLessThanOrEqual(Date.now());
  expect(report.operations.map(({ name, executions }) => [name, executions])).toEqual([
    ['A', 2],
    [null, 1],
  ]);
  expect(report.deprecated).toMatchObject([
    { field: 'Query.old', reason: 'gone soon', executions: 2, callers: { strangers: 2 } },
  ]);
});
