import { expect, test } from '@jest/globals';
import type { ExecutionId, OrderId, TransactionId, UserId } from '#kit/ids.ts';
import { compareBooks, type Books } from './compare-books.ts';

const orderId = 'order' as OrderId;
const userId = 'user' as UserId;
const executionId = 'execution' as ExecutionId;
const transactionId = 'transaction' as TransactionId;
const named = { execId: 'E1', symbol: 'USD/NGN', side: 'BUY' } as const;

/** One order to buy, filled whole by one trade: 10.00 at 1500.25. */
const sound: Books = {
  orders: [
    {
      id: orderId,
      userId,
      symbol: 'USD/NGN',
      status: 'FILLED',
      isFinal: true,
      isReleased: true,
      pendingOperation: null,
      settlementStatus: 'SETTLED',
      quantity: 1000n,
      filled: 1000n,
      heldAmount: 1_600_000n,
    },
  ],
  trades: [
    { ...named, tradeDate: '20260301', clOrdId: orderId, quantity: '10.00', price: '1500.25' },
  ],
  executions: [
    {
      ...named,
      executionId,
      orderId,
      userId,
      venue: 'SANDBOX',
      tradeDate: '2026-03-01',
      clOrdId: orderId,
      quantity: '10',
      price: '1500.25',
    },
  ],
  fills: [
    {
      executionId,
      orderId,
      userId,
      venue: 'SANDBOX',
      execId: 'E1',
      quantity: 1000n,
      price: 150_025n,
      quantityScale: 2,
      priceScale: 2,
      side: 'BUY',
      baseCurrency: 'USD',
      quoteCurrency: 'NGN',
      baseAmount: 1000n,
      quoteAmount: 1_500_250n,
      transactionId,
    },
  ],
  transactions: [
    {
      executionId,
      transactionId,
      orderId,
      userId,
      bookedAt: new Date(0),
      moved: { USD: '1000', NGN: '-1500250' },
    },
  ],
  holds: [],
};

/** The books with one row of one of them changed. */
function changed<Name extends keyof Books>(
  name: Name,
  change: Partial<Books[Name][number]>,
): Books {
  return { ...sound, [name]: sound[name].map((row) => ({ ...row, ...change })) };
}

test('sound books have no findings', () => {
  expect(compareBooks(sound)).toEqual([]);
  const sold = { side: 'SELL', moved: { USD: '-1000', NGN: '1500250' } } as const;
  const { side, moved } = sold;
  const books: Books = {
    ...changed('fills', { side }),
    transactions: [{ ...sound.transactions[0], moved } as Books['transactions'][number]],
  };
  expect(compareBooks(books)).toEqual([]);
});

test.each<[string, Books, string]>([
  ['a trade that we never heard of', { ...sound, executions: [] }, '13.'],
  ['an execution at another price', changed('executions', { price: '1500.24' }), '13.'],
  ['an execution that was not counted', { ...sound, fills: [] }, '9.'],
  ["an execution of another user's order", changed('executions', { userId: 'other' }), '9.'],
  ['a fill that was not settled', { ...sound, transactions: [] }, '10.'],
  ['a settlement without a fill', { ...sound, fills: [], executions: [], trades: [] }, '10.'],
  ['money that moved twice', changed('transactions', { moved: { USD: '2000' } }), '10.'],
  ['a cost that its price does not say', changed('fills', { quoteAmount: 1_500_249n }), '15.'],
  ['more than was bought', changed('fills', { baseAmount: 1001n }), '15.'],
  [
    'a finished order that holds money',
    { ...sound, holds: [{ orderId, userId, currency: 'NGN', remaining: 1n }] },
    '11.',
  ],
  ['a release that is not confirmed', changed('orders', { isReleased: false }), '11.'],
])('%s is found', (_what, books, invariant) => {
  const findings = compareBooks(books).map((finding) => finding.invariant);
  expect(findings.some((found) => found.startsWith(invariant))).toBe(true);
});
