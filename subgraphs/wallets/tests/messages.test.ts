import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { messageOf } from '#contracts/build.ts';
import { FillRecorded, HoldFunds, ReleaseHold } from '#contracts/orders.ts';
import { deterministicId, newId, type ExecutionId } from '#kit/ids.ts';
import { fillTransactionId } from '../domain/settlement.ts';
import { eventually, someone, startWallets, type WalletsService } from './service-fixture.ts';

let wallets: WalletsService;
const operator = someone('OPERATOR');

beforeAll(async () => {
  wallets = await startWallets();
});
afterAll(() => wallets[Symbol.asyncDispose]());

const someOrder = () => ({ orderId: newId<string>(), userId: someone().userId as string });

/** A user with 100.00 NGN, and the name of an order of theirs. */
async function customer() {
  const order = someOrder();
  const answer = await wallets.ask(
    operator,
    `mutation ($userId: ID!) { deposit(input: {
       idempotencyKey: "${newId()}", currency: "NGN", amount: "100", userId: $userId
     }) { wallet { posted } } }`,
    { userId: order.userId },
  );
  expect(answer).toEqual({ data: { deposit: { wallet: { posted: '100.00' } } } });
  return order;
}

const fillOf = (order: { orderId: string; userId: string }) => ({
  ...order,
  executionId: deterministicId<string>('test', order.orderId),
  venue: 'SANDBOX',
  symbol: 'USD/NGN',
  side: 'BUY' as const,
  quantity: '1',
  price: '15.00',
  baseCurrency: 'USD',
  quoteCurrency: 'NGN',
  baseAmount: '100',
  quoteAmount: '1501',
  venueQuoteAmount: '1500',
  tradedAt: new Date().toISOString(),
});

test('an order is held, filled and released, and each step is answered', async () => {
  const order = await customer();
  const hold = { ...order, currency: 'NGN', amount: '2000' };
  expect(await wallets.tell(HoldFunds, hold)).toEqual(['funds-held', hold]);
  const fill = fillOf(order);
  const transactionId = fillTransactionId(fill.executionId as ExecutionId);
  expect(await wallets.tell(FillRecorded, fill)).toEqual([
    'fill-settled',
    { ...order, executionId: fill.executionId, transactionId },
  ]);
  expect(await wallets.tell(ReleaseHold, { ...order, reason: 'FILLED' })).toEqual([
    'hold-released',
    { ...order, released: '499' },
  ]);
});

test('what cannot be held is denied', async () => {
  const order = await customer();
  const answer = await wallets.tell(HoldFunds, { ...order, currency: 'NGN', amount: '10001' });
  expect(answer).toMatchObject(['hold-denied', { ...order, code: 'INSUFFICIENT_FUNDS' }]);
});

test('a hold that comes after its release is answered by a release', async () => {
  const order = await customer();
  const released = ['hold-released', { ...order, released: '0' }];
  expect(await wallets.tell(ReleaseHold, { ...order, reason: 'CANCELED' })).toEqual(released);
  const hold = { ...order, currency: 'NGN', amount: '2000' };
  expect(await wallets.tell(HoldFunds, hold)).toEqual(released);
});

test('commands sent again as new messages get the same answers', async () => {
  const order = await customer();
  const hold = { ...order, currency: 'NGN', amount: '2000' };
  const release = { ...order, reason: 'CANCELED' as const };
  const all = async () => [
    await wallets.tell(HoldFunds, hold),
    await wallets.tell(FillRecorded, fillOf(order)),
    await wallets.tell(ReleaseHold, release),
  ];
  expect(await all()).toEqual(await all());
});

test('a message delivered again is handled once', async () => {
  const order = await customer();
  const hold = { ...order, currency: 'NGN', amount: '2000' };
  const message = messageOf(HoldFunds, order.orderId, hold, new Date());
  for (let times = 0; times < 3; times++) await wallets.publish(message);
  await wallets.tell(ReleaseHold, { ...order, reason: 'CANCELED' });
  const names = () => wallets.answers(order.orderId).map(({ name }) => name);
  await eventually(() => names().find((name) => name === 'hold-released'));
  expect(names()).toEqual(['funds-held', 'hold-released']);
});

test('a message that cannot be is set aside, and its neighbours are handled', async () => {
  const order = await customer();
  const { dead } = await wallets.depth();
  await wallets.publish(
    messageOf(HoldFunds, order.orderId, { ...order, currency: 'NGN', amount: '0' }, new Date()),
  );
  const hold = { ...order, currency: 'NGN', amount: '2000' };
  expect(await wallets.tell(HoldFunds, hold)).toEqual(['funds-held', hold]);
  expect((await wallets.depth()).dead).toBe(dead + 1);
});

test('a crowd of messages is answered each, in the order of each order', async () => {
  const orders = await Promise.all(Array.from({ length: 20 }, customer));
  const steps = orders.flatMap((order) => [
    messageOf(HoldFunds, order.orderId, { ...order, currency: 'NGN', amount: '2000' }, new Date()),
    messageOf(FillRecorded, order.orderId, fillOf(order), new Date()),
    messageOf(ReleaseHold, order.orderId, { ...order, reason: 'FILLED' }, new Date()),
  ]);
  // One that cannot be, amid the others, must not take them with it.
  const nothing = { ...someOrder(), currency: 'NGN', amount: '0' };
  const bad = messageOf(HoldFunds, orders[0]?.orderId ?? '', nothing, new Date());
  const { dead } = await wallets.depth();
  const crowd = [...steps.slice(0, 30), bad, ...steps.slice(30), ...steps.slice(10, 20)];
  for (const each of crowd) await wallets.publish(each);
  for (const order of orders) {
    await eventually(() => wallets.answers(order.orderId)[2]);
    expect(wallets.answers(order.orderId).map(({ name, body }) => [name, body])).toEqual([
      ['funds-held', { ...order, currency: 'NGN', amount: '2000' }],
      ['fill-settled', expect.objectContaining(order)],
      ['hold-released', { ...order, released: '499' }],
    ]);
  }
  // It is tried a few times more before it is set aside.
  for (let looks = 0; looks < 200 && (await wallets.depth()).dead === dead; looks++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  expect((await wallets.depth()).dead).toBe(dead + 1);
});
