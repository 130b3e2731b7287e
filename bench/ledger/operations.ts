import { deterministicId, newId, type ExecutionId, type OrderId, type UserId } from '#kit/ids.ts';
import type { Random } from '#tests/torture/random.ts';
import type { Operation, PostOperation } from '#subgraphs/wallets/application/ports.ts';
import {
  position,
  receivable,
  rounding,
  type Account,
} from '#subgraphs/wallets/domain/chart-of-accounts.ts';
import { orderHold, type HoldName } from '#subgraphs/wallets/domain/hold.ts';
import { fillTransactionId } from '#subgraphs/wallets/domain/settlement.ts';
import { transactionIdOf } from '#subgraphs/wallets/domain/transaction.ts';

/** Where the wallets of the n-th user are. */
export interface BenchUser {
  readonly user_id: UserId;
  readonly ngn: string;
  readonly usd: string;
}

const walletOf = ({ user_id: userId, ngn, usd }: BenchUser, currency: 'NGN' | 'USD'): Account => ({
  id: currency === 'NGN' ? ngn : usd,
  kind: 'WALLET',
  currency,
  userId,
  venue: null,
});

export function transfer(payer: BenchUser, payee: BenchUser, amount: number): PostOperation {
  const key = newId();
  return {
    do: 'post',
    draft: {
      id: transactionIdOf('TRANSFER', payer.user_id, key),
      kind: 'TRANSFER',
      userId: payer.user_id,
      callerId: payer.user_id,
      idempotencyKey: key,
      fingerprint: key,
      legs: [
        { account: walletOf(payer, 'NGN'), amount: BigInt(-amount) },
        { account: walletOf(payee, 'NGN'), amount: BigInt(amount) },
      ],
    },
  };
}

export interface Order {
  readonly hold: HoldName & { readonly orderId: OrderId };
  readonly user: BenchUser;
  readonly amount: number;
}

export function newOrder(user: BenchUser, random: Random): Order {
  const hold = orderHold(newId<OrderId>(), user.user_id);
  return {
    hold: { ...hold, orderId: hold.orderId as OrderId },
    user,
    amount: random.between(100, 100_000),
  };
}

export const hold = ({ hold: name, amount }: Order): Operation => ({
  do: 'hold',
  hold: name,
  currency: 'NGN',
  amount: BigInt(amount),
  expiresAt: null,
});

const venue = {
  ngn: position('SANDBOX', 'NGN'),
  usd: position('SANDBOX', 'USD'),
  rounding: rounding('NGN'),
};

/** A fill of about half of the order: the hold is posted in part, and currencies are exchanged. */
export function partialPost({ hold: { orderId, holdId }, user, amount }: Order): Operation {
  const executionId = deterministicId<ExecutionId>('bench', orderId);
  const paid = BigInt(Math.ceil(amount / 2));
  const bought = BigInt(Math.ceil(amount / 100));
  return {
    do: 'post',
    draft: {
      id: fillTransactionId(executionId),
      kind: 'ORDER_FILL',
      userId: user.user_id,
      orderId,
      executionId,
      fingerprint: executionId,
      legs: [
        { account: walletOf(user, 'NGN'), amount: -paid },
        { account: venue.usd, amount: -bought },
        { account: venue.ngn, amount: paid - 1n },
        { account: venue.rounding, amount: 1n },
        { account: walletOf(user, 'USD'), amount: bought },
      ],
      payment: {
        wallet: walletOf(user, 'NGN'),
        holdId,
        receivable: receivable(user.user_id, 'NGN'),
        resolve: false,
      },
    },
  };
}

export const release = ({ hold: name }: Order): Operation => ({
  do: 'release',
  hold: name,
  expired: false,
});
