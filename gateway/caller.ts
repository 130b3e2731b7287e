import type { IncomingHttpHeaders } from 'node:http';
import { Refusal } from '#kit/errors.ts';
import type { Identity } from '#kit/identity.ts';
import type { UserId } from '#kit/ids.ts';
import type { AccessTokens, TokenRefusal } from './access-tokens.ts';
import type { FoundKey, KeyDirectory } from './api-keys/directory.ts';
import type { ApiKey } from './api-keys/key.ts';
import { fault } from './errors.ts';

/** What every operation carries through the gateway. */
export interface GatewayContext {
  readonly identity: Identity;
  /** The partner's key that stands for the user. */
  readonly key?: ApiKey;
  /** The hash of the secret that the key came with. */
  readonly secretHash?: string;
  /** When the token that told expires; absent where there is none that does. */
  readonly expiresAtMs?: number;
  /** What fields that ask for scopes may be read with. */
  readonly scopes?: readonly string[];
}

/** What callers are known by. */
export interface Credentials {
  /** Null where everybody is a stranger: an open gateway. */
  readonly tokens: AccessTokens | null;
  /** Null where there are none. */
  readonly apiKeys: KeyDirectory | null;
  readonly trustedProxies: number;
}

/** Who connected, before anybody looked at a token. */
export interface Connection {
  readonly headers: IncomingHttpHeaders;
  readonly remoteAddress: string;
}

/** Finds out who asks. @throws GraphQLError UNAUTHENTICATED (401) */
export type Identify = (connection: Connection) => Promise<GatewayContext>;

/**
 * Who asks by HTTP: `Authorization: Bearer <access token>`, or an API key as `x-api-key: <secret>` or
 * `Authorization: ApiKey <secret>`. Neither: a stranger, as everybody is to an open gateway.
 * @throws GraphQLError UNAUTHENTICATED (401) when there is one and it is not good
 */
export async function identifyRequest(
  connection: Connection,
  { tokens, apiKeys, trustedProxies }: Credentials,
): Promise<GatewayContext> {
  const { authorization, 'x-api-key': keyHeader } = connection.headers;
  const identity = stranger(connection, trustedProxies);
  if (!tokens) return { identity };
  const secret = typeof keyHeader === 'string' ? keyHeader : readApiKey(authorization ?? '');
  if (secret !== undefined) return byKey(identity, findKey(apiKeys, secret));
  if (authorization === undefined || authorization === '') return { identity };
  const token = readBearer(authorization);
  if (!token) {
    const message = 'the Authorization header must be `Bearer <access token>` or `ApiKey <secret>`';
    throw fault('UNAUTHENTICATED', message, { status: 401 });
  }
  try {
    const { userId, sessionId, roles, scopes, expiresAtMs } = await tokens.verify(token);
    return { identity: { ...identity, userId, sessionId, roles }, expiresAtMs, scopes };
  } catch (error) {
    throw asFault(error);
  }
}

/** Somebody whose program came with a key. */
export const byKey = (identity: Identity, { key, secretHash }: FoundKey): GatewayContext => ({
  identity: {
    ...identity,
    userId: key.userId as UserId,
    roles: key.roles,
    sessionId: null,
    apiKeyId: key.id,
  },
  key,
  secretHash,
  scopes: key.scopes,
});

/** @throws GraphQLError UNAUTHENTICATED (401), or SERVICE_UNAVAILABLE (503) before keys are known */
export function findKey(apiKeys: KeyDirectory | null, secret: string): FoundKey {
  const found = apiKeys?.find(secret) ?? 'UNKNOWN';
  if (found === 'UNKNOWN') {
    throw fault('UNAUTHENTICATED', 'the API key is not good', { status: 401 });
  }
  if (found === 'NOT_YET') {
    throw fault('SERVICE_UNAVAILABLE', 'users has not told its API keys yet', {
      status: 503,
      service: 'users',
    });
  }
  return found;
}

/** The identity of somebody without a token. */
export function stranger(connection: Connection, trustedProxies: number): Identity {
  return {
    userId: null,
    roles: [],
    sessionId: null,
    address: callerAddress(connection, trustedProxies).slice(0, 64),
    device: connection.headers['user-agent']?.slice(0, 200) ?? null,
  };
}

/** The secret of `ApiKey <secret>`, or undefined. */
export function readApiKey(authorization: string): string | undefined {
  return /^ApiKey +(\S{1,200})$/i.exec(authorization.trim())?.[1];
}

/** The token of `Bearer <token>`, or undefined. */
export function readBearer(authorization: string): string | undefined {
  return /^Bearer +([A-Za-z0-9_.~+/=-]+)$/i.exec(authorization.trim())?.[1];
}

/**
 * Each proxy appends the address that it saw, so only the last entries, as many as there are proxies
 * of ours, can be believed; whatever the caller wrote itself stands before them.
 */
function callerAddress({ headers, remoteAddress }: Connection, trustedProxies: number): string {
  if (trustedProxies === 0) return remoteAddress;
  const forwarded = [headers['x-forwarded-for'] ?? []].flat().join(',').split(',');
  return forwarded.at(-trustedProxies)?.trim() || remoteAddress;
}

function asFault(error: unknown): unknown {
  if (!(error instanceof Refusal)) return error;
  const code = error.code as TokenRefusal;
  if (code === 'NO_KEYS') {
    return fault('SERVICE_UNAVAILABLE', error.message, { status: 503, service: 'users' });
  }
  return fault('UNAUTHENTICATED', error.message, { status: 401 });
}
