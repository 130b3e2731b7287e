import { channels, type MarketData } from '#contracts/live.ts';
import type { Clock } from '#kit/clock.ts';
import { describeError, type Logger } from '#kit/log.ts';
import type { LivePubSub } from '#kit/pubsub.ts';
import { emptyBook, topOf, type Book } from '../../domain/book.ts';

/** The books of one venue, as far as it has told them. */
export interface Books {
  change(symbol: string, apply: (book: Book) => void): void;
  /** The venue is away: every side is empty until it is back. */
  clear(): void;
}

export interface MarketDataPublisherSettings {
  readonly venue: string;
  readonly pubsub: LivePubSub;
  readonly logger: Logger;
  readonly clock: Clock;
  /** The pause between two publications of one instrument's changes, at least. */
  readonly intervalMs: number;
  /** An unchanged book is published again this often, so that a quiet market is no stale one. */
  readonly repeatMs: number;
}

/** Publishes the best prices of each instrument, conflated: the latest counts. */
export function createMarketDataPublisher(
  settings: MarketDataPublisherSettings,
): Books & { close(): Promise<void> } {
  const { venue, pubsub, logger, clock, intervalMs, repeatMs } = settings;
  const books = new Map<string, Book>();
  const changed = new Set<string>();
  let publishing: Promise<void> = Promise.resolve();
  let isPublishing = false;
  const changes = setInterval(flush, intervalMs);
  const repeats = setInterval(() => {
    for (const symbol of books.keys()) changed.add(symbol);
  }, repeatMs);

  return {
    change(symbol, apply) {
      const book = books.get(symbol) ?? emptyBook();
      books.set(symbol, book);
      apply(book);
      changed.add(symbol);
    },
    clear() {
      const symbols = [...books.keys()];
      books.clear();
      changed.clear();
      const at = clock().toISOString();
      const empties = symbols.map((symbol) => ({ venue, symbol, bid: null, ask: null, at }));
      publishing = publishing.then(() => publish(empties));
    },
    async close() {
      clearInterval(changes);
      clearInterval(repeats);
      await publishing;
    },
  };

  function flush(): void {
    // While a publication is on its way, changes gather: a slow pub/sub conflates more.
    if (isPublishing || changed.size === 0) return;
    isPublishing = true;
    const at = clock().toISOString();
    const updates: MarketData[] = [...changed].flatMap((symbol) => {
      const book = books.get(symbol);
      return book ? [{ venue, symbol, ...topOf(book), at }] : [];
    });
    changed.clear();
    publishing = publishing.then(() => publish(updates)).finally(() => (isPublishing = false));
  }

  async function publish(updates: readonly MarketData[]): Promise<void> {
    try {
      for (const update of updates) await pubsub.publish(channels.marketData, update);
    } catch (error) {
      logger.warn(describeError(error), 'market data could not be published; the next will be');
    }
  }
}
