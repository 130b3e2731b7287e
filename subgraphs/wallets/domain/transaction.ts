import { assert } from '#kit/errors.ts';
import type { ExecutionId, OrderId, TransactionId, UserId } from '#kit/ids.ts';
import type { Account } from './chart-of-accounts.ts';

export type TransactionKind = 'DEPOSIT' | 'ORDER_FILL';

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
  /** Whose wallets it moves; a transaction moves one user's. */
  readonly userId: UserId;
  readonly orderId: OrderId | null;
  readonly executionId: ExecutionId | null;
  /** Who named a deposit, and how. */
  readonly callerId: UserId | null;
  readonly idempotencyKey: string | null;
  /** A hash of the body: the same id with another body is refused. */
  readonly fingerprint: string;
  readonly legs: readonly Leg[];
  /**
   * The wallet that pays from the order's hold, then from what is available; the rest is a debt on
   * `receivable`. Without it a wallet that cannot pay is a fault.
   */
  readonly payer: { readonly wallet: Account; readonly receivable: Account } | null;
}

/**
 * Drops empty legs and checks that what is left is a transaction.
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
  return moving;
}
