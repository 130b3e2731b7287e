import { deterministicId, newId, type ExecutionId, type OrderId } from '#kit/ids.ts';
import type { Random } from '#tests/torture/random.ts';
import { position, rounding } from '#subgraphs/wallets/domain/chart-of-accounts.ts';

/** Where the wallets of the n-th user are. */
export interface BenchUser {
  readonly user_id: string;
  readonly ngn: string;
  readonly usd: string;
}

/** One element of the array that the SQL function `ledger_post_batch` takes. */
export type Operation = Readonly<Record<string, unknown>>;

const leg = (id: string, user: BenchUser, currency: string, amount: number) => ({
  id,
  kind: 'WALLET',
  currency,
  user_id: user.user_id,
  venue: null,
  amount: `${amount}`,
});

const houseLeg = ({ id, kind, currency, venue }: ReturnType<typeof position>, amount: number) => ({
  id,
  kind,
  currency,
  user_id: null,
  venue,
  amount: `${amount}`,
});

export function transfer(payer: BenchUser, payee: BenchUser, amount: number): Operation {
  const key = newId();
  return {
    op: 'post',
    id: deterministicId('transaction', 'transfer', payer.user_id, key),
    kind: 'TRANSFER',
    at: new Date(),
    user_id: payer.user_id,
    caller_id: payer.user_id,
    idempotency_key: key,
    fingerprint: key,
    legs: [leg(payer.ngn, payer, 'NGN', -amount), leg(payee.ngn, payee, 'NGN', amount)],
  };
}

export interface Order {
  readonly id: string;
  readonly holdId: string;
  readonly user: BenchUser;
  readonly amount: number;
}

export function newOrder(user: BenchUser, random: Random): Order {
  const id = newId<OrderId>();
  return { id, holdId: deterministicId('hold', id), user, amount: random.between(100, 100_000) };
}

export const hold = ({ id, holdId, user, amount }: Order): Operation => ({
  op: 'hold',
  id: holdId,
  purpose: 'ORDER',
  order_id: id,
  user_id: user.user_id,
  at: new Date(),
  legs: [leg(user.ngn, user, 'NGN', amount)],
});

const venue = {
  ngn: position('SANDBOX', 'NGN'),
  usd: position('SANDBOX', 'USD'),
  rounding: rounding('NGN'),
};

/** A fill of about half of the order: the hold is posted in part, and currencies are exchanged. */
export function partialPost({ id, holdId, user, amount }: Order): Operation {
  const executionId = deterministicId<ExecutionId>('bench', id);
  const paid = Math.ceil(amount / 2);
  const bought = Math.ceil(amount / 100);
  return {
    op: 'post',
    id: deterministicId('transaction', 'fill', executionId),
    kind: 'ORDER_FILL',
    at: new Date(),
    user_id: user.user_id,
    order_id: id,
    execution_id: executionId,
    fingerprint: executionId,
    hold_id: holdId,
    payer_id: user.ngn,
    receivable: {
      ...leg(deterministicId('receivable', user.user_id, 'NGN'), user, 'NGN', 0),
      kind: 'RECEIVABLE',
    },
    legs: [
      leg(user.ngn, user, 'NGN', -paid),
      houseLeg(venue.usd, -bought),
      houseLeg(venue.ngn, paid - 1),
      houseLeg({ ...venue.rounding, venue: null }, 1),
      leg(user.usd, user, 'USD', bought),
    ],
  };
}

export const release = ({ id, holdId, user }: Order): Operation => ({
  op: 'release',
  id: holdId,
  order_id: id,
  user_id: user.user_id,
  at: new Date(),
});
