import type { UserId } from '#kit/ids.ts';
import { AccountRefusal } from './account.ts';

export type OperationLevel = 'LOG' | 'SAFELIST' | 'REQUIRE_ID';

export interface ApiKey {
  readonly id: string;
  readonly userId: UserId;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly level: OperationLevel;
  readonly requestsPerMinute: number | null;
  readonly requestsPerDay: number | null;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
  /** The version in which its operations changed last; 0: it has none. */
  readonly operationsVersion: number;
  /** The ones that are not over, the latest first. */
  readonly secrets: readonly ApiKeySecret[];
}

export interface ApiKeySecret {
  /** SHA-256 of the secret in hexadecimal: a key has 256 random bits, so no slow hash is needed. */
  readonly hash: string;
  /** The secret's beginning, by which its owner knows it. */
  readonly prefix: string;
  readonly createdAt: Date;
  /** When it stops working; null: with its key. */
  readonly expiresAt: Date | null;
}

export interface PublishedOperation {
  readonly id: string;
  readonly name: string | null;
  readonly body: string;
  readonly status: 'UNCHECKED' | 'VALID' | 'BROKEN';
  readonly problems: readonly string[];
}

export const mostKeys = 20;
export const mostOperations = 2_000;
export const longestOverlapSeconds = 30 * 24 * 3_600;
const mostScopes = 20;
const scopePattern = /^[a-z][a-z0-9:._-]{0,63}$/;

/** Whose programs may come with an API key. @throws AccountRefusal NOT_A_PARTNER */
export function requirePartner(roles: readonly string[]): void {
  if (mayHoldKeys(roles)) return;
  throw new AccountRefusal('NOT_A_PARTNER', 'API keys are for partners; ask an operator');
}

export const mayHoldKeys = (roles: readonly string[]): boolean =>
  roles.includes('PARTNER') || roles.includes('OPERATOR');

/** @throws AccountRefusal INVALID_API_KEY */
export function checkNewKey(
  key: { name: string; scopes: readonly string[]; expiresAt: Date | null },
  now: Date,
): void {
  if (key.name.trim() === '' || key.name.length > 100 || !key.name.isWellFormed()) {
    throw invalid('a name has 1 to 100 characters');
  }
  if (key.name.includes('\0')) throw invalid('a name has characters that can be kept');
  if (key.scopes.length === 0 || key.scopes.length > mostScopes) {
    throw invalid(`a key has 1 to ${mostScopes} scopes`);
  }
  const odd = key.scopes.find((scope) => !scopePattern.test(scope));
  if (odd !== undefined) throw invalid('a scope looks like `read` or `orders:write`');
  if (key.expiresAt && key.expiresAt <= now) throw invalid('expiresAt lies in the past');
}

/** @throws AccountRefusal INVALID_API_KEY */
export function checkOverlap(seconds: number): void {
  if (seconds >= 0 && seconds <= longestOverlapSeconds) return;
  throw invalid(`overlapSeconds is 0 to ${longestOverlapSeconds}`);
}

/** @throws AccountRefusal INVALID_API_KEY */
export function checkLimit(limit: number | null): void {
  if (limit === null || limit > 0) return;
  throw invalid('a limit is 1 or more');
}

const invalid = (message: string) => new AccountRefusal('INVALID_API_KEY', message);
