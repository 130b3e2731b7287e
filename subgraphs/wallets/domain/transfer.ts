import type { UserId } from '#kit/ids.ts';
import type { Currency } from '#kit/money.ts';
import { wallet, type Account } from './chart-of-accounts.ts';
import { WalletRefusal } from './errors.ts';
import {
  fingerprintOf,
  readAmount,
  readCurrency,
  readUser,
  refuseAbove,
  refuseBadKey,
} from './request.ts';
import { balance, transactionIdOf, type TransactionDraft } from './transaction.ts';

/** What was asked for, as it came. */
export interface TransferRequest {
  readonly idempotencyKey: string;
  readonly legs: readonly {
    readonly toUserId: string;
    readonly currency: unknown;
    readonly amount: unknown;
  }[];
}

export interface TransferLeg {
  readonly to: UserId;
  readonly currency: Currency;
  /** Minor units, above zero. */
  readonly amount: bigint;
}

/** With one wallet more for each currency, they stay within what one transaction may move. */
export const mostTransferLegs = 80;

/** Reads a request; refusals come in the order of their codes. @throws WalletRefusal */
export function readTransfer({ idempotencyKey, legs }: TransferRequest, from: UserId) {
  refuseBadKey(idempotencyKey);
  if (legs.length === 0 || legs.length > mostTransferLegs) {
    throw new WalletRefusal('TOO_MANY_LEGS', `a transfer has 1 to ${mostTransferLegs} legs`);
  }
  const priced = legs.map((leg) => {
    const currency = readCurrency(leg.currency);
    return { ...leg, currency };
  });
  const read = priced.map((leg) => ({ ...leg, amount: readAmount(leg.amount, leg.currency) }));
  return read.map(({ toUserId, currency, amount }): TransferLeg => {
    const to = readUser(toUserId);
    if (to !== from) return { to, currency, amount };
    throw new WalletRefusal('INVALID_RECIPIENT', 'a transfer goes to somebody else');
  });
}

/** @throws WalletRefusal AMOUNT_TOO_LARGE when what leaves in one currency is above the limit */
export function refuseLargeTransfer(legs: readonly TransferLeg[], limit: bigint): void {
  const sums = new Map<Currency, bigint>();
  for (const { currency, amount } of legs) {
    sums.set(currency, (sums.get(currency) ?? 0n) + amount);
  }
  for (const [currency, amount] of sums) refuseAbove(limit, amount, currency);
}

/** The transaction of a transfer: all of its legs or none. */
export function transferDraft(
  from: UserId,
  idempotencyKey: string,
  legs: readonly TransferLeg[],
): TransactionDraft {
  const sums = new Map<string, { account: Account; amount: bigint }>();
  const add = (account: Account, amount: bigint) => {
    sums.set(account.id, { account, amount: (sums.get(account.id)?.amount ?? 0n) + amount });
  };
  for (const { to, currency, amount } of legs) {
    add(wallet(from, currency), -amount);
    add(wallet(to, currency), amount);
  }
  return {
    id: transactionIdOf('TRANSFER', from, idempotencyKey),
    kind: 'TRANSFER',
    userId: from,
    callerId: from,
    idempotencyKey,
    fingerprint: fingerprintOf(
      'TRANSFER',
      ...legs.flatMap(({ to, currency, amount }) => [to, currency, `${amount}`]),
    ),
    legs: balance([...sums.values()]),
  };
}
