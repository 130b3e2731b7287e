import type { InferEntity } from '@mikro-orm/core';
import { Fault } from '#kit/errors.ts';
import type { WalletId } from '#kit/ids.ts';
import type {
  TransactionRecord,
  WalletEventRecord,
  WalletRecord,
} from '../../application/ports.ts';
import type { Payment } from '../../domain/payment.ts';
import type { AccountRow, LedgerTransactionRow, PaymentRow, WalletEvent } from './entities.ts';

/** Rows as the application knows them. */
export function walletOf({
  id,
  userId,
  currency,
  posted,
  held,
}: Pick<AccountRow, 'id' | 'userId' | 'currency' | 'posted' | 'held'>): WalletRecord {
  if (!userId) throw new Fault(`wallet ${id} has no owner`);
  return { id: id as WalletId, userId, currency, posted, held };
}

export function transactionOf(row: LedgerTransactionRow): TransactionRecord {
  const { id, kind, userIds, bookedAt, effectiveAt, valueDate } = row;
  const { userId = null, orderId = null, executionId = null } = row;
  const { reverses = null, reason = null } = row;
  return {
    id,
    kind,
    userId,
    userIds,
    orderId,
    executionId,
    reverses,
    reason,
    bookedAt,
    effectiveAt,
    valueDate,
  };
}

export function eventOf(row: InferEntity<typeof WalletEvent>): WalletEventRecord {
  const { sequence, kind, userId, walletId, currency, posted, held, at } = row;
  const { transactionId = null, orderId = null } = row;
  return { sequence, kind, userId, walletId, currency, posted, held, transactionId, orderId, at };
}

export function paymentOf(row: InferEntity<typeof PaymentRow>): Payment {
  const { id, direction, userId, currency, amount, status, requestedAt, updatedAt } = row;
  const { holdId = null, transactionId = null, failure = null } = row;
  return {
    id,
    direction,
    userId,
    currency,
    amount,
    status,
    holdId,
    transactionId,
    failure,
    requestedAt,
    updatedAt,
  };
}
