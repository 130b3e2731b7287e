import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Kind, parse } from 'graphql';
import { FillRecorded, HoldFunds } from '#contracts/orders.ts';
import { walletId } from '#contracts/wallet-id.ts';
import type { Identity } from '#kit/identity.ts';
import { deterministicId, newId, type ExecutionId } from '#kit/ids.ts';
import { permissions } from '../adapters/graphql/permissions.ts';
import { fillTransactionId } from '../domain/settlement.ts';
import { someone, startWallets, stranger, type WalletsService } from './service-fixture.ts';

let wallets: WalletsService;
const owner = someone('CUSTOMER');
const other = someone('CUSTOMER');
const operator = someone('OPERATOR');
const orderId = newId<string>();
const executionId = deterministicId<ExecutionId>('test', orderId);
const fillId = fillTransactionId(executionId);
const ngn = walletId(owner.userId, 'NGN');
const usd = walletId(owner.userId, 'USD');

beforeAll(async () => {
  wallets = await startWallets();
  await depositFor(owner, 'NGN', '100');
  const order = { orderId, userId: owner.userId };
  await wallets.tell(HoldFunds, { ...order, currency: 'NGN', amount: '4000' });
  await wallets.tell(FillRecorded, {
    ...order,
    executionId,
    venue: 'SANDBOX',
    symbol: 'USD/NGN',
    side: 'BUY',
    quantity: '1',
    price: '15.00',
    baseCurrency: 'USD',
    quoteCurrency: 'NGN',
    baseAmount: '100',
    quoteAmount: '1501',
    venueQuoteAmount: '1500',
    tradedAt: new Date().toISOString(),
  });
});
afterAll(() => wallets[Symbol.asyncDispose]());

async function depositFor(user: { userId: string }, currency: string, amount: string) {
  const answer = await wallets.ask(
    operator,
    `mutation ($input: DepositInput!) { deposit(input: $input) { refusal { code } } }`,
    { input: { idempotencyKey: newId(), currency, amount, userId: user.userId } },
  );
  expect(answer).toEqual({ data: { deposit: { refusal: null } } });
}

const walletFields = 'id user { id } currency posted held available';
const transactionFields = `id kind bookedAt order { id } executionId
  entries { amount wallet { ${walletFields} } }`;
const ngnWallet = {
  id: ngn,
  user: { id: owner.userId },
  currency: 'NGN',
  posted: '84.99',
  held: '24.99',
  available: '60.00',
};
const usdWallet = {
  ...ngnWallet,
  id: usd,
  currency: 'USD',
  posted: '1.00',
  held: '0.00',
  available: '1.00',
};
const fillTransaction = {
  id: fillId,
  kind: 'ORDER_FILL',
  bookedAt: expect.stringMatching(/^\d{4}-.*\.\d{3}Z$/),
  order: { id: orderId },
  executionId,
  entries: [
    { amount: '-15.01', wallet: ngnWallet },
    { amount: '1.00', wallet: usdWallet },
  ],
};

const entityQuery = `query ($of: [_Any!]!) { _entities(representations: $of) {
  __typename
  ... on User { id wallets { ${walletFields} } }
  ... on Order { id transactions { ${transactionFields} } }
  ... on Wallet { ${walletFields} page: transactions { edges { node { ${transactionFields} } } } }
  ... on Transaction { ${transactionFields} }
} }`;

async function entity(identity: Identity, typename: string, id: string): Promise<unknown> {
  const of = [{ __typename: typename, id }];
  const { data, errors } = await wallets.ask(identity, entityQuery, { of });
  expect(errors).toBeUndefined();
  return (data as { _entities: unknown[] })._entities[0];
}

describe('queries', () => {
  test('an owner sees all fields of their wallets and transactions', async () => {
    const query = `{
      wallets { ${walletFields} }
      wallet(currency: "NGN") { ${walletFields} transactions(first: 1) {
        edges { cursor node { ${transactionFields} } }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      } }
      none: wallet(currency: "KES") { id }
      unknown: wallet(currency: "XXX") { id }
      transaction(id: "${fillId}") { ${transactionFields} }
    }`;
    const cursor = expect.any(String);
    expect(await wallets.ask(owner, query)).toEqual({
      data: {
        wallets: [ngnWallet, usdWallet],
        wallet: {
          ...ngnWallet,
          transactions: {
            edges: [{ cursor, node: fillTransaction }],
            pageInfo: {
              hasNextPage: true,
              hasPreviousPage: false,
              startCursor: cursor,
              endCursor: cursor,
            },
          },
        },
        none: null,
        unknown: null,
        transaction: fillTransaction,
      },
    });
  });

  test('another user sees none of them', async () => {
    const query = `{ wallets { id } wallet(currency: "NGN") { id }
      transaction(id: "${fillId}") { id } }`;
    const data = { wallets: [], wallet: null, transaction: null };
    expect(await wallets.ask(other, query)).toEqual({ data });
  });

  test('an operator sees a user’s transaction with that user’s entries', async () => {
    const query = `{ transaction(id: "${fillId}") { ${transactionFields} } }`;
    expect(await wallets.ask(operator, query)).toEqual({ data: { transaction: fillTransaction } });
  });

  test.each([
    ['wallets', '{ wallets { id } }'],
    ['wallet', '{ wallet(currency: "NGN") { id } }'],
    ['transaction', `{ transaction(id: "${fillId}") { id } }`],
    [
      'deposit',
      `mutation { deposit(input: {
         idempotencyKey: "k", currency: "NGN", amount: "1", userId: "${owner.userId}"
       }) { refusal { code } } }`,
    ],
  ])('a stranger is told to log in by %s', async (_name, query) => {
    const answer = await wallets.ask(stranger, query);
    expect(answer.errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
    expect(JSON.stringify(answer)).not.toContain(ngn);
  });

  test('nobody is answered without the gateway’s identity', async () => {
    for (const query of ['{ wallets { id } }', '{ _service { sdl } }', entityQuery]) {
      const response = await fetch(wallets.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query }),
      });
      expect(response.status).toBe(401);
    }
  });

  test('an unreadable id is like one that does not exist', async () => {
    const query = `{ transaction(id: "'; drop table posting") { id } }`;
    expect(await wallets.ask(owner, query)).toEqual({ data: { transaction: null } });
  });
});

describe('entity references', () => {
  const seen: readonly [typename: string, id: string, whole: object, hidden: object | null][] = [
    [
      'User',
      owner.userId,
      { id: owner.userId, wallets: [ngnWallet, usdWallet] },
      { __typename: 'User', id: owner.userId, wallets: null },
    ],
    [
      'Order',
      orderId,
      { id: orderId, transactions: [fillTransaction] },
      { __typename: 'Order', id: orderId, transactions: null },
    ],
    ['Wallet', usd, { ...usdWallet, page: { edges: [{ node: fillTransaction }] } }, null],
    ['Transaction', fillId, fillTransaction, null],
  ];

  test.each(seen)('a %s is whole for its owner and an operator', async (type, id, whole) => {
    expect(await entity(owner, type, id)).toEqual({ __typename: type, ...whole });
    expect(await entity(operator, type, id)).toEqual({ __typename: type, ...whole });
  });

  test.each(seen)('a %s is nothing for others and strangers', async (type, id, _whole, hidden) => {
    expect(await entity(other, type, id)).toEqual(hidden);
    expect(await entity(stranger, type, id)).toEqual(hidden);
  });

  test.each(seen)(
    'a %s that is not theirs looks like none at all',
    async (type, id, _w, hidden) => {
      for (const missing of [newId<string>(), 'no id', '']) {
        const expected = hidden && { ...hidden, id: missing };
        expect(await entity(other, type, missing)).toEqual(expected);
        expect(await entity(stranger, type, missing)).toEqual(expected);
      }
      expect(await entity(other, type, id)).toEqual(hidden);
    },
  );

  test('an owner’s wallet is empty before its first use, and only for them', async () => {
    const unused = walletId(owner.userId, 'KES');
    const empty = { posted: '0.00', held: '0.00', available: '0.00', currency: 'KES' };
    expect(await entity(owner, 'Wallet', unused)).toMatchObject({ id: unused, ...empty });
    expect(await entity(other, 'Wallet', unused)).toBeNull();
    expect(await entity(stranger, 'Wallet', unused)).toBeNull();
  });

  test('what the directory says is served to the gateway', async () => {
    const { data } = await wallets.ask(stranger, '{ _service { sdl } }');
    expect(JSON.stringify(data)).toContain('type Wallet');
  });
});

test('every field has a rule of its own', () => {
  const schema = parse(readFileSync(new URL('../schema.graphql', import.meta.url), 'utf8'));
  const rules = permissions as Record<string, Record<string, unknown>>;
  const fields = schema.definitions.flatMap((type) =>
    type.kind === Kind.OBJECT_TYPE_DEFINITION
      ? (type.fields ?? []).map((field) => [type.name.value, field.name.value] as const)
      : [],
  );
  const missing = fields.filter(([type, field]) => !rules[type]?.[field]);
  expect(missing).toEqual([]);
  expect(fields.length).toBeGreaterThan(40);
});

describe('a page of transactions', () => {
  const saver = someone('CUSTOMER');
  const page = (args: string) =>
    wallets.ask(
      saver,
      `{ wallet(currency: "EUR") { transactions${args} {
         edges { cursor node { id entries { amount } } }
         pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
       } } }`,
    );
  interface Page {
    readonly edges: { cursor: string; node: { id: string; entries: { amount: string }[] } }[];
    readonly pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; endCursor: string };
  }
  const read = async (args: string) => {
    const { data } = await page(args);
    return (data as { wallet: { transactions: Page } }).wallet.transactions;
  };

  beforeAll(async () => {
    for (let cents = 1; cents <= 25; cents++) {
      await depositFor(saver, 'EUR', `0.${`${cents}`.padStart(2, '0')}`);
    }
  });

  test('leads to the next, from the latest to the oldest, each once', async () => {
    const first = await read('(first: 10)');
    await depositFor(saver, 'EUR', '9.99');
    const second = await read(`(first: 10, after: "${first.pageInfo.endCursor}")`);
    const third = await read(`(first: 10, after: "${second.pageInfo.endCursor}")`);
    const pages = [first, second, third];
    const amounts = pages.flatMap(({ edges }) => edges.map(({ node }) => node.entries[0]?.amount));
    const all = Array.from({ length: 25 }, (_, n) => `0.${`${25 - n}`.padStart(2, '0')}`);
    expect(amounts.toSorted()).toEqual(all.toSorted());
    expect(new Set(amounts).size).toBe(25);
    expect(pages.map(({ pageInfo }) => [pageInfo.hasPreviousPage, pageInfo.hasNextPage])).toEqual([
      [false, true],
      [true, true],
      [true, false],
    ]);
  });

  test('holds 20 when nobody says how many', async () => {
    expect((await read('')).edges).toHaveLength(20);
  });

  test.each(['(first: 0)', '(first: -1)', '(first: 101)', '(after: "nonsense")', '(after: "")'])(
    'is refused for %s',
    async (args) => {
      const { errors } = await page(args);
      expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    },
  );
});

test('a statement is read by its owner, as pages and as CSV', async () => {
  const user = someone('CUSTOMER');
  await depositFor(user, 'USD', '12.5');
  const period = 'from: "2020-01-01T00:00:00Z", to: "2999-01-01T00:00:00Z"';
  const query = `{ wallet(currency: "USD") { balanceAsOf(at: "2020-01-01T00:00:00Z")
    statement(${period}, by: EFFECTIVE) { from to by opening closing csv wallet { currency }
      movements(first: 1) { edges { node { at amount transaction { kind } } }
        pageInfo { hasNextPage } } } } }`;
  expect((await wallets.ask(user, query)).data).toEqual({
    wallet: {
      balanceAsOf: '0.00',
      statement: {
        from: '2020-01-01T00:00:00.000Z',
        to: '2999-01-01T00:00:00.000Z',
        by: 'EFFECTIVE',
        opening: '0.00',
        closing: '12.50',
        csv: expect.stringMatching(/,DEPOSIT,.*,12\.50,12\.50\r\n.*,CLOSING,,,12\.50\r\n$/),
        wallet: { currency: 'USD' },
        movements: {
          edges: [
            {
              node: {
                at: expect.stringMatching(/Z$/),
                amount: '12.50',
                transaction: { kind: 'DEPOSIT' },
              },
            },
          ],
          pageInfo: { hasNextPage: false },
        },
      },
    },
  });
  const empty = `{ wallet(currency: "USD") { statement(
    from: "2021-01-01T00:00:00Z", to: "2020-01-01T00:00:00Z") { opening } } }`;
  const { errors } = await wallets.ask(user, empty);
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
});
