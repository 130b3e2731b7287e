import type { MikroORM } from '@mikro-orm/postgresql';
import type { SessionKey } from '#kit/ids.ts';
import type { SessionStore } from '../../application/ports.ts';
import { SessionEntity } from './entities.ts';

const endAndRemember = `
  with gone as (delete from session where id = ? returning id)
  insert into ended_session (id, ended_at) select id, clock_timestamp() from gone
  on conflict do nothing returning id`;
const forgetEnds = `
  delete from ended_session where ended_at < clock_timestamp() - ? * interval '1 millisecond'`;
const ends = `
  select id from ended_session where ended_at > clock_timestamp() - ? * interval '1 millisecond'
  order by ended_at desc limit 10000`;

/** The twin for one process without Redis: sessions outlive a restart. */
export function createPostgresSessionStore(orm: MikroORM, rememberEndMs: number): SessionStore {
  return {
    async add(session) {
      const em = orm.em.fork();
      await em.execute(forgetEnds, [rememberEndMs]);
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
    async end(id) {
      const ended: readonly unknown[] = await orm.em.fork().execute(endAndRemember, [id]);
      return ended.length === 1;
    },
    async endedWithin(ms) {
      const rows: readonly { id: SessionKey }[] = await orm.em.fork().execute(ends, [ms]);
      return rows.map(({ id }) => id);
    },
  };
}
