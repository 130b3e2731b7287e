import type { MikroORM } from '@mikro-orm/postgresql';
import type { SessionStore } from '../../application/ports.ts';
import { SessionEntity } from './entities.ts';

/** The twin for one process without Redis: sessions outlive a restart. */
export function createPostgresSessionStore(orm: MikroORM): SessionStore {
  return {
    async add(session) {
      const em = orm.em.fork();
      await em.nativeDelete(SessionEntity, { expiresAt: { $lt: session.createdAt } });
      await em.insert(SessionEntity, session);
    },
    async get(id) {
      const row = await orm.em.fork().findOne(SessionEntity, { id });
      return row ? { ...row, device: row.device ?? null } : null;
    },
    async list(userId, now) {
      const rows = await orm.em
        .fork()
        .find(
          SessionEntity,
          { userId, expiresAt: { $gt: now } },
          { orderBy: { createdAt: 'desc' }, limit: 1_000 },
        );
      return rows.map((row) => ({ ...row, device: row.device ?? null }));
    },
    async rotate(id, from, lastUsedAt, expiresAt) {
      const moved = await orm.em
        .fork()
        .nativeUpdate(
          SessionEntity,
          { id, generation: from },
          { generation: from + 1, lastUsedAt, expiresAt },
        );
      return moved === 1;
    },
    end: async (id) => (await orm.em.fork().nativeDelete(SessionEntity, { id })) === 1,
  };
}
