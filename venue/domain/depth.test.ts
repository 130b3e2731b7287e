import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { changes, type Depth, depthOf, type Level } from './depth.ts';

test('orders of one price are one level, and the limit counts levels', () => {
  const order = (id: string, price: bigint) => ({ id, side: 'BUY', price, remaining: 5n }) as const;
  const book = { bids: [order('a', 10n), order('b', 10n), order('c', 9n)], asks: [] };
  expect(depthOf(book, 1).bids).toEqual([{ price: 10n, quantity: 10n }]);
  expect(depthOf(book, 0).bids).toHaveLength(2);
});

const side = fc
  .uniqueArray(fc.record({ price: fc.bigInt(1n, 9n), quantity: fc.bigInt(1n, 3n) }), {
    selector: ({ price }) => price,
  })
  .map((levels) => levels.toSorted((a, b) => Number(a.price - b.price)));
const depth = fc.record({ bids: side, asks: side });

test('the changes turn any depth into any other', () => {
  fc.assert(
    fc.property(depth, depth, (before, after) => {
      expect(replay(before, after)).toEqual({ bids: prices(after.bids), asks: prices(after.asks) });
    }),
  );
});

function replay(before: Depth, after: Depth) {
  const bids = prices(before.bids);
  const asks = prices(before.asks);
  for (const change of changes(before, after)) {
    const levels = change.side === 'BUY' ? bids : asks;
    expect(levels.has(change.price)).toBe(change.action !== 'NEW');
    if (change.action === 'DELETE') levels.delete(change.price);
    else levels.set(change.price, change.quantity);
  }
  return { bids, asks };
}

function prices(levels: readonly Level[]): Map<bigint, bigint> {
  return new Map(levels.map(({ price, quantity }) => [price, quantity]));
}
