import type { EntityManager, InferEntity, MikroORM } from '@mikro-orm/postgresql';
import type { UserId } from '#kit/ids.ts';
import type { ApiKeyStore } from '../../application/ports.ts';
import type { ApiKey, PublishedOperation } from '../../domain/api-key.ts';
import { ApiKeyEntity, ApiKeySecretEntity, PublishedOperationEntity } from './api-key-entities.ts';
import { UserEntity } from './entities.ts';

/** Each change takes the next version under a lock that it holds to its commit. */
export async function nextVersion(em: EntityManager): Promise<number> {
  const [row] = await em.execute<{ version: number }[]>(
    'update api_key_head set version = version + 1 returning version',
  );
  if (!row) throw new Error('api_key_head has no row');
  return row.version;
}

export function createApiKeyStore(orm: MikroORM): ApiKeyStore {
  const inTransaction = <Result>(work: (em: EntityManager) => Promise<Result>) =>
    orm.em.fork().transactional(work);
  return {
    add: (key, most) =>
      inTransaction(async (em) => {
        const version = await nextVersion(em);
        const live = await em.count(ApiKeyEntity, { userId: key.userId, revokedAt: null });
        if (live >= most) return false;
        const { secrets, ...row } = key;
        await em.insert(ApiKeyEntity, { ...row, scopes: [...row.scopes], version });
        for (const secret of secrets) {
          await em.insert(ApiKeySecretEntity, { ...secret, keyId: key.id });
        }
        return true;
      }),
    async get(id) {
      const [key] = await withSecrets(orm.em.fork(), { id });
      return key ?? null;
    },
    list: (userId) => withSecrets(orm.em.fork(), { userId }),
    change: (id, change) =>
      inTransaction(async (em) => {
        const version = await nextVersion(em);
        await em.nativeUpdate(ApiKeyEntity, { id }, { ...change, version });
      }),
    rotate: (id, secret, othersEndAt) =>
      inTransaction(async (em) => {
        const version = await nextVersion(em);
        await em.nativeUpdate(
          ApiKeySecretEntity,
          { keyId: id, $or: [{ expiresAt: null }, { expiresAt: { $gt: othersEndAt } }] },
          { expiresAt: othersEndAt },
        );
        await em.nativeDelete(ApiKeySecretEntity, {
          keyId: id,
          expiresAt: { $lte: secret.createdAt },
        });
        await em.insert(ApiKeySecretEntity, { ...secret, keyId: id });
        await em.nativeUpdate(ApiKeyEntity, { id }, { version });
      }),
    async operations(id) {
      const orderBy = { name: 'asc', id: 'asc' } as const;
      const rows = await orm.em.fork().find(PublishedOperationEntity, { keyId: id }, { orderBy });
      return rows.map((row) => ({ ...row, name: row.name ?? null }));
    },
    publish: (id, operations, replace, most) =>
      inTransaction(async (em) => {
        const version = await nextVersion(em);
        if (replace) await em.nativeDelete(PublishedOperationEntity, { keyId: id });
        await em.upsertMany(PublishedOperationEntity, rowsOf(id, operations), { batchSize: 100 });
        if ((await em.count(PublishedOperationEntity, { keyId: id })) > most) {
          throw new TooMany();
        }
        const operationsVersion = version;
        await em.nativeUpdate(ApiKeyEntity, { id }, { version, operationsVersion });
        return version;
      }).catch((error: unknown) => {
        if (error instanceof TooMany) return null;
        throw error;
      }),
    judge: (id, version, verdicts) =>
      inTransaction(async (em) => {
        const current = await em.execute<object[]>(
          'select 1 from api_key where id = ? and operations_version = ? for share',
          [id, version],
        );
        if (current.length === 0) return;
        for (const [operation, problems] of verdicts) {
          await em.nativeUpdate(
            PublishedOperationEntity,
            { keyId: id, id: operation },
            { status: problems.length === 0 ? 'VALID' : 'BROKEN', problems: [...problems] },
          );
        }
      }),
    async changedAfter(version, limit) {
      const em = orm.em.fork();
      const where = { version: { $gt: version } };
      const page = await em.find(ApiKeyEntity, where, { orderBy: { version: 'asc' }, limit });
      // A version of several keys that a full page may have cut goes to the next page.
      const last = page.length === limit ? page.at(-1)?.version : undefined;
      const rows = page.filter((row) => row.version !== last);
      const secrets = await secretsOf(
        em,
        rows.map(({ id }) => id),
      );
      const owners = [...new Set(rows.map(({ userId }) => userId))];
      const users = await em.find(UserEntity, { id: { $in: owners } });
      const byId = new Map(users.map((user) => [user.id, user] as const));
      return rows.map((row) => ({
        ...asKey(row, secrets),
        version: row.version,
        roles: byId.get(row.userId)?.roles ?? [],
        barred: byId.get(row.userId)?.barredAt != null,
      }));
    },
  };
}

/** Rolls a publication back that would be too many operations. */
class TooMany extends Error {}

const rowsOf = (keyId: string, operations: readonly PublishedOperation[]) =>
  operations.map((operation) => ({ ...operation, keyId, problems: [...operation.problems] }));

type Secrets = readonly InferEntity<typeof ApiKeySecretEntity>[];

const secretsOf = (em: EntityManager, ids: readonly string[]) =>
  em.find(ApiKeySecretEntity, { keyId: { $in: [...ids] } }, { orderBy: { createdAt: 'desc' } });

async function withSecrets(
  em: EntityManager,
  where: { readonly id: string } | { readonly userId: UserId },
): Promise<readonly ApiKey[]> {
  const rows = await em.find(ApiKeyEntity, where, { orderBy: { createdAt: 'desc' }, limit: 1_000 });
  const secrets = await secretsOf(
    em,
    rows.map(({ id }) => id),
  );
  return rows.map((row) => asKey(row, secrets));
}

const asKey = (row: InferEntity<typeof ApiKeyEntity>, secrets: Secrets): ApiKey => ({
  id: row.id,
  userId: row.userId,
  name: row.name,
  scopes: row.scopes,
  level: row.level,
  requestsPerMinute: row.requestsPerMinute ?? null,
  requestsPerDay: row.requestsPerDay ?? null,
  createdAt: row.createdAt,
  expiresAt: row.expiresAt ?? null,
  revokedAt: row.revokedAt ?? null,
  operationsVersion: row.operationsVersion,
  secrets: secrets
    .filter(({ keyId }) => keyId === row.id)
    .map(({ hash, prefix, createdAt, expiresAt }) => ({
      hash,
      prefix,
      createdAt,
      expiresAt: expiresAt ?? null,
    })),
});
