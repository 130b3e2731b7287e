import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { newId } from '#kit/ids.ts';
import { someone, startWallets, type WalletsService } from './service-fixture.ts';

let wallets: WalletsService;
const operator = someone('OPERATOR');
beforeAll(async () => {
  wallets = await startWallets();
});
afterAll(() => wallets[Symbol.asyncDispose]());

type User = ReturnType<typeof someone>;
interface Page {
  readonly edges: { readonly cursor: string; readonly node: object }[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
}

const info = 'pageInfo { hasNextPage hasPreviousPage startCursor endCursor }';
const period = 'from: "2020-01-01T00:00:00Z", to: "2999-01-01T00:00:00Z"';

async function send(who: User, name: string, type: string, given: object) {
  const query = `mutation ($input: ${type}!) { ${name}(input: $input) { refusal { code } } }`;
  const input = { idempotencyKey: newId(), currency: 'USD', ...given };
  expect(await wallets.ask(who, query, { input })).toEqual({ data: { [name]: { refusal: null } } });
}

const deposit = (user: User, amount: string) =>
  send(operator, 'deposit', 'DepositInput', { amount, userId: user.userId });
const requestDeposit = (user: User, amount: string) =>
  send(user, 'requestDeposit', 'PaymentInput', { amount });

/** A connection: how to ask for it, where it is in the answer, how one more comes, and where. */
const connections = [
  {
    name: 'transactions of a wallet',
    query: (args: string) => `{ wallet(currency: "USD") { page: transactions${args} {
      edges { cursor node { id entries { amount } } } ${info} } } }`,
    pageOf: (data: unknown) => (data as { wallet: { page: Page } }).wallet.page,
    add: deposit,
    newestFirst: true,
  },
  {
    name: 'movements of a statement',
    query: (args: string) => `{ wallet(currency: "USD") { statement(${period}) {
      page: movements${args} { edges { cursor node { amount transaction { id } } } ${info} } } } }`,
    pageOf: (data: unknown) =>
      (data as { wallet: { statement: { page: Page } } }).wallet.statement.page,
    add: deposit,
    newestFirst: false,
  },
  {
    name: 'payments',
    query: (args: string) => `{ page: payments${args} {
      edges { cursor node { id amount } } ${info} } }`,
    pageOf: (data: unknown) => (data as { page: Page }).page,
    add: requestDeposit,
    newestFirst: true,
  },
] as const;

const amountsOf = ({ edges }: Page) =>
  edges.map(({ node }) => /"amount":"(\d+\.\d\d)"/.exec(JSON.stringify(node))?.[1]);

describe.each(connections)('$name', ({ query, pageOf, add, newestFirst }) => {
  const read = async (user: User, args: string) => {
    const { data, errors } = await wallets.ask(user, query(args));
    expect(errors).toBeUndefined();
    return pageOf(data);
  };

  test('come once each by their cursors, whatever comes meanwhile', async () => {
    const user = someone('CUSTOMER');
    for (let n = 1; n <= 7; n++) await add(user, `${n}`);
    const pages: Page[] = [];
    for (let after = ''; ;) {
      const page = await read(user, `(first: 3${after})`);
      pages.push(page);
      if (pages.length === 1) {
        const one = `(first: 3, after: "${page.edges[0]?.cursor}")`;
        const before = await read(user, one);
        await add(user, '100');
        const same = await read(user, one);
        expect(amountsOf(same)).toEqual(amountsOf(before));
        expect(same.edges[0]).toEqual(page.edges[1]);
      }
      const { startCursor, endCursor, hasNextPage, hasPreviousPage } = page.pageInfo;
      expect([startCursor, endCursor]).toEqual([page.edges[0]?.cursor, page.edges.at(-1)?.cursor]);
      expect(hasPreviousPage).toBe(pages.length > 1);
      if (!hasNextPage) break;
      after = `, after: "${endCursor}"`;
    }
    // What came meanwhile is before the first of those that begin with the newest, else the last.
    const all = ['1.00', '2.00', '3.00', '4.00', '5.00', '6.00', '7.00'];
    const seen = pages.flatMap(amountsOf);
    expect(seen).toHaveLength(newestFirst ? 7 : 8);
    expect(seen.toSorted()).toEqual((newestFirst ? all : [...all, '100.00']).toSorted());
    expect(new Set(pages.flatMap(({ edges }) => edges.map(({ cursor }) => cursor))).size).toBe(
      seen.length,
    );
  });

  test('that are none are an empty page', async () => {
    const user = someone('CUSTOMER');
    await add(user, '1');
    const last = await read(user, '(first: 1)');
    const { endCursor } = last.pageInfo;
    expect(await read(user, `(first: 1, after: "${endCursor}")`)).toEqual({
      edges: [],
      pageInfo: {
        hasNextPage: false,
        hasPreviousPage: true,
        startCursor: null,
        endCursor: null,
      },
    });
  });

  test.each(['(first: 0)', '(first: -1)', '(first: 101)', '(after: "nonsense")', '(after: "")'])(
    'are refused for %s',
    async (args) => {
      const user = someone('CUSTOMER');
      await add(user, '1');
      const { errors } = await wallets.ask(user, query(args));
      expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    },
  );
});
