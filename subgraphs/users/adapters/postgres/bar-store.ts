import type { EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { Refusal } from '#kit/errors.ts';
import type { SessionKey, UserId } from '#kit/ids.ts';
import type { BarStore } from '../../application/ports.ts';
import { ApiKeyEntity } from './api-key-entities.ts';
import { nextVersion } from './api-key-store.ts';
import { UserEntity } from './entities.ts';
import { toStored } from './user-store.ts';

export function createBarStore(orm: MikroORM): BarStore {
  /** One change at a time, and gateways hear of it with the user's API keys. */
  const change = <Result>(
    by: UserId,
    work: (em: EntityManager, version: number) => Promise<Result>,
  ): Promise<Result> =>
    orm.em.fork().transactional(async (em) => {
      const version = await nextVersion(em);
      // Of two operators who bar each other only one does.
      const barredItself = await em.count(UserEntity, { id: by, barredAt: { $ne: null } });
      if (barredItself > 0) throw new Refusal('FORBIDDEN', 'you may not do this');
      return work(em, version);
    });
  const touchKeys = (em: EntityManager, userId: UserId, version: number) =>
    em.nativeUpdate(ApiKeyEntity, { userId, revokedAt: null }, { version });

  return {
    bar: (id, { reason, since, by }) =>
      change(by, async (em, version) => {
        const user = await em.findOne(UserEntity, { id });
        if (!user) return null;
        if (user.barredAt) return toStored(user);
        Object.assign(user, { barReason: reason, barredAt: since, barredBy: by });
        await em.flush();
        await touchKeys(em, id, version);
        return toStored(user);
      }),
    lift: (id, by) =>
      change(by, async (em, version) => {
        const user = await em.findOne(UserEntity, { id });
        if (!user?.barredAt) return user && toStored(user);
        Object.assign(user, { barReason: null, barredAt: null, barredBy: null });
        await em.flush();
        await em.execute('delete from barred_session where user_id = ?', [id]);
        await touchKeys(em, id, version);
        return toStored(user);
      }),
    async of(ids) {
      const where = { id: { $in: [...ids] }, barredAt: { $ne: null } };
      return (await orm.em.fork().find(UserEntity, where)).map(({ id }) => id);
    },
    async list(limit, after) {
      const rest = after && {
        $or: [{ barredAt: { $lt: after.since } }, { barredAt: after.since, id: { $lt: after.id } }],
      };
      const where = { barredAt: { $ne: null }, ...rest };
      const orderBy = { barredAt: 'desc', id: 'desc' } as const;
      const rows = await orm.em.fork().find(UserEntity, where, { orderBy, limit });
      return rows.map(toStored);
    },
    async rememberSessions(userId, ids) {
      await orm.em.fork().execute(
        `insert into barred_session (id, user_id) select unnest(?::uuid[]), ?
         on conflict do nothing`,
        [asArray(ids), userId],
      );
    },
    async endedSession(id) {
      const rows: readonly unknown[] = await orm.em
        .fork()
        .execute('select 1 from barred_session where id = ?', [id]);
      return rows.length > 0;
    },
  };
}

/** As PostgreSQL writes an array; ids have no character that must be quoted. */
const asArray = (ids: readonly SessionKey[]) => `{${ids.join()}}`;
