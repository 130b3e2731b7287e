import { deterministicId, type TransactionId, type UserId } from '#kit/ids.ts';
import type { Currency } from '#kit/money.ts';
import { depositsInTransit, wallet, withdrawalsInTransit } from './chart-of-accounts.ts';
import { withdrawalHold } from './hold.ts';
import { fingerprintOf } from './request.ts';
import { balance, paymentTransactionId, type TransactionDraft } from './transaction.ts';

export type PaymentDirection = 'DEPOSIT' | 'WITHDRAWAL';
export type PaymentStatus = 'REQUESTED' | 'PENDING' | 'COMPLETED' | 'FAILED';

/** Money on its way from outside or to it. A withdrawal holds its amount until it is resolved. */
export interface Payment {
  readonly id: string;
  readonly direction: PaymentDirection;
  readonly userId: UserId;
  readonly currency: Currency;
  /** Minor units, above zero. */
  readonly amount: bigint;
  readonly status: PaymentStatus;
  readonly holdId: string | null;
  readonly transactionId: TransactionId | null;
  /** Why it failed. */
  readonly failure: string | null;
  readonly requestedAt: Date;
  readonly updatedAt: Date;
}

/** Where a payment may go from where it is; what is absent is refused. */
export const nextStatuses: Readonly<Record<PaymentStatus, readonly PaymentStatus[]>> = {
  REQUESTED: ['PENDING', 'COMPLETED', 'FAILED'],
  PENDING: ['COMPLETED', 'FAILED'],
  COMPLETED: [],
  FAILED: [],
};

export const paymentId = (direction: PaymentDirection, callerId: UserId, key: string): string =>
  deterministicId('payment', direction, callerId, key);

/** The transaction that completes a payment, named by it: it is booked once. */
export function paymentDraft(payment: Payment): TransactionDraft {
  const { id, direction, userId, currency, amount } = payment;
  const own = wallet(userId, currency);
  const into = direction === 'DEPOSIT';
  return {
    id: paymentTransactionId(id),
    kind: direction,
    userId,
    paymentId: id,
    fingerprint: fingerprintOf('PAYMENT', id),
    legs: balance([
      { account: own, amount: into ? amount : -amount },
      into
        ? { account: depositsInTransit(currency), amount: -amount }
        : { account: withdrawalsInTransit(currency), amount },
    ]),
    payment: into
      ? null
      : {
          wallet: own,
          holdId: withdrawalHold(id, userId).holdId,
          receivable: null,
          resolve: true,
        },
  };
}
