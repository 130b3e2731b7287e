import type { Redis } from 'ioredis';
import { QuoteChanged } from '#contracts/live.ts';
import type { QuoteCache } from '../../application/ports.ts';
import type { Quote } from '../../domain/quote.ts';

/** One hash with a field for each instrument; the connection adds the installation's prefix. */
const key = 'pricing:quotes';

/** The twin for many processes. */
export function createRedisQuoteCache(redis: Redis): QuoteCache {
  return {
    all: async () => Object.values(await redis.hgetall(key)).flatMap((text) => read(text) ?? []),
    async get(symbols) {
      if (symbols.length === 0) return [];
      return (await redis.hmget(key, ...symbols)).map((text) =>
        text === null ? null : read(text),
      );
    },
    async put(quotes) {
      if (quotes.length === 0) return;
      const fields = quotes.map((quote) => [quote.symbol, JSON.stringify(quote)] as const);
      await redis.hset(key, Object.fromEntries(fields));
    },
  };
}

/** What cannot be read is no quote: a new one comes within seconds. */
function read(text: string): Quote | null {
  const result = QuoteChanged.safeParse(parse(text));
  return result.success ? { ...result.data, at: new Date(result.data.at) } : null;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
