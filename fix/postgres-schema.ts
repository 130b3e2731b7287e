import { Migration } from '@mikro-orm/migrations';
import { defineEntity, p } from '@mikro-orm/postgresql';

import type { FixField } from './types.ts';

const FixSessionRow = defineEntity({
  name: 'FixSessionRow',
  tableName: 'fix_session',
  properties: {
    sender: p.text().primary(),
    target: p.text().primary(),
    nextOutbound: p.integer(),
    nextInbound: p.integer(),
  },
});

const FixOutboundMessageRow = defineEntity({
  name: 'FixOutboundMessageRow',
  tableName: 'fix_outbound_message',
  properties: {
    sender: p.text().primary(),
    target: p.text().primary(),
    sequence: p.integer().primary(),
    type: p.text(),
    fields: p.json<readonly FixField[]>(),
    storedAt: p.datetime(),
  },
});

/** For a service's list of entities; the store itself speaks SQL. */
export const fixEntities = [FixSessionRow, FixOutboundMessageRow] as const;

/** For a service's list of migrations. */
export class FixMigration extends Migration {
  override up(): void {
    this.addSql(`
      create table fix_session (
        sender text not null,
        target text not null,
        next_outbound int not null check (next_outbound > 0),
        next_inbound int not null check (next_inbound > 0),
        primary key (sender, target)
      )`);
    this.addSql(`
      create table fix_outbound_message (
        sender text not null,
        target text not null,
        sequence int not null,
        type text not null,
        fields jsonb not null,
        stored_at timestamptz not null,
        primary key (sender, target, sequence)
      )`);
  }

  override down(): void {
    this.addSql(`drop table fix_outbound_message`);
    this.addSql(`drop table fix_session`);
  }
}
