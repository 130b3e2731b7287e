import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { createIdentitySigner, identityHeader, type Identity } from '#kit/identity.ts';
import type { SessionKey, UserId } from '#kit/ids.ts';
import { silentLogger } from '#kit/log.ts';
import { sha256 } from '#kit/operation-manifest.ts';
import type { Platform } from '#kit/platform.ts';
import type { RunningService } from '#kit/run-service.ts';
import { createDatabase, type TestDatabase } from '#tests/support/services.ts';
import { readUsersConfig } from '../config.ts';
import { start } from '../main.ts';

const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pkcs8 = { type: 'pkcs8', format: 'pem' } as const;
const signer = createIdentitySigner(keys.privateKey.export(pkcs8).toString());
const nobody: Identity = {
  userId: null,
  roles: [],
  sessionId: null,
  address: '192.0.2.1',
  device: null,
};
const gateway: Identity = { ...nobody, address: 'gateway' };

let now = new Date();
let database: TestDatabase;
let service: RunningService;
let people = 0;
let owner: Identity;
let other: Identity;
let operator: Identity;

beforeAll(async () => {
  database = await createDatabase('users');
  const config = readUsersConfig({
    USERS_PORT: '0',
    IDENTITY_PUBLIC_KEY: keys.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    ACCESS_TOKEN_PRIVATE_KEY: keys.privateKey.export(pkcs8).toString(),
    REFRESH_TOKEN_SECRET: 'x'.repeat(32),
  });
  service = await start(config, {
    redis: null,
    local: false,
    databaseUrl: () => database.url,
    logger: () => silentLogger,
    clock: () => now,
  } as unknown as Platform);
});

afterAll(async () => {
  await service.close();
  await database[Symbol.asyncDispose]();
});

beforeEach(async () => {
  owner = await newPerson();
  other = await newPerson();
  operator = { ...(await newPerson()), roles: ['OPERATOR'] };
  await setPartner(owner, true);
});

interface Payload {
  readonly apiKey: Readonly<Record<string, unknown>> & { readonly id: string };
  readonly secret: string;
  readonly user: { readonly id: string };
  readonly operations: readonly Readonly<Record<string, unknown>>[];
  readonly refusal: { readonly code: string } | null;
}

interface Answer {
  readonly data: Readonly<Record<string, Payload | null>>;
  readonly errors?: readonly { readonly extensions: { readonly code: string } }[];
}

async function ask(query: string, identity: Identity, variables: object = {}): Promise<Answer> {
  const response = await fetch(service.url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      [identityHeader]: await signer.sign(identity, 'users'),
    },
    body: JSON.stringify({ query, variables }),
  });
  return (await response.json()) as Answer;
}

/** The payload of a mutation's only field, or its error's code. */
async function change(query: string, identity: Identity, variables?: object): Promise<Payload> {
  const { data, errors } = await ask(`mutation ${query}`, identity, variables);
  const [payload] = Object.values(data ?? {});
  if (!payload) throw new Error(errors?.[0]?.extensions.code);
  return payload;
}

async function newPerson(): Promise<Identity> {
  people += 1;
  const { user } = await change(
    `{ register(input: { email: "p${people}@example.com", password: "a long enough passphrase" }) {
         user { id } } }`,
    { ...nobody, address: `192.0.2.${people % 250}` },
  );
  return {
    ...nobody,
    userId: user.id as UserId,
    sessionId: 's' as SessionKey,
    roles: ['CUSTOMER'],
  };
}

const setPartner = (person: Identity, partner: boolean, by: Identity = operator) =>
  change(
    `{ setPartner(userId: "${person.userId}", partner: ${partner}) { user { id roles } refusal { code } } }`,
    by,
  );

const create = (by: Identity, scopes = '["read", "write"]') =>
  change(
    `{ createApiKey(input: { name: "till", scopes: ${scopes} }) {
         apiKey { id name scopes level prefixes } secret refusal { code } } }`,
    by,
  );

async function internal(path: string, identity: Identity = gateway, body?: object) {
  const response = await fetch(new URL(path, service.url), {
    method: body ? 'POST' : 'GET',
    headers: { [identityHeader]: await signer.sign(identity, 'users') },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

interface Known {
  readonly id: string;
  readonly version: number;
  readonly live: boolean;
  readonly secrets: readonly { readonly hash: string; readonly expiresAt: string | null }[];
}

async function known(id: string): Promise<Known | undefined> {
  const { body } = await internal('/internal/api-keys?after=0');
  return (body['keys'] as Known[]).find((key) => key.id === id);
}

describe('an API key', () => {
  test('is shown once, and kept as a hash that gateways know it by', async () => {
    const { apiKey, secret } = await create(owner);
    expect(secret).toMatch(/^mammon_[\w-]{43}$/);
    expect(apiKey).toMatchObject({ name: 'till', level: 'LOG', prefixes: [secret.slice(0, 12)] });
    const key = await known(apiKey.id);
    expect(key).toMatchObject({
      live: true,
      userId: owner.userId,
      secrets: [{ hash: sha256(secret) }],
    });
    const list = await ask('{ apiKeys { id name prefixes } }', owner);
    expect(JSON.stringify(list)).not.toContain(secret);
    expect(list.data['apiKeys']).toHaveLength(1);
    const kept = await dump(database.url);
    expect(kept).toContain(sha256(secret));
    expect(kept).not.toContain(secret.slice(20));
  });

  test('is for partners and operators only', async () => {
    expect((await create(other)).refusal).toEqual({ code: 'NOT_A_PARTNER' });
    await expect(setPartner(other, true, owner)).rejects.toThrow('FORBIDDEN');
    await expect(setPartner(other, true, nobody)).rejects.toThrow('UNAUTHENTICATED');
    const unknown = { ...other, userId: 'nobody' as UserId };
    expect((await setPartner(unknown, true)).refusal).toEqual({ code: 'USER_NOT_FOUND' });
    await setPartner(other, true);
    expect((await create(other)).refusal).toBeNull();
  });

  test.each([
    ['no scope', '["read"]', '[]'],
    ['an odd scope', '["read"]', '["Read everything"]'],
  ])('cannot have %s', async (_what, _good, scopes) => {
    expect((await create(owner, scopes)).refusal).toEqual({ code: 'INVALID_API_KEY' });
  });

  test('rotates with an overlap in which both secrets are good', async () => {
    const first = await create(owner);
    const { id } = first.apiKey;
    const rotate = (by: Identity, seconds: number) =>
      change(
        `{ rotateApiKey(id: "${id}", overlapSeconds: ${seconds}) {
             apiKey { id prefixes } secret refusal { code } } }`,
        by,
      );
    const second = await rotate(owner, 3_600);
    expect(second.apiKey['prefixes']).toHaveLength(2);
    const both = await known(id);
    expect(both?.secrets.map(({ hash }) => hash).toSorted()).toEqual(
      [sha256(first.secret), sha256(second.secret)].toSorted(),
    );
    const ends = both?.secrets.find(({ hash }) => hash === sha256(first.secret))?.expiresAt;
    expect(ends).toBe(new Date(now.getTime() + 3_600_000).toISOString());
    now = new Date(now.getTime() + 3_600_001);
    const third = await rotate(owner, 0);
    expect((await known(id))?.secrets.filter(({ expiresAt }) => expiresAt === null)).toEqual([
      { hash: sha256(third.secret), expiresAt: null },
    ]);
    expect((await rotate(owner, -1)).refusal).toEqual({ code: 'INVALID_API_KEY' });
    expect((await rotate(other, 0)).refusal).toEqual({ code: 'API_KEY_NOT_FOUND' });
    await expect(rotate(nobody, 0)).rejects.toThrow('UNAUTHENTICATED');
  });

  test('is revoked at once by its owner or an operator, by nobody else', async () => {
    const { apiKey } = await create(owner);
    const revoke = (by: Identity) =>
      change(`{ revokeApiKey(id: "${apiKey.id}") { apiKey { revokedAt } refusal { code } } }`, by);
    expect((await revoke(other)).refusal).toEqual({ code: 'API_KEY_NOT_FOUND' });
    await expect(revoke(nobody)).rejects.toThrow('UNAUTHENTICATED');
    await expect(revoke({ ...owner, apiKeyId: apiKey.id })).rejects.toThrow('FORBIDDEN');
    const before = await known(apiKey.id);
    expect((await revoke(operator)).apiKey['revokedAt']).toBe(now.toISOString());
    const after = await known(apiKey.id);
    expect(after?.live).toBe(false);
    expect(after?.version).toBeGreaterThan(before?.version ?? Infinity);
    expect((await revoke(owner)).refusal).toEqual({ code: 'API_KEY_NOT_FOUND' });
  });

  test('stops with its owner’s role', async () => {
    const { apiKey } = await create(owner);
    await setPartner(owner, false);
    expect((await known(apiKey.id))?.live).toBe(false);
  });

  test('tells its owner and operators who its owner is', async () => {
    await create(owner);
    for (const by of [owner, operator]) {
      const query = `{ apiKeys(userId: "${owner.userId}") { user { id email } } }`;
      const { data } = await ask(query, by);
      const email = expect.stringMatching(/^p\d+@example\.com$/);
      expect(data['apiKeys']).toEqual([{ user: { id: owner.userId, email } }]);
    }
  });

  test('is listed for its owner and operators only', async () => {
    await create(owner);
    const list = async (by: Identity) => {
      const { data, errors } = await ask(`{ apiKeys(userId: "${owner.userId}") { id } }`, by);
      return errors?.[0]?.extensions.code ?? data['apiKeys'];
    };
    expect(await list(owner)).toHaveLength(1);
    expect(await list(operator)).toHaveLength(1);
    expect(await list(other)).toEqual([]);
    expect(await list(nobody)).toBe('UNAUTHENTICATED');
  });

  test('gets limits of its own from operators only', async () => {
    const { apiKey } = await create(owner);
    const limit = (by: Identity, perMinute: number) =>
      change(
        `{ setApiKeyLimits(id: "${apiKey.id}", requestsPerMinute: ${perMinute}) {
             apiKey { requestsPerMinute requestsPerDay } refusal { code } } }`,
        by,
      );
    await expect(limit(owner, 5)).rejects.toThrow('FORBIDDEN');
    expect((await limit(operator, 5)).apiKey).toEqual({
      requestsPerMinute: 5,
      requestsPerDay: null,
    });
    expect((await limit(operator, 0)).refusal).toEqual({ code: 'INVALID_API_KEY' });
  });

  test('tells its internals to gateways only', async () => {
    for (const path of ['/internal/api-keys', '/internal/operations', '/internal/verdicts']) {
      expect((await internal(path, owner)).status).toBe(401);
      expect((await fetch(new URL(path, service.url))).status).toBe(401);
    }
  });
});

describe('published operations', () => {
  const publishing = `($input: PublishOperationsInput!) { publishOperations(input: $input) {
    operations { id name status problems } refusal { code message } } }`;
  const publish = (by: Identity, input: object) => change(publishing, by, { input });
  const manifest = JSON.stringify({ one: 'query One { me { id } }' });

  test('wait for a gateway’s verdict, which says what breaks', async () => {
    const { apiKey } = await create(owner);
    const input = {
      apiKeyId: apiKey.id,
      format: 'RELAY',
      manifest: JSON.stringify({ one: 'query One { me { id } }', two: 'query Two { nothing }' }),
    };
    const publishing = publish(owner, input);
    const fetched = await waitFor(async () => {
      const { body } = await internal(`/internal/operations?key=${apiKey.id}`);
      return body['version'] === 0 ? undefined : body;
    });
    const verdicts = { one: [], two: ['Cannot query field "nothing"'] };
    const report = { key: apiKey.id, version: fetched['version'], verdicts };
    expect((await internal('/internal/verdicts', gateway, report)).status).toBe(200);
    expect((await publishing).operations).toEqual([
      { id: 'one', name: 'One', status: 'VALID', problems: [] },
      { id: 'two', name: 'Two', status: 'BROKEN', problems: ['Cannot query field "nothing"'] },
    ]);
  });

  test('are refused where the manifest or the key is not the publisher’s', async () => {
    const { apiKey } = await create(owner);
    const input = { apiKeyId: apiKey.id, format: 'RELAY', manifest };
    expect((await publish(other, input)).refusal?.code).toBe('API_KEY_NOT_FOUND');
    await expect(publish(nobody, input)).rejects.toThrow('UNAUTHENTICATED');
    const keyAlone = { ...owner, sessionId: null, apiKeyId: apiKey.id };
    await expect(publish(keyAlone, input)).rejects.toThrow('FORBIDDEN');
    for (const broken of ['', '{}', '{"a": "query {"}', '{"a": "query A { a } query B { b }"}']) {
      const { refusal } = await publish(owner, { ...input, manifest: broken });
      expect(refusal?.code).toBe('INVALID_MANIFEST');
    }
  });

  test('of a key that may publish go to itself', async () => {
    const { apiKey } = await create(owner, '["publish"]');
    const keyAlone = { ...owner, sessionId: null, apiKeyId: apiKey.id };
    const { refusal, operations } = await publish(keyAlone, { format: 'RELAY', manifest });
    expect(refusal).toBeNull();
    expect(operations).toEqual([{ id: 'one', name: 'One', status: 'UNCHECKED', problems: [] }]);
  });
});

/** Every row of every table. */
async function dump(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows: tables } = await client.query<{ name: string }>(
      `select quote_ident(tablename) as name from pg_tables where schemaname = 'public'`,
    );
    const texts: string[] = [];
    for (const { name } of tables) {
      const { rows } = await client.query<{ text: string }>(
        `select row_to_json(whole)::text as text from ${name} whole`,
      );
      texts.push(...rows.map(({ text }) => text));
    }
    return texts.join('\n');
  } finally {
    await client.end();
  }
}

async function waitFor<Value>(look: () => Promise<Value | undefined>): Promise<Value> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const value = await look();
    if (value !== undefined) return value;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('it did not come');
}
