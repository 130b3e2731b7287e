import type { IdentitySigner } from '#kit/identity.ts';
import type { Addresses } from './addresses.ts';
import { openKeyDirectory, type KeyDirectory } from './api-keys/directory.ts';
import { createUsersLink } from './api-keys/users-link.ts';
import { ConfigError } from '#kit/config.ts';
import type { GatewayConfig } from './config.ts';
import type { GatewayDeps } from './deps.ts';
import { createAutomaticStore } from './persisted-queries/automatic-store.ts';
import type { CheckOperation } from './persisted-queries/check-operation.ts';
import { openPublished, type Published } from './persisted-queries/published.ts';
import { createPersistedQueries, type PersistedQueries } from './persisted-queries/resolve.ts';

export interface PartnerSettings {
  readonly config: GatewayConfig;
  readonly deps: GatewayDeps;
  readonly signer: IdentitySigner;
  /** Where users is; undefined: the supergraph has no such subgraph, so that there are no keys. */
  users(): Addresses | undefined;
  /** Ends what runs with a key, by its id, or with one secret of it, by its hash. */
  endKey(keyOrSecret: string): void;
  readonly check: CheckOperation;
}

export interface Partners {
  readonly apiKeys: KeyDirectory | null;
  readonly persisted: PersistedQueries;
  /** The supergraph changed. */
  recheck(): void;
  close(): void;
}

const apqCharacters = 32 * 1024 * 1024;
/** An operation that is not published is logged once in so long for each key. */
const logEveryMs = 60_000;

/** API keys and persisted operations: everything that partners' programs come with. */
export async function openPartners(settings: PartnerSettings): Promise<Partners> {
  const { config, deps, signer, users, endKey, check } = settings;
  const { folder, level, refreshMs, automatic } = config.persistedQueries;
  const { logger, clock } = deps;
  const link = createUsersLink(users, signer);
  const published = await openPublished({
    check,
    report: (key, version, verdicts) => link.report(key, version, verdicts),
    folder,
    everyMs: refreshMs,
    logger,
  }).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    throw new ConfigError(`OPERATIONS_FOLDER: cannot be read (${why})`);
  });
  const apiKeys =
    config.open || !users()
      ? null
      : await openKeyDirectory({
          users: link,
          everyMs: refreshMs,
          now: () => clock().getTime(),
          logger,
          onEnded(key) {
            published.removeKey(key);
            endKey(key);
          },
          onSecretEnded: endKey,
          onOperations: (key, version, operations) => published.setKey(key.id, version, operations),
        });
  return {
    apiKeys,
    persisted: persistedQueries(published, level, automatic, deps),
    recheck: () => published.recheck(),
    close() {
      apiKeys?.close();
      published.close();
    },
  };
}

function persistedQueries(
  published: Published,
  level: GatewayConfig['persistedQueries']['level'],
  automatic: number,
  { logger, clock }: GatewayDeps,
): PersistedQueries {
  const loggedAtMs = new Map<string, number>();
  return createPersistedQueries({
    automatic: createAutomaticStore(automatic, apqCharacters),
    common: published.common,
    of: published.of,
    level,
    onUnpublished(key) {
      const nowMs = clock().getTime();
      if (nowMs - (loggedAtMs.get(key) ?? -Infinity) < logEveryMs) return;
      loggedAtMs.set(key, nowMs);
      logger.info({ key }, 'an API key sends operations that are not published');
    },
  });
}
