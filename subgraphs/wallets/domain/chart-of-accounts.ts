import { deterministicId, type UserId, type WalletId } from '#kit/ids.ts';
import type { Currency } from '#kit/money.ts';

/**
 * Every kind of account there is. A balance above zero is what Mammon owes to the account's owner,
 * one below zero is what the owner owes to Mammon, so that all balances of a currency sum to zero.
 */
export const accountKinds = {
  WALLET: { owner: 'user', limit: 'posted - held >= 0', meaning: 'what a customer can spend' },
  RECEIVABLE: { owner: 'user', limit: 'posted <= 0', meaning: 'what a customer owes' },
  CASH_IN: { owner: 'house', limit: 'none', meaning: 'deposits on their way from outside' },
  POSITION: { owner: 'venue', limit: 'none', meaning: 'what was traded with a venue' },
  ROUNDING: { owner: 'house', limit: 'none', meaning: 'what rounding left to the house' },
} as const;

export type AccountKind = keyof typeof accountKinds;

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

/** The other side of deposits. */
export const cashIn = (currency: Currency): Account =>
  account('CASH_IN', currency, deterministicId('cash-in', currency));

/** The other side of fills: what a venue took or gave. */
export const position = (venue: string, currency: Currency): Account => ({
  ...account('POSITION', currency, deterministicId('position', venue, currency)),
  venue,
});

/** The difference between the customer's and the venue's rounding of a fill. */
export const rounding = (currency: Currency): Account =>
  account('ROUNDING', currency, deterministicId('rounding', currency));

function account<Id extends string>(kind: AccountKind, currency: Currency, id: Id) {
  return { id, kind, currency, userId: null, venue: null };
}
