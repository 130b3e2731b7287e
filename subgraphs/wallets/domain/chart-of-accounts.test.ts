import { expect, test } from '@jest/globals';
import { newId, type UserId } from '#kit/ids.ts';
import { currencies } from '#kit/money.ts';
import { walletId } from '#contracts/wallet-id.ts';
import {
  accountKinds,
  adjustable,
  adjustableAccount,
  depositsInTransit,
  fee,
  position,
  receivable,
  rounding,
  spread,
  suspense,
  wallet,
  withdrawalsInTransit,
} from './chart-of-accounts.ts';

const user = newId<UserId>();

test('a wallet has the id that everybody else knows it by', () => {
  for (const currency of currencies) {
    expect(wallet(user, currency).id).toBe(walletId(user, currency));
  }
});

test('no two accounts share an id, and each is the same every time', () => {
  const house = [depositsInTransit, fee, rounding, spread, suspense, withdrawalsInTransit];
  const all = () =>
    currencies.flatMap((currency) => [
      wallet(user, currency),
      receivable(user, currency),
      position('SANDBOX', currency),
      position('OTHER', currency),
      ...house.map((make) => make(currency)),
    ]);
  expect(new Set(all().map(({ id }) => id)).size).toBe(currencies.length * 10);
  expect(all()).toEqual(all());
  expect(new Set(all().map(({ kind }) => kind))).toEqual(new Set(Object.keys(accountKinds)));
});

test('an adjustment stands against the account that its kind names', () => {
  for (const kind of adjustable) {
    const account = adjustableAccount(kind, user, 'USD');
    expect(account.kind).toBe(kind);
    expect(account.userId).toBe(accountKinds[kind].owner === 'user' ? user : null);
  }
});
