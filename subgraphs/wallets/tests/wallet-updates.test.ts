import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { HoldFunds, ReleaseHold } from '#contracts/orders.ts';
import { newId } from '#kit/ids.ts';
import { someone, startWallets, stranger, type WalletsService } from './service-fixture.ts';

let wallets: WalletsService;
const operator = someone('OPERATOR');

beforeAll(async () => {
  wallets = await startWallets();
});
afterAll(() => wallets[Symbol.asyncDispose]());

const deposit = (userId: string) =>
  wallets.ask(
    operator,
    `mutation { deposit(input: { idempotencyKey: "${newId()}", currency: "NGN", amount: "10",
       userId: "${userId}" }) { transaction { id } } }`,
  );

const fields = `sequence kind at posted held available
  wallet { currency posted } transaction { kind } order { id }`;
const updatesAfter = (after: string) => `subscription { walletUpdates${after} { ${fields} } }`;

test('a client reads on after the last update it has, and then hears what happens', async () => {
  const user = someone('CUSTOMER');
  const order = { orderId: newId<string>(), userId: user.userId as string };
  await deposit(user.userId);
  await wallets.tell(HoldFunds, { ...order, currency: 'NGN', amount: '400' });
  const heard = wallets.updates(user, updatesAfter('(after: 1)'), 3);
  await wallets.tell(ReleaseHold, { ...order, reason: 'CANCELED' });
  await deposit(user.userId);
  const at = expect.stringMatching(/Z$/);
  const wallet = { currency: 'NGN', posted: expect.any(String) };
  const update = { at, wallet, transaction: null, order: { id: order.orderId } };
  const told = (await heard).map(({ data }) => (data as { walletUpdates: object }).walletUpdates);
  expect(told).toEqual([
    { ...update, sequence: 2, kind: 'HELD', posted: '10.00', held: '4.00', available: '6.00' },
    { ...update, sequence: 3, kind: 'RELEASED', posted: '10.00', held: '0.00', available: '10.00' },
    {
      ...update,
      sequence: 4,
      kind: 'POSTED',
      posted: '20.00',
      held: '0.00',
      available: '20.00',
      transaction: { kind: 'DEPOSIT' },
      order: null,
    },
  ]);
});

test('a user hears nothing of another user', async () => {
  const [user, other] = [someone('CUSTOMER'), someone('CUSTOMER')];
  const heard = wallets.updates(user, updatesAfter('(after: 0)'), 1);
  await deposit(other.userId);
  await deposit(user.userId);
  const [first] = await heard;
  expect(first).toMatchObject({ data: { walletUpdates: { sequence: 1, posted: '10.00' } } });
});

test('a stranger hears nothing', async () => {
  const heard = await wallets.updates(stranger, updatesAfter(''), 1);
  expect(heard).toMatchObject([{ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] }]);
});

test('a sequence below zero is refused', async () => {
  const heard = await wallets.updates(someone(), updatesAfter('(after: -1)'), 1);
  expect(heard).toMatchObject([{ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] }]);
});
