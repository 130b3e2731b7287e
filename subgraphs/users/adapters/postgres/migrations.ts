import { Migration } from '@mikro-orm/migrations';

class Users extends Migration {
  override up(): void {
    this.addSql(`
      create table app_user (
        id uuid primary key,
        email text not null unique check (length(email) <= 254),
        password_hash text not null,
        roles text[] not null,
        created_at timestamptz(3) not null
      )`);
    // Only where there is no Redis: sessions must outlive a restart there too.
    this.addSql(`
      create table session (
        id uuid primary key,
        user_id uuid not null references app_user,
        generation integer not null check (generation >= 1),
        created_at timestamptz(3) not null,
        last_used_at timestamptz(3) not null,
        expires_at timestamptz(3) not null,
        device text
      )`);
    this.addSql('create index session_user_id on session (user_id)');
  }
}

export const migrations = { '0001-users': Users };
