import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Book, emptyBook, insert, match, remove, type Resting, type Side } from './book.ts';

const order = (id: string, side: Side, price: bigint, remaining: bigint): Resting => ({
  id,
  side,
  price,
  remaining,
});

function bookWith(...orders: readonly Resting[]): Book {
  return orders.reduce(insert, emptyBook);
}

describe('a book', () => {
  test('fills at the best price first and at one price the earliest first', () => {
    const book = bookWith(
      order('late', 'SELL', 101n, 5n),
      order('worse', 'SELL', 102n, 5n),
      order('best', 'SELL', 100n, 5n),
      order('later', 'SELL', 101n, 5n),
    );
    const result = match(book, { side: 'BUY', limit: 102n, quantity: 12n });
    expect(result.fills).toEqual([
      { restingId: 'best', price: 100n, quantity: 5n },
      { restingId: 'late', price: 101n, quantity: 5n },
      { restingId: 'later', price: 101n, quantity: 2n },
    ]);
    expect(result.remaining).toBe(0n);
    expect(result.book.asks.map(({ id, remaining }) => [id, remaining])).toEqual([
      ['later', 3n],
      ['worse', 5n],
    ]);
  });

  test('keeps the place of what is partly filled', () => {
    const book = bookWith(order('a', 'BUY', 10n, 5n), order('b', 'BUY', 10n, 5n));
    const { book: next } = match(book, { side: 'SELL', limit: 10n, quantity: 2n });
    expect(next.bids.map(({ id, remaining }) => [id, remaining])).toEqual([
      ['a', 3n],
      ['b', 5n],
    ]);
  });

  test('does not fill beyond the limit, and a market order takes any price', () => {
    const book = bookWith(order('a', 'BUY', 10n, 5n), order('b', 'BUY', 9n, 5n));
    expect(match(book, { side: 'SELL', limit: 10n, quantity: 8n }).remaining).toBe(3n);
    expect(match(book, { side: 'SELL', limit: null, quantity: 12n }).remaining).toBe(2n);
  });

  test('is not changed by a match or a removal', () => {
    const book = bookWith(order('a', 'BUY', 10n, 5n));
    match(book, { side: 'SELL', limit: null, quantity: 5n });
    remove(book, () => true);
    expect(book.bids).toHaveLength(1);
  });
});

const incoming = fc.record({
  side: fc.constantFrom<Side>('BUY', 'SELL'),
  price: fc.bigInt(95n, 105n),
  quantity: fc.bigInt(1n, 20n),
  cancels: fc.option(fc.nat(30), { freq: 5 }),
});

describe('any stream of orders', () => {
  test('fills as a naive list of orders would, and never leaves the book crossed', () => {
    fc.assert(
      fc.property(fc.array(incoming, { maxLength: 60 }), (stream) => {
        let book = emptyBook;
        const naive: Resting[] = [];
        stream.forEach(({ side, price, quantity, cancels }, index) => {
          if (cancels !== null) {
            book = remove(book, (resting) => resting.id === `${cancels}`);
            naive.splice(0, naive.length, ...naive.filter((other) => other.id !== `${cancels}`));
          }
          const result = match(book, { side, limit: price, quantity });
          expect(result.fills).toEqual(naiveFills(naive, side, price, quantity));
          const filled = result.fills.reduce((sum, fill) => sum + fill.quantity, 0n);
          expect(filled + result.remaining).toBe(quantity);
          book = result.book;
          if (result.remaining > 0n) {
            const rest = order(`${index}`, side, price, result.remaining);
            book = insert(book, rest);
            naive.push(rest);
          }
          expect(total(book)).toBe(naive.reduce((sum, { remaining }) => sum + remaining, 0n));
          const [bid, ask] = [book.bids[0], book.asks[0]];
          if (bid && ask) expect(bid.price < ask.price).toBe(true);
        });
      }),
      { numRuns: 300 },
    );
  });
});

/** Unsorted orders in order of arrival, searched anew for each fill. */
function naiveFills(naive: Resting[], side: Side, limit: bigint, quantity: bigint) {
  const fills = [];
  let remaining = quantity;
  for (;;) {
    const candidates = naive.filter(
      (other) =>
        other.side !== side && (side === 'BUY' ? other.price <= limit : other.price >= limit),
    );
    const best = candidates.reduce<Resting | undefined>((chosen, other) => {
      if (!chosen) return other;
      const isBetter = side === 'BUY' ? other.price < chosen.price : other.price > chosen.price;
      return isBetter ? other : chosen;
    }, undefined);
    if (!best || remaining === 0n) return fills;
    const taken = best.remaining < remaining ? best.remaining : remaining;
    fills.push({ restingId: best.id, price: best.price, quantity: taken });
    remaining -= taken;
    const index = naive.indexOf(best);
    if (taken === best.remaining) naive.splice(index, 1);
    else naive[index] = { ...best, remaining: best.remaining - taken };
  }
}

function total(book: Book): bigint {
  return [...book.bids, ...book.asks].reduce((sum, { remaining }) => sum + remaining, 0n);
}
