import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createIdentitySigner, identityExtension, identityHeader } from '#kit/identity.ts';
import type { UserId } from '#kit/ids.ts';
import { localSecrets } from '#stack/local-secrets.ts';
import { eventually } from '#tests/support/eventually.ts';
import { startEmbedded, type System } from '#tests/support/system.ts';
import { deposit, newUser, place, readOrder, type TestUser } from '#tests/support/users.ts';
import { createGraphqlClient, RequestFailed, type GraphqlClient } from '#tools/graphql-client.ts';

/** Ada has an order; Bob is another user, the stranger nobody, and both try to see it. */
describe('what is private', () => {
  let system: System;
  let ada: TestUser;
  let bob: TestUser;
  let stranger: GraphqlClient;
  let orderId: string;
  let walletId: string;
  let transactionId: string;

  beforeAll(async () => {
    system = await startEmbedded();
    ada = await newUser(system);
    bob = await newUser(system);
    stranger = createGraphqlClient(system.graphqlUrl);
    await deposit(system, ada, 'NGN', '1000000.00');
    const { order } = await place(ada, { type: 'MARKET', quantity: '10.00' });
    orderId = order?.id ?? '';
    await eventually(
      () => readOrder(ada, orderId),
      (read) => read?.settlementStatus === 'SETTLED',
    );
    const { wallets } = await ada.client.ask<{
      wallets: { id: string; transactions: { edges: { node: { id: string } }[] } }[];
    }>('{ wallets { id transactions { edges { node { id } } } } }');
    walletId = wallets[0]?.id ?? '';
    transactionId = wallets[0]?.transactions.edges[0]?.node.id ?? '';
  }, 400_000);

  afterAll(async () => {
    await ada[Symbol.asyncDispose]();
    await bob[Symbol.asyncDispose]();
    await stranger.close();
    await system[Symbol.asyncDispose]();
  });

  test('another user gets nothing of an order, a wallet or a transaction by its id', async () => {
    const query = `query ($order: ID!, $transaction: ID!) {
      order(id: $order) { id status user { email } executions { price } transactions { id } }
      transaction(id: $transaction) { id entries { amount } }
      orders { edges { node { id } } }
      wallets { id }
    }`;
    const variables = { order: orderId, transaction: transactionId };
    expect(await ada.client.ask(query, variables)).toMatchObject({
      order: { id: orderId, executions: [{}], transactions: [{}] },
      transaction: { id: transactionId },
    });
    expect(await bob.client.ask(query, variables)).toEqual({
      order: null,
      transaction: null,
      orders: { edges: [] },
      wallets: [],
    });
  });

  test('another user can neither cancel it nor deposit for its owner', async () => {
    const cancel = await bob.client.ask<{ cancelOrder: unknown }>(
      'mutation ($id: ID!) { cancelOrder(id: $id) { order { id } refusal { code } } }',
      { id: orderId },
    );
    expect(cancel.cancelOrder).toEqual({ order: null, refusal: { code: 'ORDER_NOT_FOUND' } });
    const input = { idempotencyKey: 'x', currency: 'NGN', amount: '1.00', userId: ada.id };
    const { deposit: answer } = await bob.client.ask<{ deposit: unknown }>(
      'mutation ($input: DepositInput!) { deposit(input: $input) { wallet { id } refusal { code } } }',
      { input },
    );
    expect(answer).toEqual({ wallet: null, refusal: { code: 'DEPOSIT_NOT_ALLOWED' } });
  });

  test('another user hears nothing of the streams of its owner', async () => {
    const heard: unknown[] = [];
    const streams = [
      'subscription { orderUpdates(after: 0) { sequence order { id } } }',
      'subscription { fills(after: 0) { sequence } }',
      'subscription { walletUpdates(after: 0) { sequence } }',
    ].map((query) => bob.client.watch(query, {}, (event) => heard.push(event)));
    await sleep(300);
    const { order } = await place(ada, { type: 'MARKET', quantity: '10.00' });
    await eventually(
      () => readOrder(ada, order?.id ?? ''),
      (read) => read?.settlementStatus === 'SETTLED',
    );
    await sleep(300);
    for (const stream of streams) stream.close();
    expect(heard).toEqual([]);
  });

  test.each([
    '{ sessions { id } }',
    '{ wallets { id } }',
    '{ wallet(currency: "NGN") { id } }',
    '{ transaction(id: "$transaction") { id } }',
    '{ order(id: "$order") { id } }',
    '{ orderByClientId(clientOrderId: "x") { id } }',
    '{ orders { edges { node { id } } } }',
    '{ instruments { symbol } }',
    '{ instrument(symbol: "USD/NGN") { symbol } }',
    '{ quotes { bid } }',
    '{ venues { id } }',
    'mutation { cancelOrder(id: "$order") { order { id } } }',
    'mutation { placeOrder(input: {clientOrderId: "x", instrument: "USD/NGN", side: BUY, type: MARKET, quantity: "1"}) { order { id } } }',
    'mutation { deposit(input: {idempotencyKey: "x", currency: "NGN", amount: "1"}) { wallet { id } } }',
  ])('a stranger who sends %s gets nothing', async (template) => {
    const query = template.replace('$order', orderId).replace('$transaction', transactionId);
    const failure = await stranger.ask(query).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(RequestFailed);
    const codes = (failure as RequestFailed).errors.map(({ extensions }) => extensions?.code);
    expect(codes).toEqual(['UNAUTHENTICATED']);
  });

  test.each([
    'orderUpdates { sequence }',
    'fills { sequence }',
    'walletUpdates { sequence }',
    'quotes { bid }',
  ])('a stranger who subscribes to %s is turned away', async (field) => {
    const heard: unknown[] = [];
    const socket = new WebSocket(system.graphqlUrl.replace('http', 'ws'), 'graphql-transport-ws');
    const closed = new Promise<number>((resolve) => {
      socket.addEventListener('close', ({ code }) => resolve(code));
    });
    socket.addEventListener('message', ({ data }) => heard.push(JSON.parse(String(data))));
    socket.addEventListener('open', () => {
      socket.send(JSON.stringify({ type: 'connection_init' }));
      const payload = { query: `subscription { ${field} }` };
      socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload }));
    });
    expect([4401, 4403]).toContain(await closed);
    expect(heard.filter((message) => (message as { type: string }).type === 'next')).toEqual([]);
  });

  test.each(['USERS', 'WALLETS', 'ORDERS', 'PRICING', 'EXCHANGE'])(
    'the %s subgraph asked directly refuses whoever is no gateway',
    async (name) => {
      const url = `http://127.0.0.1:${system.environment[`${name}_PORT`]}/graphql`;
      const queries = [
        '{ __typename }',
        `{ _entities(representations: [{__typename: "Order", id: "${orderId}"}]) { __typename } }`,
        `{ _entities(representations: [{__typename: "Wallet", id: "${walletId}"}]) { __typename } }`,
        '{ _service { sdl } }',
      ];
      for (const query of queries) {
        for (const authorization of ['', `Bearer ${ada.accessToken}`]) {
          const response = await fetch(url, {
            method: 'POST',
            headers: { 'content-type': 'application/json', authorization },
            body: JSON.stringify({ query }),
          });
          expect(response.status).toBe(401);
          expect(await response.json()).not.toHaveProperty('data');
        }
      }
    },
  );

  test('even a true identity of the owner opens nothing through the gateway or for another audience', async () => {
    const { DATA_DIR = '', ORDERS_PORT } = system.environment;
    const { identityPrivateKey } = localSecrets(join(DATA_DIR, 'secrets.json'));
    const signer = createIdentitySigner(identityPrivateKey);
    const adas = {
      userId: ada.id as UserId,
      roles: ['CUSTOMER'] as const,
      sessionId: null,
      address: '127.0.0.1',
      device: null,
    };
    const ask = async (url: string, token: string, authorization: string) => {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization, [identityHeader]: token },
        body: JSON.stringify({
          query: `{ order(id: "${orderId}") { id } }`,
          extensions: { [identityExtension]: token },
        }),
      });
      return { status: response.status, text: await response.text() };
    };
    const direct = `http://127.0.0.1:${ORDERS_PORT}/graphql`;
    const forOrders = await signer.sign(adas, 'orders');
    expect((await ask(direct, forOrders, '')).text).toContain(orderId);
    expect((await ask(direct, await signer.sign(adas, 'wallets'), '')).status).toBe(401);
    for (const authorization of ['', `Bearer ${bob.accessToken}`]) {
      const answer = await ask(system.graphqlUrl, forOrders, authorization);
      expect(answer.text).not.toContain(orderId);
    }
  });
});
