import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { OrderCanceled, OrderExecuted } from '#contracts/exchange.ts';
import { walletId } from '#contracts/wallet-id.ts';
import { deterministicId, newId, type OrderId, type UserId } from '#kit/ids.ts';
import { eventually } from '#tests/support/eventually.ts';
import {
  type OrdersService,
  place,
  placeMutation,
  someone,
  startOrders,
  stranger,
} from './service-fixture.ts';

let service: OrdersService;
const owner = someone('CUSTOMER');
const other = someone('CUSTOMER');
const operator = someone('OPERATOR');
let orderId: string;
let clientOrderId: string;

beforeAll(async () => {
  service = await startOrders();
  const { order } = await place(service, owner);
  orderId = order?.id ?? '';
  clientOrderId = order?.clientOrderId ?? '';
});
afterAll(() => service[Symbol.asyncDispose]());

const allFields = `id clientOrderId user { id } instrument { symbol } wallet { id } side type
  timeInForce quantity limitPrice status pendingOperation settlementStatus filledQuantity
  leavesQuantity averagePrice heldAmount refusal { code message } submitBy createdAt updatedAt`;

const entities = (fields: string) =>
  `query ($it: [_Any!]!) { _entities(representations: $it) { ${fields} } }`;
const reference = (__typename: string, key: object) => ({ it: [{ __typename, ...key }] });

describe('a placed order', () => {
  test('answers every field to its owner', async () => {
    const answer = await service.ask(owner, `{ order(id: "${orderId}") { ${allFields} } }`);
    expect(answer.errors).toBeUndefined();
    expect(answer.data?.['order']).toEqual({
      id: orderId,
      clientOrderId,
      user: { id: owner.userId },
      instrument: { symbol: 'USD/NGN' },
      wallet: { id: walletId(owner.userId, 'NGN') },
      side: 'BUY',
      type: 'LIMIT',
      timeInForce: 'GTC',
      quantity: '100.00',
      limitPrice: '1500.00',
      status: 'SUBMITTED',
      pendingOperation: null,
      settlementStatus: 'NONE',
      filledQuantity: '0.00',
      leavesQuantity: '100.00',
      averagePrice: null,
      heldAmount: '150000.00',
      refusal: null,
      submitBy: expect.stringMatching(/^\d{4}-.*\.\d{3}Z$/),
      createdAt: expect.stringMatching(/^\d{4}-.*\.\d{3}Z$/),
      updatedAt: expect.stringMatching(/^\d{4}-.*\.\d{3}Z$/),
    });
  });

  test('is found by its client order id and in the lists', async () => {
    const answer = await service.ask(
      owner,
      `{ orderByClientId(clientOrderId: "${clientOrderId}") { id }
         orders(first: 1, status: [SUBMITTED]) {
           edges { cursor node { id } }
           pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`,
    );
    expect(answer.data).toMatchObject({
      orderByClientId: { id: orderId },
      orders: { edges: [{ node: { id: orderId } }], pageInfo: { hasNextPage: false } },
    });
  });

  test('answers who places it with HELD funds or DENIED, at once', async () => {
    const poor = someone('CUSTOMER');
    service.wallets.poor.add(poor.userId);
    expect(await place(service, poor)).toMatchObject({ order: { status: 'DENIED' } });
    expect(await place(service, someone(), { type: 'MARKET', limitPrice: null })).toMatchObject({
      order: { status: 'SUBMITTED' },
    });
  });

  test('answers RECEIVED after two seconds when wallets is away, and expires in time', async () => {
    service.wallets.isAway = true;
    try {
      const user = someone();
      const submitBy = new Date(Date.now() + 2_500).toISOString();
      const since = performance.now();
      const { order } = await place(service, user, { submitBy });
      expect(order?.status).toBe('RECEIVED');
      expect(performance.now() - since).toBeLessThan(3_500);
      await eventually(async () => {
        const answer = await service.ask(user, `{ order(id: "${order?.id}") { status } }`);
        expect(answer.data).toEqual({ order: { status: 'EXPIRED' } });
      });
    } finally {
      service.wallets.isAway = false;
    }
  });

  test('is one, from twenty who race', async () => {
    const user = someone();
    const same = { clientOrderId: 'the-same' };
    const placed = await Promise.all(Array.from({ length: 20 }, () => place(service, user, same)));
    const ids = new Set(placed.map(({ order }) => order?.id));
    expect(ids.size).toBe(1);
    expect(placed.every(({ order }) => order?.status === 'SUBMITTED')).toBe(true);
    const messages = service.heard([...ids][0] ?? '').map((message) => message.name);
    expect(messages.filter((name) => name === 'hold-funds')).toHaveLength(1);
    expect(await place(service, user, { ...same, quantity: '7' })).toMatchObject({
      order: null,
      refusal: { code: 'CLIENT_ORDER_ID_REUSED' },
    });
  });

  test('refuses as data what can be expected, and as errors what no client should send', async () => {
    const user = someone();
    const cases: [object, string][] = [
      [{ clientOrderId: '' }, 'INVALID_CLIENT_ORDER_ID'],
      [{ clientOrderId: 'a\0' }, 'INVALID_CLIENT_ORDER_ID'],
      [{ clientOrderId: '\ud800' }, 'INVALID_CLIENT_ORDER_ID'],
      [{ instrument: 'XXX/YYY' }, 'UNKNOWN_INSTRUMENT'],
      [{ instrument: 'USD/NGN\0' }, 'UNKNOWN_INSTRUMENT'],
      [{ quantity: 'much' }, 'INVALID_QUANTITY'],
      [{ limitPrice: '1500.01' }, 'INVALID_TICK'],
      [{ submitBy: '2020-01-01T00:00:00Z' }, 'INVALID_SUBMIT_BY'],
    ];
    for (const [changes, code] of cases) {
      expect(await place(service, user, changes)).toMatchObject({ order: null, refusal: { code } });
    }
    for (const changes of [{ quantity: 100 }, { submitBy: 'tomorrow' }, { side: 'HOLD' }]) {
      const input = { clientOrderId: 'x', instrument: 'USD/NGN', side: 'BUY', type: 'LIMIT' };
      const variables = { input: { ...input, quantity: '1', ...changes } };
      const answer = await service.ask(user, placeMutation, variables);
      expect(answer.data?.['placeOrder']).toBeUndefined();
      expect(answer.errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
    }
    const byUnstorable = '{ orderByClientId(clientOrderId: "\\u0000") { id } }';
    expect(await service.ask(user, byUnstorable)).toEqual({ data: { orderByClientId: null } });
  });
});

describe('another user', () => {
  test('gets nothing of an order, by whichever way', async () => {
    const answer = await service.ask(
      other,
      `{ order(id: "${orderId}") { ${allFields} }
         orderByClientId(clientOrderId: "${clientOrderId}") { id }
         orders { edges { node { id } } } }`,
    );
    expect(answer).toEqual({
      data: { order: null, orderByClientId: null, orders: { edges: [] } },
    });
    expect(
      await service.ask(
        other,
        entities('... on Order { id status }'),
        reference('Order', { id: orderId }),
      ),
    ).toEqual({ data: { _entities: [null] } });
    expect(
      await service.ask(
        other,
        entities('... on User { id orders { edges { node { id } } } }'),
        reference('User', { id: owner.userId }),
      ),
    ).toEqual({ data: { _entities: [{ id: owner.userId, orders: null }] } });
  });

  test('cannot cancel it', async () => {
    const cancel = `mutation { cancelOrder(id: "${orderId}") { order { id } refusal { code } } }`;
    const refused = { order: null, refusal: { code: 'ORDER_NOT_FOUND' } };
    for (const one of [other, operator]) {
      expect((await service.ask(one, cancel)).data).toEqual({ cancelOrder: refused });
    }
    const odd = `mutation { cancelOrder(id: "x'") { order { id } refusal { code } } }`;
    expect((await service.ask(owner, odd)).data).toEqual({ cancelOrder: refused });
  });

  test('hears nothing of it', async () => {
    const theirs = await place(service, other);
    await using updates = await service.stream(
      other,
      'subscription { orderUpdates(after: 0) { sequence order { id user { id } } } }',
    );
    for (const { data } of await updates.take(3)) {
      expect(data?.['orderUpdates']).toMatchObject({
        order: { id: theirs.order?.id, user: { id: other.userId } },
      });
    }
  });
});

describe('a stranger', () => {
  const asked = `id: "${newId()}"`;
  test.each([
    ['order', `{ order(${asked}) { id } }`],
    ['orderByClientId', '{ orderByClientId(clientOrderId: "x") { id } }'],
    ['orders', '{ orders { edges { node { id } } } }'],
    ['cancelOrder', `mutation { cancelOrder(${asked}) { refusal { code } } }`],
    [
      'placeOrder',
      `mutation { placeOrder(input: { clientOrderId: "x", instrument: "USD/NGN", side: BUY,
        type: MARKET, quantity: "1" }) { refusal { code } } }`,
    ],
  ])('is told to log in before %s', async (_name, query) => {
    const answer = await service.ask(stranger, query);
    expect(answer.errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
    expect(Object.values(answer.data ?? {}).every((value) => value === null)).toBe(true);
  });

  test.each([
    'subscription { orderUpdates(after: 0) { sequence } }',
    'subscription { fills(after: 0) { sequence } }',
  ])('is refused %s', async (query) => {
    await using updates = await service.stream(stranger, query);
    expect(await updates.take(1)).toMatchObject([
      { errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] },
    ]);
  });

  test('gets nothing by the reference of an order or a user', async () => {
    expect(
      await service.ask(
        stranger,
        entities('... on Order { id }'),
        reference('Order', { id: orderId }),
      ),
    ).toEqual({ data: { _entities: [null] } });
    const user = reference('User', { id: owner.userId });
    const fields = '... on User { orders { edges { node { id } } } }';
    expect(await service.ask(stranger, entities(fields), user)).toEqual({
      data: { _entities: [{ orders: null }] },
    });
  });

  test('without the identity of a gateway gets no answer at all', async () => {
    const response = await fetch(service.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: `{ order(id: "${orderId}") { id } }` }),
    });
    expect(response.status).toBe(401);
    expect(await response.json()).not.toHaveProperty('data');
  });
});

describe('an entity reference', () => {
  test('of an order is answered to its owner and to operators', async () => {
    for (const one of [owner, operator]) {
      const it = [
        { __typename: 'Order', id: orderId },
        { __typename: 'Order', id: 'nonsense' },
        { __typename: 'Order', id: newId() },
      ];
      const answer = await service.ask(one, entities(`... on Order { ${allFields} }`), { it });
      expect(answer.errors).toBeUndefined();
      expect(answer.data).toMatchObject({
        _entities: [{ id: orderId, user: { id: owner.userId } }, null, null],
      });
    }
  });

  test("of a user leads to the user's orders, for the user and for operators", async () => {
    for (const one of [owner, operator]) {
      const answer = await service.ask(
        one,
        entities('... on User { orders(first: 5) { edges { node { id } } } }'),
        reference('User', { id: owner.userId }),
      );
      expect(answer.data).toEqual({
        _entities: [{ orders: { edges: [{ node: { id: orderId } }] } }],
      });
    }
  });

  test('of an instrument is its symbol, for everybody', async () => {
    const symbol = reference('Instrument', { symbol: 'USD/NGN' });
    const answer = await service.ask(stranger, entities('... on Instrument { symbol }'), symbol);
    expect(answer.data).toEqual({ _entities: [{ symbol: 'USD/NGN' }] });
  });
});

describe('a subscription', () => {
  test('tells every step and every fill, in order, live and from the log', async () => {
    const user = someone('CUSTOMER');
    const updatesQuery = `subscription {
      orderUpdates(after: 0) { sequence kind at status filledQuantity order { id status } } }`;
    await using live = await service.stream(user, updatesQuery);
    const { order } = await place(service, user);
    const named = { orderId: order?.id as OrderId, userId: user.userId, venue: 'SANDBOX' };
    const at = new Date().toISOString();
    const executed = (execId: string, quantity: string) =>
      service.publish(OrderExecuted, named.orderId, {
        ...named,
        executionId: deterministicId('execution', execId, user.userId),
        execId,
        quantity,
        price: '1499.75',
        tradedAt: at,
      });
    await executed('E1', '10');
    await executed('E2', '20.5');
    await service.publish(OrderCanceled, named.orderId, { ...named, at });
    const updates = (await live.take(6)).map(({ data }) => data?.['orderUpdates']);
    expect(updates).toMatchObject([
      { sequence: 1, kind: 'RECEIVED', status: 'RECEIVED', filledQuantity: '0.00' },
      { sequence: 2, kind: 'HELD', status: 'HELD' },
      { sequence: 3, kind: 'SUBMITTED', status: 'SUBMITTED' },
      { sequence: 4, kind: 'FILLED', status: 'PARTIALLY_FILLED', filledQuantity: '10.00' },
      { sequence: 5, kind: 'FILLED', status: 'PARTIALLY_FILLED', filledQuantity: '30.50' },
      { sequence: 6, kind: 'CANCELED', status: 'CANCELED', filledQuantity: '30.50' },
    ]);
    await using fills = await service.stream(
      user,
      'subscription { fills(after: 4) { sequence executionId quantity price at order { id averagePrice } } }',
    );
    expect((await fills.take(1))[0]?.data).toEqual({
      fills: {
        sequence: 5,
        executionId: deterministicId('execution', 'E2', user.userId),
        quantity: '20.50',
        price: '1499.75',
        at,
        order: { id: order?.id, averagePrice: '1499.75' },
      },
    });
  });

  test('refuses to resume before the beginning', async () => {
    await using updates = await service.stream(
      someone(),
      'subscription { orderUpdates(after: -1) { sequence } }',
    );
    expect(await updates.take(1)).toMatchObject([
      { errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] },
    ]);
  });
});

test('the service says that it is ready', async () => {
  const response = await fetch(new URL('/health/ready', service.url));
  expect(await response.json()).toEqual({ status: 'ready' });
});

test('a user id that is none leads to no orders', async () => {
  const user = reference('User', { id: "x'" as UserId });
  const fields = '... on User { orders { edges { node { id } } } }';
  const answer = await service.ask(operator, entities(fields), user);
  expect(answer).toEqual({ data: { _entities: [{ orders: null }] } });
});
