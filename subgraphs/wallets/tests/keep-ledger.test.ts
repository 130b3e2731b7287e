import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { newId } from '#kit/ids.ts';
import { silentLogger } from '#kit/log.ts';
import { eventually } from '#tests/support/eventually.ts';
import { keepLedger, type KeeperPorts } from '../application/keep-ledger.ts';
import type { Transactional } from '../application/ports.ts';
import { wallet } from '../domain/chart-of-accounts.ts';
import { quoteHold } from '../domain/hold.ts';
import { newUser, openLedger, type TestLedger } from './ledger-fixture.ts';

let ledger: TestLedger;
beforeAll(async () => {
  ledger = await openLedger();
});
afterAll(() => ledger[Symbol.asyncDispose]());

/** The keeper at work, with what is given instead of the ledger's own. */
function keep(given: Partial<Pick<KeeperPorts, 'seal' | 'transactional'>>) {
  const warnings: object[] = [];
  const told: object[] = [];
  const logger = {
    ...silentLogger,
    warn: (facts: object) => void warnings.push(facts),
    info: (facts: object) => void told.push(facts),
  };
  const rules = { limit: 0n, transferLimit: 0n, withdrawalTtlMs: 0 };
  const { transactional, seal, now: clock } = ledger;
  const stop = new AbortController();
  const ports: KeeperPorts = { transactional, seal, rules, clock, logger, ...given };
  const ended = keepLedger(ports, stop.signal);
  return {
    warnings,
    told,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await ended;
    },
  };
}

/** A user whose 10.00 USD are held in two parts, for a withdrawal and a quote, both over. */
async function forgetful() {
  const userId = newUser();
  await ledger.deposit(userId, 'USD', '10');
  await ledger.request('WITHDRAWAL', userId, 'USD', '3');
  const hold = quoteHold(newId(), userId);
  const expiresAt = new Date(ledger.now().getTime() + 1_000);
  const held = { do: 'hold', hold, currency: 'USD', amount: 200n, expiresAt } as const;
  await ledger.transactional((books) => books.ledger.apply([held], ledger.now()));
  expect(await ledger.balance(wallet(userId, 'USD'))).toEqual([1_000n, 500n]);
  ledger.passTime(3_600_000);
  return () => ledger.balance(wallet(userId, 'USD'));
}

const sealed = async () => {
  const [row] = await ledger.execute('select position::text from journal_head');
  return Number(row?.['position']);
};

test('what is over comes back and what was posted is sealed, and the head is told', async () => {
  const balance = await forgetful();
  await using keeper = keep({});
  await eventually(balance, ([, held]) => held === 0n);
  await eventually(sealed, (position) => position === 1);
  expect(keeper.told).toMatchObject([
    { position: 1, hash: expect.stringMatching(/^[\da-f]{64}$/) },
  ]);
  expect(keeper.warnings).toEqual([]);
});

test('a seal that fails keeps nobody’s hold', async () => {
  const balance = await forgetful();
  await using keeper = keep({ seal: () => Promise.reject(new Error('the head is gone')) });
  await eventually(balance, ([, held]) => held === 0n);
  await eventually(
    async () => keeper.warnings,
    ({ length }) => length > 1,
  );
  expect(keeper.warnings.slice(0, 2)).toMatchObject([
    { error: 'the head is gone', failures: 1 },
    { error: 'the head is gone', failures: 2 },
  ]);
});

test.each([
  ['quotes', 1],
  ['withdrawals', 2],
])('%s that cannot expire keep nothing else', async (_, nth) => {
  const balance = await forgetful();
  const before = await sealed();
  let failing = true;
  let broken = 0;
  // Of each round: first the quotes, then the withdrawals, one after the other.
  let turn = 0;
  const seal = async () => {
    turn = 0;
    return ledger.seal();
  };
  const transactional: Transactional = (run) => {
    turn += 1;
    if (failing && turn === nth) {
      broken += 1;
      return Promise.reject(new Error('it cannot'));
    }
    return ledger.transactional(run);
  };
  await using keeper = keep({ seal, transactional });
  await eventually(sealed, (position) => position > before);
  await eventually(balance, ([, held]) => held === (nth === 1 ? 200n : 300n));
  expect(broken).toBeGreaterThan(0);
  expect(keeper.warnings).toContainEqual(expect.objectContaining({ error: 'it cannot' }));
  failing = false;
  await eventually(balance, ([, held]) => held === 0n);
});

test('a withdrawal that cannot expire keeps those behind it from nothing', async () => {
  const [first, second] = [await forgetful(), await forgetful()];
  const [row] = await ledger.execute(
    `select payment.id::text from payment join hold on hold.id = hold_id
     where status = 'REQUESTED' order by due_at limit 1`,
  );
  let failing = true;
  const transactional: Transactional = (run) =>
    ledger.transactional((books) => {
      const lock = async (id: string) => {
        if (failing && id === row?.['id']) throw new Error('not this one');
        return books.payments.lock(id);
      };
      return run({ ...books, payments: { ...books.payments, lock } });
    });
  await using keeper = keep({ transactional });
  await eventually(second, ([, held]) => held === 0n);
  await eventually(
    async () => keeper.warnings,
    ({ length }) => length > 0,
  );
  expect(await first()).toEqual([1_000n, 300n]);
  expect(keeper.warnings[0]).toMatchObject({
    error: '1 of 2 withdrawals cannot expire (not this one)',
  });
  failing = false;
  await eventually(first, ([, held]) => held === 0n);
});
