import { assert } from '#kit/errors.ts';
import { type Book, emptyBook, fillable, insert, match, remove, type Side } from './book.ts';
import {
  accept,
  end,
  type Execution,
  type ExecutionKind,
  isWorking,
  leavesOf,
  type Order,
  type OrderTerms,
  trade,
} from './order.ts';

/** Everything that works at the venue. Only `apply` changes it, after a plan was stored. */
export interface Market {
  readonly books: Map<string, Book>;
  /** Working orders of clients by their id in the book. */
  readonly working: Map<string, Order>;
  nextOrder: bigint;
  nextExecution: bigint;
}

/** What an operation would do: a pure result, stored first and applied afterwards. */
export interface Plan {
  readonly symbol: string;
  readonly book: Book;
  /** New and changed orders as they are at the end. */
  readonly orders: readonly Order[];
  readonly executions: readonly Execution[];
  readonly nextOrder: bigint;
  readonly nextExecution: bigint;
}

/** A price level of the market maker. */
export interface Quote {
  readonly side: Side;
  readonly price: bigint;
  readonly quantity: bigint;
}

const makerPrefix = 'M';
export const bookId = (order: Pick<Order, 'number'>): string => `O${order.number}`;

/** The market after a start: orders are put back in time priority, nobody trades. */
export function restore(
  working: readonly Order[],
  counters: { nextOrder: bigint; nextExecution: bigint },
): Market {
  const market: Market = { books: new Map(), working: new Map(), ...counters };
  const inTime = working.toSorted((a, b) => (a.number < b.number ? -1 : 1));
  for (const order of inTime) {
    market.working.set(bookId(order), order);
    if (order.matched) market.books.set(order.symbol, rest(bookOf(market, order.symbol), order));
  }
  return market;
}

export function bookOf(market: Market, symbol: string): Book {
  return market.books.get(symbol) ?? emptyBook;
}

export function planPlacement(
  market: Market,
  terms: OrderTerms,
  at: Date,
  matchNow: boolean,
): Plan {
  const draft = new Draft(market, terms.symbol, at);
  const order = accept(terms, market.nextOrder, at);
  draft.nextOrder += 1n;
  draft.record('NEW', order);
  if (matchNow) matchOrder(draft, order);
  return draft.plan();
}

/** Brings an accepted order, whose latency is over, to the book. */
export function planMatch(market: Market, order: Order, at: Date): Plan {
  assert(!order.matched, `order ${order.number} has met the book before`);
  const draft = new Draft(market, order.symbol, at);
  matchOrder(draft, order);
  return draft.plan();
}

export function planEnd(
  market: Market,
  order: Order,
  status: 'CANCELED' | 'EXPIRED',
  at: Date,
  cancelClOrdId: string | null = null,
): Plan {
  const draft = new Draft(market, order.symbol, at);
  draft.book = remove(draft.book, (resting) => resting.id === bookId(order));
  draft.record(status, end(order, status, at, cancelClOrdId));
  return draft.plan();
}

/** Replaces the maker's quotes of one book; what crosses a client's order trades with it. */
export function planQuotes(
  market: Market,
  symbol: string,
  quotes: readonly Quote[],
  at: Date,
): Plan {
  const draft = new Draft(market, symbol, at);
  draft.book = remove(draft.book, (resting) => resting.id.startsWith(makerPrefix));
  quotes.forEach(({ side, price, quantity }, index) => {
    const result = match(draft.book, { side, limit: price, quantity });
    draft.book = result.book;
    for (const fill of result.fills) draft.tradeResting(fill.restingId, fill.quantity, fill.price);
    const { remaining } = result;
    if (remaining > 0n) {
      draft.book = insert(draft.book, { id: `${makerPrefix}${index}`, side, price, remaining });
    }
  });
  return draft.plan();
}

/** The only change of a market; call it when the plan is stored. */
export function apply(market: Market, plan: Plan): void {
  market.books.set(plan.symbol, plan.book);
  for (const order of plan.orders) {
    if (isWorking(order)) market.working.set(bookId(order), order);
    else market.working.delete(bookId(order));
  }
  market.nextOrder = plan.nextOrder;
  market.nextExecution = plan.nextExecution;
}

function matchOrder(draft: Draft, accepted: Order): void {
  const incoming = { side: accepted.side, limit: accepted.price, quantity: leavesOf(accepted) };
  let order: Order = { ...accepted, matched: true };
  draft.touch(order);
  const isKilled =
    order.timeInForce === 'FOK' && fillable(draft.book, incoming) < incoming.quantity;
  if (!isKilled) {
    const result = match(draft.book, incoming);
    draft.book = result.book;
    for (const { restingId, price, quantity } of result.fills) {
      draft.tradeResting(restingId, quantity, price);
      order = trade(order, quantity, price, draft.at);
      draft.record('TRADE', order, quantity, price);
    }
  }
  if (!isWorking(order)) return;
  const mayRest = order.timeInForce === 'GTC' || order.timeInForce === 'DAY';
  if (mayRest) draft.book = rest(draft.book, order);
  else draft.record('CANCELED', end(order, 'CANCELED', draft.at));
}

function rest(book: Book, order: Order): Book {
  assert(order.price !== null, 'only limit orders rest in the book');
  const { side, price } = order;
  return insert(book, { id: bookId(order), side, price, remaining: leavesOf(order) });
}

/** A plan in the making. */
class Draft {
  readonly at: Date;
  book: Book;
  nextOrder: bigint;
  readonly #market: Market;
  readonly #symbol: string;
  readonly #orders = new Map<string, Order>();
  readonly #executions: Execution[] = [];

  constructor(market: Market, symbol: string, at: Date) {
    this.at = at;
    this.book = bookOf(market, symbol);
    this.nextOrder = market.nextOrder;
    this.#market = market;
    this.#symbol = symbol;
  }

  touch(order: Order): void {
    this.#orders.set(bookId(order), order);
  }

  record(kind: ExecutionKind, order: Order, quantity = 0n, price: bigint | null = null): void {
    this.touch(order);
    const number = this.#market.nextExecution + BigInt(this.#executions.length);
    this.#executions.push({ number, kind, order, quantity, price, at: this.at });
  }

  /** The other side of a fill; the maker keeps no books of his own. */
  tradeResting(id: string, quantity: bigint, price: bigint): void {
    if (id.startsWith(makerPrefix)) return;
    const order = this.#orders.get(id) ?? this.#market.working.get(id);
    assert(order !== undefined, `${id} is in the book, but does not work`);
    this.record('TRADE', trade(order, quantity, price, this.at), quantity, price);
  }

  plan(): Plan {
    return {
      symbol: this.#symbol,
      book: this.book,
      orders: [...this.#orders.values()],
      executions: this.#executions,
      nextOrder: this.nextOrder,
      nextExecution: this.#market.nextExecution + BigInt(this.#executions.length),
    };
  }
}
