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

class ApiKeys extends Migration {
  override up(): void {
    // One row that every change locks: whoever reads version N has seen all changes up to N.
    this.addSql(`
      create table api_key_head (
        one boolean primary key default true check (one),
        version integer not null
      )`);
    this.addSql('insert into api_key_head (version) values (0)');
    this.addSql(`
      create table api_key (
        id uuid primary key,
        user_id uuid not null references app_user,
        name text not null check (length(name) between 1 and 100),
        scopes text[] not null,
        level text not null check (level in ('LOG', 'SAFELIST', 'REQUIRE_ID')),
        requests_per_minute integer check (requests_per_minute > 0),
        requests_per_day integer check (requests_per_day > 0),
        created_at timestamptz(3) not null,
        expires_at timestamptz(3),
        revoked_at timestamptz(3),
        version integer not null,
        operations_version integer not null
      )`);
    this.addSql('create index api_key_user_id on api_key (user_id)');
    this.addSql('create index api_key_version on api_key (version)');
    this.addSql(`
      create table api_key_secret (
        hash text primary key check (hash ~ '^[0-9a-f]{64}$'),
        key_id uuid not null references api_key,
        prefix text not null,
        created_at timestamptz(3) not null,
        expires_at timestamptz(3)
      )`);
    this.addSql('create index api_key_secret_key_id on api_key_secret (key_id)');
    this.addSql(`
      create table published_operation (
        key_id uuid not null references api_key,
        id text not null check (length(id) between 1 and 200),
        name text,
        body text not null,
        status text not null check (status in ('UNCHECKED', 'VALID', 'BROKEN')),
        problems text[] not null,
        primary key (key_id, id)
      )`);
  }
}

class EndedSessions extends Migration {
  override up(): void {
    this.addSql(
      'create table ended_session (id uuid primary key, ended_at timestamptz(3) not null)',
    );
    this.addSql('create index ended_session_ended_at on ended_session (ended_at)');
  }
}

class Bars extends Migration {
  override up(): void {
    this.addSql(`
      alter table app_user
        add column bar_reason text check (length(bar_reason) between 1 and 500),
        add column barred_at timestamptz(3),
        add column barred_by uuid references app_user check (barred_by <> id),
        add constraint bar_is_whole check (
          num_nulls(bar_reason, barred_at, barred_by) in (0, 3))`);
    this.addSql(`
      create index app_user_barred_at on app_user (barred_at, id) where barred_at is not null`);
    this.addSql(`
      create table barred_session (id uuid primary key, user_id uuid not null references app_user)`);
    this.addSql('create index barred_session_user_id on barred_session (user_id)');
  }
}

class UsageCounts extends Migration {
  override up(): void {
    this.addSql(`
      create table usage_count (
        day date not null,
        kind text not null check (kind in ('OPERATION', 'FIELD')),
        caller text not null check (length(caller) between 1 and 64),
        name text not null check (length(name) between 1 and 300),
        label text check (length(label) <= 200),
        executions bigint not null check (executions > 0),
        last_at timestamptz(3) not null,
        primary key (day, kind, caller, name)
      )`);
    // A row for each run of a gateway: the last batch that was taken of it.
    this.addSql(`
      create table usage_reporter (
        id uuid primary key,
        sequence integer not null,
        reported_at timestamptz(3) not null
      )`);
  }
}

export const migrations = {
  '0001-users': Users,
  '0002-api-keys': ApiKeys,
  '0003-ended-sessions': EndedSessions,
  '0004-bars': Bars,
  '0005-usage-counts': UsageCounts,
};
