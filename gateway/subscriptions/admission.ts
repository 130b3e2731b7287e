import type { IncomingMessage } from 'node:http';
import { CloseCode } from 'graphql-ws';
import { Refusal } from '#kit/errors.ts';
import type { Identity } from '#kit/identity.ts';
import type { AccessTokens, TokenRefusal } from '../access-tokens.ts';
import {
  byKey,
  readApiKey,
  readBearer,
  stranger,
  type Credentials,
  type GatewayContext,
} from '../caller.ts';

/** Why a socket is closed; clients go by the code. */
export class SocketRefusal extends Error {
  readonly closeCode: number;

  constructor(closeCode: number, message: string) {
    super(message);
    this.closeCode = closeCode;
  }
}

export interface Admission {
  readonly context: GatewayContext;
  readonly expiresAtMs: number;
}

const tryAgainLater = 1013;

/**
 * Who opens a socket, by its connection_init: `{ authorization: 'Bearer …' }` or `{ accessToken }`.
 * `?user=` in the address is the load balancer's routing key and must name the same user.
 * @throws SocketRefusal 4403 for strangers and expired tokens (graphql-ws clients try again, with a
 *   fresh token), 4401 for tokens that will never be good, 1013 while tokens cannot be verified
 */
export async function admit(
  settings: Credentials,
  request: IncomingMessage,
  params: Readonly<Record<string, unknown>> | undefined,
): Promise<Admission> {
  const remoteAddress = request.socket.remoteAddress ?? '';
  const connection = { headers: request.headers, remoteAddress };
  const nobody = stranger(connection, settings.trustedProxies);
  if (!settings.tokens) return { context: { identity: nobody }, expiresAtMs: Infinity };
  const user = new URL(request.url ?? '', 'ws://localhost').searchParams.get('user');
  const secret = apiKeyOf(params ?? {});
  if (secret !== undefined) return admitKey(settings, nobody, secret, user);
  const token = tokenOf(params ?? {});
  if (token === null) throw new SocketRefusal(CloseCode.Forbidden, 'an access token is needed');
  const bearer = await settings.tokens.verify(token).catch(refuse);
  if (user !== null && user !== bearer.userId) {
    throw new SocketRefusal(CloseCode.Forbidden, 'the token is another user’s');
  }
  const { userId, sessionId, roles, scopes, expiresAtMs } = bearer;
  return { context: { identity: { ...nobody, userId, sessionId, roles }, scopes }, expiresAtMs };
}

/** A partner's program: `{ apiKey }`, or `{ authorization: 'ApiKey …' }`. */
function admitKey(
  { apiKeys }: Credentials,
  nobody: Identity,
  secret: string,
  user: string | null,
): Admission {
  const found = apiKeys?.find(secret) ?? 'UNKNOWN';
  if (found === 'UNKNOWN') {
    throw new SocketRefusal(CloseCode.Unauthorized, 'the API key is not good');
  }
  if (found === 'NOT_YET') throw new SocketRefusal(tryAgainLater, 'API keys are not known yet');
  const { key, expiresAtMs } = found;
  if (user !== null && user !== key.userId) {
    throw new SocketRefusal(CloseCode.Forbidden, 'the API key is another user’s');
  }
  return { context: byKey(nobody, found), expiresAtMs };
}

/**
 * A fresh token for an open socket, in a ping's payload; undefined when the ping has none.
 * @throws SocketRefusal as admit does; 4403 for another user's token
 */
export async function renew(
  tokens: AccessTokens | null,
  { identity }: GatewayContext,
  payload: Readonly<Record<string, unknown>> | undefined,
): Promise<Admission | undefined> {
  const token = tokenOf(payload ?? {});
  if (token === null || !tokens) return undefined;
  const { userId, sessionId, roles, scopes, expiresAtMs } = await tokens
    .verify(token)
    .catch(refuse);
  if (userId !== identity.userId) {
    throw new SocketRefusal(CloseCode.Forbidden, 'the token is another user’s');
  }
  return { context: { identity: { ...identity, sessionId, roles }, scopes }, expiresAtMs };
}

function apiKeyOf(params: Readonly<Record<string, unknown>>): string | undefined {
  const secret = params['apiKey'] ?? params['x-api-key'];
  if (typeof secret === 'string' && secret !== '') return secret;
  const authorization = params['authorization'] ?? params['Authorization'];
  return typeof authorization === 'string' ? readApiKey(authorization) : undefined;
}

/** Null where there is none. An unreadable one is passed on to be refused as invalid. */
function tokenOf(params: Readonly<Record<string, unknown>>): string | null {
  const { accessToken } = params;
  const authorization = params['authorization'] ?? params['Authorization'];
  if (typeof accessToken === 'string' && accessToken !== '') return accessToken;
  if (typeof authorization !== 'string' || authorization === '') return null;
  return readBearer(authorization) ?? authorization;
}

function refuse(error: unknown): never {
  if (!(error instanceof Refusal)) throw error;
  const codes: Record<TokenRefusal, number> = {
    EXPIRED: CloseCode.Forbidden,
    INVALID: CloseCode.Unauthorized,
    NO_KEYS: tryAgainLater,
  };
  throw new SocketRefusal(codes[error.code as TokenRefusal], error.message);
}
