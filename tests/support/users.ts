import { randomUUID } from 'node:crypto';
import { createGraphqlClient, type GraphqlClient } from '#tools/graphql-client.ts';
import { eventually } from './eventually.ts';
import type { System } from './system.ts';

/** A user of a running system, logged in. */
export interface TestUser extends AsyncDisposable {
  readonly id: string;
  readonly email: string;
  readonly accessToken: string;
  readonly client: GraphqlClient;
}

export const password = 'a long enough passphrase';

export async function newUser(system: System): Promise<TestUser> {
  const email = `${randomUUID()}@example.com`;
  const stranger = createGraphqlClient(system.graphqlUrl);
  const { register } = await stranger.ask<{ register: { user: { id: string } } }>(
    `mutation ($input: CredentialsInput!) { register(input: $input) { user { id } } }`,
    { input: { email, password } },
  );
  const accessToken = await accessTokenOf(system, email, password);
  const client = createGraphqlClient(system.graphqlUrl, accessToken);
  return {
    id: register.user.id,
    email,
    accessToken,
    client,
    [Symbol.asyncDispose]: () => client.close(),
  };
}

export async function accessTokenOf(
  system: System,
  email: string,
  secret: string,
): Promise<string> {
  const { logIn } = await createGraphqlClient(system.graphqlUrl).ask<{
    logIn: { tokens: { accessToken: string } };
  }>(`mutation ($input: CredentialsInput!) { logIn(input: $input) { tokens { accessToken } } }`, {
    input: { email, password: secret },
  });
  return logIn.tokens.accessToken;
}

/** Books money: by the user in local mode, elsewhere by the operator. */
export async function deposit(
  system: System,
  user: TestUser,
  currency: string,
  amount: string,
): Promise<void> {
  const { OPERATOR_EMAIL: email, OPERATOR_PASSWORD: secret } = system.environment;
  const byOperator = email !== undefined && secret !== undefined;
  const client = byOperator
    ? createGraphqlClient(system.graphqlUrl, await accessTokenOf(system, email, secret))
    : user.client;
  const input = {
    idempotencyKey: randomUUID(),
    currency,
    amount,
    ...(byOperator ? { userId: user.id } : {}),
  };
  const { deposit: answer } = await client.ask<{ deposit: { refusal: unknown } }>(
    `mutation ($input: DepositInput!) { deposit(input: $input) { refusal { code message } } }`,
    { input },
  );
  if (answer.refusal) throw new Error(JSON.stringify(answer.refusal));
}

export interface TestOrder {
  readonly id: string;
  readonly status: string;
  readonly settlementStatus: string;
  readonly filledQuantity: string;
  readonly leavesQuantity: string;
  readonly heldAmount: string;
  readonly refusal: { readonly code: string } | null;
}

export interface PlaceOrderAnswer {
  readonly order: TestOrder | null;
  readonly refusal: { readonly code: string } | null;
}

const noQuote = ['NO_QUOTE', 'STALE_QUOTE', 'UNKNOWN_INSTRUMENT'];

export const orderFields =
  'id status settlementStatus filledQuantity leavesQuantity heldAmount refusal { code }';

/** Places an order, waiting for the market's first quote when the system has just started. */
export async function place(
  user: TestUser,
  input: Record<string, unknown>,
): Promise<PlaceOrderAnswer> {
  const whole = { clientOrderId: randomUUID(), instrument: 'USD/NGN', side: 'BUY', ...input };
  return eventually(
    async () => {
      const { placeOrder } = await user.client.ask<{ placeOrder: PlaceOrderAnswer }>(
        `mutation ($input: PlaceOrderInput!) {
           placeOrder(input: $input) { order { ${orderFields} } refusal { code } }
         }`,
        { input: whole },
      );
      return placeOrder;
    },
    ({ refusal }) => refusal === null || !noQuote.includes(refusal.code),
  );
}

export async function readOrder(user: TestUser, id: string): Promise<TestOrder | null> {
  const { order } = await user.client.ask<{ order: TestOrder | null }>(
    `query ($id: ID!) { order(id: $id) { ${orderFields} } }`,
    { id },
  );
  return order;
}

/** Available and held by currency. */
export async function balances(
  user: TestUser,
): Promise<Record<string, { posted: string; held: string; available: string }>> {
  const { wallets } = await user.client.ask<{
    wallets: { currency: string; posted: string; held: string; available: string }[];
  }>('{ wallets { currency posted held available } }');
  return Object.fromEntries(wallets.map(({ currency, ...rest }) => [currency, rest]));
}
