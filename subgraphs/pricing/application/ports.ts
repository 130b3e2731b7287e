import type { EntityManager } from '@mikro-orm/postgresql';
import type { Instrument } from '../domain/instrument.ts';
import type { Quote } from '../domain/quote.ts';

export interface InstrumentStore {
  /** False when it says what is stored already. */
  save(em: EntityManager, instrument: Instrument): Promise<boolean>;
  /** All of them, by symbol. */
  list(em?: EntityManager): Promise<Instrument[]>;
  bySymbols(symbols: readonly string[]): Promise<(Instrument | null)[]>;
}

/** The latest quote of each instrument, shared by the processes of the service. */
export interface QuoteCache {
  /** All of them, in no order. */
  all(): Promise<Quote[]>;
  /** In the order of the symbols, null where there is none. */
  get(symbols: readonly string[]): Promise<(Quote | null)[]>;
  put(quotes: readonly Quote[]): Promise<void>;
}

/** Quotes that outlive a restart: for information, since they are stale by then. */
export interface QuoteStore {
  list(): Promise<Quote[]>;
  save(quotes: readonly Quote[]): Promise<void>;
}

/** Who hears of quotes. */
export interface QuoteListeners {
  /** Live updates; whoever is not listening misses them. */
  tellSubscribers(quote: Quote): Promise<void>;
  /** The services that trade on quotes. */
  tellServices(quotes: readonly Quote[]): Promise<void>;
}
