import type { IncomingHttpHeaders } from 'node:http';
import { Refusal } from '#kit/errors.ts';
import type { Identity } from '#kit/identity.ts';
import type { AccessTokens, TokenRefusal } from './access-tokens.ts';
import { fault } from './errors.ts';

/** What every operation carries through the gateway. */
export interface GatewayContext {
  readonly identity: Identity;
}

/** Who connected, before anybody looked at a token. */
export interface Connection {
  readonly headers: IncomingHttpHeaders;
  readonly remoteAddress: string;
}

/** Finds out who asks. @throws GraphQLError UNAUTHENTICATED (401) */
export type Identify = (connection: Connection) => Promise<GatewayContext>;

/**
 * Who asks by HTTP. No token: a stranger, as everybody is to an open gateway, which has no `tokens`.
 * @throws GraphQLError UNAUTHENTICATED (401) when there is a token and it is not good
 */
export async function identifyRequest(
  connection: Connection,
  tokens: AccessTokens | null,
  trustedProxies: number,
): Promise<GatewayContext> {
  const authorization = connection.headers.authorization;
  const identity = stranger(connection, trustedProxies);
  if (!tokens || authorization === undefined || authorization === '') return { identity };
  const token = readBearer(authorization);
  if (!token) {
    throw fault('UNAUTHENTICATED', 'the Authorization header must be `Bearer <access token>`', {
      status: 401,
    });
  }
  try {
    const { userId, sessionId, roles } = await tokens.verify(token);
    return { identity: { ...identity, userId, sessionId, roles } };
  } catch (error) {
    throw asFault(error);
  }
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
