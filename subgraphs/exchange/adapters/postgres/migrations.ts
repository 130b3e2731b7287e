import { Migration } from '@mikro-orm/migrations';

/** Prices and quantities are unconstrained numeric, so that each keeps the decimals it came with. */
export class Exchange0001 extends Migration {
  override up(): void {
    this.addSql(`
      create table venue_order (
        order_id uuid primary key,
        user_id uuid not null,
        venue varchar(32) not null,
        cl_ord_id varchar(36) not null unique,
        symbol varchar(7) not null,
        side varchar(4) not null check (side in ('BUY', 'SELL')),
        quantity numeric not null check (quantity > 0),
        limit_price numeric not null check (limit_price > 0),
        time_in_force varchar(3) not null check (time_in_force in ('GTC', 'IOC')),
        submit_by timestamptz(3) not null,
        status varchar(8) not null check (status in ('PENDING', 'UNKNOWN', 'WITHHELD', 'WORKING',
          'FILLED', 'CANCELED', 'REJECTED', 'EXPIRED')),
        cum_quantity numeric not null check (cum_quantity >= 0),
        venue_order_id varchar(64),
        claimed_status varchar(8),
        claimed_reason text,
        claimed_cum_quantity numeric,
        sent_at timestamptz(3),
        cancel_cl_ord_id varchar(36) unique,
        cancel_count integer not null,
        cancel_pending boolean not null,
        unknown_at timestamptz(3),
        absent_probes integer not null,
        probed_at timestamptz(3),
        trades_absent_at timestamptz(3),
        created_at timestamptz(3) not null,
        last_event_at timestamptz(3) not null
      )`);
    this.addSql(`create index venue_order_open on venue_order (order_id)
      where status in ('PENDING', 'UNKNOWN', 'WITHHELD', 'WORKING')`);
    this.addSql(`
      create table execution_report (
        id uuid primary key,
        venue varchar(32) not null,
        trade_date varchar(8) not null,
        exec_id varchar(64) not null,
        order_id uuid references venue_order,
        exec_type varchar(2) not null,
        quantity numeric check (quantity > 0),
        price numeric check (price > 0),
        traded_at timestamptz(3),
        received_at timestamptz(3) not null,
        unique (venue, trade_date, exec_id),
        check ((quantity is null) = (price is null) and (price is null) = (traded_at is null))
      )`);
    this.addSql(`create index execution_report_order on execution_report (order_id, traded_at)`);
    this.addSql(`create index execution_report_trade_date on execution_report (venue, trade_date)
      where price is not null`);
    this.addSql(`
      create table venue_instrument (
        venue varchar(32) not null,
        symbol varchar(7) not null,
        base_currency varchar(3) not null,
        quote_currency varchar(3) not null,
        tick_size numeric not null,
        price_scale integer not null,
        quantity_scale integer not null,
        minimum_quantity numeric not null,
        maximum_quantity numeric not null,
        primary key (venue, symbol)
      )`);
    this.addSql(`
      create table venue_incident (
        id uuid primary key,
        order_id uuid,
        kind varchar(32) not null,
        detail text not null,
        at timestamptz(3) not null
      )`);
    this.addSql(`
      create table venue_session (
        venue varchar(32) primary key,
        connected boolean not null,
        seen_at timestamptz(3) not null
      )`);
  }

  override down(): void {
    this.addSql(`drop table venue_session, venue_incident, venue_instrument, execution_report,
      venue_order`);
  }
}

/** The W3C trace context that an order came with. */
export class Exchange0002 extends Migration {
  override up(): void {
    this.addSql('alter table venue_order add traceparent varchar(55)');
  }

  override down(): void {
    this.addSql('alter table venue_order drop traceparent');
  }
}
