import type { MikroORM } from '@mikro-orm/postgresql';
import { isStorable } from '#kit/ids.ts';
import type { InstrumentStore, QuoteStore } from '../../application/ports.ts';
import type { Instrument } from '../../domain/instrument.ts';
import type { Quote } from '../../domain/quote.ts';
import { InstrumentEntity, LastQuoteEntity } from './entities.ts';

export function createInstrumentStore(orm: MikroORM): InstrumentStore {
  return {
    async save(em, instrument) {
      const known = await em.findOne(InstrumentEntity, { symbol: instrument.symbol });
      if (known && sameInstrument(known, instrument)) return false;
      await em.upsert(InstrumentEntity, instrument);
      return true;
    },
    list: (em = orm.em.fork()) => em.findAll(InstrumentEntity, { orderBy: { symbol: 'asc' } }),
    async bySymbols(symbols) {
      const known = { symbol: { $in: symbols.filter(isStorable) } };
      const rows = await orm.em.fork().find(InstrumentEntity, known);
      const found = new Map(rows.map((row) => [row.symbol, row]));
      return symbols.map((symbol) => found.get(symbol) ?? null);
    },
  };
}

export function createQuoteStore(orm: MikroORM): QuoteStore {
  return {
    list: (): Promise<Quote[]> => orm.em.fork().findAll(LastQuoteEntity),
    async save(quotes) {
      if (quotes.length > 0) await orm.em.fork().upsertMany(LastQuoteEntity, [...quotes]);
    },
  };
}

function sameInstrument(one: Instrument, other: Instrument): boolean {
  const { baseCurrency, quoteCurrency, tickSize, priceScale, quantityScale } = one;
  return (
    baseCurrency === other.baseCurrency &&
    quoteCurrency === other.quoteCurrency &&
    tickSize === other.tickSize &&
    priceScale === other.priceScale &&
    quantityScale === other.quantityScale &&
    one.minimumQuantity === other.minimumQuantity &&
    one.maximumQuantity === other.maximumQuantity
  );
}
