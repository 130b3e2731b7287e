import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { silentLogger } from '#kit/log.ts';
import { createRedis } from '#kit/pubsub.ts';
import { eventually } from '#tests/support/eventually.ts';
import { startProxy, type Proxy } from '#tests/support/proxy.ts';
import { deleteKeys } from '#tests/support/redis.ts';
import { describeWith, prefix, redisUrl } from '#tests/support/services.ts';
import { openUsers, stranger, type Person, type UsersFixture } from './users-fixture.ts';

/** Sessions are in a Redis behind a network that is cut. */
describeWith('redis', 'while Redis is away', () => {
  const keyPrefix = `${prefix('users')}:`;
  let network: Proxy;
  let redis: ReturnType<typeof createRedis>;
  let users: UsersFixture;
  let operator: Person;
  let ada: Person;

  beforeAll(async () => {
    network = await startProxy(redisUrl() ?? '');
    redis = createRedis(network.url, silentLogger, { keyPrefix });
    users = await openUsers({ redis });
    operator = await users.newPerson(['OPERATOR']);
    ada = await users.newPerson();
  });

  afterAll(async () => {
    network.restore();
    await users.close();
    redis.disconnect();
    await network[Symbol.asyncDispose]();
    await deleteKeys(redisUrl() ?? '', keyPrefix);
  });

  const bar = () =>
    users.ask(
      `mutation { barUser(input: { userId: "${ada.id}", reason: "a stolen phone" }) {
         user { bar { reason } } refusal { code } } }`,
      operator.identity,
    );
  const endedSessions = async () =>
    (await users.internal('/internal/ended-sessions?within=60000')).body['ids'];

  test('log-in says so, and a bar that could not end the sessions stands, and is repeated', async () => {
    network.cut();
    const logIn = await users.ask(
      `mutation { logIn(input: { email: "${ada.email}", password: "a long enough passphrase" }) {
         tokens { accessToken } refusal { code } } }`,
      stranger,
    );
    const unavailable = [expect.objectContaining({ extensions: { code: 'SERVICE_UNAVAILABLE' } })];
    expect(logIn.errors).toEqual(unavailable);
    expect((await bar()).errors).toEqual(unavailable);
    network.restore();
    // The session is there still, and worth nothing.
    const refreshed = await eventually(
      () =>
        users.ask(
          `mutation { refreshTokens(refreshToken: "${ada.refreshToken}") {
             tokens { accessToken } refusal { code } } }`,
          stranger,
        ),
      ({ errors }) => errors === undefined,
    );
    expect(refreshed.data['refreshTokens']).toEqual({
      tokens: null,
      refusal: { code: 'USER_BARRED' },
    });
    expect(await endedSessions()).not.toContain(ada.identity.sessionId);
    expect((await bar()).data['barUser']).toEqual({
      user: { bar: { reason: 'a stolen phone' } },
      refusal: null,
    });
    expect(await endedSessions()).toContain(ada.identity.sessionId);
  }, 60_000);
});
