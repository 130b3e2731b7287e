import { deterministicId, type UserId, type WalletId } from '#kit/ids.ts';
import type { Currency } from '#kit/money.ts';

/** A wallet's id is made from its owner and currency, so that others can refer to it unasked. */
export const walletId = (user: UserId, currency: Currency): WalletId =>
  deterministicId<WalletId>('wallet', user, currency);
