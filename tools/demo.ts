import { randomUUID } from 'node:crypto';
import { parseDecimal } from '#kit/money.ts';
import { readDemoConfig } from './config.ts';
import { done, expected, line, title, Unexpected, until } from './demo-stage.ts';
import { createGraphqlClient, type GraphqlClient } from './graphql-client.ts';

/**
 * Plays the story of one order against a running Mammon and shows it live; exits with 1 as soon as a
 * step is not as expected.
 */
const { graphqlUrl, operator } = readDemoConfig(process.env);
const password = 'the demo has no secrets';
const deposited = '20000000.00';
const bought = '10000.00';
const orderFields = `id status settlementStatus filledQuantity averagePrice heldAmount
  refusal { code message }`;

interface Wallet {
  readonly id: string;
  readonly currency: string;
  readonly posted: string;
  readonly held: string;
  readonly available: string;
}

interface Quote {
  readonly bid: string;
  readonly ask: string;
  readonly status: string;
}

interface Order {
  readonly id: string;
  readonly status: string;
  readonly settlementStatus: string;
  readonly filledQuantity: string;
  readonly averagePrice: string | null;
  readonly heldAmount: string;
  readonly refusal: { readonly code: string; readonly message: string } | null;
}

interface OrderUpdate {
  readonly sequence: number;
  readonly kind: string;
  readonly status: string;
  readonly filledQuantity: string;
  readonly order: Order & {
    readonly instrument: { readonly symbol: string; readonly quote: Quote | null };
  };
}

try {
  await play();
} catch (error) {
  process.stderr.write(`✗ ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

async function play(): Promise<void> {
  await knock();
  title(`The story of one order, at ${graphqlUrl}`);
  const { client, userId } = await enter();
  try {
    await depositFor(client, userId);
    const before = await showWallets(client, 'Wallets before');
    await watchQuotes(client);
    const order = await trade(client);
    const after = await showWallets(client, 'Wallets after');
    await showLedger(client, order);
    compare(before, after, order);
    done('The story went as it should');
  } finally {
    await client.close();
  }
}

async function knock(): Promise<void> {
  const answer = await fetch(new URL('/health/ready', graphqlUrl)).catch(() => undefined);
  const health = await answer?.text();
  if (answer?.ok && !health?.includes('degraded')) return;
  throw new Unexpected(
    answer
      ? `Mammon is not ready at ${graphqlUrl}: ${health}`
      : `no Mammon answers at ${graphqlUrl}: run npm start first, or set GRAPHQL_URL`,
  );
}

async function enter(): Promise<{ client: GraphqlClient; userId: string }> {
  title('1. Register and log in');
  const email = `ada-${randomUUID().slice(0, 8)}@example.com`;
  const userId = await register(email);
  const accessToken = await logIn(email, password);
  done(`${email} is user ${userId}`);
  return { client: createGraphqlClient(graphqlUrl, accessToken), userId };
}

async function register(email: string): Promise<string> {
  const { register: answer } = await createGraphqlClient(graphqlUrl).ask<{
    register: { user: { id: string } | null; refusal: { message: string } | null };
  }>(
    `mutation Register($input: CredentialsInput!) {
       register(input: $input) { user { id } refusal { message } }
     }`,
    { input: { email, password } },
  );
  return expected(answer.user, `register: ${answer.refusal?.message}`).id;
}

async function logIn(email: string, secret: string): Promise<string> {
  const { logIn: answer } = await createGraphqlClient(graphqlUrl).ask<{
    logIn: { tokens: { accessToken: string } | null; refusal: { message: string } | null };
  }>(
    `mutation LogIn($input: CredentialsInput!) {
       logIn(input: $input) { tokens { accessToken } refusal { message } }
     }`,
    { input: { email, password: secret } },
  );
  return expected(answer.tokens, `logIn: ${answer.refusal?.message}`).accessToken;
}

/** In local mode a user deposits alone; elsewhere an operator does it. */
async function depositFor(client: GraphqlClient, userId: string): Promise<void> {
  title(`2. Deposit NGN ${deposited}`);
  const depositor = operator
    ? createGraphqlClient(graphqlUrl, await logIn(operator.email, operator.password))
    : client;
  const { deposit } = await depositor.ask<{
    deposit: { transaction: { id: string } | null; refusal: { message: string } | null };
  }>(
    `mutation Deposit($input: DepositInput!) {
       deposit(input: $input) { transaction { id } refusal { code message } }
     }`,
    {
      input: {
        idempotencyKey: randomUUID(),
        currency: 'NGN',
        amount: deposited,
        ...(operator ? { userId } : {}),
      },
    },
  );
  const transaction = expected(deposit.transaction, `deposit: ${deposit.refusal?.message}`);
  done(`transaction ${transaction.id}`);
}

async function watchQuotes(client: GraphqlClient): Promise<void> {
  title('3. Watch USD/NGN for five quotes');
  let seen = 0;
  await until('five live quotes', (resolve, reject) => {
    const stream = client.watch<{ quotes: Quote }>(
      `subscription Quotes { quotes(symbols: ["USD/NGN"]) { bid ask status } }`,
      {},
      ({ quotes: { bid, ask, status } }) => {
        line(`bid ${bid}   ask ${ask}   ${status}`);
        if (status === 'LIVE') seen += 1;
        if (seen < 5) return;
        stream.close();
        resolve();
      },
    );
    stream.ended.catch(reject);
  });
  done('the market moves');
}

async function trade(client: GraphqlClient): Promise<Order> {
  title(`4. Buy USD ${bought} at market`);
  let latest: Order | undefined;
  await until('a filled and settled order', (resolve, reject) => {
    // From the beginning of the log: no step can be missed between subscribing and placing.
    const stream = client.watch<{ orderUpdates: OrderUpdate }>(
      `subscription Steps { orderUpdates(after: 0) {
         sequence kind status filledQuantity
         order { ${orderFields} instrument { symbol quote { bid ask status } } }
       } }`,
      {},
      ({ orderUpdates: update }) => {
        const quote = update.order.instrument.quote;
        line(
          `${String(update.sequence).padStart(2)}  ${update.kind.padEnd(10)} ` +
            `${update.status.padEnd(17)} filled ${update.filledQuantity.padStart(8)}` +
            `   ${update.order.instrument.symbol} ${quote?.bid} / ${quote?.ask}`,
        );
        latest = update.order;
        const { status, settlementStatus } = update.order;
        if (['DENIED', 'REJECTED', 'EXPIRED', 'CANCELED'].includes(status)) {
          reject(new Unexpected(`the order is ${status}: ${update.order.refusal?.message}`));
        }
        if (status !== 'FILLED' || settlementStatus !== 'SETTLED') return;
        stream.close();
        resolve();
      },
    );
    stream.ended.catch(reject);
    place(client).catch(reject);
  });
  const order = expected(latest, 'no order');
  done(`filled ${order.filledQuantity} at ${order.averagePrice} on average`);
  return order;
}

async function place(client: GraphqlClient): Promise<void> {
  const { placeOrder } = await client.ask<{
    placeOrder: { order: Order | null; refusal: { message: string } | null };
  }>(
    `mutation Place($input: PlaceOrderInput!) {
       placeOrder(input: $input) { order { ${orderFields} } refusal { code message } }
     }`,
    {
      input: {
        clientOrderId: randomUUID(),
        instrument: 'USD/NGN',
        side: 'BUY',
        type: 'MARKET',
        quantity: bought,
      },
    },
  );
  const order = expected(placeOrder.order, `placeOrder: ${placeOrder.refusal?.message}`);
  line(`placed: ${order.id}, ${order.status}, NGN ${order.heldAmount} held at most`);
}

async function showWallets(client: GraphqlClient, heading: string): Promise<readonly Wallet[]> {
  title(heading);
  const { wallets } = await client.ask<{ wallets: Wallet[] }>(
    '{ wallets { id currency posted held available } }',
  );
  for (const { currency, posted, held, available } of wallets) {
    line(`${currency}  posted ${posted.padStart(12)}  held ${held}  available ${available}`);
  }
  return wallets;
}

interface LedgerAnswer {
  readonly order: {
    readonly executions: readonly { id: string; execId: string; quantity: string; price: string }[];
    readonly transactions: readonly {
      id: string;
      executionId: string;
      entries: readonly { amount: string; wallet: { currency: string } }[];
    }[];
  } | null;
}

async function showLedger(client: GraphqlClient, { id }: Order): Promise<void> {
  title('5. Its executions and ledger transactions');
  const { order } = await client.ask<LedgerAnswer>(
    `query Ledger($id: ID!) { order(id: $id) {
       executions { id execId quantity price }
       transactions { id executionId entries { amount wallet { currency } } }
     } }`,
    { id },
  );
  const { executions, transactions } = expected(order, 'the order is gone');
  for (const { execId, quantity, price } of executions) line(`${execId}  ${quantity} at ${price}`);
  for (const { entries } of transactions) {
    line(entries.map(({ amount, wallet }) => `${wallet.currency} ${amount}`).join('   '));
  }
  const settled = new Set(transactions.map(({ executionId }) => executionId));
  if (executions.length === 0 || settled.size !== executions.length) {
    throw new Unexpected(`${executions.length} executions, ${settled.size} settled`);
  }
  if (!executions.every((execution) => settled.has(execution.id))) {
    throw new Unexpected('an execution has no transaction');
  }
  done('each execution has its transaction');
}

/** What was bought came in, what it cost at most what was held went out, nothing is held. */
function compare(before: readonly Wallet[], after: readonly Wallet[], order: Order): void {
  const units = (wallets: readonly Wallet[], currency: string, field: 'posted' | 'held') =>
    parseDecimal(wallets.find((wallet) => wallet.currency === currency)?.[field] ?? '0', 2);
  const change = (currency: string) =>
    units(after, currency, 'posted') - units(before, currency, 'posted');
  if (change('USD') !== parseDecimal(bought, 2)) throw new Unexpected('USD is not what was bought');
  const cost = -change('NGN');
  if (cost <= 0n || cost > parseDecimal(order.heldAmount, 2)) {
    throw new Unexpected('the cost is not within what was held');
  }
  if (units(after, 'NGN', 'held') !== 0n) throw new Unexpected('funds are still held');
}
