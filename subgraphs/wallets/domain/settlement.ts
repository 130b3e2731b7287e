import { assert } from '#kit/errors.ts';
import {
  deterministicId,
  type ExecutionId,
  type OrderId,
  type TransactionId,
  type UserId,
} from '#kit/ids.ts';
import type { Currency } from '#kit/money.ts';
import { position, receivable, rounding, wallet } from './chart-of-accounts.ts';
import { balance, orderHoldId, type TransactionDraft } from './transaction.ts';

/** A counted execution; amounts are positive minor units, as contracts/orders.ts explains them. */
export interface Fill {
  readonly orderId: OrderId;
  readonly userId: UserId;
  readonly executionId: ExecutionId;
  readonly venue: string;
  readonly side: 'BUY' | 'SELL';
  readonly baseCurrency: Currency;
  readonly quoteCurrency: Currency;
  readonly baseAmount: bigint;
  readonly quoteAmount: bigint;
  readonly venueQuoteAmount: bigint;
}

/**
 * The transaction that settles a fill. Money changes currency through the venue's position
 * accounts; what the user pays or gets beside the venue's amount is rounding, a posting of its own.
 */
export function settlementOf(fill: Fill): TransactionDraft {
  const { userId, baseCurrency, quoteCurrency, baseAmount, quoteAmount, venueQuoteAmount } = fill;
  assert(baseCurrency !== quoteCurrency, 'a fill trades two currencies');
  assert(baseAmount > 0n, `fill ${fill.executionId} moves no base currency`);
  assert(quoteAmount >= 0n && venueQuoteAmount >= 0n, `fill ${fill.executionId} is negative`);
  // A sale is a purchase with every sign turned.
  const sign = fill.side === 'BUY' ? 1n : -1n;
  const base = wallet(userId, baseCurrency);
  const quote = wallet(userId, quoteCurrency);
  const payer = fill.side === 'BUY' ? quote : base;
  return {
    id: fillTransactionId(fill.executionId),
    kind: 'ORDER_FILL',
    userId,
    orderId: fill.orderId,
    executionId: fill.executionId,
    fingerprint: fingerprintOf(fill),
    legs: balance([
      { account: quote, amount: -sign * quoteAmount },
      { account: position(fill.venue, quoteCurrency), amount: sign * venueQuoteAmount },
      { account: rounding(quoteCurrency), amount: sign * (quoteAmount - venueQuoteAmount) },
      { account: position(fill.venue, baseCurrency), amount: -sign * baseAmount },
      { account: base, amount: sign * baseAmount },
    ]),
    payment: {
      wallet: payer,
      holdId: orderHoldId(fill.orderId),
      receivable: receivable(userId, payer.currency),
      resolve: false,
    },
  };
}

export const fillTransactionId = (executionId: ExecutionId): TransactionId =>
  deterministicId('transaction', 'fill', executionId);

const fingerprintOf = (fill: Fill): string =>
  deterministicId(
    'fingerprint',
    fill.orderId,
    fill.userId,
    fill.venue,
    fill.side,
    fill.baseCurrency,
    fill.quoteCurrency,
    `${fill.baseAmount}`,
    `${fill.quoteAmount}`,
    `${fill.venueQuoteAmount}`,
  );
