import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { newId, type TransactionId, type UserId } from '#kit/ids.ts';
import { auditLedger } from '../application/audit.ts';
import type { Operation } from '../application/ports.ts';
import { reversalDraft } from '../domain/adjustment.ts';
import { wallet } from '../domain/chart-of-accounts.ts';
import { depositDraft } from '../domain/deposit.ts';
import { exchangeDraft } from '../domain/exchange.ts';
import { quoteHold } from '../domain/hold.ts';
import { fingerprintOf } from '../domain/request.ts';
import { balance, transactionIdOf, type TransactionDraft } from '../domain/transaction.ts';
import { transferDraft } from '../domain/transfer.ts';
import { newUser, openLedger, unlawful, type TestLedger } from './ledger-fixture.ts';
import {
  applyToModel,
  coins,
  effectsOf,
  emptyModel,
  nameOf,
  other,
  slot,
  type Coin,
  type Command,
  type Model,
} from './operations-model.ts';

const userCount = 3;
const timeLimitMs = 5_000;

let ledger: TestLedger;
beforeAll(async () => {
  ledger = await openLedger();
});
afterAll(() => ledger[Symbol.asyncDispose]());

const coin = fc.constantFrom(...coins);
const user = fc.integer({ min: 0, max: userCount - 1 });
const key = fc.integer({ min: 0, max: 4 });
const hold = fc.integer({ min: 0, max: 3 });
const amount = fc.bigInt({ min: 4n, max: 60n });
const named = <const Do extends Command['do']>(name: Do) => fc.constant(name);
const pair = fc
  .tuple(user, fc.integer({ min: 1, max: userCount - 1 }))
  .map(([from, step]) => ({ user: from, to: (from + step) % userCount }));
const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: named('deposit'), user, coin, amount, key }) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(pair, fc.record({ do: named('transfer'), coin, amount, key }))
      .map(([who, what]) => ({ ...what, ...who })),
  },
  { weight: 2, arbitrary: fc.record({ do: named('exchange'), user, coin, amount, key }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: named('hold'),
      hold,
      user,
      coin,
      amount,
      ticks: fc.constantFrom(null, 1, 3),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: named('take'),
      hold,
      to: fc.constant(userCount),
      amount,
      key,
      resolve: fc.boolean(),
    }),
  },
  fc.record({ do: named('void'), hold }),
  fc.record({ do: named('expire'), hold }),
  fc.record({ do: named('tick') }),
  {
    weight: 2,
    arbitrary: fc.record({
      do: named('reverse'),
      of: fc.oneof(
        key.map((n) => `deposit ${n}`),
        key.map((n) => `exchange ${n}`),
        fc.tuple(user, key).map(([from, n]) => `transfer ${from} ${n}`),
        fc.tuple(hold, key).map(([of, n]) => `take ${of} ${n}`),
      ),
      key,
    }),
  },
);

/** A few users who know each other; all the world shares the house's accounts. */
class Lane {
  readonly start = Date.now();
  /** One more than act: the last one only ever gets. */
  readonly users = Array.from({ length: userCount + 1 }, newUser);
  readonly operator = newUser();
  readonly name = newId<string>();
  /** What was sent last for each name. */
  readonly drafts = new Map<string, TransactionDraft>();

  time = (now: number) => new Date(this.start + now * 1_000);
  user = (index: number): UserId => this.users[index] as UserId;
  holdName = (index: number, owner: number) => quoteHold(`${this.name} ${index}`, this.user(owner));

  /** The operation of a command; null where there is nothing to send. */
  operation(given: Command, model: Model): Operation | null {
    const owner = 'hold' in given ? (model.holds.get(given.hold)?.user ?? 0) : 0;
    switch (given.do) {
      case 'tick':
        return null;
      case 'hold': {
        const expiresAt = given.ticks === null ? null : this.time(model.now + given.ticks);
        const name = this.holdName(given.hold, given.user);
        return { do: 'hold', hold: name, currency: given.coin, amount: given.amount, expiresAt };
      }
      case 'void':
      case 'expire': {
        const expired = given.do === 'expire';
        return { do: 'release', hold: this.holdName(given.hold, owner), expired };
      }
      default: {
        const draft = this.draft(given, model, owner);
        return draft && { do: 'post', draft };
      }
    }
  }

  private draft(given: Command, model: Model, owner: number): TransactionDraft | null {
    switch (given.do) {
      case 'deposit': {
        const to = { owner: this.user(given.user), currency: given.coin, amount: given.amount };
        return depositDraft(to, this.operator, `${given.key}`);
      }
      case 'transfer': {
        const leg = { to: this.user(given.to), currency: given.coin, amount: given.amount };
        return transferDraft(this.user(given.user), `${given.key}`, [leg]);
      }
      case 'exchange': {
        const rate = given.coin === 'USD' ? [3n, 1n] : [1n, 3n];
        const exchange = {
          userId: this.user(given.user),
          venue: 'HOUSE',
          from: given.coin,
          to: other(given.coin),
          amount: given.amount,
          middle: { numerator: rate[0] as bigint, denominator: rate[1] as bigint },
          spreadShare: 100_000n,
          feeShare: 0n,
          hold: null,
        };
        return exchangeDraft(exchange, this.operator, `${given.key}`);
      }
      case 'take': {
        const held = model.holds.get(given.hold);
        const currency = held?.coin ?? 'USD';
        const from = wallet(this.user(owner), currency);
        const to = wallet(this.user(given.to), currency);
        const idempotencyKey = nameOf(given);
        const { holdId } = this.holdName(given.hold, owner);
        return {
          id: transactionIdOf('TRANSFER', this.operator, idempotencyKey),
          kind: 'TRANSFER',
          userId: this.user(owner),
          callerId: this.operator,
          idempotencyKey,
          fingerprint: fingerprintOf('take', `${given.amount}`, `${given.resolve}`),
          legs: balance([
            { account: from, amount: -given.amount },
            { account: to, amount: given.amount },
          ]),
          payment: { wallet: from, holdId, receivable: null, resolve: given.resolve },
        };
      }
      case 'reverse': {
        const original = this.drafts.get(given.of);
        if (!original) return null;
        const { id, kind, userId, legs } = original;
        const posted = { id: id as TransactionId, kind, userId, orderId: null, legs };
        return reversalDraft(posted, this.operator, `${given.key}`, 'by chance');
      }
      default:
        return null;
    }
  }

  async send(operations: readonly Operation[], now: number): Promise<string[]> {
    const results = await ledger.transactional((books) =>
      books.ledger.apply(operations, this.time(now)),
    );
    return results.map((result) => {
      if ('released' in result) return `released ${result.released}`;
      return ['POSTED', 'REPLAYED'].includes(result.outcome) ? 'done' : result.outcome;
    });
  }

  async balances(): Promise<Record<string, [bigint, bigint]>> {
    const found = expectedBalances({ posted: new Map(), held: new Map() });
    const places = new Map(this.users.map((id, index) => [`${id}`, index]));
    const rows = await ledger.execute(
      `select user_id::text, currency, posted::text, held::text from account
       where kind = 'WALLET' and user_id = any('{${this.users.join(',')}}')`,
    );
    for (const { user_id: id = '', currency, posted = '', held = '' } of rows) {
      found[slot(places.get(id) ?? -1, currency as Coin)] = [BigInt(posted), BigInt(held)];
    }
    return found;
  }
}

const expectedBalances = ({
  posted,
  held,
}: Pick<Model, 'posted' | 'held'>): Record<string, [bigint, bigint]> =>
  Object.fromEntries(
    Array.from({ length: userCount + 1 }, (_, index) => index).flatMap((index) =>
      coins.map((each) => {
        const where = slot(index, each);
        return [where, [posted.get(where) ?? 0n, held.get(where) ?? 0n]];
      }),
    ),
  );

/** What everybody has of each coin at first: of those who have nothing, nothing can be held. */
const rich = fc.constantFrom(20n, 100n, 300n);
const openings = (units: bigint): Command[] =>
  Array.from({ length: userCount }, (_, index) => index).flatMap((index) =>
    coins.map((each, nth) => {
      const key = 10 + 2 * index + nth;
      return { do: 'deposit', user: index, coin: each, amount: units, key };
    }),
  );

/** Either some commands in one call, or one command in some calls at the same moment. */
const step = fc.oneof(
  fc.record({
    commands: fc.array(command, { minLength: 1, maxLength: 5 }),
    times: fc.constant(1),
  }),
  fc.record({ commands: fc.tuple(command), times: fc.constantFrom(2, 3) }),
);

test('each answer and each balance is what a simple model says, step by step', async () => {
  const steps = fc.tuple(rich, fc.array(step, { maxLength: 20 }));
  const lanes = fc.array(steps, { minLength: 3, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(lanes, async (plays) => {
      await Promise.all(
        plays.map(async ([units, steps]) => {
          const lane = new Lane();
          const model = emptyModel();
          const opening = { commands: openings(units), times: 1 };
          for (const { commands, times } of [opening, ...steps]) {
            const expected: string[] = [];
            const operations: Operation[] = [];
            const { now } = model;
            for (const each of commands) {
              // All of one call happen at one time.
              if (each.do === 'tick' && commands.length > 1) continue;
              if (each.do === 'reverse' && !model.booked.has(each.of)) continue;
              const operation = lane.operation(each, model);
              const answer = applyToModel(model, each);
              if (!operation) continue;
              operations.push(operation);
              expected.push(answer);
              if (operation.do === 'post' && answer === 'done' && each.do !== 'reverse') {
                lane.drafts.set(nameOf(each), operation.draft);
              }
            }
            const sent = Array.from({ length: times }, () => lane.send(operations, now));
            expect(await Promise.all(sent)).toEqual(Array.from({ length: times }, () => expected));
            expect(await lane.balances()).toEqual(expectedBalances(model));
          }
        }),
      );
      await ledger.seal();
    }),
    { numRuns: 500, interruptAfterTimeLimit: timeLimitMs },
  );
  expect(await auditLedger(ledger.orm.em)).toEqual([]);
  expect(await ledger.deadlocks()).toBe(0);
});

const sameOwner = (index: number, units: bigint): Command & { do: 'hold' } => ({
  do: 'hold',
  hold: index,
  user: index % userCount,
  coin: index % 2 === 0 ? 'USD' : 'NGN',
  amount: units,
  ticks: index < 2 ? null : 1,
});

test('whatever comes at the same moment, every moment is lawful and retries answer alike', async () => {
  let looks = 0;
  const meeting = fc.array(command, { minLength: 6, maxLength: 24 });
  await fc.assert(
    fc.asyncProperty(rich, meeting, async (units, commands) => {
      const lane = new Lane();
      const model = emptyModel();
      // Whose a hold is and in which coin goes with its number, since nobody knows which comes first.
      for (let index = 0; index < 4; index++) applyToModel(model, sameOwner(index, 1n));
      const before = [...openings(units), sameOwner(0, 15n), sameOwner(3, 20n)];
      await lane.send(
        before.flatMap((each) => lane.operation(each, model) ?? []),
        0,
      );
      const operations = commands.flatMap((given) => {
        const each = given.do === 'hold' ? sameOwner(given.hold, given.amount) : given;
        const operation = each.do === 'reverse' ? null : lane.operation(each, model);
        return operation ? [{ command: each, operation }] : [];
      });
      const over = new AbortController();
      const watching = (async () => {
        while (!over.signal.aborted) {
          expect(await ledger.execute(unlawful(lane.users))).toEqual([]);
          await ledger.seal();
          looks += 1;
        }
      })();
      // Some come when the time of the holds that have one is over.
      const send = ({ operation }: { operation: Operation }, index = 0) =>
        ledger.transactional((books) =>
          books.ledger.apply([operation], lane.time(index % 3 === 2 ? 1 : 0)),
        );
      const sent = await Promise.allSettled(operations.map(send));
      over.abort();
      await watching;
      const results = sent.map((each) => {
        if (each.status === 'rejected') throw each.reason;
        return each.value[0]?.outcome;
      });
      const sums = new Map<string, bigint>();
      for (const each of openings(units)) {
        for (const [where] of effectsOf(each, model)) sums.set(where, units);
      }
      operations.forEach(({ command: each }, index) => {
        if (results[index] !== 'POSTED') return;
        for (const [where, units] of effectsOf(each, model)) {
          sums.set(where, (sums.get(where) ?? 0n) + units);
        }
      });
      // Each is reversed by two who do not know of each other: once, or not at all.
      const posted = operations.filter((_, index) => results[index] === 'POSTED');
      await Promise.all(
        posted.map(async ({ command: each, operation }, index) => {
          if (operation.do !== 'post') return;
          const { id, kind, userId, legs } = operation.draft;
          const original = { id, kind, userId, orderId: null, legs };
          const tries = ['a', 'b', 'a'].map((who) => {
            const draft = reversalDraft(original, lane.operator, `${index}${who}`, 'a race');
            return send({ operation: { do: 'post', draft } });
          });
          const answers = (await Promise.all(tries)).map(([answer]) => answer?.outcome);
          const done = answers.filter((answer) => answer === 'POSTED').length;
          expect(done <= 1).toBe(true);
          if (done === 0) expect(new Set(answers)).toEqual(new Set(['INSUFFICIENT_FUNDS']));
          for (const [where, units] of effectsOf(each, model)) {
            if (done === 1) sums.set(where, (sums.get(where) ?? 0n) - units);
          }
        }),
      );
      const found = await lane.balances();
      const expected = expectedBalances({ posted: sums, held: new Map() });
      for (const [where, [posted]] of Object.entries(found)) {
        expect([where, posted]).toEqual([where, (expected[where] as [bigint, bigint])[0]]);
      }
      for (const [index, each] of operations.entries()) {
        const before = results[index];
        const again = (await send(each))[0]?.outcome;
        if (before === 'POSTED' || before === 'REPLAYED') expect(again).toBe('REPLAYED');
        if (['REUSED', 'HELD', 'MISMATCH', 'RELEASED'].includes(before ?? '')) {
          expect(again).toBe(before);
        }
      }
    }),
    { numRuns: 500, interruptAfterTimeLimit: timeLimitMs },
  );
  expect(looks).toBeGreaterThan(0);
  expect(await auditLedger(ledger.orm.em)).toEqual([]);
  expect(await ledger.deadlocks()).toBe(0);
});
