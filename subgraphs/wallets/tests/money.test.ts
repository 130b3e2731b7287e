import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Identity } from '#kit/identity.ts';
import { newId } from '#kit/ids.ts';
import { someone, startWallets, stranger, type WalletsService } from './service-fixture.ts';

let wallets: WalletsService;
const operator = someone('OPERATOR');

beforeAll(async () => {
  wallets = await startWallets({ limit: '100000', transferLimit: '1000' });
});
afterAll(() => wallets[Symbol.asyncDispose]());

interface Payload {
  readonly refusal: { readonly code: string } | null;
  readonly payment?: { readonly id: string; readonly status: string } | null;
  readonly transaction?: { readonly id: string } | null;
}

const parts = {
  deposit: 'transaction { id }',
  transfer:
    'transaction { id kind entries { amount wallet { user { id } } } } wallets { currency posted }',
  requestDeposit: 'payment { id status }',
  requestWithdrawal: 'payment { id status }',
  markPaymentPending: 'payment { id status }',
  completePayment: 'payment { id status transaction { kind } }',
  failPayment: 'payment { id status failure }',
  adjustWallet: 'transaction { id kind reason effectiveAt valueDate bookedAt }',
  exchangeForUser: 'transaction { id kind entries { amount wallet { currency } } }',
  reverseTransaction: 'transaction { id kind reverses { id } reason }',
};
type Mutation = keyof typeof parts;

const inputType = (name: Mutation) =>
  ({
    requestDeposit: 'Payment',
    requestWithdrawal: 'Payment',
    markPaymentPending: 'MovePayment',
    completePayment: 'MovePayment',
  })[name as 'requestDeposit'] ?? `${name[0]?.toUpperCase()}${name.slice(1)}`;

const send = (identity: Identity, name: Mutation, input: object) =>
  wallets.ask(
    identity,
    `mutation ($input: ${inputType(name)}Input!) { ${name}(input: $input) {
       ${parts[name]} refusal { code } } }`,
    { input: { idempotencyKey: newId(), ...input } },
  );

/** What a mutation answers: its refusal's code, or all the rest. */
async function act(identity: Identity, name: Mutation, input: object): Promise<Payload | string> {
  const { data, errors } = await send(identity, name, input);
  expect(errors).toBeUndefined();
  const payload = (data as Record<string, Payload>)[name] as Payload;
  return payload.refusal?.code ?? payload;
}

const paymentOf = (answer: Payload | string): string =>
  (typeof answer === 'string' ? undefined : answer.payment?.id) ?? answer.toString();

async function customer(amount = '100', currency = 'USD') {
  const user = someone('CUSTOMER');
  await act(operator, 'deposit', { userId: user.userId, currency, amount });
  return user;
}

async function balanceOf(user: Identity, currency = 'USD') {
  const { data } = await wallets.ask(
    user,
    `{ wallet(currency: "${currency}") { posted held available } }`,
  );
  return (data as { wallet: object | null }).wallet;
}

const money = (posted: string, held = '0.00', available = posted) => ({ posted, held, available });

describe('a transfer', () => {
  test('moves money to others, and each sees their own side of it', async () => {
    const [from, to, third] = [await customer(), await customer('1'), await customer('1')];
    const legs = [
      { toUserId: to.userId, currency: 'USD', amount: '30' },
      { toUserId: third.userId, currency: 'USD', amount: '5.5' },
    ];
    const booked = await act(from, 'transfer', { legs });
    const own = [{ amount: '-35.50', wallet: { user: { id: from.userId } } }];
    expect(booked).toEqual({
      transaction: { id: expect.any(String), kind: 'TRANSFER', entries: own },
      wallets: [{ currency: 'USD', posted: '64.50' }],
      refusal: null,
    });
    expect(await balanceOf(to)).toEqual(money('31.00'));
    expect(await balanceOf(third)).toEqual(money('6.50'));
    const { id } = (booked as Payload).transaction as { id: string };
    const query = `{ transaction(id: "${id}") { entries { amount wallet { user { id } } } } }`;
    const seen = async (identity: Identity) => (await wallets.ask(identity, query)).data;
    expect(await seen(to)).toEqual({
      transaction: { entries: [{ amount: '30.00', wallet: { user: { id: to.userId } } }] },
    });
    expect(await seen(operator)).toMatchObject({ transaction: { entries: [{}, {}, {}] } });
    expect(await seen(await customer())).toEqual({ transaction: null });
  });

  test('is all or nothing, and refused with a code', async () => {
    const [from, to] = [await customer(), await customer('1')];
    const leg = { toUserId: to.userId, currency: 'USD', amount: '10' };
    const refusals: readonly [code: string, input: object][] = [
      ['INSUFFICIENT_FUNDS', { legs: [leg, { ...leg, amount: '90.01' }] }],
      ['INSUFFICIENT_FUNDS', { legs: [leg, { ...leg, currency: 'EUR' }] }],
      ['AMOUNT_TOO_LARGE', { legs: [leg, { ...leg, amount: '990.01' }] }],
      ['INVALID_AMOUNT', { legs: [leg, { ...leg, amount: '0' }] }],
      ['INVALID_AMOUNT', { legs: [leg, { ...leg, amount: '-1' }] }],
      ['INVALID_AMOUNT', { legs: [{ ...leg, amount: '1.001' }] }],
      ['AMOUNT_TOO_LARGE', { legs: [{ ...leg, amount: '9'.repeat(30) }] }],
      ['UNKNOWN_CURRENCY', { legs: [{ ...leg, currency: 'XXX' }] }],
      ['INVALID_RECIPIENT', { legs: [{ ...leg, toUserId: newId() }] }],
      ['INVALID_RECIPIENT', { legs: [{ ...leg, toUserId: 'nobody' }] }],
      ['INVALID_RECIPIENT', { legs: [{ ...leg, toUserId: from.userId }] }],
      ['TOO_MANY_LEGS', { legs: [] }],
      ['TOO_MANY_LEGS', { legs: Array.from({ length: 10_000 }, () => leg) }],
      ['INVALID_IDEMPOTENCY_KEY', { legs: [leg], idempotencyKey: ' ' }],
    ];
    for (const [code, input] of refusals) expect(await act(from, 'transfer', input)).toBe(code);
    expect(await balanceOf(from)).toEqual(money('100.00'));
    expect(await balanceOf(to)).toEqual(money('1.00'));
  });

  test('is booked once for a key, also at the same moment, and never with another body', async () => {
    const [from, to] = [await customer(), await customer('1')];
    const leg = { toUserId: to.userId, currency: 'USD', amount: '10' };
    const same = { idempotencyKey: 'rent', legs: [leg] };
    const burst = await Promise.all(Array.from({ length: 5 }, () => act(from, 'transfer', same)));
    expect(new Set(burst.map((each) => JSON.stringify(each))).size).toBe(1);
    expect(await act(from, 'transfer', { ...same, legs: [{ ...leg, amount: '11' }] })).toBe(
      'IDEMPOTENCY_KEY_REUSED',
    );
    expect(await balanceOf(from)).toEqual(money('90.00'));
  });
});

describe('a withdrawal', () => {
  const request = { currency: 'USD', amount: '40' };

  test('holds its amount until it is completed', async () => {
    const user = await customer();
    const asked = await act(user, 'requestWithdrawal', request);
    expect(asked).toMatchObject({ payment: { status: 'REQUESTED' } });
    expect(await balanceOf(user)).toEqual(money('100.00', '40.00', '60.00'));
    const paymentId = paymentOf(asked);
    expect(await act(operator, 'markPaymentPending', { paymentId })).toMatchObject({
      payment: { status: 'PENDING' },
    });
    expect(await act(operator, 'completePayment', { paymentId })).toMatchObject({
      payment: { status: 'COMPLETED', transaction: { kind: 'WITHDRAWAL' } },
    });
    expect(await balanceOf(user)).toEqual(money('60.00'));
    expect(await act(operator, 'failPayment', { paymentId, reason: 'late' })).toBe('INVALID_STATE');
  });

  test('that fails gives its hold back', async () => {
    const user = await customer();
    const paymentId = paymentOf(await act(user, 'requestWithdrawal', request));
    const failed = { payment: { status: 'FAILED', failure: 'wrong account' } };
    const reason = 'wrong account';
    expect(await act(operator, 'failPayment', { paymentId, reason })).toMatchObject(failed);
    expect(await balanceOf(user)).toEqual(money('100.00'));
    expect(await act(operator, 'completePayment', { paymentId })).toBe('INVALID_STATE');
  });

  test('asks and moves once for a key, and is refused beyond what is available', async () => {
    const user = await customer();
    const keyed = { ...request, idempotencyKey: 'rent' };
    const asks = await Promise.all([1, 2, 3].map(() => act(user, 'requestWithdrawal', keyed)));
    expect(new Set(asks.map(paymentOf)).size).toBe(1);
    expect(await act(user, 'requestWithdrawal', { ...keyed, amount: '41' })).toBe(
      'IDEMPOTENCY_KEY_REUSED',
    );
    expect(await act(user, 'requestWithdrawal', { ...request, amount: '60.01' })).toBe(
      'INSUFFICIENT_FUNDS',
    );
    expect(await act(user, 'requestWithdrawal', { ...request, amount: '1001' })).toBe(
      'AMOUNT_TOO_LARGE',
    );
    expect(await balanceOf(user)).toEqual(money('100.00', '40.00', '60.00'));
    const step = { paymentId: paymentOf(asks[0] ?? ''), idempotencyKey: 'done' };
    const done = await Promise.all([1, 2, 3].map(() => act(operator, 'completePayment', step)));
    expect(new Set(done.map((each) => JSON.stringify(each))).size).toBe(1);
    const other = { ...step, paymentId: newId() };
    expect(await act(operator, 'completePayment', other)).toBe('IDEMPOTENCY_KEY_REUSED');
    expect(await act(operator, 'completePayment', { paymentId: newId() })).toBe('NOT_FOUND');
    expect(await balanceOf(user)).toEqual(money('60.00'));
  });
});

describe('a deposit that takes its time', () => {
  test('moves nothing until it is completed', async () => {
    const user = someone('CUSTOMER');
    const asked = await act(user, 'requestDeposit', { currency: 'EUR', amount: '7' });
    expect(await balanceOf(user, 'EUR')).toBeNull();
    const paymentId = paymentOf(asked);
    await act(operator, 'markPaymentPending', { paymentId });
    expect(await act(operator, 'completePayment', { paymentId })).toMatchObject({
      payment: { status: 'COMPLETED', transaction: { kind: 'DEPOSIT' } },
    });
    expect(await balanceOf(user, 'EUR')).toEqual(money('7.00'));
  });

  test('is seen by its owner and operators, in pages', async () => {
    const user = someone('CUSTOMER');
    const ids: string[] = [];
    for (const amount of ['1', '2', '3']) {
      ids.push(paymentOf(await act(user, 'requestDeposit', { currency: 'EUR', amount })));
    }
    const page = `edges { cursor node { id amount currency status user { id } wallet { posted } } }
      pageInfo { hasNextPage endCursor }`;
    const read = async (identity: Identity, args: string) =>
      (await wallets.ask(identity, `{ payments${args} { ${page} } }`)).data as {
        payments: { edges: { node: { id: string } }[]; pageInfo: { endCursor: string } };
      };
    const first = await read(user, '(first: 2)');
    const after = first.payments.pageInfo.endCursor;
    const second = await read(user, `(first: 2, after: "${after}")`);
    const seen = [...first.payments.edges, ...second.payments.edges].map(({ node }) => node.id);
    expect(seen.toSorted()).toEqual(ids.toSorted());
    expect((await read(someone(), '')).payments.edges).toEqual([]);
    const all = await read(operator, '(first: 100, status: REQUESTED)');
    expect(all.payments.edges.map(({ node }) => node.id)).toEqual(expect.arrayContaining(ids));
    const one = `{ payment(id: "${ids[0]}") { id } }`;
    expect((await wallets.ask(user, one)).data).toEqual({ payment: { id: ids[0] } });
    expect((await wallets.ask(someone(), one)).data).toEqual({ payment: null });
  });
});

test('a payment is an entity for its owner and operators, and nothing for others', async () => {
  const user = await customer();
  const input = { currency: 'USD', amount: '4' };
  const id = paymentOf(await act(user, 'requestWithdrawal', input));
  const query = `query ($of: [_Any!]!) { _entities(representations: $of) { ... on Payment {
    id direction amount status failure requestedAt updatedAt user { id } transaction { id }
    wallet { held }
  } } }`;
  const seen = async (identity: Identity) => {
    const { data } = await wallets.ask(identity, query, { of: [{ __typename: 'Payment', id }] });
    return (data as { _entities: unknown[] })._entities[0];
  };
  const time = expect.stringMatching(/Z$/);
  const whole = {
    id,
    direction: 'WITHDRAWAL',
    amount: '4.00',
    status: 'REQUESTED',
    failure: null,
    requestedAt: time,
    updatedAt: time,
    user: { id: user.userId },
    transaction: null,
    wallet: { held: '4.00' },
  };
  expect(await seen(user)).toEqual(whole);
  expect(await seen(operator)).toEqual(whole);
  expect(await seen(someone('CUSTOMER'))).toBeNull();
  expect(await seen(stranger)).toBeNull();
});

describe('an operator', () => {
  test('adjusts a wallet for a reason, also from an earlier time', async () => {
    const user = await customer();
    const adjustment = { userId: user.userId, currency: 'USD', reason: 'goodwill', amount: '5' };
    const effectiveAt = '2026-01-31T12:00:00.000Z';
    expect(
      await act(operator, 'adjustWallet', { ...adjustment, effectiveAt, valueDate: '2026-02-02' }),
    ).toMatchObject({
      transaction: { kind: 'ADJUSTMENT', reason: 'goodwill', effectiveAt, valueDate: '2026-02-02' },
    });
    const fee = { ...adjustment, amount: '-3', against: 'FEE' };
    await act(operator, 'adjustWallet', fee);
    expect(await balanceOf(user)).toEqual(money('102.00'));
    const refusals: readonly [code: string, input: object][] = [
      ['INSUFFICIENT_FUNDS', { ...adjustment, amount: '-102.01' }],
      ['INSUFFICIENT_FUNDS', { ...adjustment, amount: '-102.01', against: 'RECEIVABLE' }],
      ['BEYOND_DEBT', { ...adjustment, amount: '-1', against: 'RECEIVABLE' }],
      ['INVALID_REASON', { ...adjustment, reason: '' }],
      ['INVALID_REASON', { ...adjustment, reason: 'half a pair \ud800' }],
      ['INVALID_DATE', { ...adjustment, effectiveAt: '2999-01-01T00:00:00Z' }],
      ['INVALID_DATE', { ...adjustment, valueDate: '2026-02-30' }],
      ['INVALID_AMOUNT', { ...adjustment, amount: '0' }],
      ['INVALID_RECIPIENT', { ...adjustment, userId: 'nobody' }],
      ['AMOUNT_TOO_LARGE', { ...adjustment, amount: '-100000.01' }],
    ];
    for (const [code, input] of refusals) {
      expect(await act(operator, 'adjustWallet', input)).toBe(code);
    }
    expect(await balanceOf(user)).toEqual(money('102.00'));
  });

  test('exchanges money at agreed terms, with spread and fee as postings of the house', async () => {
    const { userId } = await customer();
    const deal = { userId, from: 'USD', to: 'NGN', amount: '10', rate: '1500.125' };
    const terms = { ...deal, spread: '0.01', fee: '0.002', idempotencyKey: 'deal 1' };
    const booked = await act(operator, 'exchangeForUser', terms);
    expect(booked).toMatchObject({
      transaction: {
        kind: 'EXCHANGE',
        entries: [
          { amount: '14821.53', wallet: { currency: 'NGN' } },
          { amount: '-10.00', wallet: { currency: 'USD' } },
        ],
      },
    });
    expect(await act(operator, 'exchangeForUser', terms)).toEqual(booked);
    const refusals: readonly [code: string, input: object][] = [
      ['IDEMPOTENCY_KEY_REUSED', { ...terms, amount: '11' }],
      ['INSUFFICIENT_FUNDS', { ...deal, amount: '90.01' }],
      ['INVALID_RATE', { ...deal, rate: '0' }],
      ['INVALID_RATE', { ...deal, rate: '1e3' }],
      ['INVALID_RATE', { ...deal, spread: '1' }],
      ['INVALID_RATE', { ...deal, to: 'USD' }],
      ['INVALID_AMOUNT', { ...deal, amount: '0.01', rate: '0.01' }],
    ];
    for (const [code, input] of refusals) {
      expect(await act(operator, 'exchangeForUser', input)).toBe(code);
    }
  });

  test('reverses a transaction, once', async () => {
    const [from, to] = [await customer(), await customer('1')];
    const legs = [{ toUserId: to.userId, currency: 'USD', amount: '10' }];
    const booked = (await act(from, 'transfer', { legs })) as Payload;
    const transactionId = booked.transaction?.id as string;
    const input = { transactionId, reason: 'fraud', idempotencyKey: 'case 7' };
    const reversal = await act(operator, 'reverseTransaction', input);
    expect(reversal).toMatchObject({
      transaction: { kind: 'REVERSAL', reverses: { id: transactionId }, reason: 'fraud' },
    });
    expect(await act(operator, 'reverseTransaction', input)).toEqual(reversal);
    const again = { transactionId, reason: 'fraud' };
    expect(await act(operator, 'reverseTransaction', again)).toBe('ALREADY_REVERSED');
    const { id } = (reversal as Payload).transaction as { id: string };
    expect(await act(operator, 'reverseTransaction', { ...again, transactionId: id })).toBe(
      'NOT_REVERSIBLE',
    );
    const unknown = { ...again, transactionId: newId() };
    expect(await act(operator, 'reverseTransaction', unknown)).toBe('NOT_FOUND');
    expect(await balanceOf(from)).toEqual(money('100.00'));
    expect(await balanceOf(to)).toEqual(money('1.00'));
  });
});

const key = 'k';
const attempts: readonly [name: Mutation, input: object, operators: boolean][] = [
  ['transfer', { legs: [] }, false],
  ['requestDeposit', { currency: 'USD', amount: '1' }, false],
  ['requestWithdrawal', { currency: 'USD', amount: '1' }, false],
  ['markPaymentPending', { paymentId: key }, true],
  ['completePayment', { paymentId: key }, true],
  ['failPayment', { paymentId: key, reason: key }, true],
  ['adjustWallet', { userId: key, currency: 'USD', amount: '1', reason: key }, true],
  ['exchangeForUser', { userId: key, from: 'USD', to: 'NGN', amount: '1', rate: '1' }, true],
  ['reverseTransaction', { transactionId: key, reason: key }, true],
];

test.each(attempts)('%s is not for strangers', async (name, input) => {
  const { errors } = await send(stranger, name, input);
  expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
});

test.each(attempts.filter(([, , operators]) => operators))(
  '%s is for operators only',
  async (name, input) => {
    const { errors } = await send(someone('CUSTOMER'), name, input);
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  },
);
