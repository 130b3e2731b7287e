import type { Book, Resting, Side } from './book.ts';

/** All orders of one price together. */
export interface Level {
  readonly price: bigint;
  readonly quantity: bigint;
}

export interface Depth {
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
}

export interface LevelChange extends Level {
  readonly action: 'NEW' | 'CHANGE' | 'DELETE';
  readonly side: Side;
}

/** The best `limit` price levels of each side; 0 means all. */
export function depthOf(book: Book, limit: number): Depth {
  return { bids: levels(book.bids, limit), asks: levels(book.asks, limit) };
}

/** What turns one depth into another, deletions first. */
export function changes(before: Depth, after: Depth): readonly LevelChange[] {
  const all = [
    ...sideChanges('BUY', before.bids, after.bids),
    ...sideChanges('SELL', before.asks, after.asks),
  ];
  const isDelete = (change: LevelChange) => change.action === 'DELETE';
  return [...all.filter(isDelete), ...all.filter((change) => !isDelete(change))];
}

function levels(orders: readonly Resting[], limit: number): Level[] {
  const found: { price: bigint; quantity: bigint }[] = [];
  for (const { price, remaining } of orders) {
    const last = found.at(-1);
    if (last?.price === price) last.quantity += remaining;
    else if (limit > 0 && found.length === limit) break;
    else found.push({ price, quantity: remaining });
  }
  return found;
}

function sideChanges(
  side: Side,
  before: readonly Level[],
  after: readonly Level[],
): readonly LevelChange[] {
  const old = new Map(before.map((level) => [level.price, level.quantity]));
  const now = new Set(after.map((level) => level.price));
  const gone = before
    .filter((level) => !now.has(level.price))
    .map((level) => ({ ...level, side, action: 'DELETE' as const }));
  const set = after.flatMap((level): LevelChange[] => {
    const quantity = old.get(level.price);
    if (quantity === undefined) return [{ ...level, side, action: 'NEW' }];
    return quantity === level.quantity ? [] : [{ ...level, side, action: 'CHANGE' }];
  });
  return [...gone, ...set];
}
