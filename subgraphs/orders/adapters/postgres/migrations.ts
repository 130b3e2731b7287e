import { Migration } from '@mikro-orm/migrations';
import { MessagingTables } from '#kit/messaging-tables.ts';

class OrderTables extends Migration {
  override up(): void {
    this.addSql(`
      create table orders (
        id uuid primary key,
        user_id uuid not null,
        client_order_id text not null,
        fingerprint uuid not null,
        symbol text not null,
        base_currency char(3) not null,
        quote_currency char(3) not null,
        price_scale int not null,
        quantity_scale int not null,
        side text not null,
        type text not null,
        time_in_force text not null,
        quantity numeric(60, 0) not null check (quantity > 0),
        limit_price numeric(60, 0) not null check (limit_price > 0),
        status text not null,
        pending_operation text,
        settlement_status text not null,
        hold_status text not null,
        held_amount numeric(60, 0) not null check (held_amount > 0),
        filled numeric(60, 0) not null,
        overfill numeric(60, 0) not null check (overfill >= 0),
        notional numeric(60, 0) not null check (notional >= 0),
        fill_count int not null,
        settled_count int not null,
        refusal_code text,
        refusal_message text,
        submit_by timestamptz(3) not null,
        created_at timestamptz(3) not null,
        updated_at timestamptz(3) not null,
        unique (user_id, client_order_id),
        check (filled between 0 and quantity + overfill),
        check (settled_count between 0 and fill_count)
      )`);
    this.addSql('create index on orders (user_id, created_at desc, id desc)');
    this.addSql(`create index orders_waiting on orders (submit_by)
      where status in ('RECEIVED', 'HELD')`);
    this.addSql(`create index orders_open on orders (user_id)
      where status not in ('FILLED', 'CANCELED', 'EXPIRED', 'DENIED', 'REJECTED')`);
    this.addSql(`
      create table order_fill (
        execution_id uuid primary key,
        order_id uuid not null references orders,
        user_id uuid not null,
        venue text not null,
        exec_id text not null,
        quantity numeric(60, 0) not null check (quantity > 0),
        price numeric(60, 0) not null check (price > 0),
        base_amount numeric(60, 0) not null check (base_amount >= 0),
        quote_amount numeric(60, 0) not null check (quote_amount >= 0),
        venue_quote_amount numeric(60, 0) not null check (venue_quote_amount >= 0),
        late boolean not null,
        traded_at timestamptz(3) not null,
        transaction_id uuid
      )`);
    this.addSql('create index on order_fill (order_id)');
    this.addSql('create table order_log (user_id uuid primary key, head int not null)');
    this.addSql(`
      create table order_event (
        user_id uuid not null,
        sequence int not null check (sequence > 0),
        order_id uuid not null references orders,
        kind text not null,
        at timestamptz(3) not null,
        status text not null,
        filled_quantity text not null,
        execution_id uuid,
        primary key (user_id, sequence)
      )`);
    this.addSql(`create index order_event_fills on order_event (user_id, sequence)
      where kind = 'FILLED'`);
    this.addSql(`
      create table order_incident (
        id uuid primary key,
        order_id uuid not null references orders,
        user_id uuid not null,
        kind text not null,
        detail text not null,
        at timestamptz(3) not null
      )`);
    this.addSql(`
      create table instrument (
        symbol text primary key,
        base_currency char(3) not null,
        quote_currency char(3) not null,
        price_scale int not null,
        quantity_scale int not null,
        tick_size numeric(60, 0) not null check (tick_size > 0),
        minimum_quantity numeric(60, 0) not null,
        maximum_quantity numeric(60, 0) not null,
        published_at timestamptz(3) not null
      )`);
    this.addSql(`
      create table quote (
        symbol text primary key,
        bid numeric not null,
        ask numeric not null,
        at timestamptz(3) not null
      )`);
  }
}

class OrderTrace extends Migration {
  override up(): void {
    this.addSql('alter table orders add traceparent varchar(55)');
  }
}

/** In the order in which they are applied; names are for ever. */
export const migrations = {
  '0001-messages': MessagingTables,
  '0002-orders': OrderTables,
  '0003-order-trace': OrderTrace,
};
