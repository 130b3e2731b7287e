import { expect, test } from '@jest/globals';
import { newId, type UserId } from '#kit/ids.ts';
import { depositsInTransit, wallet } from './chart-of-accounts.ts';
import { balance } from './transaction.ts';

const user = newId<UserId>();
const usd = wallet(user, 'USD');
const house = depositsInTransit('USD');

test('a balanced transaction keeps its legs, but for the empty ones', () => {
  const legs = [
    { account: house, amount: -5n },
    { account: usd, amount: 5n },
  ];
  expect(balance([...legs, { account: wallet(user, 'NGN'), amount: 0n }])).toEqual(legs);
});

test.each([
  ['one currency pays for another', [leg('USD', -5n), leg('EUR', 5n)], /out of balance/],
  ['a unit is missing', [{ account: house, amount: -5n }, leg('USD', 4n)], /out of balance by -1/],
  ['an account comes twice', [leg('USD', 5n), leg('USD', -5n)], /twice/],
  ['nothing moves', [leg('USD', 0n)], /moves something/],
])('a transaction is a fault when %s', (_why, legs, message) => {
  expect(() => balance(legs)).toThrow(message);
});

function leg(currency: 'USD' | 'EUR', amount: bigint) {
  return { account: wallet(user, currency), amount };
}
