import type { Role } from '#kit/identity.ts';
import type { SessionKey, UserId } from '#kit/ids.ts';
import type { ApiKey, ApiKeySecret, PublishedOperation } from '../domain/api-key.ts';
import type { Bar } from '../domain/bar.ts';
import type { Session } from '../domain/session.ts';

export interface StoredUser {
  readonly id: UserId;
  readonly email: string;
  readonly passwordHash: string;
  readonly roles: readonly Role[];
  readonly createdAt: Date;
  /** Null for whoever may come in. */
  readonly bar: Bar | null;
}

export interface UserStore {
  /** False when the address is taken. */
  add(user: StoredUser): Promise<boolean>;
  byEmail(email: string): Promise<StoredUser | null>;
  byIds(ids: readonly UserId[]): Promise<readonly StoredUser[]>;
  /** Gives or takes a role, which gateways hear of with the user's API keys; null: no such user. */
  setRole(id: UserId, role: Role, has: boolean): Promise<StoredUser | null>;
}

/** Where a page of barred users begins: after this one. */
export interface BarPosition {
  readonly since: Date;
  readonly id: UserId;
}

/** By `bar` and `lift`: @throws Refusal FORBIDDEN when the operator is barred itself. */
export interface BarStore {
  /** Bars a user who is not barred, which gateways hear of with its API keys; null: no such user. */
  bar(id: UserId, bar: Bar): Promise<StoredUser | null>;
  /** Takes a bar away, with what is remembered of sessions; null: no such user. */
  lift(id: UserId, by: UserId): Promise<StoredUser | null>;
  /** Those of them who are barred. */
  of(ids: readonly UserId[]): Promise<readonly UserId[]>;
  /** Who is barred, the latest first. */
  list(limit: number, after: BarPosition | null): Promise<readonly StoredUser[]>;
  /** Remembers, until it is lifted, which sessions end with a bar, so that their holders hear why. */
  rememberSessions(userId: UserId, ids: readonly SessionKey[]): Promise<void>;
  /** Whether a session ended with a bar. */
  endedSession(id: SessionKey): Promise<boolean>;
}

/** What of an API key can change. */
export type ApiKeyChange = Partial<
  Pick<ApiKey, 'level' | 'requestsPerMinute' | 'requestsPerDay' | 'revokedAt'>
>;

/** An API key as gateways need it, with its owner's roles. */
export interface GatewayKey extends ApiKey {
  readonly version: number;
  readonly roles: readonly Role[];
  readonly barred: boolean;
}

/** Every change has a version of its own, one above the one before: gateways ask for what is new. */
export interface ApiKeyStore {
  /** False when the user has `most` live keys already. */
  add(key: ApiKey, most: number): Promise<boolean>;
  /** Also revoked ones; null where there is none. */
  get(id: string): Promise<ApiKey | null>;
  /** The latest first. */
  list(userId: UserId): Promise<readonly ApiKey[]>;
  change(id: string, change: ApiKeyChange): Promise<void>;
  /** Adds a secret and lets those of now end. */
  rotate(id: string, secret: ApiKeySecret, othersEndAt: Date): Promise<void>;
  /** By name and id. */
  operations(id: string): Promise<readonly PublishedOperation[]>;
  /** Null when the key would have more than `most`. The version of the change. */
  publish(
    id: string,
    operations: readonly PublishedOperation[],
    replace: boolean,
    most: number,
  ): Promise<number | null>;
  /** What a gateway found, unless the operations have changed since. */
  judge(
    id: string,
    version: number,
    verdicts: ReadonlyMap<string, readonly string[]>,
  ): Promise<void>;
  /** The keys that changed after a version, the earliest first. */
  changedAfter(version: number, limit: number): Promise<readonly GatewayKey[]>;
}

/** How often one caller had one operation executed, or one field selected, as gateways count. */
export interface UsageRow {
  readonly kind: 'OPERATION' | 'FIELD';
  /** An operation's id, or a field's coordinate, `Type.field`. */
  readonly name: string;
  /** What the operation calls itself. */
  readonly label: string | null;
  /** An API key's id, or a class of people. */
  readonly caller: string;
  readonly executions: number;
  readonly lastAtMs: number;
}

/** One of the batches of a gateway, which numbers them from 1. */
export interface UsageBatch {
  readonly reporter: string;
  readonly sequence: number;
  readonly rows: readonly UsageRow[];
}

export interface UsagePeriod {
  /** Days in UTC, `YYYY-MM-DD`, both included. */
  readonly from: string;
  readonly to: string;
}

/** Counts by day, over all gateways; days that are long over are forgotten. */
export interface UsageStore {
  /** Adds a batch; one that was added before, or an older one of its reporter, adds nothing. */
  add(batch: UsageBatch, now: Date): Promise<void>;
  /** The most executed first, of each kind at most so many; an owner's API keys or everybody. */
  totals(period: UsagePeriod, owner: UserId | null, limit: number): Promise<readonly UsageRow[]>;
}

export interface SessionStore {
  add(session: Session): Promise<void>;
  get(id: SessionKey): Promise<Session | null>;
  /** The live ones, the latest first. */
  list(userId: UserId, now: Date): Promise<readonly Session[]>;
  /** Moves a session on from a generation; false when another refresh was first or it ended. */
  rotate(id: SessionKey, from: number, lastUsedAt: Date, expiresAt: Date): Promise<boolean>;
  /** Whether there was one. It is remembered for as long as its access tokens could live. */
  end(id: SessionKey): Promise<boolean>;
  /** Those that ended in the last so many milliseconds, the latest first and not more than a page. */
  endedWithin(ms: number): Promise<readonly SessionKey[]>;
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

/** Bounds what can be guessed. @throws AccountRefusal TOO_MANY_ATTEMPTS, by each of them */
export interface Throttle {
  /** Counts an attempt at anything from a network address. */
  attempt(address: string): Promise<void>;
  /** Counts a log-in as one that failed, until it says otherwise. */
  logIn(account: string, address: string): Promise<LogInAttempt>;
}

export interface LogInAttempt {
  succeeded(): Promise<void>;
  /** There was no verdict, by no fault of whoever tried: something was away. */
  undecided(): Promise<void>;
}

export interface Tokens {
  readonly accessToken: string;
  readonly accessTokenExpiresAt: Date;
  readonly refreshToken: string;
}

/** A new random secret of an API key, with its SHA-256 and its beginning. */
export type NewSecret = () => {
  readonly secret: string;
  readonly hash: string;
  readonly prefix: string;
};
