import { Migration } from '@mikro-orm/migrations';

/** Prices and quantities are unconstrained numeric, so that each keeps the decimals it came with. */
export class Pricing0001 extends Migration {
  override up(): void {
    this.addSql(`
      create table instrument (
        symbol varchar(7) primary key,
        base_currency varchar(3) not null,
        quote_currency varchar(3) not null,
        tick_size numeric not null check (tick_size > 0),
        price_scale integer not null,
        quantity_scale integer not null,
        minimum_quantity numeric not null check (minimum_quantity > 0),
        maximum_quantity numeric not null
      )`);
    this.addSql(`
      create table last_quote (
        symbol varchar(7) primary key,
        bid numeric not null check (bid > 0),
        ask numeric not null check (ask >= bid),
        bid_quantity numeric not null check (bid_quantity > 0),
        ask_quantity numeric not null check (ask_quantity > 0),
        status varchar(5) not null check (status in ('LIVE', 'STALE')),
        at timestamptz(3) not null
      )`);
  }

  override down(): void {
    this.addSql('drop table last_quote, instrument');
  }
}
