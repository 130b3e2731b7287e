import type { InferEntity, MikroORM } from '@mikro-orm/postgresql';
import type { StoredUser, UserStore } from '../../application/ports.ts';
import { ApiKeyEntity } from './api-key-entities.ts';
import { nextVersion } from './api-key-store.ts';
import { UserEntity } from './entities.ts';

export function createUserStore(orm: MikroORM): UserStore {
  return {
    async add(user) {
      const { bar: _none, ...facts } = user;
      const row = { ...facts, roles: [...user.roles] };
      const inserted = await orm.em
        .fork()
        .createQueryBuilder(UserEntity)
        .insert(row)
        .onConflict('email')
        .ignore()
        .execute('run');
      return inserted.affectedRows === 1;
    },
    async byEmail(email) {
      const row = await orm.em.fork().findOne(UserEntity, { email });
      return row && toStored(row);
    },
    async byIds(ids) {
      const rows = await orm.em.fork().find(UserEntity, { id: { $in: [...ids] } });
      return rows.map(toStored);
    },
    setRole: (id, role, has) =>
      orm.em.fork().transactional(async (em) => {
        const version = await nextVersion(em);
        const user = await em.findOne(UserEntity, { id });
        if (!user) return null;
        const others = user.roles.filter((one) => one !== role);
        user.roles = has ? [...others, role] : others;
        await em.flush();
        // One user has few keys, so that one version of them fits one page of changes.
        await em.nativeUpdate(ApiKeyEntity, { userId: id, revokedAt: null }, { version });
        return toStored(user);
      }),
  };
}

export function toStored(row: InferEntity<typeof UserEntity>): StoredUser {
  const { barReason: reason, barredAt: since, barredBy: by, ...user } = row;
  return { ...user, bar: reason && since && by ? { reason, since, by } : null };
}
