import { deterministicId, idPattern, type TransactionId, type UserId } from '#kit/ids.ts';
import { Refusal } from '#kit/errors.ts';
import { formatAmount, isCurrency, minorUnits, parseAmount, type Currency } from '#kit/money.ts';
import { cashIn, wallet } from './chart-of-accounts.ts';
import { WalletRefusal } from './errors.ts';
import { balance, type TransactionDraft } from './transaction.ts';

/** Who asks for a deposit. */
export interface DepositCaller {
  readonly userId: UserId;
  readonly operator: boolean;
}

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

const longestKey = 128;

/** Reads a request; refusals come in the order of WalletRefusalCode. @throws WalletRefusal */
export function readDeposit(
  request: DepositRequest,
  caller: DepositCaller,
  rules: DepositRules,
): Deposit {
  const owner = ownerOf(request, caller, rules);
  const { idempotencyKey: key } = request;
  if (key.trim() === '' || key.length > longestKey) {
    throw new WalletRefusal('INVALID_IDEMPOTENCY_KEY', `a key has 1 to ${longestKey} characters`);
  }
  const { currency } = request;
  if (typeof currency !== 'string' || !isCurrency(currency)) {
    throw new WalletRefusal('UNKNOWN_CURRENCY', 'Mammon does not keep this currency');
  }
  return { owner, currency, amount: readAmount(request.amount, currency) };
}

/** @throws WalletRefusal AMOUNT_TOO_LARGE */
export function refuseAboveLimit({ amount, currency }: Deposit, { limit }: DepositRules): void {
  const most = limit * 10n ** BigInt(minorUnits[currency]);
  if (amount <= most) return;
  throw tooLarge(`one deposit is at most ${formatAmount(most, currency)} ${currency}`);
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
    orderId: null,
    executionId: null,
    callerId,
    idempotencyKey,
    fingerprint: deterministicId('fingerprint', owner, currency, `${amount}`),
    legs: balance([
      { account: cashIn(currency), amount: -amount },
      { account: wallet(owner, currency), amount },
    ]),
    payer: null,
  };
}

export const depositTransactionId = (callerId: UserId, idempotencyKey: string): TransactionId =>
  deterministicId('transaction', 'deposit', callerId, idempotencyKey);

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

function readAmount(text: unknown, currency: Currency): bigint {
  const invalid = (why: string) => new WalletRefusal('INVALID_AMOUNT', why);
  if (typeof text !== 'string') throw invalid('an amount is a decimal number in a string');
  let amount: bigint;
  try {
    amount = parseAmount(text, currency);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw error.code === 'OUT_OF_RANGE' ? tooLarge(error.message) : invalid(error.message);
  }
  if (amount <= 0n) throw invalid('a deposit is above zero');
  return amount;
}

const tooLarge = (message: string) => new WalletRefusal('AMOUNT_TOO_LARGE', message);
