import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Identity } from '#kit/identity.ts';
import { newId } from '#kit/ids.ts';
import { idOf, mutationNames, startMutations, type MutationsService } from './mutation-fixture.ts';
import { someone } from './service-fixture.ts';

let wallets: MutationsService;
const operator = someone('OPERATOR');
beforeAll(async () => {
  wallets = await startMutations();
});
afterAll(() => wallets[Symbol.asyncDispose]());

type Customer = ReturnType<typeof someone>;

async function customer(): Promise<Customer> {
  const user = someone('CUSTOMER');
  const input = { userId: user.userId, currency: 'USD', amount: '100' };
  idOf(await wallets.act(operator, 'deposit', input));
  return user;
}

const usd = { currency: 'USD', amount: '3' };
const asked = async (user: Customer) => ({
  paymentId: idOf(await wallets.act(user, 'requestWithdrawal', usd)),
});

/** Who asks, what for, and another body for the same key. */
type Case = (user: Customer) => Promise<readonly [who: Identity, body: object, other: object]>;
const cases: Readonly<Record<string, Case>> = {
  deposit: async ({ userId }) => [operator, { userId, ...usd }, { userId, ...usd, amount: '4' }],
  async transfer(user) {
    const leg = { toUserId: (await customer()).userId, ...usd };
    return [user, { legs: [leg] }, { legs: [leg, leg] }];
  },
  requestDeposit: async (user) => [user, usd, { ...usd, currency: 'EUR' }],
  requestWithdrawal: async (user) => [user, usd, { ...usd, amount: '4' }],
  markPaymentPending: async (user) => [operator, await asked(user), await asked(user)],
  completePayment: async (user) => [operator, await asked(user), await asked(user)],
  async failPayment(user) {
    const body = { ...(await asked(user)), reason: 'a wrong bank' };
    return [operator, body, { ...body, reason: 'a wrong name' }];
  },
  async adjustWallet({ userId }) {
    const body = { userId, ...usd, reason: 'found' };
    return [operator, body, { ...body, valueDate: '2026-03-01' }];
  },
  async exchangeForUser({ userId }) {
    const body = { userId, from: 'USD', to: 'NGN', amount: '3', rate: '1500' };
    return [operator, body, { ...body, fee: '0.01' }];
  },
  async reverseTransaction({ userId }) {
    const made = await wallets.act(operator, 'deposit', { userId, ...usd });
    const body = { transactionId: idOf(made), reason: 'by mistake' };
    return [operator, body, { ...body, reason: 'another' }];
  },
};

test.each(mutationNames)(
  '%s is done once for its key, in flight and after, and never with another body',
  async (name) => {
    const user = await customer();
    const [who, body, other] = (await cases[name]?.(user)) ?? [operator, {}, {}];
    const idempotencyKey = newId();
    const send = (given: object) => wallets.act(who, name, { idempotencyKey, ...given });
    const before = await wallets.everything();
    const answers = await Promise.all([1, 2, 3, 4].map(() => send(body)));
    const [first] = answers;
    expect(idOf(first ?? '')).toMatch(/^[\da-f-]{36}$/);
    expect(answers).toEqual([first, first, first, first]);
    const after = await wallets.everything();
    expect(after).not.toEqual(before);
    expect(await send(body)).toEqual(first);
    expect(await send(other)).toBe('IDEMPOTENCY_KEY_REUSED');
    expect(await wallets.everything()).toEqual(after);
    // By another key the same is done again.
    if (name === 'deposit' || name === 'adjustWallet') {
      const again = await wallets.act(who, name, { idempotencyKey: newId(), ...body });
      expect(idOf(again)).not.toBe(idOf(first ?? ''));
    }
  },
);

test('two bodies that race for one key: one is done, the other one is refused', async () => {
  for (const name of mutationNames) {
    const [who, body, other] = (await cases[name]?.(await customer())) ?? [operator, {}, {}];
    const idempotencyKey = newId();
    const answers = await Promise.all(
      [body, other, body, other].map((each) => wallets.act(who, name, { idempotencyKey, ...each })),
    );
    const done = answers.filter((answer) => typeof answer !== 'string');
    const refused = answers.filter((answer) => answer === 'IDEMPOTENCY_KEY_REUSED');
    expect([name, done.length, refused.length]).toEqual([name, 2, 2]);
    expect([answers[0], answers[1]]).toEqual([answers[2], answers[3]]);
  }
});
