import { Refusal } from '#kit/errors.ts';
import { deterministicId, idPattern, isStorable, type UserId } from '#kit/ids.ts';
import { formatAmount, isCurrency, minorUnits, parseAmount, type Currency } from '#kit/money.ts';
import { WalletRefusal } from './errors.ts';

/** Who asks. */
export interface Caller {
  readonly userId: UserId;
  readonly operator: boolean;
}

/** Asked here again, behind the edge's rules. @throws Refusal FORBIDDEN */
export function requireOperator({ operator }: Caller): void {
  if (!operator) throw new Refusal('FORBIDDEN', 'only operators may do this');
}

const longestKey = 128;
const longestReason = 500;

/** @throws WalletRefusal INVALID_IDEMPOTENCY_KEY */
export function refuseBadKey(key: string): void {
  if (key.trim() !== '' && key.length <= longestKey && isStorable(key)) return;
  throw new WalletRefusal('INVALID_IDEMPOTENCY_KEY', `a key has 1 to ${longestKey} characters`);
}

/** GraphQL's custom scalars check nothing. @throws WalletRefusal UNKNOWN_CURRENCY */
export function readCurrency(currency: unknown): Currency {
  if (typeof currency === 'string' && isCurrency(currency)) return currency;
  throw new WalletRefusal('UNKNOWN_CURRENCY', 'Mammon does not keep this currency');
}

/** Minor units above zero. @throws WalletRefusal INVALID_AMOUNT, AMOUNT_TOO_LARGE */
export function readAmount(text: unknown, currency: Currency): bigint {
  const amount = readSignedAmount(text, currency);
  if (amount > 0n) return amount;
  throw new WalletRefusal('INVALID_AMOUNT', 'an amount is above zero');
}

/** Minor units that are not zero. @throws WalletRefusal INVALID_AMOUNT, AMOUNT_TOO_LARGE */
export function readSignedAmount(text: unknown, currency: Currency): bigint {
  const invalid = (why: string) => new WalletRefusal('INVALID_AMOUNT', why);
  if (typeof text !== 'string') throw invalid('an amount is a decimal number in a string');
  let amount: bigint;
  try {
    amount = parseAmount(text, currency);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw error.code === 'OUT_OF_RANGE' ? tooLarge(error.message) : invalid(error.message);
  }
  if (amount === 0n) throw invalid('an amount is not zero');
  return amount;
}

/** Words that people will read later. @throws WalletRefusal INVALID_REASON */
export function readReason(reason: string): string {
  const text = reason.trim();
  if (text !== '' && text.length <= longestReason && isStorable(text)) return text;
  throw new WalletRefusal('INVALID_REASON', `a reason has 1 to ${longestReason} characters`);
}

/** @throws WalletRefusal AMOUNT_TOO_LARGE when it is above so many whole units */
export function refuseAbove(limit: bigint, amount: bigint, currency: Currency): void {
  const most = limit * 10n ** BigInt(minorUnits[currency]);
  if (amount <= most && -amount <= most) return;
  throw tooLarge(`at most ${formatAmount(most, currency)} ${currency} at once`);
}

/** @throws WalletRefusal INVALID_RECIPIENT when it is no id */
export function readUser(userId: string): UserId {
  if (idPattern.test(userId)) return userId as UserId;
  throw new WalletRefusal('INVALID_RECIPIENT', 'name a user by their id');
}

/** A hash of a request's body, to know its repetitions by. */
export const fingerprintOf = (...facts: readonly string[]): string =>
  deterministicId('fingerprint', ...facts);

export const keyReused = (): WalletRefusal =>
  new WalletRefusal('IDEMPOTENCY_KEY_REUSED', 'this key was used before with another body');

const tooLarge = (message: string) => new WalletRefusal('AMOUNT_TOO_LARGE', message);
