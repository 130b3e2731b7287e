import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { order as received } from '../tests/samples.ts';
import { countFill } from './fill-cost.ts';
import { isFinal, leavesOf, type Order, orderStatuses } from './order.ts';
import { fillEvent, type OrderEvent, stateTable, transition } from './order-states.ts';

const happenings: readonly Exclude<OrderEvent, 'FILLED_IN_PART' | 'FILLED_WHOLE'>[] = [
  'FUNDS_HELD',
  'HOLD_DENIED',
  'DISPATCHED',
  'SUBMIT_BY_PASSED',
  'CANCEL_ASKED',
  'ACKNOWLEDGED',
  'VENUE_SILENT',
  'VENUE_REFUSED',
  'VENUE_CANCELED',
  'VENUE_EXPIRED',
  'CANCEL_REFUSED',
];

type Happening = OrderEvent | bigint;

/** One step as the application takes it: a bigint is a fill of that quantity. */
function live(order: Order, happening: Happening): Order {
  const event = typeof happening === 'bigint' ? fillEvent(order, happening) : happening;
  const step = transition(order, event);
  if (!step) return order;
  const { status, pendingOperation } = step;
  if (typeof happening !== 'bigint') return { ...order, status, pendingOperation };
  const { filled, overfill, notional } = countFill(order, happening, order.limitPrice);
  return { ...order, status, pendingOperation, filled, overfill, notional };
}

const statusAfter = (happened: readonly Happening[]) => happened.reduce(live, received).status;

const lives = fc.array(
  fc.oneof(fc.constantFrom(...happenings), fc.bigInt({ min: 1n, max: 150_00n })),
  { maxLength: 30 },
);

/** Ways that usually lead somewhere, to be shuffled and doubled. */
const likelyLives = fc
  .array(fc.bigInt({ min: 1n, max: 60_00n }), { minLength: 1, maxLength: 5 })
  .chain((fills) => {
    const way: Happening[] = ['FUNDS_HELD', 'DISPATCHED', 'ACKNOWLEDGED', ...fills];
    const ends: Happening[] = ['CANCEL_ASKED', 'VENUE_CANCELED', 'CANCEL_REFUSED', 'VENUE_SILENT'];
    return fc
      .shuffledSubarray([...way, ...way, ...ends])
      .map((rest) => [...way.slice(0, 2), ...rest]);
  });

describe('the state table', () => {
  test('says one thing at most about each state and event', () => {
    const keys = stateTable.flatMap(([from, event]) => from.map((status) => `${status} ${event}`));
    expect(new Set(keys).size).toBe(keys.length);
  });

  test.each<[string, Happening[]]>([
    ['HELD', ['FUNDS_HELD']],
    ['DENIED', ['HOLD_DENIED']],
    ['SUBMITTED', ['FUNDS_HELD', 'DISPATCHED']],
    ['CANCELED', ['CANCEL_ASKED', 'FUNDS_HELD']],
    ['EXPIRED', ['FUNDS_HELD', 'SUBMIT_BY_PASSED']],
    ['ACCEPTED', ['FUNDS_HELD', 'DISPATCHED', 'VENUE_SILENT', 'ACKNOWLEDGED']],
    ['UNKNOWN', ['FUNDS_HELD', 'DISPATCHED', 'VENUE_SILENT']],
    ['REJECTED', ['FUNDS_HELD', 'DISPATCHED', 'VENUE_SILENT', 'VENUE_REFUSED']],
    ['PARTIALLY_FILLED', ['FUNDS_HELD', 'DISPATCHED', 40_00n, 'ACKNOWLEDGED']],
    ['FILLED', ['FUNDS_HELD', 'DISPATCHED', 40_00n, 60_00n, 'ACKNOWLEDGED']],
    ['FILLED', ['FUNDS_HELD', 'DISPATCHED', 'CANCEL_ASKED', 100_00n, 'CANCEL_REFUSED']],
    ['CANCELED', ['FUNDS_HELD', 'DISPATCHED', 40_00n, 'VENUE_CANCELED', 10_00n]],
  ])('ends %s after %j', (status, happened) => {
    expect(statusAfter(happened)).toBe(status);
  });

  test('lets a cancel be asked for once, and refused only when it was', () => {
    const accepted = { status: 'ACCEPTED', pendingOperation: null } as const;
    expect(transition(accepted, 'CANCEL_REFUSED')).toBeNull();
    const pending = transition(accepted, 'CANCEL_ASKED');
    expect(pending).toMatchObject({ status: 'ACCEPTED', pendingOperation: 'CANCEL' });
    expect(
      transition({ status: 'ACCEPTED', pendingOperation: 'CANCEL' }, 'CANCEL_ASKED'),
    ).toBeNull();
    expect(
      transition({ status: 'ACCEPTED', pendingOperation: 'CANCEL' }, 'CANCEL_REFUSED'),
    ).toMatchObject({ status: 'ACCEPTED', pendingOperation: null });
  });

  test('does not execute what was never sent', () => {
    for (const status of ['RECEIVED', 'HELD'] as const) {
      expect(transition({ status, pendingOperation: null }, 'FILLED_WHOLE')).toBeNull();
    }
  });

  test('voids or keeps nothing back at every way into a final state', () => {
    for (const [, , to, funds] of stateTable) {
      if (to !== 'same' && isFinal(to)) expect(['void', 'post+void']).toContain(funds);
    }
  });
});

describe.each([
  ['random lives', lives],
  ['shuffled and doubled lives', likelyLives],
])('any order, in %s,', (_name, arbitrary) => {
  test('counts its fills exactly and leaves nothing negative', () => {
    fc.assert(
      fc.property(arbitrary as fc.Arbitrary<Happening[]>, (happened) => {
        let order: Order = received;
        let counted = 0n;
        for (const happening of happened) {
          const before = order;
          order = live(order, happening);
          if (typeof happening === 'bigint' && before !== order) counted += happening;
          expect(order.filled).toBe(counted);
          expect(order.filled).toBeLessThanOrEqual(order.quantity + order.overfill);
          expect(order.overfill === 0n || order.filled > order.quantity).toBe(true);
          expect(leavesOf(order)).toBe(isFinal(order.status) ? 0n : order.quantity - order.filled);
          expect(orderStatuses).toContain(order.status);
          if (order.status === 'FILLED') expect(order.filled >= order.quantity).toBe(true);
          if (order.status === 'PARTIALLY_FILLED') expect(order.filled > 0n).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('never leaves a final state, and has nothing pending there', () => {
    fc.assert(
      fc.property(arbitrary as fc.Arbitrary<Happening[]>, (happened) => {
        let order: Order = received;
        for (const happening of happened) {
          const next = live(order, happening);
          if (isFinal(order.status)) expect(next.status).toBe(order.status);
          if (isFinal(next.status)) expect(next.pendingOperation).toBeNull();
          order = next;
        }
      }),
      { numRuns: 500 },
    );
  });
});
