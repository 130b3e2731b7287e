import { expect, test } from '@jest/globals';
import { newId, type UserId } from '#kit/ids.ts';
import { currencies } from '#kit/money.ts';
import { walletId } from '#contracts/wallet-id.ts';
import {
  accountKinds,
  cashIn,
  position,
  receivable,
  rounding,
  wallet,
} from './chart-of-accounts.ts';

const user = newId<UserId>();

test('a wallet has the id that everybody else knows it by', () => {
  for (const currency of currencies) {
    expect(wallet(user, currency).id).toBe(walletId(user, currency));
  }
});

test('no two accounts share an id, and each is the same every time', () => {
  const all = () =>
    currencies.flatMap((currency) => [
      wallet(user, currency),
      receivable(user, currency),
      cashIn(currency),
      position('SANDBOX', currency),
      position('OTHER', currency),
      rounding(currency),
    ]);
  expect(new Set(all().map(({ id }) => id)).size).toBe(currencies.length * 6);
  expect(all()).toEqual(all());
  expect(new Set(all().map(({ kind }) => kind))).toEqual(new Set(Object.keys(accountKinds)));
});
