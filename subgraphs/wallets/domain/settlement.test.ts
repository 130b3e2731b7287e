import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { newId, type ExecutionId, type OrderId, type UserId } from '#kit/ids.ts';
import { position, receivable, rounding, wallet } from './chart-of-accounts.ts';
import { settlementOf, type Fill } from './settlement.ts';
import { orderHoldId } from './transaction.ts';

const fill: Fill = {
  orderId: newId<OrderId>(),
  userId: newId<UserId>(),
  executionId: newId<ExecutionId>(),
  venue: 'SANDBOX',
  side: 'BUY',
  baseCurrency: 'USD',
  quoteCurrency: 'NGN',
  baseAmount: 100n,
  quoteAmount: 1_501n,
  venueQuoteAmount: 1_500n,
};
const usd = wallet(fill.userId, 'USD');
const ngn = wallet(fill.userId, 'NGN');

const amounts = (of: Fill) =>
  new Map(settlementOf(of).legs.map(({ account, amount }) => [account.id, amount]));

test('a buy pays quote, brings base and keeps its rounding apart', () => {
  expect(amounts(fill)).toEqual(
    new Map([
      [ngn.id, -1_501n],
      [position('SANDBOX', 'NGN').id, 1_500n],
      [rounding('NGN').id, 1n],
      [position('SANDBOX', 'USD').id, -100n],
      [usd.id, 100n],
    ]),
  );
  expect(settlementOf(fill).payment).toEqual({
    wallet: ngn,
    holdId: orderHoldId(fill.orderId),
    receivable: receivable(fill.userId, 'NGN'),
    resolve: false,
  });
});

test('a sale is a purchase with every sign turned, paid from base', () => {
  const sale: Fill = { ...fill, side: 'SELL', quoteAmount: 1_499n };
  expect(amounts(sale)).toEqual(
    new Map([
      [ngn.id, 1_499n],
      [position('SANDBOX', 'NGN').id, -1_500n],
      [rounding('NGN').id, 1n],
      [position('SANDBOX', 'USD').id, 100n],
      [usd.id, -100n],
    ]),
  );
  expect(settlementOf(sale).payment?.wallet).toEqual(usd);
});

test('whatever the amounts, every currency sums to zero', () => {
  const amount = fc.bigInt({ min: 0n, max: 10n ** 18n });
  const filled = fc.record({
    side: fc.constantFrom('BUY' as const, 'SELL' as const),
    baseAmount: amount.map((units) => units + 1n),
    quoteAmount: amount,
    venueQuoteAmount: amount,
  });
  fc.assert(
    fc.property(filled, (given) => {
      const sums = new Map<string, bigint>();
      for (const { account, amount } of settlementOf({ ...fill, ...given }).legs) {
        sums.set(account.currency, (sums.get(account.currency) ?? 0n) + amount);
      }
      expect(new Set(sums.values())).toEqual(new Set([0n]));
    }),
  );
});

test('the same execution is the same transaction, and another body shows', () => {
  const again = settlementOf({ ...fill });
  expect(again).toEqual(settlementOf(fill));
  const other = settlementOf({ ...fill, quoteAmount: 1_502n });
  expect(other.id).toBe(again.id);
  expect(other.fingerprint).not.toBe(again.fingerprint);
});

test.each([
  [{ baseAmount: 0n }],
  [{ baseAmount: -1n }],
  [{ quoteAmount: -1n }],
  [{ venueQuoteAmount: -1n }],
  [{ quoteCurrency: 'USD' as const }],
])('a fill that cannot be is a fault: %p', (wrong) => {
  expect(() => settlementOf({ ...fill, ...wrong })).toThrow();
});
