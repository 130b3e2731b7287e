import { idPattern, type UserId } from '#kit/ids.ts';
import type { Currency } from '#kit/money.ts';
import { depositsInTransit, wallet } from './chart-of-accounts.ts';
import { WalletRefusal } from './errors.ts';
import { fingerprintOf, readAmount, readCurrency, refuseBadKey, type Caller } from './request.ts';
import { balance, transactionIdOf, type TransactionDraft } from './transaction.ts';

export type DepositCaller = Caller;

/** What was asked for, as it came: GraphQL's custom scalars check nothing. */
export interface DepositRequest {
  readonly idempotencyKey: string;
  readonly currency: unknown;
  readonly amount: unknown;
  readonly userId: string | null;
}

export interface DepositRules {
  /** Whether users deposit for themselves: in local mode only. */
  readonly selfService: boolean;
  /** The largest deposit, in whole units of its currency. */
  readonly limit: bigint;
}

export interface Deposit {
  readonly owner: UserId;
  readonly currency: Currency;
  readonly amount: bigint;
}

/** Reads a request; refusals come in the order of WalletRefusalCode. @throws WalletRefusal */
export function readDeposit(
  request: DepositRequest,
  caller: DepositCaller,
  rules: DepositRules,
): Deposit {
  const owner = ownerOf(request, caller, rules);
  refuseBadKey(request.idempotencyKey);
  const currency = readCurrency(request.currency);
  return { owner, currency, amount: readAmount(request.amount, currency) };
}

/** The transaction of a deposit, named by its caller and their key. */
export function depositDraft(
  { owner, currency, amount }: Deposit,
  callerId: UserId,
  idempotencyKey: string,
): TransactionDraft {
  return {
    id: depositTransactionId(callerId, idempotencyKey),
    kind: 'DEPOSIT',
    userId: owner,
    callerId,
    idempotencyKey,
    fingerprint: fingerprintOf(owner, currency, `${amount}`),
    legs: balance([
      { account: depositsInTransit(currency), amount: -amount },
      { account: wallet(owner, currency), amount },
    ]),
  };
}

export const depositTransactionId = (callerId: UserId, idempotencyKey: string) =>
  transactionIdOf('DEPOSIT', callerId, idempotencyKey);

function ownerOf(
  { userId }: DepositRequest,
  caller: DepositCaller,
  { selfService }: DepositRules,
): UserId {
  if (userId !== null && caller.operator && idPattern.test(userId)) return userId as UserId;
  const own = userId === null || userId === caller.userId;
  if (own && selfService) return caller.userId;
  throw new WalletRefusal(
    'DEPOSIT_NOT_ALLOWED',
    caller.operator ? 'name a user by their id' : 'only operators deposit here',
  );
}
