import { unitsOf } from './decimal.ts';

export interface Level {
  readonly price: string;
  readonly quantity: string;
}

/** The best price of each side; null where a side is empty. */
export interface TopOfBook {
  readonly bid: Level | null;
  readonly ask: Level | null;
}

export interface BookEntry extends Level {
  readonly side: 'BID' | 'ASK';
  /** Names the entry within its side. */
  readonly id: string;
}

export type BookChange =
  | { readonly action: 'SET'; readonly entry: BookEntry }
  | { readonly action: 'DELETE'; readonly side: BookEntry['side']; readonly id: string };

/** The price levels of one instrument that a venue has told of. */
export interface Book {
  readonly bids: Map<string, Level>;
  readonly asks: Map<string, Level>;
}

export const emptyBook = (): Book => ({ bids: new Map(), asks: new Map() });

/** Takes a snapshot: what was known before is gone. */
export function replaceBook(book: Book, entries: readonly BookEntry[]): void {
  book.bids.clear();
  book.asks.clear();
  for (const entry of entries) sideOf(book, entry.side).set(entry.id, entry);
}

/** Takes all changes of one message together: in between the book may look crossed. */
export function changeBook(book: Book, changes: readonly BookChange[]): void {
  for (const change of changes) {
    if (change.action === 'SET') sideOf(book, change.entry.side).set(change.entry.id, change.entry);
    else sideOf(book, change.side).delete(change.id);
  }
}

export function topOf(book: Book): TopOfBook {
  return {
    bid: best(book.bids, (one, other) => unitsOf(one) > unitsOf(other)),
    ask: best(book.asks, (one, other) => unitsOf(one) < unitsOf(other)),
  };
}

const sideOf = (book: Book, side: BookEntry['side']) => (side === 'BID' ? book.bids : book.asks);

function best(
  levels: ReadonlyMap<string, Level>,
  isBetter: (one: string, other: string) => boolean,
): Level | null {
  let top: Level | null = null;
  for (const { price, quantity } of levels.values()) {
    if (top === null || isBetter(price, top.price)) top = { price, quantity };
  }
  return top;
}
