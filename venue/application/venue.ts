import { assert } from '#kit/errors.ts';
import type { Clock } from '#kit/clock.ts';
import { describeError, type Logger } from '#kit/log.ts';
import { checkIds, checkTerms, OrderRefusal, type OrderRequest } from '../domain/check-order.ts';
import {
  apply,
  bookId,
  bookOf,
  type Market,
  type Plan,
  planEnd,
  planMatch,
  planPlacement,
  planQuotes,
  type Quote,
  restore,
} from '../domain/market.ts';
import type { Book } from '../domain/book.ts';
import { type Execution, isSame, isWorking, type Order } from '../domain/order.ts';
import type { VenueStore } from './ports.ts';
import { createSerial } from './serial.ts';

export interface VenueOptions {
  readonly store: VenueStore;
  /** Sends what a stored plan reported. */
  readonly flush: (executions: readonly Execution[]) => void;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The matching engine's latency: orders are acknowledged at once and matched after it. */
  readonly fillDelayMs: number;
}

export interface CancelRequest {
  readonly owner: string;
  readonly clOrdId: string;
  readonly origClOrdId: string;
  readonly symbol: string;
  readonly side: Order['side'] | undefined;
  readonly isRepeat: boolean;
}

/** `status`: a repeat of what was done before; nothing new happened. */
export type PlaceOutcome =
  | { readonly kind: 'accepted' | 'status'; readonly order: Order }
  | { readonly kind: 'refused'; readonly refusal: OrderRefusal };

export type CancelOutcome =
  | { readonly kind: 'canceled' | 'status' | 'mismatch' | 'ended'; readonly order: Order }
  | { readonly kind: 'unknown' };

/**
 * The exchange: one request after the other is planned, stored and then applied. Everything but
 * `exclusive`, `book` and `close` is called inside `exclusive`.
 */
export interface Venue {
  /** Runs alone; after a failure the books are read again from the store first. */
  exclusive<Result>(job: () => Promise<Result>): Promise<Result>;
  place(request: OrderRequest, isRepeat: boolean): Promise<PlaceOutcome>;
  cancel(request: CancelRequest): Promise<CancelOutcome>;
  /** The maker's new quotes, and the end of day orders of yesterday. */
  tick(quotes: ReadonlyMap<string, readonly Quote[]>): Promise<void>;
  book(symbol: string): Book;
  close(): Promise<void>;
}

export async function openVenue(options: VenueOptions): Promise<Venue> {
  const engine = new Engine(options);
  await engine.exclusive(async () => undefined);
  return engine;
}

class Engine implements Venue {
  readonly #options: VenueOptions;
  readonly #serial = createSerial();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  #market: Market = restore([], { nextOrder: 1n, nextExecution: 1n });
  #quotes: ReadonlyMap<string, readonly Quote[]> = new Map();
  #isStale = true;
  #isClosed = false;

  constructor(options: VenueOptions) {
    this.#options = options;
  }

  exclusive<Result>(job: () => Promise<Result>): Promise<Result> {
    return this.#serial(async () => {
      if (this.#isStale) await this.#reload();
      try {
        return await job();
      } catch (error) {
        // A commit may have succeeded without our knowing: the store decides what is true.
        this.#isStale = true;
        throw error;
      }
    });
  }

  async place(request: OrderRequest, isRepeat: boolean): Promise<PlaceOutcome> {
    const { store, clock, fillDelayMs } = this.#options;
    try {
      checkIds(request);
      const known = await store.findOrder(request.owner, request.clOrdId);
      if (known) {
        if (isRepeat && isSame(known, checkTerms(request))) return { kind: 'status', order: known };
        throw new OrderRefusal('DUPLICATE', 'ClOrdID is taken');
      }
      const terms = checkTerms(request);
      const { nextOrder: number } = this.#market;
      const plan = planPlacement(this.#market, terms, clock(), fillDelayMs === 0);
      await this.#commit(plan);
      const order = plan.orders.find((changed) => changed.number === number);
      assert(order !== undefined, 'a placement has its order');
      if (!order.matched) this.#matchLater(order);
      return { kind: 'accepted', order };
    } catch (error) {
      if (error instanceof OrderRefusal) return { kind: 'refused', refusal: error };
      throw error;
    }
  }

  async cancel(request: CancelRequest): Promise<CancelOutcome> {
    const { store, clock } = this.#options;
    const order = await store.findOrder(request.owner, request.origClOrdId);
    if (!order) return { kind: 'unknown' };
    if (request.isRepeat && order.cancelClOrdId === request.clOrdId)
      return { kind: 'status', order };
    if (order.symbol !== request.symbol || order.side !== request.side) {
      return { kind: 'mismatch', order };
    }
    if (!isWorking(order)) return { kind: 'ended', order };
    await this.#commit(planEnd(this.#market, order, 'CANCELED', clock(), request.clOrdId));
    return { kind: 'canceled', order };
  }

  async tick(quotes: ReadonlyMap<string, readonly Quote[]>): Promise<void> {
    this.#quotes = quotes;
    const now = this.#options.clock();
    await this.#putQuotes(now);
    const today = utcDay(now);
    const isOver = ({ timeInForce, acceptedAt }: Order) =>
      timeInForce === 'DAY' && utcDay(acceptedAt) < today;
    for (const order of [...this.#market.working.values()].filter(isOver)) {
      await this.#commit(planEnd(this.#market, order, 'EXPIRED', now));
    }
  }

  book(symbol: string): Book {
    return bookOf(this.#market, symbol);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#clearTimers();
    await this.#serial(async () => undefined);
  }

  /** Stored first; the books change only when that has succeeded. */
  async #commit(plan: Plan): Promise<void> {
    const isWorthStoring = plan.orders.length > 0;
    if (isWorthStoring) await this.#options.store.save(plan);
    apply(this.#market, plan);
    if (isWorthStoring) this.#options.flush(plan.executions);
  }

  async #reload(): Promise<void> {
    this.#clearTimers();
    const { counters, working } = await this.#options.store.load();
    this.#market = restore(working, counters);
    // Without the maker the next order would meet an empty book.
    await this.#putQuotes(this.#options.clock());
    for (const order of working) if (!order.matched) this.#matchLater(order);
    this.#isStale = false;
  }

  async #putQuotes(at: Date): Promise<void> {
    for (const [symbol, levels] of this.#quotes) {
      await this.#commit(planQuotes(this.#market, symbol, levels, at));
    }
  }

  #matchLater(order: Order): void {
    if (this.#isClosed) return;
    const { clock, fillDelayMs } = this.#options;
    const waited = clock().getTime() - order.acceptedAt.getTime();
    const remaining = Math.min(Math.max(0, fillDelayMs - waited), fillDelayMs);
    const match = () => void this.#matchNow(bookId(order));
    this.#timers.set(bookId(order), setTimeout(match, remaining));
  }

  async #matchNow(id: string): Promise<void> {
    this.#timers.delete(id);
    const { clock, logger } = this.#options;
    try {
      await this.exclusive(async () => {
        // It may have been canceled meanwhile, or matched by a repeat of this timer.
        const order = this.#market.working.get(id);
        if (!order || order.matched) return;
        await this.#commit(planMatch(this.#market, order, clock()));
      });
    } catch (error) {
      // The books are read again by the next request, which also sets this timer again.
      logger.error({ ...describeError(error), order: id }, 'an order could not be matched');
    }
  }

  #clearTimers(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }
}

function utcDay(time: Date): string {
  return time.toISOString().slice(0, 10);
}
