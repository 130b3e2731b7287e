import { defineEntity, p } from '@mikro-orm/core';

export const InstrumentEntity = defineEntity({
  name: 'Instrument',
  tableName: 'instrument',
  properties: {
    symbol: p.string().primary(),
    baseCurrency: p.string(),
    quoteCurrency: p.string(),
    tickSize: p.decimal(),
    priceScale: p.integer(),
    quantityScale: p.integer(),
    minimumQuantity: p.decimal(),
    maximumQuantity: p.decimal(),
  },
});

/** The last quote of each instrument, kept now and then. */
export const LastQuoteEntity = defineEntity({
  name: 'LastQuote',
  tableName: 'last_quote',
  properties: {
    symbol: p.string().primary(),
    bid: p.decimal(),
    ask: p.decimal(),
    bidQuantity: p.decimal(),
    askQuantity: p.decimal(),
    status: p.string().$type<'LIVE' | 'STALE'>(),
    at: p.datetime(),
  },
});

export const entities = [InstrumentEntity, LastQuoteEntity];
