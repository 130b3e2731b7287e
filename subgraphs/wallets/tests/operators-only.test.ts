import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { newId } from '#kit/ids.ts';
import { adjustWallet, reverseTransaction } from '../application/adjust-ledger.ts';
import { exchangeForUser } from '../application/exchange-currency.ts';
import { movePayment } from '../application/move-payment.ts';
import { newUser, openLedger, type TestLedger } from './ledger-fixture.ts';

let ledger: TestLedger;
beforeAll(async () => {
  ledger = await openLedger();
});
afterAll(() => ledger[Symbol.asyncDispose]());

const userId = newUser();
const caller = { userId, operator: false };
const key = { idempotencyKey: newId() };
const portsOf = ({ reader, desk, transactional, now: clock }: TestLedger) => {
  const rules = { limit: 100n, transferLimit: 100n, withdrawalTtlMs: 1_000 };
  return { reader, desk, transactional, clock, rules };
};
type Ports = ReturnType<typeof portsOf>;

/** Behind the edge, which asks it too: docs/adr/0014. */
const attempts: Readonly<Record<string, (ports: Ports) => Promise<unknown>>> = {
  'adjust their wallet': (ports) =>
    adjustWallet(ports, caller, {
      ...key,
      userId,
      currency: 'USD',
      amount: '1',
      against: 'SUSPENSE',
      reason: 'a wish',
      effectiveAt: null,
      valueDate: null,
    }),
  'exchange at a rate of their own': (ports) =>
    exchangeForUser(ports, caller, {
      ...key,
      userId,
      from: 'USD',
      to: 'NGN',
      amount: '1',
      rate: '1000000',
    }),
  async 'take back what they paid'(ports) {
    const { transaction } = await ledger.deposit(userId, 'USD', '1');
    const transactionId = transaction.id;
    return reverseTransaction(ports, caller, { ...key, transactionId, reason: 'a wish' });
  },
  async 'complete their own deposit'(ports) {
    const { id: paymentId } = await ledger.request('DEPOSIT', userId, 'USD', '1');
    return movePayment(ports, caller, { ...key, paymentId, to: 'COMPLETED', reason: null });
  },
};

test.each(Object.entries(attempts))('no customer may %s, whoever lets them in', async (_, run) => {
  await expect(run(portsOf(ledger))).rejects.toMatchObject({ code: 'FORBIDDEN' });
});
