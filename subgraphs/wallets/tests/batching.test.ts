import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { FillRecorded, HoldFunds } from '#contracts/orders.ts';
import { walletId } from '#contracts/wallet-id.ts';
import { newId } from '#kit/ids.ts';
import { someone, startWallets, type WalletsService } from './service-fixture.ts';

const count = 100;
const operator = someone('OPERATOR');
const users = Array.from({ length: count }, () => someone('CUSTOMER'));
const orders = users.map(({ userId }) => ({ orderId: newId<string>(), userId: `${userId}` }));

let wallets: WalletsService;
/** Of each user one, by the type of the entity. */
const ids: Record<string, readonly string[]> = {
  User: users.map(({ userId }) => userId),
  Wallet: users.map(({ userId }) => walletId(userId, 'USD')),
  Order: orders.map(({ orderId }) => orderId),
};

beforeAll(async () => {
  wallets = await startWallets();
  const booked = await Promise.all(
    users.map(async ({ userId }) => {
      const input = { idempotencyKey: newId(), currency: 'USD', amount: '10', userId };
      const { data } = await wallets.ask(operator, deposit, { input });
      return (data as { deposit: { transaction: { id: string } } }).deposit.transaction.id;
    }),
  );
  const asked = await Promise.all(
    users.map(async (user) => {
      const input = { idempotencyKey: newId(), currency: 'USD', amount: '1' };
      const { data } = await wallets.ask(user, withdrawal, { input });
      return (data as { requestWithdrawal: { payment: { id: string } } }).requestWithdrawal.payment
        .id;
    }),
  );
  await Promise.all(
    orders.map(async (order) => {
      await wallets.tell(HoldFunds, { ...order, currency: 'USD', amount: '150' });
      await wallets.tell(FillRecorded, { ...order, ...trade, executionId: newId() });
    }),
  );
  Object.assign(ids, { Transaction: booked, Payment: asked });
}, 60_000);
afterAll(() => wallets[Symbol.asyncDispose]());

const deposit = `mutation ($input: DepositInput!) { deposit(input: $input) { transaction { id } } }`;
const withdrawal = `mutation ($input: PaymentInput!) {
  requestWithdrawal(input: $input) { payment { id } } }`;

const trade = {
  venue: 'SANDBOX',
  symbol: 'EUR/USD',
  side: 'BUY' as const,
  quantity: '1',
  price: '1.10',
  baseCurrency: 'EUR',
  quoteCurrency: 'USD',
  baseAmount: '100',
  quoteAmount: '111',
  venueQuoteAmount: '110',
  tradedAt: new Date().toISOString(),
};

const wallet = 'id currency posted held available user { id }';
const transaction = `id kind order { id } entries { amount wallet { ${wallet} } }`;
/** All that an entity leads to, as deep as anybody would ask. */
const query = `query ($of: [_Any!]!) { _entities(representations: $of) {
  ... on User { id wallets { ${wallet} page: transactions { edges { node { ${transaction} } } } } }
  ... on Order { id transactions { ${transaction} } }
  ... on Transaction { ${transaction} }
  ... on Payment { id status user { id wallets { posted } } transaction { ${transaction} }
    wallet { ${wallet} } }
  ... on Wallet { ${wallet} user { wallets { posted } }
    page: transactions { edges { node { ${transaction} } } }
    balanceAsOf(at: "2030-01-01T00:00:00Z")
    statement(from: "2020-01-01T00:00:00Z", to: "2030-01-01T00:00:00Z") {
      opening closing movements { edges { node { amount transaction { kind } } } }
    } }
} }`;

async function statementsFor(type: string, of: readonly string[]) {
  const representations = of.map((id) => ({ __typename: type, id }));
  const { statements, result } = await wallets.counting(() =>
    wallets.ask(operator, query, { of: representations }),
  );
  expect(result.errors).toBeUndefined();
  const found = (result.data as { _entities: ({ id: string } | null)[] })._entities;
  expect(found.map((each) => each?.id)).toEqual(of);
  return statements;
}

test.each([
  ['User', 4],
  ['Wallet', 6],
  ['Transaction', 2],
  ['Order', 3],
  ['Payment', 3],
])('a hundred of %s cost as many statements as one', async (type, least) => {
  const of = ids[type] ?? [];
  expect(of).toHaveLength(count);
  const one = await statementsFor(type, of.slice(0, 1));
  expect(one.length).toBeGreaterThanOrEqual(least);
  expect(await statementsFor(type, of)).toHaveLength(one.length);
});

test('a page of a hundred payments costs as many statements as a page of one', async () => {
  const page = async (first: number) => {
    const asked = `{ payments(first: ${first}) { edges { node { id user { id wallets { posted } }
      wallet { ${wallet} } transaction { ${transaction} } } } } }`;
    const { statements, result } = await wallets.counting(() => wallets.ask(operator, asked));
    const { edges } = (result.data as { payments: { edges: object[] } }).payments;
    expect(edges).toHaveLength(first);
    return statements;
  };
  expect(await page(count)).toHaveLength((await page(1)).length);
});
