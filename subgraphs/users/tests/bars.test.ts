import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Identity } from '#kit/identity.ts';
import { silentLogger } from '#kit/log.ts';
import { createRedis } from '#kit/pubsub.ts';
import { describeWith, prefix, redisUrl } from '#tests/support/services.ts';
import { openUsers, stranger, type Person, type UsersFixture } from './users-fixture.ts';

function suite(openFixture: () => Promise<UsersFixture>): void {
  let users: UsersFixture;
  let operator: Person;
  let ada: Person;
  let ben: Person;

  beforeAll(async () => {
    users = await openFixture();
  });
  afterAll(() => users.close());
  beforeEach(async () => {
    operator = await users.newPerson(['OPERATOR']);
    ada = await users.newPerson(['PARTNER']);
    ben = await users.newPerson();
  });

  const barring = `mutation ($userId: ID!, $reason: String!) {
    barUser(input: { userId: $userId, reason: $reason }) {
      user { id bar { reason since by { id email } } } refusal { code } } }`;
  const lifting = `mutation ($userId: ID!) {
    unbarUser(userId: $userId) { user { id bar { reason } } refusal { code } } }`;
  const bar = (by: Identity, userId: string, reason = 'a stolen card') =>
    users.ask(barring, by, { userId, reason });
  const lift = (by: Identity, userId: string) => users.ask(lifting, by, { userId });

  const refresh = async (token: string) => {
    const { data } = await users.ask(
      `mutation { refreshTokens(refreshToken: "${token}") { tokens { accessToken } refusal { code } } }`,
      stranger,
    );
    return data['refreshTokens'];
  };

  test('who is barred neither logs in nor refreshes, and hears why', async () => {
    const answer = await bar(operator.identity, ada.id);
    expect(answer).toEqual({
      data: {
        barUser: {
          user: {
            id: ada.id,
            bar: {
              reason: 'a stolen card',
              since: expect.any(String),
              by: { id: operator.id, email: operator.email },
            },
          },
          refusal: null,
        },
      },
    });
    expect(await users.logIn(ada.email)).toMatchObject({
      tokens: null,
      refusal: { code: 'USER_BARRED' },
    });
    expect(await users.logIn(ada.email, 'a wrong passphrase!')).toMatchObject({
      refusal: { code: 'INVALID_CREDENTIALS' },
    });
    expect(await refresh(ada.refreshToken)).toEqual({
      tokens: null,
      refusal: { code: 'USER_BARRED' },
    });
    expect(await users.logIn(ben.email)).toMatchObject({ refusal: null });
  });

  test('all sessions of who is barred end, and gateways hear of each', async () => {
    const phone = await users.logIn(ada.email);
    await bar(operator.identity, ada.id);
    const { body } = await users.internal('/internal/ended-sessions?within=60000');
    const ended = body['ids'] as string[];
    expect(ended).toEqual(
      expect.arrayContaining([ada.identity.sessionId, users.sessionOf(phone.tokens)]),
    );
    expect(ended).not.toContain(ben.identity.sessionId);
    const { data } = await users.ask('{ sessions { id } }', ada.identity);
    expect(data['sessions']).toEqual([]);
  });

  test('after it is lifted the user logs in again, and what has ended stays so', async () => {
    await bar(operator.identity, ada.id);
    const lifted = await lift(operator.identity, ada.id);
    expect(lifted.data['unbarUser']).toEqual({ user: { id: ada.id, bar: null }, refusal: null });
    expect(await refresh(ada.refreshToken)).toMatchObject({
      refusal: { code: 'INVALID_REFRESH_TOKEN' },
    });
    const { tokens, refusal } = await users.logIn(ada.email);
    expect(refusal).toBeNull();
    expect(await refresh(tokens?.refreshToken ?? '')).toMatchObject({ refusal: null });
  });

  test('API keys of who is barred stop until it is lifted, and none is made meanwhile', async () => {
    const key = await users.createKey(ada.identity);
    const before = await users.knownKey(key);
    expect(before?.live).toBe(true);
    await bar(operator.identity, ada.id);
    const stopped = await users.knownKey(key);
    expect(stopped).toMatchObject({ live: false });
    expect(stopped?.version).toBeGreaterThan(before?.version ?? Infinity);
    const { data } = await users.ask(
      'mutation { createApiKey(input: { name: "x", scopes: ["read"] }) { secret refusal { code } } }',
      ada.identity,
    );
    expect(data['createApiKey']).toEqual({ secret: null, refusal: { code: 'USER_BARRED' } });
    await lift(operator.identity, ada.id);
    const again = await users.knownKey(key);
    expect(again?.live).toBe(true);
    expect(again?.version).toBeGreaterThan(stopped?.version ?? Infinity);
  });

  test('barring and lifting may be repeated; the first reason stays', async () => {
    await bar(operator.identity, ada.id);
    const again = await bar(operator.identity, ada.id, 'another reason');
    expect(again.data['barUser']).toMatchObject({
      user: { bar: { reason: 'a stolen card' } },
      refusal: null,
    });
    await lift(operator.identity, ada.id);
    const twice = await lift(operator.identity, ada.id);
    expect(twice.data['unbarUser']).toEqual({ user: { id: ada.id, bar: null }, refusal: null });
  });

  test('a log-in that races with a bar leaves no session', async () => {
    for (let round = 0; round < 10; round += 1) {
      const [racing] = await Promise.all([users.logIn(ada.email), bar(operator.identity, ada.id)]);
      if (racing.tokens) {
        expect(await refresh(racing.tokens.refreshToken)).toMatchObject({
          refusal: { code: 'USER_BARRED' },
        });
      } else expect(racing.refusal).toMatchObject({ code: 'USER_BARRED' });
      expect((await users.ask('{ sessions { id } }', ada.identity)).data['sessions']).toEqual([]);
      await lift(operator.identity, ada.id);
    }
  });

  test.each([
    ['itself', () => operator.id, 'a reason', 'CANNOT_BAR_ONESELF'],
    ['nobody', () => '00000000-0000-7000-8000-000000000000', 'a reason', 'USER_NOT_FOUND'],
    ['what is no id', () => 'ada', 'a reason', 'USER_NOT_FOUND'],
    ['without a reason', () => ada.id, '  ', 'INVALID_REASON'],
    ['with a reason that cannot be kept', () => ada.id, 'a\0b', 'INVALID_REASON'],
    ['with a reason that is too long', () => ada.id, 'x'.repeat(501), 'INVALID_REASON'],
    ['itself without a reason', () => operator.id, '', 'CANNOT_BAR_ONESELF'],
    ['nobody without a reason', () => 'ada', '', 'INVALID_REASON'],
  ])('an operator who bars %s is refused', async (_whom, userId, reason, code) => {
    const { data } = await bar(operator.identity, userId(), reason);
    expect(data['barUser']).toEqual({ user: null, refusal: { code } });
  });

  test('nobody but an operator bars, lifts or reads, not even with an operator’s API key', async () => {
    const key = { ...operator.identity, sessionId: null, apiKeyId: operator.id };
    for (const [by, code] of [
      [stranger, 'UNAUTHENTICATED'],
      [ben.identity, 'FORBIDDEN'],
      [ada.identity, 'FORBIDDEN'],
      [key, 'FORBIDDEN'],
    ] as const) {
      const asked = [
        await bar(by, ben.id),
        await lift(by, ben.id),
        await users.ask('{ barredUsers { edges { node { id bar { reason } } } } }', by),
      ];
      for (const { data, errors } of asked) {
        expect(Object.values(data ?? {}).filter(Boolean)).toEqual([]);
        expect(errors?.map(({ extensions }) => extensions.code)).toEqual([code]);
      }
    }
    expect(await users.logIn(ben.email)).toMatchObject({ refusal: null });
  });

  test('the bar of a user is shown to operators only', async () => {
    await bar(operator.identity, ada.id);
    const reference = `{ _entities(representations: [{__typename: "User", id: "${ada.id}"}]) {
      ... on User { id bar { reason } } } }`;
    const seen = async (by: Identity) => (await users.ask(reference, by)).data['_entities'];
    expect(await seen(operator.identity)).toEqual([
      { id: ada.id, bar: { reason: 'a stolen card' } },
    ]);
    for (const by of [ada.identity, ben.identity]) {
      expect(await seen(by)).toEqual([{ id: ada.id, bar: null }]);
    }
  });

  test('operators read who is barred page by page, the latest first', async () => {
    const people = [ada, ben, await users.newPerson()];
    for (const { id } of people) await bar(operator.identity, id);
    const page = `query ($after: String) { barredUsers(first: 2, after: $after) {
      edges { cursor node { id bar { reason by { id } } } } pageInfo { hasNextPage endCursor } } }`;
    interface Page {
      edges: { node: { id: string } }[];
      pageInfo: { hasNextPage: boolean; endCursor: string };
    }
    const read: string[] = [];
    let after: string | null = null;
    do {
      const { data } = await users.ask(page, operator.identity, { after });
      const { edges, pageInfo } = data['barredUsers'] as unknown as Page;
      read.push(...edges.map(({ node }) => node.id));
      after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
    } while (after !== null);
    expect(read.slice(0, 3)).toEqual(people.map(({ id }) => id).toReversed());
    expect(new Set(read).size).toBe(read.length);
    for (const wrong of ['first: 0', 'first: 101', 'after: "x"']) {
      const query = `{ barredUsers(${wrong}) { edges { cursor } } }`;
      const { errors } = await users.ask(query, operator.identity);
      expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
    }
  });

  test('of two operators who bar each other one does, and who is barred lifts nothing', async () => {
    const second = await users.newPerson(['OPERATOR']);
    await Promise.all([bar(operator.identity, second.id), bar(second.identity, operator.id)]);
    const codes = await Promise.all([
      lift(operator.identity, operator.id),
      lift(second.identity, second.id),
    ]);
    expect(codes.map(({ errors }) => errors?.[0]?.extensions.code).filter(Boolean)).toEqual([
      'FORBIDDEN',
    ]);
  });
}

describe('bars, with sessions in PostgreSQL', () => suite(() => openUsers({ redis: null })));

describeWith('redis', 'bars, with sessions in Redis', () => {
  suite(async () => {
    const keyPrefix = `${prefix('users')}:`;
    const redis = createRedis(redisUrl() ?? '', silentLogger, { keyPrefix });
    const users = await openUsers({ redis });
    return {
      ...users,
      async close() {
        await users.close();
        const left = await redis.keys(`${keyPrefix}*`);
        if (left.length > 0) await redis.del(left.map((key) => key.slice(keyPrefix.length)));
        await redis.quit();
      },
    };
  });
});
