import { sha256, type ManifestOperation } from '#kit/operation-manifest.ts';
import type { Logger } from '#kit/log.ts';
import type { ApiKey, ToldKey } from './key.ts';
import type { UsersLink } from './users-link.ts';

export interface KeyDirectory {
  /** UNKNOWN: not good (any more). NOT_YET: users has not told its keys. */
  find(secret: string): FoundKey | 'UNKNOWN' | 'NOT_YET';
  /** Whether users has told its keys. */
  told(): boolean;
  close(): void;
}

export interface FoundKey {
  readonly key: ApiKey;
  /** The hash of the secret that it was found by. */
  readonly secretHash: string;
  /** When this secret, or the key, ends by itself. */
  readonly expiresAtMs: number;
}

export interface DirectorySettings {
  readonly users: UsersLink;
  readonly everyMs: number;
  readonly now: () => number;
  readonly logger: Logger;
  /** A key is not good any more. */
  onEnded(key: string): void;
  /** A secret, by its hash, is not good any more, though its key is: what it opened ends. */
  onSecretEnded(secretHash: string): void;
  /** A key's operations changed. */
  onOperations(key: ApiKey, version: number, operations: readonly ManifestOperation[]): void;
}

const retryMs = 2_000;

/**
 * All live keys with the hashes of their secrets, kept within a second of what users says: it is asked
 * for what is new a few times a second, which costs it one look into an index.
 */
export async function openKeyDirectory(settings: DirectorySettings): Promise<KeyDirectory> {
  const { users, everyMs, now, logger } = settings;
  const bySecret = new Map<string, FoundKey>();
  const hashes = new Map<string, readonly string[]>();
  const fetched = new Map<string, number>();
  let version = 0;
  let told = false;
  let failing = false;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;

  function take(told: ToldKey): void {
    const before = hashes.get(told.id) ?? [];
    for (const hash of before) bySecret.delete(hash);
    hashes.delete(told.id);
    const { secrets, version: _version, ...key } = told;
    if (!key.live) {
      // It may come back with its owner's role, and then its operations do.
      fetched.delete(key.id);
      return settings.onEnded(key.id);
    }
    hashes.set(
      key.id,
      secrets.map(({ hash }) => hash),
    );
    for (const { hash, expiresAt } of secrets) {
      const expiresAtMs = Math.min(expiresAt, key.expiresAtMs);
      bySecret.set(hash, { key, secretHash: hash, expiresAtMs });
    }
    for (const hash of before) if (!bySecret.has(hash)) settings.onSecretEnded(hash);
  }

  async function fetchOperations(key: ToldKey): Promise<void> {
    if (!key.live || (fetched.get(key.id) ?? 0) >= key.operationsVersion) return;
    const answer = await users.operationsOf(key.id);
    fetched.set(key.id, answer.version);
    settings.onOperations(key, answer.version, answer.operations);
  }

  /** Ends what was opened with a secret before it was known when that ends. */
  function sweep(): void {
    for (const [hash, { expiresAtMs }] of bySecret) {
      if (expiresAtMs > now()) continue;
      bySecret.delete(hash);
      settings.onSecretEnded(hash);
    }
  }

  async function look(): Promise<void> {
    sweep();
    try {
      for (;;) {
        const keys = await users.keysAfter(version);
        for (const key of keys) {
          // What a key may send is there before what it may do.
          await fetchOperations(key);
          take(key);
          version = Math.max(version, key.version);
        }
        if (keys.length === 0) break;
      }
      if (failing) logger.info({}, 'hears of API keys again');
      told = true;
      failing = false;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      if (!failing) logger.warn({ why }, 'users does not tell its API keys; those known stay good');
      failing = true;
    }
    if (closed) return;
    timer = setTimeout(() => void look(), failing ? retryMs : everyMs);
    timer.unref();
  }

  await look();
  return {
    find(secret) {
      const found = bySecret.get(sha256(secret));
      if (found) return found.expiresAtMs > now() ? found : 'UNKNOWN';
      return told ? 'UNKNOWN' : 'NOT_YET';
    },
    told: () => told,
    close() {
      closed = true;
      clearTimeout(timer);
    },
  };
}
