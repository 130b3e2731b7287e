import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import type { Identity } from '#kit/identity.ts';
import { newId } from '#kit/ids.ts';
import { eventually } from '#tests/support/eventually.ts';
import { someone, startWallets, type WalletsService } from './service-fixture.ts';

let wallets: WalletsService;
let client: pg.Client;
const operator = someone('OPERATOR');
const [owner, other, nobody] = [someone('CUSTOMER'), someone('CUSTOMER'), someone('CUSTOMER')];
let paid = '';
let theirs = '';

beforeAll(async () => {
  wallets = await startWallets({ limit: '1000', transferLimit: '1000' });
  client = new pg.Client({ connectionString: wallets.databaseUrl });
  await client.connect();
  const used = { idempotencyKey: 'used', currency: 'USD', amount: '100' };
  await act(operator, 'deposit', { ...used, userId: owner.userId });
  await act(operator, 'deposit', { currency: 'USD', amount: '1', userId: other.userId });
  paid = idOf(await act(owner, 'requestWithdrawal', { currency: 'USD', amount: '1' }));
  await act(operator, 'failPayment', { paymentId: paid, reason: 'a wrong bank' });
  theirs = idOf(await act(other, 'requestWithdrawal', { currency: 'USD', amount: '1' }));
  // What is sealed later would look like something that was written.
  await eventually(
    () => client.query<{ position: string }>('select position from journal_head'),
    ({ rows }) => rows[0]?.position === '2',
  );
});
afterAll(async () => {
  await client.end();
  await wallets[Symbol.asyncDispose]();
});

type Answer = { payment?: { id: string }; refusal: { code: string } | null } | string;

/** What a mutation answers: a refusal's code, an error's code, or all the rest. */
async function act(identity: Identity, name: string, given: object): Promise<Answer> {
  const input = { idempotencyKey: newId(), ...given };
  const type = { requestDeposit: 'Payment', requestWithdrawal: 'Payment' }[name];
  const moves = /^(markPaymentPending|completePayment)$/.test(name) ? 'MovePayment' : null;
  const typed = type ?? moves ?? `${name[0]?.toUpperCase()}${name.slice(1)}`;
  const payment = /Payment|request/.test(name) ? 'payment { id }' : '';
  const { data, errors } = await wallets.ask(
    identity,
    `mutation ($input: ${typed}Input!) { ${name}(input: $input) { ${payment} refusal { code } } }`,
    { input },
  );
  if (errors) return errors[0]?.extensions.code ?? '';
  const payload = (data as Record<string, Exclude<Answer, string>>)[name];
  return payload?.refusal?.code ?? payload ?? '';
}

const idOf = (answer: Answer): string =>
  (typeof answer === 'string' ? answer : answer.payment?.id) ?? '';

/** All that the database holds, by table. Whom a request asked for may have been locked, though. */
async function everything(): Promise<Record<string, string>> {
  const { rows: tables } = await client.query<{ name: string }>(
    `select tablename as name from pg_tables where schemaname = 'public' order by 1`,
  );
  const found: Record<string, string> = {};
  for (const { name } of tables) {
    const locks = name === 'wallet_event_head' ? 'where sequence > 0' : '';
    const { rows } = await client.query<{ all: string }>(
      `select count(*) || ' ' || md5(coalesce(string_agg(t::text, ',' order by t::text), '')) as all
       from ${name} as t ${locks}`,
    );
    found[name] = rows[0]?.all ?? '';
  }
  return found;
}

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
    const before = await everything();
    for (const [code, given] of amounts) {
      // An adjustment may go either way.
      if (name === 'adjustWallet' && given.amount === '-1') continue;
      expect([given, await act(who, name, input(given))]).toEqual([given, code]);
    }
    expect(await everything()).toEqual(before);
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
  ['INVALID_STATE', 'completePayment', operator, () => ({ paymentId: paid })],
  [
    'NOT_FOUND',
    'reverseTransaction',
    operator,
    () => ({ transactionId: newId(), reason: 'a test' }),
  ],
];

test.each(refusals)('%s is the answer to a bad %s, and nothing is written', async (...given) => {
  const [code, name, who, input] = given;
  const before = await everything();
  expect(await act(who, name, input())).toBe(code);
  expect(await everything()).toEqual(before);
});

test('nobody names a wallet to pay from', async () => {
  const before = await everything();
  const given = { fromUserId: other.userId, ...leg({ toUserId: owner.userId }) };
  expect(await act(owner, 'transfer', given)).toBe('BAD_USER_INPUT');
  expect(await everything()).toEqual(before);
});
