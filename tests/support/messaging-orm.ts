import type { MikroORM } from '@mikro-orm/postgresql';
import { defineEntity, p } from '@mikro-orm/core';
import { Migration } from '@mikro-orm/migrations';
import { MessagingTables } from '#kit/messaging-tables.ts';
import { openOrm } from '#kit/orm.ts';

/** A table that handlers of tests write to. */
export const Effect = defineEntity({
  name: 'Effect',
  tableName: 'effect',
  properties: { id: p.integer().primary(), label: p.text() },
});

class EffectTable extends Migration {
  override up(): void {
    this.addSql('create table effect (id serial primary key, label text not null)');
  }
}

/** A service's database with the messaging tables and one more. */
export function openMessagingOrm(url: string): Promise<MikroORM> {
  return openOrm({
    url,
    entities: [Effect],
    migrations: { '0001-messages': MessagingTables, '0002-effect': EffectTable },
    poolSize: 5,
  });
}

/** What the handlers did, in order. */
export async function effects(orm: MikroORM): Promise<string[]> {
  const rows = await orm.em
    .fork()
    .execute<{ label: string }[]>('select label from effect order by id');
  return rows.map(({ label }) => label);
}

export async function countRows(orm: MikroORM, table: string): Promise<number> {
  const rows = await orm.em
    .fork()
    .execute<{ count: number }[]>(`select count(*)::int as count from ${table}`);
  return rows[0]?.count ?? 0;
}
