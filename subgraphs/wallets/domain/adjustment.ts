import type { OrderId, TransactionId, UserId } from '#kit/ids.ts';
import type { Currency } from '#kit/money.ts';
import { adjustableAccount, wallet, type AdjustableKind } from './chart-of-accounts.ts';
import { WalletRefusal } from './errors.ts';
import {
  fingerprintOf,
  readCurrency,
  readReason,
  readSignedAmount,
  readUser,
  refuseBadKey,
} from './request.ts';
import {
  balance,
  transactionIdOf,
  type Leg,
  type TransactionDraft,
  type TransactionKind,
} from './transaction.ts';

/** What an operator asks for, as it came. */
export interface AdjustmentRequest {
  readonly idempotencyKey: string;
  readonly userId: string;
  readonly currency: unknown;
  /** Above zero into the wallet, below zero out of it. */
  readonly amount: unknown;
  readonly against: AdjustableKind;
  readonly reason: string;
  readonly effectiveAt: string | null;
  readonly valueDate: string | null;
}

export interface Adjustment {
  readonly userId: UserId;
  readonly currency: Currency;
  readonly amount: bigint;
  readonly against: AdjustableKind;
  readonly reason: string;
  readonly effectiveAt: Date | null;
  readonly valueDate: string | null;
}

/** Reads a request; refusals come in the order of their codes. @throws WalletRefusal */
export function readAdjustment(request: AdjustmentRequest, now: Date): Adjustment {
  refuseBadKey(request.idempotencyKey);
  const currency = readCurrency(request.currency);
  const amount = readSignedAmount(request.amount, currency);
  const userId = readUser(request.userId);
  const reason = readReason(request.reason);
  const effectiveAt = request.effectiveAt === null ? null : readTime(request.effectiveAt);
  if (effectiveAt !== null && effectiveAt > now) {
    throw new WalletRefusal('INVALID_DATE', 'what counts in the future is booked in the future');
  }
  const valueDate = request.valueDate === null ? null : readDate(request.valueDate);
  return { userId, currency, amount, against: request.against, reason, effectiveAt, valueDate };
}

export function adjustmentDraft(
  adjustment: Adjustment,
  callerId: UserId,
  idempotencyKey: string,
): TransactionDraft {
  const { userId, currency, amount, against, reason, effectiveAt, valueDate } = adjustment;
  return {
    id: transactionIdOf('ADJUSTMENT', callerId, idempotencyKey),
    kind: 'ADJUSTMENT',
    userId,
    callerId,
    idempotencyKey,
    reason,
    effectiveAt,
    valueDate,
    fingerprint: fingerprintOf(
      'ADJUSTMENT',
      userId,
      currency,
      `${amount}`,
      against,
      reason,
      effectiveAt?.toISOString() ?? '',
      valueDate ?? '',
    ),
    legs: balance([
      { account: wallet(userId, currency), amount },
      { account: adjustableAccount(against, userId, currency), amount: -amount },
    ]),
  };
}

/** What is known of a transaction that is to be taken back. */
export interface PostedTransaction {
  readonly id: TransactionId;
  readonly kind: TransactionKind;
  readonly userId: UserId | null;
  readonly orderId: OrderId | null;
  readonly legs: readonly Leg[];
}

/** The opposite of a transaction, once. @throws WalletRefusal NOT_REVERSIBLE */
export function reversalDraft(
  original: PostedTransaction,
  callerId: UserId,
  idempotencyKey: string,
  reason: string,
): TransactionDraft {
  if (original.kind === 'REVERSAL') {
    throw new WalletRefusal('NOT_REVERSIBLE', 'a reversal is final: book an adjustment');
  }
  return {
    id: transactionIdOf('REVERSAL', callerId, idempotencyKey),
    kind: 'REVERSAL',
    userId: original.userId,
    orderId: original.orderId,
    callerId,
    idempotencyKey,
    reverses: original.id,
    reason,
    fingerprint: fingerprintOf('REVERSAL', original.id, reason),
    legs: balance(original.legs.map(({ account, amount }) => ({ account, amount: -amount }))),
  };
}

const invalidDate = (text: string) =>
  new WalletRefusal('INVALID_DATE', `"${text.slice(0, 40)}" is no date`);

function readTime(text: string): Date {
  const time = new Date(/^\d{4}-\d\d-\d\dT[\d:.]{5,12}Z$/.test(text) ? text : Number.NaN);
  if (Number.isNaN(time.getTime())) throw invalidDate(text);
  return time;
}

function readDate(text: string): string {
  const day = new Date(/^[12]\d{3}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00.000Z` : Number.NaN);
  if (Number.isNaN(day.getTime()) || day.toISOString().slice(0, 10) !== text) {
    throw invalidDate(text);
  }
  return text;
}
