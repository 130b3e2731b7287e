import type { Clock } from '#kit/clock.ts';
import { Refusal } from '#kit/errors.ts';
import { aged, type Quote } from '../domain/quote.ts';
import type { QuoteCache } from './ports.ts';

const symbolsAtMost = 50;

/** The latest quotes, by symbol; one that is too old is shown as stale. */
export interface QuoteReader {
  /** Of these instruments, or of all; unknown ones are left out. @throws Refusal BAD_USER_INPUT */
  quotes(symbols: readonly string[] | null): Promise<Quote[]>;
  /** In the order of the symbols, null where there is none. */
  bySymbols(symbols: readonly string[]): Promise<(Quote | null)[]>;
}

export function createQuoteReader(
  cache: QuoteCache,
  staleAfterMs: number,
  clock: Clock,
): QuoteReader {
  const age = (quote: Quote) => aged(quote, staleAfterMs, clock());
  return {
    async quotes(symbols) {
      const wanted = symbols && wantedSymbols(symbols);
      const found = wanted ? await cache.get([...wanted]) : await cache.all();
      return found
        .filter((quote) => quote !== null)
        .map(age)
        .toSorted((one, other) => (one.symbol < other.symbol ? -1 : 1));
    },
    async bySymbols(symbols) {
      const found = await cache.get(symbols);
      return found.map((quote) => quote && age(quote));
    },
  };
}

/** @throws Refusal BAD_USER_INPUT when there are too many */
export function wantedSymbols(symbols: readonly string[]): ReadonlySet<string> {
  if (symbols.length > symbolsAtMost) {
    throw new Refusal('BAD_USER_INPUT', `at most ${symbolsAtMost} symbols, not ${symbols.length}`);
  }
  return new Set(symbols);
}
