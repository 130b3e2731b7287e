import { Migration } from '@mikro-orm/migrations';

/**
 * The tables that every service with messages has: what it will send (outbox), what it will say to
 * listeners (outbox_live) and what it has done (inbox).
 */
export class MessagingTables extends Migration {
  override up(): void {
    this.addSql(`
      create table outbox (
        id bigserial primary key,
        message json not null,
        created_at timestamptz not null default now(),
        error text
      )`);
    this.addSql(`comment on column outbox.error is
      'why the row is set aside for good: no queue can take the message'`);
    this.addSql(`
      create table outbox_live (
        id bigserial primary key,
        updates json not null,
        created_at timestamptz not null default now()
      )`);
    this.addSql(`comment on column outbox_live.updates is
      'an array of { channel, payload }: all that one change has to say'`);
    // They are read once and soon: compressing them costs more than it saves.
    this.addSql('alter table outbox_live alter column updates set storage external');
    this.addSql(`
      create table inbox (
        queue_group text not null,
        message_id uuid not null,
        handled_at timestamptz not null default now(),
        primary key (queue_group, message_id)
      )`);
    // Only the pruning reads it, oldest first: a block range index costs next to nothing to keep.
    this.addSql('create index inbox_handled_at on inbox using brin (handled_at)');
    // Rows live for milliseconds, so the tables are vacuumed by count and not by share.
    for (const table of ['outbox', 'outbox_live']) {
      this.addSql(`alter table ${table} set (
        autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000)`);
    }
  }

  override down(): void {
    this.addSql('drop table inbox, outbox_live, outbox');
  }
}
