import type { Clock } from '#kit/clock.ts';
import { Fault } from '#kit/errors.ts';
import type { Identity } from '#kit/identity.ts';
import { idPattern, newId, type UserId } from '#kit/ids.ts';
import { AccountRefusal } from '../domain/account.ts';
import { barred } from '../domain/bar.ts';
import {
  checkLimit,
  checkNewKey,
  checkOverlap,
  mostKeys,
  requirePartner,
  type ApiKey,
  type OperationLevel,
} from '../domain/api-key.ts';
import type { ApiKeyStore, NewSecret, StoredUser, UserStore } from './ports.ts';

export interface ApiKeyPorts {
  readonly apiKeys: ApiKeyStore;
  readonly users: UserStore;
  readonly newSecret: NewSecret;
  readonly clock: Clock;
}

/** A key and its new secret, which is told this once. */
export interface KeyWithSecret {
  readonly key: ApiKey;
  readonly secret: string;
}

/** @throws AccountRefusal USER_BARRED, NOT_A_PARTNER, INVALID_API_KEY or TOO_MANY_API_KEYS */
export async function createApiKey(
  ports: ApiKeyPorts,
  owner: UserId,
  input: {
    readonly name: string;
    readonly scopes: readonly string[];
    readonly level: OperationLevel;
    readonly expiresAt: Date | null;
  },
): Promise<KeyWithSecret> {
  const now = ports.clock();
  await requireHolder(ports, owner);
  checkNewKey(input, now);
  const { secret, hash, prefix } = ports.newSecret();
  const key: ApiKey = {
    ...input,
    id: newId(),
    userId: owner,
    scopes: [...new Set(input.scopes)],
    requestsPerMinute: null,
    requestsPerDay: null,
    createdAt: now,
    revokedAt: null,
    operationsVersion: 0,
    secrets: [{ hash, prefix, createdAt: now, expiresAt: null }],
  };
  if (await ports.apiKeys.add(key, mostKeys)) return { key, secret };
  throw new AccountRefusal('TOO_MANY_API_KEYS', `a user has at most ${mostKeys} live API keys`);
}

/** @throws AccountRefusal API_KEY_NOT_FOUND, USER_BARRED, NOT_A_PARTNER or INVALID_API_KEY */
export async function rotateApiKey(
  ports: ApiKeyPorts,
  caller: Identity,
  id: string,
  overlapSeconds: number,
): Promise<KeyWithSecret> {
  const key = await liveKey(ports, caller, id);
  await requireHolder(ports, key.userId);
  checkOverlap(overlapSeconds);
  const now = ports.clock();
  const { secret, hash, prefix } = ports.newSecret();
  const endsAt = new Date(now.getTime() + overlapSeconds * 1_000);
  await ports.apiKeys.rotate(id, { hash, prefix, createdAt: now, expiresAt: null }, endsAt);
  return { key: await reread(ports, id), secret };
}

/** @throws AccountRefusal API_KEY_NOT_FOUND */
export async function revokeApiKey(
  ports: ApiKeyPorts,
  caller: Identity,
  id: string,
): Promise<ApiKey> {
  await liveKey(ports, caller, id);
  await ports.apiKeys.change(id, { revokedAt: ports.clock() });
  return reread(ports, id);
}

/** @throws AccountRefusal API_KEY_NOT_FOUND */
export async function setOperationLevel(
  ports: ApiKeyPorts,
  caller: Identity,
  id: string,
  level: OperationLevel,
): Promise<ApiKey> {
  await liveKey(ports, caller, id);
  await ports.apiKeys.change(id, { level });
  return reread(ports, id);
}

/** By an operator. @throws AccountRefusal API_KEY_NOT_FOUND or INVALID_API_KEY */
export async function setApiKeyLimits(
  ports: ApiKeyPorts,
  caller: Identity,
  id: string,
  limits: { readonly requestsPerMinute: number | null; readonly requestsPerDay: number | null },
): Promise<ApiKey> {
  await liveKey(ports, caller, id);
  checkLimit(limits.requestsPerMinute);
  checkLimit(limits.requestsPerDay);
  await ports.apiKeys.change(id, limits);
  return reread(ports, id);
}

/** By an operator. @throws AccountRefusal USER_NOT_FOUND */
export async function setPartner(
  { users }: Pick<ApiKeyPorts, 'users'>,
  id: string,
  partner: boolean,
): Promise<StoredUser> {
  const user = idPattern.test(id) ? await users.setRole(id as UserId, 'PARTNER', partner) : null;
  if (user) return user;
  throw new AccountRefusal('USER_NOT_FOUND', 'no user has this id');
}

/** Not what a token says: the role may have been taken, or the user barred, since it was made. */
async function requireHolder({ users }: ApiKeyPorts, id: UserId): Promise<void> {
  const [user] = await users.byIds([id]);
  if (user?.bar) throw barred();
  requirePartner(user?.roles ?? []);
}

/** One that was not revoked, of the caller, or of anybody for an operator. */
export async function liveKey(
  { apiKeys }: Pick<ApiKeyPorts, 'apiKeys'>,
  caller: Identity,
  id: string,
): Promise<ApiKey> {
  const key = idPattern.test(id) ? await apiKeys.get(id) : null;
  const visible = key && (key.userId === caller.userId || caller.roles.includes('OPERATOR'));
  if (key && visible && key.revokedAt === null) return key;
  throw new AccountRefusal('API_KEY_NOT_FOUND', 'no live API key of yours has this id');
}

async function reread({ apiKeys }: ApiKeyPorts, id: string): Promise<ApiKey> {
  const key = await apiKeys.get(id);
  if (!key) throw new Fault(`the API key ${id} vanished`);
  return key;
}
