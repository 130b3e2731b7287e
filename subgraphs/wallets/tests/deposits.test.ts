import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Identity } from '#kit/identity.ts';
import { newId } from '#kit/ids.ts';
import { someone, startWallets, stranger, type WalletsService } from './service-fixture.ts';

let wallets: WalletsService;
let local: WalletsService;
const operator = someone('OPERATOR');
const customer = someone('CUSTOMER');

beforeAll(async () => {
  [wallets, local] = await Promise.all([
    startWallets({ limit: '1000' }),
    startWallets({ limit: '1000', local: true }),
  ]);
});
afterAll(async () => {
  await wallets[Symbol.asyncDispose]();
  await local[Symbol.asyncDispose]();
});

const query = `mutation ($input: DepositInput!) { deposit(input: $input) {
  transaction { id kind entries { amount } } wallet { posted } refusal { code } } }`;

const reversal = `mutation ($input: ReverseTransactionInput!) { reverseTransaction(input: $input) {
  transaction { kind } refusal { code } } }`;

async function deposit(service: WalletsService, identity: Identity, given: object) {
  const input = { idempotencyKey: newId(), currency: 'USD', amount: '10', ...given };
  const { data } = await service.ask(identity, query, { input });
  const { refusal, ...booked } = (data as { deposit: { refusal: { code: string } | null } })
    .deposit;
  return refusal?.code ?? booked;
}

const booked = (amount: string, posted: string) => ({
  transaction: { id: expect.any(String), kind: 'DEPOSIT', entries: [{ amount }] },
  wallet: { posted },
});

describe('who deposits', () => {
  test('operators, for anybody they name', async () => {
    const { userId } = someone();
    expect(await deposit(wallets, operator, { userId })).toEqual(booked('10.00', '10.00'));
  });

  test('for an id that nobody has, it waits there until an operator takes it back', async () => {
    const userId = newId();
    const { transaction } = (await deposit(wallets, operator, { userId })) as {
      transaction: { id: string };
    };
    const input = { idempotencyKey: newId(), transactionId: transaction.id, reason: 'a wrong id' };
    const { data } = await wallets.ask(operator, reversal, { input });
    expect(data).toEqual({
      reverseTransaction: { refusal: null, transaction: { kind: 'REVERSAL' } },
    });
  });

  test('nobody for themselves outside of local mode', async () => {
    const own = { userId: customer.userId };
    expect(await deposit(wallets, customer, {})).toBe('DEPOSIT_NOT_ALLOWED');
    expect(await deposit(wallets, customer, own)).toBe('DEPOSIT_NOT_ALLOWED');
    expect(await deposit(wallets, operator, {})).toBe('DEPOSIT_NOT_ALLOWED');
  });

  test('customers for themselves in local mode, and for nobody else', async () => {
    const own = { userId: customer.userId };
    expect(await deposit(local, customer, {})).toEqual(booked('10.00', '10.00'));
    expect(await deposit(local, customer, own)).toEqual(booked('10.00', '20.00'));
    expect(await deposit(local, customer, { userId: newId() })).toBe('DEPOSIT_NOT_ALLOWED');
  });

  test('never a stranger, also in local mode', async () => {
    const input = { idempotencyKey: 'k', currency: 'USD', amount: '1' };
    const answer = await local.ask(stranger, query, { input });
    expect(answer.errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  });
});

describe('refusals', () => {
  const userId = customer.userId as string;
  const good = { idempotencyKey: 'precedence', currency: 'USD', amount: '10', userId };
  /** Each breaks one rule more than the next, so that the first one that applies must answer. */
  const wrong = [
    ['DEPOSIT_NOT_ALLOWED', { userId: 'nobody' }],
    ['INVALID_IDEMPOTENCY_KEY', { idempotencyKey: '' }],
    ['UNKNOWN_CURRENCY', { currency: 'XXX' }],
    ['INVALID_AMOUNT', { amount: '-1' }],
  ] as const;

  test('have an order of precedence', async () => {
    await deposit(wallets, operator, good);
    for (const [index, [code]] of wrong.entries()) {
      const breaks = Object.assign({}, good, ...wrong.slice(index).map(([, given]) => given));
      expect(await deposit(wallets, operator, breaks)).toBe(code);
    }
    expect(await deposit(wallets, operator, { ...good, amount: '1001' })).toBe(
      'IDEMPOTENCY_KEY_REUSED',
    );
    const fresh = { ...good, idempotencyKey: 'fresh', amount: '1000.01' };
    expect(await deposit(wallets, operator, fresh)).toBe('AMOUNT_TOO_LARGE');
  });

  test.each([
    [{ amount: '' }, 'INVALID_AMOUNT'],
    [{ amount: '0' }, 'INVALID_AMOUNT'],
    [{ amount: '0.00' }, 'INVALID_AMOUNT'],
    [{ amount: '1e3' }, 'INVALID_AMOUNT'],
    [{ amount: '1,000' }, 'INVALID_AMOUNT'],
    [{ amount: '0.001' }, 'INVALID_AMOUNT'],
    [{ amount: '0.5', currency: 'JPY' }, 'INVALID_AMOUNT'],
    [{ amount: '1000000000000000000000' }, 'AMOUNT_TOO_LARGE'],
    [{ currency: 'usd' }, 'UNKNOWN_CURRENCY'],
    [{ currency: 'constructor' }, 'UNKNOWN_CURRENCY'],
    [{ idempotencyKey: '   ' }, 'INVALID_IDEMPOTENCY_KEY'],
    [{ idempotencyKey: 'k'.repeat(129) }, 'INVALID_IDEMPOTENCY_KEY'],
    [{ idempotencyKey: 'k\0' }, 'INVALID_IDEMPOTENCY_KEY'],
    [{ idempotencyKey: '\ud800' }, 'INVALID_IDEMPOTENCY_KEY'],
  ])('answer %j by %s', async (given, code) => {
    expect(await deposit(wallets, operator, { ...given, userId })).toBe(code);
  });

  test('leave the key free for another try', async () => {
    const { userId } = someone();
    const key = { idempotencyKey: newId(), userId };
    expect(await deposit(wallets, operator, { ...key, amount: '1001' })).toBe('AMOUNT_TOO_LARGE');
    expect(await deposit(wallets, operator, { ...key, amount: '1000' })).toEqual(
      booked('1000.00', '1000.00'),
    );
  });

  test('an amount that is a number is not even read', async () => {
    const input = { ...good, amount: 12.5 };
    const { errors } = await wallets.ask(operator, query, { input });
    expect(errors?.length).toBe(1);
  });
});

describe('a key', () => {
  test('names one deposit of its caller, and another one of another caller', async () => {
    const { userId } = someone();
    const colleague = someone('OPERATOR');
    const same = { idempotencyKey: 'shared', userId };
    const first = await deposit(wallets, operator, same);
    expect(first).toEqual(booked('10.00', '10.00'));
    expect(await deposit(wallets, colleague, same)).toEqual(booked('10.00', '20.00'));
    expect(await deposit(wallets, operator, same)).toEqual(first);
    expect(await deposit(wallets, operator, { ...same, currency: 'EUR' })).toBe(
      'IDEMPOTENCY_KEY_REUSED',
    );
    expect(await deposit(wallets, operator, { ...same, userId: newId() })).toBe(
      'IDEMPOTENCY_KEY_REUSED',
    );
  });
});
