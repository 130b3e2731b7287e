import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import { createIdentitySigner, identityHeader, type Identity } from '#kit/identity.ts';
import type { SessionKey, UserId } from '#kit/ids.ts';
import { silentLogger } from '#kit/log.ts';
import type { Platform } from '#kit/platform.ts';
import type { RunningService } from '#kit/run-service.ts';
import { createRedis } from '#kit/pubsub.ts';
import {
  createDatabase,
  describeWith,
  prefix,
  redisUrl,
  type TestDatabase,
} from '#tests/support/services.ts';
import { readUsersConfig } from './config.ts';
import { start } from './main.ts';

const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pkcs8 = { type: 'pkcs8', format: 'pem' } as const;
const spki = { type: 'spki', format: 'pem' } as const;
const signer = createIdentitySigner(keys.privateKey.export(pkcs8).toString());
const password = 'a long enough passphrase';

const stranger: Identity = {
  userId: null,
  roles: [],
  sessionId: null,
  address: '192.0.2.1',
  device: 'jest',
};

let now = new Date();

interface Fixture {
  readonly service: RunningService;
  ask(query: string, identity?: Identity): Promise<Answer>;
  close(): Promise<void>;
}

interface Answer {
  readonly data: Data;
  readonly errors?: { extensions: { code: string } }[];
}

/** The fields that the queries below ask for; a test of a refusal does not look at the others. */
interface Data {
  readonly register: Payload;
  readonly logIn: Payload;
  readonly refreshTokens: Payload;
  readonly sessions: readonly { readonly current: boolean }[];
  readonly endSession: object;
  readonly endAllSessions: object;
  readonly logOut: object;
  readonly _entities: readonly (object | null)[];
}

interface Payload {
  readonly user: { readonly email: string; readonly roles: readonly string[] };
  readonly tokens: { readonly accessToken: string; readonly refreshToken: string };
  readonly refusal: { readonly code: string };
}

async function open(
  platform: Pick<Platform, 'redis' | 'local'>,
  overrides: Record<string, string> = {},
): Promise<Fixture> {
  const database: TestDatabase = await createDatabase('users');
  const config = readUsersConfig({
    USERS_PORT: '0',
    IDENTITY_PUBLIC_KEY: keys.publicKey.export(spki).toString(),
    ACCESS_TOKEN_PRIVATE_KEY: keys.privateKey.export(pkcs8).toString(),
    REFRESH_TOKEN_SECRET: 'x'.repeat(32),
    SEED_OPERATOR_EMAIL: 'operator@example.com',
    SEED_OPERATOR_PASSWORD: password,
    ...overrides,
  });
  const service = await start(config, {
    ...platform,
    databaseUrl: () => database.url,
    logger: () => silentLogger,
    clock: () => now,
  } as unknown as Platform);
  return {
    service,
    async ask(query, identity = stranger) {
      const response = await fetch(service.url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          [identityHeader]: await signer.sign(identity, 'users'),
        },
        body: JSON.stringify({ query }),
      });
      return (await response.json()) as Answer;
    },
    async close() {
      await service.close();
      await database[Symbol.asyncDispose]();
    },
  };
}

const credentials = (email: string, secret = password) =>
  `input: {email: ${JSON.stringify(email)}, password: ${JSON.stringify(secret)}}`;
const registering = (email: string, secret = password) =>
  `mutation { register(${credentials(email, secret)}) { user { id email } refusal { code } } }`;
const loggingIn = (email: string, secret = password) =>
  `mutation { logIn(${credentials(email, secret)}) { user { id email roles }
     tokens { accessToken refreshToken } refusal { code retryAfterSeconds } } }`;
const refreshing = (token: string) =>
  `mutation { refreshTokens(refreshToken: "${token}") {
     tokens { accessToken refreshToken } refusal { code } } }`;

/** The caller that the gateway makes of an access token. */
function callerOf(accessToken: string): Identity {
  const { sub, sid, roles } = decodeJwt<{ sid: SessionKey; roles: Identity['roles'] }>(accessToken);
  return { ...stranger, userId: sub as UserId, sessionId: sid, roles };
}

function suite(openFixture: () => Promise<Fixture>): void {
  let users: Fixture;
  beforeAll(async () => {
    users = await openFixture();
  });
  afterAll(() => users.close());

  async function logInAs(email: string) {
    await users.ask(registering(email));
    const { data } = await users.ask(loggingIn(email));
    const { accessToken, refreshToken } = data.logIn.tokens;
    return { caller: callerOf(accessToken), accessToken, refreshToken };
  }

  test('registers once by address, whatever its letter case', async () => {
    const first = await users.ask(registering('Ada@Example.com'));
    expect(first.data.register.user.email).toBe('ada@example.com');
    const second = await users.ask(registering('ada@example.COM'));
    expect(second.data.register).toEqual({ user: null, refusal: { code: 'EMAIL_TAKEN' } });
    const composed = await users.ask(registering('caf\u00e9@example.com'));
    expect(composed.data.register.refusal).toBeNull();
    const decomposed = await users.ask(registering('cafe\u0301@example.com'));
    expect(decomposed.data.register.refusal).toEqual({ code: 'EMAIL_TAKEN' });
  });

  test.each([
    ['not an address', password, 'INVALID_EMAIL'],
    ['nul\0@example.com', password, 'INVALID_EMAIL'],
    ['look\u200balike@example.com', password, 'INVALID_EMAIL'],
    [`${'a'.repeat(250)}@example.com`, password, 'INVALID_EMAIL'],
    ['short@example.com', 'short', 'WEAK_PASSWORD'],
    ['long@example.com', 'x'.repeat(257), 'WEAK_PASSWORD'],
    ['known@example.com', 'Password1234', 'WEAK_PASSWORD'],
  ])('refuses to register %j with %j', async (email, secret, code) => {
    const { data } = await users.ask(registering(email, secret));
    expect(data.register).toEqual({ user: null, refusal: { code } });
  });

  test('logs in with a token that its JWKS verifies', async () => {
    const { accessToken, caller } = await logInAs('jwks@example.com');
    const jwks = createRemoteJWKSet(new URL('/.well-known/jwks.json', users.service.url));
    const { payload } = await jwtVerify(accessToken, jwks, {
      issuer: 'mammon-users',
      audience: 'mammon',
      currentDate: now,
    });
    expect(payload).toMatchObject({ sub: caller.userId, roles: ['CUSTOMER'] });
    const me = await users.ask('{ me { email roles } }', caller);
    expect(me.data).toEqual({ me: { email: 'jwks@example.com', roles: ['CUSTOMER'] } });
  });

  test('tells a wrong password and an unknown address by the same refusal', async () => {
    await users.ask(registering('known-user@example.com'));
    for (const email of ['known-user@example.com', 'unknown-user@example.com']) {
      const { data } = await users.ask(loggingIn(email, 'a wrong passphrase!'));
      expect(data.logIn.refusal.code).toBe('INVALID_CREDENTIALS');
    }
  });

  test('rotates refresh tokens, and gives a retry the same successor', async () => {
    const { refreshToken } = await logInAs('rotate@example.com');
    const answers = await Promise.all([1, 2, 3].map(() => users.ask(refreshing(refreshToken))));
    const successors = answers.map(({ data }) => data.refreshTokens.tokens.refreshToken);
    expect(new Set(successors).size).toBe(1);
    expect(successors[0]).not.toBe(refreshToken);
  });

  test('ends the whole session when a used refresh token comes back later', async () => {
    const { refreshToken } = await logInAs('reuse@example.com');
    const { data } = await users.ask(refreshing(refreshToken));
    const successor = data.refreshTokens.tokens.refreshToken;
    now = new Date(now.getTime() + 60_000);
    for (const token of [refreshToken, successor]) {
      const answer = await users.ask(refreshing(token));
      expect(answer.data.refreshTokens).toEqual({
        tokens: null,
        refusal: { code: 'INVALID_REFRESH_TOKEN' },
      });
    }
  });

  test('refuses malformed and forged refresh tokens', async () => {
    const { refreshToken } = await logInAs('forge@example.com');
    const [session, generation] = refreshToken.split('.');
    for (const token of ['', 'x', `${session}.${generation}.AAAA`, `${refreshToken}.x`]) {
      const { data } = await users.ask(refreshing(token));
      expect(data.refreshTokens.refusal.code).toBe('INVALID_REFRESH_TOKEN');
    }
  });

  test('lists, ends one and ends all of the own sessions only', async () => {
    const first = await logInAs('sessions@example.com');
    const second = callerOf(
      (await users.ask(loggingIn('sessions@example.com'))).data.logIn.tokens.accessToken,
    );
    const other = await logInAs('other@example.com');
    const list = await users.ask('{ sessions { id current device } }', second);
    expect(list.data.sessions).toHaveLength(2);
    expect(list.data.sessions.filter((session) => session.current)).toEqual([
      { id: second.sessionId, current: true, device: 'jest' },
    ]);
    const ending = `mutation { endSession(id: "${first.caller.sessionId}") { ended refusal { code } } }`;
    const stolen = await users.ask(ending, other.caller);
    expect(stolen.data.endSession).toEqual({
      ended: 0,
      refusal: { code: 'SESSION_NOT_FOUND' },
    });
    const unknown = 'mutation { endSession(id: "no id") { ended refusal { code } } }';
    const none = await users.ask(unknown, second);
    expect(none.data.endSession).toEqual({ ended: 0, refusal: { code: 'SESSION_NOT_FOUND' } });
    const ended = await users.ask(ending, second);
    expect(ended.data.endSession).toEqual({ ended: 1, refusal: null });
    const dead = await users.ask(refreshing(first.refreshToken));
    expect(dead.data.refreshTokens.refusal.code).toBe('INVALID_REFRESH_TOKEN');
    const all = await users.ask('mutation { endAllSessions { ended } }', second);
    expect(all.data.endAllSessions).toEqual({ ended: 1 });
    expect((await users.ask('{ sessions { id } }', second)).data.sessions).toEqual([]);
    expect((await users.ask('{ sessions { id } }', other.caller)).data.sessions).toHaveLength(1);
  });

  test('logs out', async () => {
    const { caller, refreshToken } = await logInAs('out@example.com');
    const { data } = await users.ask('mutation { logOut { ended } }', caller);
    expect(data.logOut).toEqual({ ended: 1 });
    const dead = await users.ask(refreshing(refreshToken));
    expect(dead.data.refreshTokens.refusal.code).toBe('INVALID_REFRESH_TOKEN');
  });

  test('shows a user to itself and to operators, to others only the id they asked with', async () => {
    const { caller } = await logInAs('entity@example.com');
    const other = await logInAs('entity-other@example.com');
    const operator: Identity = { ...other.caller, roles: ['OPERATOR'] };
    const reference = `{ _entities(representations: [{__typename: "User", id: "${caller.userId}"}]) {
      ... on User { id email roles createdAt } } }`;
    const entity = async (identity: Identity) =>
      (await users.ask(reference, identity)).data._entities[0];
    expect(await entity(caller)).toMatchObject({ email: 'entity@example.com' });
    expect(await entity(operator)).toMatchObject({ email: 'entity@example.com' });
    expect(await entity(other.caller)).toEqual({
      id: caller.userId,
      email: null,
      roles: null,
      createdAt: null,
    });
    expect(await entity(stranger)).toBeNull();
  });

  test.each([
    '{ sessions { id } }',
    'mutation { logOut { ended } }',
    'mutation { endSession(id: "x") { ended } }',
    'mutation { endAllSessions { ended } }',
  ])('answers a stranger who sends %s by UNAUTHENTICATED', async (query) => {
    const { data, errors } = await users.ask(query);
    expect(Object.values(data ?? {}).filter(Boolean)).toEqual([]);
    expect(errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
  });

  test('throttles who guesses, not the user whose password is guessed, then an address', async () => {
    const from = (address: string): Identity => ({ ...stranger, address });
    await users.ask(registering('target@example.com'), from('192.0.2.10'));
    const guess = async (address: string) => {
      const wrong = loggingIn('target@example.com', 'a wrong passphrase!');
      return (await users.ask(wrong, from(address))).data.logIn.refusal.code;
    };
    const codes: string[] = [];
    for (let attempt = 0; attempt < 12; attempt += 1) codes.push(await guess('192.0.2.66'));
    expect(codes).toEqual([
      ...Array(10).fill('INVALID_CREDENTIALS'),
      ...Array(2).fill('TOO_MANY_ATTEMPTS'),
    ]);
    const right = () => users.ask(loggingIn('target@example.com'), from('192.0.2.40'));
    expect((await right()).data.logIn.refusal).toBeNull();
    for (let host = 100; host < 110; host += 1) codes.push(await guess(`192.0.2.${host}`));
    expect(codes.slice(-6)).toEqual(Array(6).fill('TOO_MANY_ATTEMPTS'));
    const elsewhere = await users.ask(loggingIn('target@example.com'), from('192.0.2.41'));
    expect(elsewhere.data.logIn.refusal).toMatchObject({
      code: 'TOO_MANY_ATTEMPTS',
      retryAfterSeconds: expect.any(Number),
    });
    expect((await right()).data.logIn.refusal).toBeNull();
    const guesses = await Promise.all(
      Array.from({ length: 41 }, () => users.ask(refreshing('guess'), from('192.0.2.50'))),
    );
    const last = guesses.map(({ data, errors }) => data.refreshTokens.refusal?.code ?? errors);
    expect(last.filter((code) => code === 'TOO_MANY_ATTEMPTS')).toHaveLength(1);
  });
}

const limits = { LOGIN_LIMIT_PER_ADDRESS: '40', LOGIN_LIMIT_PER_ACCOUNT: '14' };

describe('users with sessions in PostgreSQL', () => {
  suite(() => open({ redis: null, local: false }, limits));
});

describeWith('redis', 'users with sessions in Redis', () => {
  suite(async () => {
    const keyPrefix = `${prefix('users')}:`;
    const redis = createRedis(redisUrl() ?? '', silentLogger, { keyPrefix });
    const users = await open({ redis, local: false }, limits);
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

describe('the seeded operator', () => {
  test.each([
    [true, ['OPERATOR']],
    [false, undefined],
  ])('when local is %s has the roles %p', async (local, roles) => {
    const users = await open({ redis: null, local });
    try {
      const { data } = await users.ask(loggingIn('operator@example.com'));
      expect(data.logIn.user?.roles).toEqual(roles);
    } finally {
      await users.close();
    }
  });
});
