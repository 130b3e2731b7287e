import type { MikroORM } from '@mikro-orm/postgresql';
import type { UserStore } from '../../application/ports.ts';
import { UserEntity } from './entities.ts';

export function createUserStore(orm: MikroORM): UserStore {
  return {
    async add(user) {
      const row = { ...user, roles: [...user.roles] };
      const inserted = await orm.em
        .fork()
        .createQueryBuilder(UserEntity)
        .insert(row)
        .onConflict('email')
        .ignore()
        .execute('run');
      return inserted.affectedRows === 1;
    },
    byEmail: (email) => orm.em.fork().findOne(UserEntity, { email }),
    byIds: (ids) => orm.em.fork().find(UserEntity, { id: { $in: [...ids] } }),
  };
}
