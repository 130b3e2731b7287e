import { deterministicId, type UserId, type WalletId } from '#kit/ids.ts';
import type { Currency } from '#kit/money.ts';

/**
 * Every kind of account there is. A balance above zero is what Mammon owes to the account's owner,
 * one below zero is what the owner owes to Mammon, so that all balances of a currency sum to zero.
 * A hold is no account: it is a pending transfer out of a wallet, and `held` is their sum.
 * Accounts without a limit are the house's: no posting waits for another one on them.
 */
export const accountKinds = {
  WALLET: { owner: 'user', limit: 'posted - held >= 0', meaning: 'what a customer can spend' },
  RECEIVABLE: { owner: 'user', limit: 'posted <= 0', meaning: 'what a customer owes' },
  POSITION: { owner: 'venue', limit: 'none', meaning: 'what was traded with a venue' },
  SPREAD: { owner: 'house', limit: 'none', meaning: 'what the spread of exchanges earned' },
  FEE: { owner: 'house', limit: 'none', meaning: 'what fees earned' },
  ROUNDING: { owner: 'house', limit: 'none', meaning: 'what rounding left to the house' },
  SUSPENSE: { owner: 'house', limit: 'none', meaning: 'what nobody could assign yet' },
  DEPOSITS_IN_TRANSIT: { owner: 'house', limit: 'none', meaning: 'money that came from outside' },
  WITHDRAWALS_IN_TRANSIT: { owner: 'house', limit: 'none', meaning: 'money that goes outside' },
} as const;

export type AccountKind = keyof typeof accountKinds;

/** What operators may post an adjustment against: the house's, and what the customer owes. */
export const adjustable = [
  'RECEIVABLE',
  'SPREAD',
  'FEE',
  'ROUNDING',
  'SUSPENSE',
  'DEPOSITS_IN_TRANSIT',
  'WITHDRAWALS_IN_TRANSIT',
] as const satisfies readonly AccountKind[];

export type AdjustableKind = (typeof adjustable)[number];

/** Where an amount is posted to. Wallets have a WalletId; all ids are made from what they name. */
export interface Account {
  readonly id: string;
  readonly kind: AccountKind;
  readonly currency: Currency;
  readonly userId: UserId | null;
  readonly venue: string | null;
}

/** A customer's money. The id is the one that contracts/wallet-id.ts gives to everybody. */
export const wallet = (userId: UserId, currency: Currency) =>
  ({
    ...account('WALLET', currency, deterministicId<WalletId>('wallet', userId, currency)),
    userId,
  }) satisfies Account;

/** A customer's debt from fills that the wallet could not pay. */
export const receivable = (userId: UserId, currency: Currency): Account => ({
  ...account('RECEIVABLE', currency, deterministicId('receivable', userId, currency)),
  userId,
});

/** The other side of fills and exchanges: what a venue took or gave. */
export const position = (venue: string, currency: Currency): Account => ({
  ...account('POSITION', currency, deterministicId('position', venue, currency)),
  venue,
});

/** The share of an exchange between the middle rate and the customer's. */
export const spread = (currency: Currency): Account =>
  account('SPREAD', currency, deterministicId('spread', currency));

export const fee = (currency: Currency): Account =>
  account('FEE', currency, deterministicId('fee', currency));

/** What is left where amounts were cut to whole minor units. */
export const rounding = (currency: Currency): Account =>
  account('ROUNDING', currency, deterministicId('rounding', currency));

export const suspense = (currency: Currency): Account =>
  account('SUSPENSE', currency, deterministicId('suspense', currency));

/** The other side of deposits. */
export const depositsInTransit = (currency: Currency): Account =>
  account('DEPOSITS_IN_TRANSIT', currency, deterministicId('cash-in', currency));

/** The other side of withdrawals. */
export const withdrawalsInTransit = (currency: Currency): Account =>
  account('WITHDRAWALS_IN_TRANSIT', currency, deterministicId('withdrawals', currency));

/** The account that an operator names beside a customer's wallet. */
export function adjustableAccount(
  kind: AdjustableKind,
  userId: UserId,
  currency: Currency,
): Account {
  const accounts: Record<AdjustableKind, () => Account> = {
    RECEIVABLE: () => receivable(userId, currency),
    SPREAD: () => spread(currency),
    FEE: () => fee(currency),
    ROUNDING: () => rounding(currency),
    SUSPENSE: () => suspense(currency),
    DEPOSITS_IN_TRANSIT: () => depositsInTransit(currency),
    WITHDRAWALS_IN_TRANSIT: () => withdrawalsInTransit(currency),
  };
  return accounts[kind]();
}

function account<Id extends string>(kind: AccountKind, currency: Currency, id: Id) {
  return { id, kind, currency, userId: null, venue: null };
}
