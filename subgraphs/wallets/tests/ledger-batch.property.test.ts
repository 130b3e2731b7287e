import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { OrderId, UserId } from '#kit/ids.ts';
import { hasCode } from '#kit/orm.ts';
import { auditLedger } from '../application/audit.ts';
import type { Operation } from '../application/ports.ts';
import { adjustmentDraft } from '../domain/adjustment.ts';
import { depositDraft } from '../domain/deposit.ts';
import { exchangeDraft } from '../domain/exchange.ts';
import { orderHold, quoteHold } from '../domain/hold.ts';
import { settlementOf } from '../domain/settlement.ts';
import type { TransactionDraft } from '../domain/transaction.ts';
import { transferDraft } from '../domain/transfer.ts';
import { fillOf, newOrder, newUser, openLedger, type TestLedger } from './ledger-fixture.ts';

const userCount = 4;
const orderCount = 6;
/** All runs are made: one that is broken off would have come to a part of it. */
const numRuns = 25;

let together: TestLedger;
let alone: TestLedger;
beforeAll(async () => {
  [together, alone] = await Promise.all([openLedger(), openLedger()]);
});
afterAll(async () => {
  await together[Symbol.asyncDispose]();
  await alone[Symbol.asyncDispose]();
});

/** Users with orders, so few that what is asked for them meets. */
const newWorld = () => ({
  operator: newUser(),
  users: Array.from({ length: userCount }, newUser),
  orders: Array.from({ length: orderCount }, newOrder),
});
type World = ReturnType<typeof newWorld>;

const facts = fc.record({
  user: fc.integer({ min: 0, max: userCount - 1 }),
  order: fc.integer({ min: 0, max: orderCount - 1 }),
  currency: fc.constantFrom('USD', 'NGN'),
  amount: fc.bigInt({ min: 1n, max: 50n }),
  key: fc.integer({ min: 0, max: 5 }),
});
type Facts = typeof facts extends fc.Arbitrary<infer Each> ? Each : never;

const userOf = ({ users }: World, index: number) => users[index % userCount] as UserId;
/** Every other order sells; the owner of each is fixed. */
const orderOf = (world: World, index: number) => ({
  orderId: world.orders[index] as OrderId,
  userId: userOf(world, index),
  side: index % 2 === 0 ? ('BUY' as const) : ('SELL' as const),
});

const drafts: Record<string, (world: World, facts: Facts) => TransactionDraft> = {
  deposit: (world, { user, currency, amount, key }) =>
    depositDraft({ owner: userOf(world, user), currency, amount }, world.operator, `${key}`),
  transfer(world, { user, currency, amount, key }) {
    const steps = [1, 2, 3].slice(key % 3);
    const legs = steps.map((step) => ({ to: userOf(world, user + step), currency, amount }));
    return transferDraft(userOf(world, user), `${key}`, legs);
  },
  fill(world, { order, amount, key: nth }) {
    const quote = { quoteAmount: BigInt(nth) * amount, venueQuoteAmount: amount };
    return settlementOf(fillOf({ ...orderOf(world, order), nth, baseAmount: amount, ...quote }));
  },
  adjust(world, { user, order, currency, amount: units, key }) {
    const against = (['RECEIVABLE', 'FEE', 'SUSPENSE'] as const)[order % 3] ?? 'FEE';
    const amount = key % 2 === 0 ? units : -units;
    const words = { reason: '"\\,{}()\n?', effectiveAt: null, valueDate: null };
    const adjustment = { userId: userOf(world, user), currency, amount, against, ...words };
    return adjustmentDraft(adjustment, world.operator, `"\\,{}()\n?${key}`);
  },
  exchange(world, { order, amount, key }) {
    const { orderId, userId } = orderOf(world, order);
    const hold = quoteHold(orderId, userId);
    const rate = { middle: { numerator: 3n, denominator: 2n }, spreadShare: 100_000n };
    const terms = { venue: 'HOUSE', from: 'USD', to: 'NGN', ...rate, feeShare: 1n } as const;
    return exchangeDraft({ ...terms, userId, amount: amount + 2n, hold }, userId, `${key}`);
  },
};

const at = new Date();
const others: Record<string, (world: World, facts: Facts) => Operation> = {
  hold(world, { order, key }) {
    const { orderId, userId, side } = orderOf(world, order);
    const currency = side === 'BUY' ? 'NGN' : 'USD';
    const amount = BigInt(20 + (key % 2));
    return { do: 'hold', hold: orderHold(orderId, userId), currency, amount, expiresAt: null };
  },
  quote(world, { order, currency, amount, key }) {
    const { orderId, userId } = orderOf(world, order);
    const expiresAt = new Date(at.getTime() + (key % 3) * 1_000);
    return { do: 'hold', hold: quoteHold(orderId, userId), currency, amount, expiresAt };
  },
  release(world, { order, key }) {
    const { orderId, userId } = orderOf(world, order);
    const hold = (key % 2 === 0 ? orderHold : quoteHold)(orderId, userId);
    return { do: 'release', hold, expired: key > 3 };
  },
  renew(world, { order, key }) {
    const { orderId, userId } = orderOf(world, order);
    const expiresAt = key % 2 === 0 ? null : new Date(at.getTime() + 1);
    return { do: 'renew', hold: quoteHold(orderId, userId), expiresAt };
  },
};

const command = fc.tuple(fc.constantFrom(...Object.keys({ ...drafts, ...others })), facts);
type Command = typeof command extends fc.Arbitrary<infer Each> ? Each : never;

function operationOf(world: World, [name, given]: Command): Operation {
  const draft = drafts[name]?.(world, given);
  const operation = draft ? { do: 'post' as const, draft } : others[name]?.(world, given);
  if (!operation) throw new Error(`no command ${name}`);
  return operation;
}

const apply = (ledger: TestLedger, operations: readonly Operation[]) =>
  ledger.transactional((books) => books.ledger.apply(operations, at));

/** All that the ledger says of itself, whatever the order of its rows. */
const everything = [
  `select id, kind, case when user_id is not null then posted end as posted, held from account
   order by id`,
  'select id, amount, posted, released, state, purpose, expires_at, resolved_at from hold order by id',
  `select user_id, sequence, kind, wallet_id, posted, held, transaction_id, order_id
   from wallet_event order by user_id, sequence`,
  `select transaction_id, account_id, amount, sequence from posting
   order by transaction_id, account_id`,
  `select id, kind, user_id, order_id, hold_id, reason, effective_at, value_date,
     array(select unnest(user_ids) order by 1) as user_ids
   from ledger_transaction order by id`,
];

test('operations in one call come to what they come to one by one', async () => {
  const calls = fc.array(fc.array(command, { minLength: 2, maxLength: 24 }), { maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(calls, async (given) => {
      const world = newWorld();
      for (const commands of given) {
        const operations = commands.map((each) => operationOf(world, each));
        const oneByOne = [];
        for (const each of operations) oneByOne.push(...(await apply(alone, [each])));
        expect(await apply(together, operations)).toEqual(oneByOne);
      }
    }),
    { numRuns },
  );
  for (const query of everything) {
    expect(await together.execute(query)).toEqual(await alone.execute(query));
  }
});

test('calls that ask for the same at the same moment make and lose nothing', async () => {
  const call = fc.array(fc.nat(39), { minLength: 1, maxLength: 16 });
  const lanes = fc.array(fc.array(call, { minLength: 1, maxLength: 4 }), {
    minLength: 4,
    maxLength: 6,
  });
  const pool = fc.array(command, { minLength: 40, maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(pool, lanes, async (commands, given) => {
      const world = newWorld();
      const operations = commands.map((each) => operationOf(world, each));
      await Promise.all(
        given.map(async (calls) => {
          for (const places of calls) {
            const asked = places.flatMap((place) => operations[place] ?? []);
            await apply(together, asked).catch(async (error: unknown) => {
              // As a consumer does it when another one was faster.
              if (!hasCode(error, '23505')) throw error;
              for (const each of asked) await apply(together, [each]);
            });
          }
        }),
      );
    }),
    { numRuns },
  );
  expect(await auditLedger(together.orm.em)).toEqual([]);
  expect(await together.deadlocks()).toBe(0);
});
