export type Side = 'BUY' | 'SELL';

/** An order in the book. `id` is unique in the book. */
export interface Resting {
  readonly id: string;
  readonly side: Side;
  readonly price: bigint;
  readonly remaining: bigint;
}

/** Both sides, best first; within a price the earliest first. Never changed in place. */
export interface Book {
  readonly bids: readonly Resting[];
  readonly asks: readonly Resting[];
}

/** A trade between an incoming order and one in the book, at the price of the latter. */
export interface Fill {
  readonly restingId: string;
  readonly price: bigint;
  readonly quantity: bigint;
}

export interface Incoming {
  readonly side: Side;
  /** The worst acceptable price; null takes any (a market order). */
  readonly limit: bigint | null;
  readonly quantity: bigint;
}

export const emptyBook: Book = { bids: [], asks: [] };

/** Matches by price, then time; the rest of the incoming order is not put into the book. */
export function match(
  book: Book,
  incoming: Incoming,
): { fills: readonly Fill[]; remaining: bigint; book: Book } {
  const opposite = incoming.side === 'BUY' ? book.asks : book.bids;
  const fills: Fill[] = [];
  let remaining = incoming.quantity;
  let consumed = 0;
  let partial: Resting | undefined;
  for (const resting of opposite) {
    if (remaining === 0n || !accepts(incoming, resting.price)) break;
    const quantity = remaining < resting.remaining ? remaining : resting.remaining;
    fills.push({ restingId: resting.id, price: resting.price, quantity });
    remaining -= quantity;
    consumed += 1;
    const left = resting.remaining - quantity;
    if (left > 0n) partial = { ...resting, remaining: left };
  }
  const rest = opposite.slice(consumed);
  const next = partial ? [partial, ...rest] : rest;
  return { fills, remaining, book: withSide(book, incoming.side === 'BUY' ? 'SELL' : 'BUY', next) };
}

/** How much of an incoming order would fill at once. */
export function fillable(book: Book, incoming: Incoming): bigint {
  return incoming.quantity - match(book, incoming).remaining;
}

/** Puts an order behind all of its price. */
export function insert(book: Book, order: Resting): Book {
  const side = order.side === 'BUY' ? book.bids : book.asks;
  const isWorse = (other: Resting) =>
    order.side === 'BUY' ? other.price < order.price : other.price > order.price;
  const index = side.findIndex(isWorse);
  const at = index < 0 ? side.length : index;
  return withSide(book, order.side, [...side.slice(0, at), order, ...side.slice(at)]);
}

/** Takes out every order that the predicate names. */
export function remove(book: Book, isGone: (order: Resting) => boolean): Book {
  const stays = (order: Resting) => !isGone(order);
  return { bids: book.bids.filter(stays), asks: book.asks.filter(stays) };
}

function accepts(incoming: Incoming, price: bigint): boolean {
  if (incoming.limit === null) return true;
  return incoming.side === 'BUY' ? price <= incoming.limit : price >= incoming.limit;
}

function withSide(book: Book, side: Side, orders: readonly Resting[]): Book {
  return side === 'BUY' ? { ...book, bids: orders } : { ...book, asks: orders };
}
