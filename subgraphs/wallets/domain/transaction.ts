import { assert } from '#kit/errors.ts';
import {
  deterministicId,
  type ExecutionId,
  type OrderId,
  type TransactionId,
  type UserId,
} from '#kit/ids.ts';
import type { Account } from './chart-of-accounts.ts';

export const transactionKinds = [
  'DEPOSIT',
  'WITHDRAWAL',
  'TRANSFER',
  'EXCHANGE',
  'ORDER_FILL',
  'ADJUSTMENT',
  'REVERSAL',
] as const;

export type TransactionKind = (typeof transactionKinds)[number];

/** One posting to be: positive into the account, negative out of it, in minor units. */
export interface Leg {
  readonly account: Account;
  readonly amount: bigint;
}

/** A transaction to be posted, all or nothing. */
export interface TransactionDraft {
  /** Made from facts, so that a replay finds itself. */
  readonly id: TransactionId;
  readonly kind: TransactionKind;
  /** Who it is for. It may move the wallets of others too. */
  readonly userId: UserId | null;
  /** A hash of the body: the same id with another body is refused. */
  readonly fingerprint: string;
  readonly legs: readonly Leg[];
  readonly orderId?: OrderId | null;
  readonly executionId?: ExecutionId | null;
  /** Who named it, and how. */
  readonly callerId?: UserId | null;
  readonly idempotencyKey?: string | null;
  readonly paymentId?: string | null;
  /** The transaction that it takes back. */
  readonly reverses?: TransactionId | null;
  /** Why, in an operator's words. */
  readonly reason?: string | null;
  /** When it counts, where that is not when it is booked. */
  readonly effectiveAt?: Date | null;
  /** The day from which the money works, `2026-03-01`; without it the day of `effectiveAt`. */
  readonly valueDate?: string | null;
  readonly payment?: HoldPayment | null;
}

/** How a wallet pays from a hold. */
export interface HoldPayment {
  readonly wallet: Account;
  readonly holdId: string;
  /**
   * Where what neither the hold nor the wallet can pay becomes a debt. Without it the hold pays all
   * or the transaction is refused.
   */
  readonly receivable: Account | null;
  /** Whether the rest of the hold is released. */
  readonly resolve: boolean;
}

/** More legs than this are refused: a transaction locks all its accounts at once. */
export const mostLegs = 100;

/** The id of what a caller names by a key; each kind has keys of its own. */
export const transactionIdOf = (kind: TransactionKind, callerId: UserId, key: string) =>
  deterministicId<TransactionId>('transaction', kind.toLowerCase(), callerId, key);

export const paymentTransactionId = (paymentId: string) =>
  deterministicId<TransactionId>('transaction', 'payment', paymentId);

export const orderHoldId = (orderId: OrderId): string => deterministicId('hold', orderId);

/**
 * Drops empty legs and checks that what is left is a transaction. Debits come first: each wallet's
 * event is told in this order.
 * @throws Fault when a currency does not sum to zero, an account comes twice, or nothing moves
 */
export function balance(legs: readonly Leg[]): Leg[] {
  const sums = new Map<string, bigint>();
  const seen = new Set<string>();
  const moving = legs.filter((leg) => leg.amount !== 0n);
  for (const { account, amount } of moving) {
    assert(!seen.has(account.id), `account ${account.id} comes twice in a transaction`);
    seen.add(account.id);
    sums.set(account.currency, (sums.get(account.currency) ?? 0n) + amount);
  }
  assert(moving.length > 0, 'a transaction moves something');
  for (const [currency, sum] of sums) {
    assert(sum === 0n, `a transaction is out of balance by ${sum} minor units of ${currency}`);
  }
  return [
    ...moving.filter(({ amount }) => amount < 0n),
    ...moving.filter(({ amount }) => amount > 0n),
  ];
}
