import { Migration } from '@mikro-orm/migrations';

export class VenueTables extends Migration {
  override up(): void {
    this.addSql(`
      create table venue_state (
        id int primary key check (id = 1),
        epoch bigint not null,
        next_order bigint not null,
        next_execution bigint not null
      )`);
    this.addSql('insert into venue_state values (1, 0, 1, 1)');
    this.addSql(`
      create table venue_order (
        number bigint primary key,
        owner text not null,
        cl_ord_id text not null,
        account text,
        symbol text not null,
        side text not null,
        type text not null,
        time_in_force text not null,
        quantity bigint not null check (quantity > 0),
        price bigint check (price > 0),
        status text not null,
        matched boolean not null,
        filled bigint not null check (filled between 0 and quantity),
        notional numeric(40) not null,
        accepted_at timestamptz not null,
        changed_at timestamptz not null,
        cancel_cl_ord_id text,
        unique (owner, cl_ord_id)
      )`);
    this.addSql(`
      create index venue_order_working on venue_order (number)
      where status in ('NEW', 'PARTIALLY_FILLED')`);
    this.addSql('create index venue_order_changed on venue_order (owner, changed_at)');
    this.addSql(`
      create table venue_execution (
        number bigint primary key,
        order_number bigint not null references venue_order,
        kind text not null,
        quantity bigint not null,
        price bigint,
        at timestamptz not null
      )`);
    this.addSql('create index venue_execution_order on venue_execution (order_number)');
    this.addSql('create index venue_execution_at on venue_execution (at)');
  }

  override down(): void {
    this.addSql('drop table venue_execution, venue_order, venue_state');
  }
}
