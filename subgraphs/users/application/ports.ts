import type { Role } from '#kit/identity.ts';
import type { SessionKey, UserId } from '#kit/ids.ts';
import type { Session } from '../domain/session.ts';

export interface StoredUser {
  readonly id: UserId;
  readonly email: string;
  readonly passwordHash: string;
  readonly roles: readonly Role[];
  readonly createdAt: Date;
}

export interface UserStore {
  /** False when the address is taken. */
  add(user: StoredUser): Promise<boolean>;
  byEmail(email: string): Promise<StoredUser | null>;
  byIds(ids: readonly UserId[]): Promise<readonly StoredUser[]>;
}

export interface SessionStore {
  add(session: Session): Promise<void>;
  get(id: SessionKey): Promise<Session | null>;
  /** The live ones, the latest first. */
  list(userId: UserId, now: Date): Promise<readonly Session[]>;
  /** Moves a session on from a generation; false when another refresh was first or it ended. */
  rotate(id: SessionKey, from: number, lastUsedAt: Date, expiresAt: Date): Promise<boolean>;
  /** Whether there was one. */
  end(id: SessionKey): Promise<boolean>;
}

export interface PasswordHasher {
  /** @throws AccountRefusal TOO_MANY_ATTEMPTS when too many hashes wait already */
  hash(password: string): Promise<string>;
  /** Without a hash it takes as long and says no, so that timing tells nothing. */
  verify(hash: string | undefined, password: string): Promise<boolean>;
}

export interface AccessTokens {
  sign(user: StoredUser, session: Session): Promise<{ token: string; expiresAt: Date }>;
}

export interface RefreshTokens {
  make(session: SessionKey, generation: number): string;
  /** Null when it is malformed or not ours. */
  read(token: string): { session: SessionKey; generation: number } | null;
}

export interface Throttle {
  /** Counts an attempt. @throws AccountRefusal TOO_MANY_ATTEMPTS */
  attempt(kind: 'account' | 'address', key: string): Promise<void>;
  /** Forgets an account's attempts after one that succeeded. */
  succeeded(key: string): Promise<void>;
}

export interface Tokens {
  readonly accessToken: string;
  readonly accessTokenExpiresAt: Date;
  readonly refreshToken: string;
}
