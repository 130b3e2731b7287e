import type { Clock } from '#kit/clock.ts';
import { describeError, type Logger } from '#kit/log.ts';
import { backOffMs, pause } from '#kit/pause.ts';
import type { Instrument } from '../domain/instrument.ts';
import { quoteOf, sameQuote, type Market, type Quote } from '../domain/quote.ts';
import type { InstrumentStore, QuoteCache, QuoteListeners, QuoteStore } from './ports.ts';

export interface MarketWatchPorts {
  readonly instruments: InstrumentStore;
  readonly cache: QuoteCache;
  readonly store: QuoteStore;
  readonly listeners: QuoteListeners;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly timing: MarketWatchTiming;
}

export interface MarketWatchTiming {
  /** A quote without news for this long is stale. */
  readonly staleAfterMs: number;
  /** The pause between two live updates of one instrument, at least. */
  readonly liveIntervalMs: number;
  /** The pause between two facts for other services about one instrument, at least. */
  readonly publishIntervalMs: number;
  readonly saveIntervalMs: number;
}

export interface MarketWatch {
  take(market: Market): void;
  /** Stops, and keeps the last quotes. */
  close(): Promise<void>;
}

interface Watched {
  quote: Quote;
  /** By our own clock, which decides what is stale. */
  receivedAt: number;
  /** Subscribers have not heard of it yet. */
  isNews: boolean;
  /** Services and the cache have not heard that it is still good. */
  isConfirmed: boolean;
}

/**
 * Turns what the venue shows into quotes, conflated: subscribers hear changes, services hear live
 * quotes now and then. A market that is empty, crossed, malformed or silent makes its quote stale;
 * such prices are never passed on as live.
 */
export async function watchMarket(ports: MarketWatchPorts): Promise<MarketWatch> {
  const { cache, store, listeners, clock, logger, timing } = ports;
  const instruments = new Map<string, Instrument>();
  const watched = new Map<string, Watched>();
  const over = new AbortController();
  await learnInstruments();
  for (const quote of await rememberedQuotes(cache, store)) {
    watched.set(quote.symbol, {
      quote,
      receivedAt: quote.at.getTime(),
      isNews: false,
      isConfirmed: false,
    });
  }
  const loops = [
    repeat(timing.liveIntervalMs, tellSubscribers),
    repeat(timing.publishIntervalMs, tellServices),
    repeat(timing.saveIntervalMs, save),
  ];
  return {
    take,
    async close() {
      over.abort();
      await Promise.all(loops);
      await save().catch((error: unknown) => {
        logger.warn(describeError(error), 'the last quotes could not be kept');
      });
    },
  };

  function take(market: Market): void {
    const instrument = instruments.get(market.symbol);
    if (!instrument) return; // learned by the next round of tellServices
    const known = watched.get(market.symbol);
    const quote = quoteOf(market, instrument);
    if (typeof quote === 'string') {
      if (quote !== 'EMPTY') logger.warn({ ...market, problem: quote }, 'a market was not quoted');
      if (known) makeStale(known);
      return;
    }
    watched.set(market.symbol, {
      quote,
      receivedAt: clock().getTime(),
      isNews: known?.isNews === true || !known || !sameQuote(known.quote, quote),
      isConfirmed: true,
    });
  }

  function makeStale(entry: Watched): void {
    if (entry.quote.status === 'STALE') return;
    entry.quote = { ...entry.quote, status: 'STALE' };
    entry.isNews = true;
  }

  async function tellSubscribers(): Promise<void> {
    const silentSince = clock().getTime() - timing.staleAfterMs;
    for (const entry of watched.values()) if (entry.receivedAt < silentSince) makeStale(entry);
    const news = [...watched.values()].filter((entry) => entry.isNews);
    if (news.length === 0) return;
    for (const entry of news) entry.isNews = false;
    try {
      await cache.put(news.map((entry) => entry.quote));
      for (const entry of news) await listeners.tellSubscribers(entry.quote);
    } catch (error) {
      for (const entry of news) entry.isNews = true;
      throw error;
    }
  }

  async function tellServices(): Promise<void> {
    await learnInstruments();
    const good = [...watched.values()].filter(
      (entry) => entry.isConfirmed && entry.quote.status === 'LIVE',
    );
    if (good.length === 0) return;
    for (const entry of good) entry.isConfirmed = false;
    const quotes = good.map((entry) => entry.quote);
    await listeners.tellServices(quotes);
    await cache.put(quotes);
  }

  async function save(): Promise<void> {
    await store.save([...watched.values()].map((entry) => entry.quote));
  }

  async function learnInstruments(): Promise<void> {
    for (const instrument of await ports.instruments.list()) {
      instruments.set(instrument.symbol, instrument);
    }
  }

  async function repeat(everyMs: number, work: () => Promise<void>): Promise<void> {
    for (let failures = 0; !over.signal.aborted;) {
      try {
        await work();
        failures = 0;
      } catch (error) {
        failures += 1;
        logger.warn(describeError(error), 'quotes could not be passed on; trying again');
      }
      await pause(failures > 0 ? backOffMs(failures, everyMs) : everyMs, over.signal);
    }
  }
}

/** What is known from before: the cache's, and for the rest the stored ones, which are stale. */
async function rememberedQuotes(cache: QuoteCache, store: QuoteStore): Promise<Quote[]> {
  const cached = await cache.all();
  const known = new Set(cached.map((quote) => quote.symbol));
  const stored = (await store.list())
    .filter((quote) => !known.has(quote.symbol))
    .map((quote) => ({ ...quote, status: 'STALE' as const }));
  await cache.put(stored);
  return [...cached, ...stored];
}
