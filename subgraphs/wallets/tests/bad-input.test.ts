import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Identity } from '#kit/identity.ts';
import { newId } from '#kit/ids.ts';
import { idOf, startMutations, type MutationsService } from './mutation-fixture.ts';
import { someone } from './service-fixture.ts';

let wallets: MutationsService;
const operator = someone('OPERATOR');
const [owner, other, nobody] = [someone('CUSTOMER'), someone('CUSTOMER'), someone('CUSTOMER')];
let failed = '';
let theirs = '';

beforeAll(async () => {
  wallets = await startMutations();
  const { act } = wallets;
  const used = { idempotencyKey: 'used', currency: 'USD', amount: '100' };
  await act(operator, 'deposit', { ...used, userId: owner.userId });
  await act(operator, 'deposit', { currency: 'USD', amount: '1', userId: other.userId });
  failed = idOf(await act(owner, 'requestWithdrawal', { currency: 'USD', amount: '1' }));
  await act(operator, 'failPayment', { paymentId: failed, reason: 'a wrong bank' });
  theirs = idOf(await act(other, 'requestWithdrawal', { currency: 'USD', amount: '1' }));
});
afterAll(() => wallets[Symbol.asyncDispose]());

const leg = (given: object) => ({
  legs: [{ toUserId: other.userId, currency: 'USD', amount: '1', ...given }],
});
const adjusted = (given: object) => ({ userId: owner.userId, reason: 'a test', ...given });
const dealt = (given: object) => ({ userId: owner.userId, to: 'NGN', rate: '1500', ...given });

/** Each mutation that takes an amount, by whom, and its input with it. */
const takers: readonly [name: string, who: Identity, input: (given: object) => object][] = [
  ['deposit', operator, (given) => ({ userId: owner.userId, ...given })],
  ['transfer', owner, leg],
  ['requestDeposit', owner, (given) => given],
  ['requestWithdrawal', owner, (given) => given],
  ['adjustWallet', operator, adjusted],
  [
    'exchangeForUser',
    operator,
    ({ currency, ...given }: { currency?: string }) => dealt({ from: currency, ...given }),
  ],
];
const amounts: readonly [code: string, given: { currency: string; amount: string }][] = [
  ['INVALID_AMOUNT', { currency: 'USD', amount: '-1' }],
  ['INVALID_AMOUNT', { currency: 'USD', amount: '0' }],
  ['INVALID_AMOUNT', { currency: 'USD', amount: '-0.00' }],
  ['INVALID_AMOUNT', { currency: 'USD', amount: '0.001' }],
  ['INVALID_AMOUNT', { currency: 'JPY', amount: '0.5' }],
  ['INVALID_AMOUNT', { currency: 'USD', amount: 'NaN' }],
  ['INVALID_AMOUNT', { currency: 'USD', amount: '1e2' }],
  ['UNKNOWN_CURRENCY', { currency: 'XXX', amount: '1' }],
  ['UNKNOWN_CURRENCY', { currency: 'usd', amount: '1' }],
  ['AMOUNT_TOO_LARGE', { currency: 'USD', amount: '1000.01' }],
  ['AMOUNT_TOO_LARGE', { currency: 'USD', amount: '9'.repeat(30) }],
];

describe.each(takers)('%s', (name, who, input) => {
  test('refuses every bad amount with its code, and writes nothing', async () => {
    const before = await wallets.everything();
    for (const [code, given] of amounts) {
      // An adjustment may go either way.
      if (name === 'adjustWallet' && given.amount === '-1') continue;
      expect([given, await wallets.act(who, name, input(given))]).toEqual([given, code]);
    }
    expect(await wallets.everything()).toEqual(before);
  });
});

const usd = { currency: 'USD', amount: '1' };
const refusals: readonly (readonly [string, string, Identity, () => object])[] = [
  ['INSUFFICIENT_FUNDS', 'transfer', owner, () => leg({ amount: '100.01' })],
  ['INSUFFICIENT_FUNDS', 'transfer', owner, () => leg({ currency: 'EUR' })],
  ['INSUFFICIENT_FUNDS', 'transfer', nobody, () => leg({})],
  ['INSUFFICIENT_FUNDS', 'requestWithdrawal', owner, () => ({ ...usd, currency: 'EUR' })],
  ['INSUFFICIENT_FUNDS', 'requestWithdrawal', nobody, () => usd],
  ['INSUFFICIENT_FUNDS', 'adjustWallet', operator, () => adjusted({ ...usd, amount: '-101' })],
  [
    'BEYOND_DEBT',
    'adjustWallet',
    operator,
    () => adjusted({ ...usd, amount: '-1', against: 'RECEIVABLE' }),
  ],
  ['INSUFFICIENT_FUNDS', 'exchangeForUser', operator, () => dealt({ from: 'CHF', amount: '1' })],
  [
    'INVALID_RATE',
    'exchangeForUser',
    operator,
    () => dealt({ from: 'USD', amount: '1', rate: '0' }),
  ],
  ['TOO_MANY_LEGS', 'transfer', owner, () => ({ legs: Array(10_000).fill(leg({}).legs[0]) })],
  ['TOO_MANY_LEGS', 'transfer', owner, () => ({ legs: [] })],
  ['INVALID_RECIPIENT', 'transfer', owner, () => leg({ toUserId: newId() })],
  ['INVALID_RECIPIENT', 'transfer', owner, () => leg({ toUserId: owner.userId })],
  [
    'IDEMPOTENCY_KEY_REUSED',
    'deposit',
    operator,
    () => ({ ...usd, idempotencyKey: 'used', userId: owner.userId }),
  ],
  ['DEPOSIT_NOT_ALLOWED', 'deposit', owner, () => ({ ...usd, userId: other.userId })],
  ['FORBIDDEN', 'adjustWallet', owner, () => adjusted({ ...usd, userId: other.userId })],
  ['FORBIDDEN', 'completePayment', owner, () => ({ paymentId: theirs })],
  ['FORBIDDEN', 'failPayment', owner, () => ({ paymentId: theirs, reason: 'not mine' })],
  ['NOT_FOUND', 'completePayment', operator, () => ({ paymentId: newId() })],
  ['INVALID_STATE', 'completePayment', operator, () => ({ paymentId: failed })],
  [
    'NOT_FOUND',
    'reverseTransaction',
    operator,
    () => ({ transactionId: newId(), reason: 'a test' }),
  ],
];

test.each(refusals)('%s is the answer to a bad %s, and nothing is written', async (...given) => {
  const [code, name, who, input] = given;
  const before = await wallets.everything();
  expect(await wallets.act(who, name, input())).toBe(code);
  expect(await wallets.everything()).toEqual(before);
});

test('nobody names a wallet to pay from', async () => {
  const before = await wallets.everything();
  const given = { fromUserId: other.userId, ...leg({ toUserId: owner.userId }) };
  expect(await wallets.act(owner, 'transfer', given)).toBe('BAD_USER_INPUT');
  expect(await wallets.everything()).toEqual(before);
});
