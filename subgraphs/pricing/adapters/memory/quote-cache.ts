import type { QuoteCache } from '../../application/ports.ts';
import type { Quote } from '../../domain/quote.ts';

/** The twin for one process. */
export function createMemoryQuoteCache(): QuoteCache {
  const quotes = new Map<string, Quote>();
  return {
    all: async () => [...quotes.values()],
    get: async (symbols) => symbols.map((symbol) => quotes.get(symbol) ?? null),
    async put(latest) {
      for (const quote of latest) quotes.set(quote.symbol, quote);
    },
  };
}
