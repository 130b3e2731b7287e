import { generateKeyPairSync } from 'node:crypto';
import { decodeJwt } from 'jose';
import { createIdentitySigner, identityHeader, type Identity } from '#kit/identity.ts';
import type { SessionKey, UserId } from '#kit/ids.ts';
import { silentLogger } from '#kit/log.ts';
import type { Platform } from '#kit/platform.ts';
import { createDatabase } from '#tests/support/services.ts';
import { readUsersConfig } from '../config.ts';
import { start } from '../main.ts';

const password = 'a long enough passphrase';

export const stranger: Identity = {
  userId: null,
  roles: [],
  sessionId: null,
  address: '192.0.2.1',
  device: 'jest',
};

export interface Answer {
  readonly data: Readonly<Record<string, Readonly<Record<string, unknown>> | null>>;
  readonly errors?: readonly { readonly extensions: { readonly code: string } }[];
}

export interface LogIn {
  readonly tokens: { readonly accessToken: string; readonly refreshToken: string } | null;
  readonly refusal: { readonly code: string } | null;
}

/** Somebody with a session. */
export interface Person {
  readonly id: string;
  readonly email: string;
  readonly identity: Identity;
  readonly refreshToken: string;
}

export interface KnownKey {
  readonly id: string;
  readonly version: number;
  readonly live: boolean;
}

/** A users subgraph on a database of its own, asked as its gateways ask. */
export interface UsersFixture {
  ask(query: string, identity: Identity, variables?: object): Promise<Answer>;
  /** What gateways ask for beside GraphQL. */
  internal(
    path: string,
    body?: object,
    identity?: Identity,
  ): Promise<{ status: number; body: Record<string, unknown> }>;
  /** Stops the process and starts another one on the same database. */
  reopen(): Promise<void>;
  logIn(email: string, secret?: string): Promise<LogIn>;
  sessionOf(tokens: LogIn['tokens']): SessionKey;
  /** Registers and logs in. Roles beside CUSTOMER are given without asking anybody. */
  newPerson(roles?: readonly Identity['roles'][number][]): Promise<Person>;
  /** Makes an API key; its id. */
  createKey(owner: Identity): Promise<string>;
  /** A key as gateways are told of it. */
  knownKey(id: string): Promise<KnownKey | undefined>;
  close(): Promise<void>;
}

export async function openUsers({ redis }: Pick<Platform, 'redis'>): Promise<UsersFixture> {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pkcs8 = keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const signer = createIdentitySigner(pkcs8);
  const database = await createDatabase('users');
  const config = readUsersConfig({
    USERS_PORT: '0',
    IDENTITY_PUBLIC_KEY: keys.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    ACCESS_TOKEN_PRIVATE_KEY: pkcs8,
    REFRESH_TOKEN_SECRET: 'x'.repeat(32),
    LOGIN_LIMIT_PER_ADDRESS: '10000',
  });
  const platform = {
    redis,
    local: false,
    databaseUrl: () => database.url,
    logger: () => silentLogger,
    clock: () => new Date(),
  } as unknown as Platform;
  let service = await start(config, platform);
  let people = 0;

  async function send(path: string, identity: Identity, body?: object): Promise<Response> {
    return fetch(new URL(path, service.url), {
      method: body ? 'POST' : 'GET',
      headers: {
        'content-type': 'application/json',
        [identityHeader]: await signer.sign(identity, 'users'),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
  }
  const ask: UsersFixture['ask'] = async (query, identity, variables = {}) => {
    const response = await send('/graphql', identity, { query, variables });
    return (await response.json()) as Answer;
  };
  const gateway: Identity = { ...stranger, address: 'gateway', device: null };
  const internal: UsersFixture['internal'] = async (path, body, identity = gateway) => {
    const response = await send(path, identity, body);
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const logIn: UsersFixture['logIn'] = async (email, secret = password) => {
    const input = { email, password: secret };
    const { data } = await ask(
      `mutation ($input: CredentialsInput!) { logIn(input: $input) {
         tokens { accessToken refreshToken } refusal { code } } }`,
      stranger,
      { input },
    );
    return data['logIn'] as unknown as LogIn;
  };
  const sessionOf: UsersFixture['sessionOf'] = (tokens) =>
    decodeJwt<{ sid: SessionKey }>(tokens?.accessToken ?? '').sid;

  return {
    ask,
    internal,
    logIn,
    sessionOf,
    async newPerson(roles = []) {
      people += 1;
      const email = `person-${people}@example.com`;
      const { data } = await ask(
        `mutation ($input: CredentialsInput!) { register(input: $input) { user { id } } }`,
        stranger,
        { input: { email, password } },
      );
      const { id } = (data['register'] as unknown as { user: { id: UserId } }).user;
      const { tokens } = await logIn(email);
      const sessionId = sessionOf(tokens);
      const identity = {
        ...stranger,
        userId: id,
        roles: ['CUSTOMER', ...roles],
        sessionId,
      } as const;
      if (roles.includes('PARTNER')) {
        await ask(`mutation { setPartner(userId: "${id}", partner: true) { user { id } } }`, {
          ...identity,
          roles: ['OPERATOR'],
        });
      }
      return { id, email, identity, refreshToken: tokens?.refreshToken ?? '' };
    },
    async createKey(owner) {
      const { data } = await ask(
        'mutation { createApiKey(input: { name: "till", scopes: ["read"] }) { apiKey { id } } }',
        owner,
      );
      return (data['createApiKey'] as unknown as { apiKey: { id: string } }).apiKey.id;
    },
    async knownKey(id) {
      const { body } = await internal('/internal/api-keys?after=0');
      return (body['keys'] as KnownKey[]).find((key) => key.id === id);
    },
    async reopen() {
      await service.close();
      service = await start(config, platform);
    },
    async close() {
      await service.close();
      await database[Symbol.asyncDispose]();
    },
  };
}
