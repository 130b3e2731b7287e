import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Refusal } from '#kit/errors.ts';
import { newId, type OrderId, type UserId } from '#kit/ids.ts';
import { formatAmount } from '#kit/money.ts';
import { auditLedger } from '../application/audit.ts';
import { receivable, wallet } from '../domain/chart-of-accounts.ts';
import {
  fillOf,
  newOrder,
  newUser,
  openLedger,
  unlawful,
  type TestLedger,
} from './ledger-fixture.ts';
import {
  applyToModel,
  buys,
  emptyModel,
  payingCoin,
  type Coin,
  type Command,
  type Model,
} from './ledger-model.ts';

const coins: readonly Coin[] = ['USD', 'NGN'];
const orderCount = 4;
const timeLimitMs = 5_000;

let ledger: TestLedger;
beforeAll(async () => {
  ledger = await openLedger();
});
afterAll(() => ledger[Symbol.asyncDispose]());

const coin = fc.constantFrom(...coins);
const order = fc.integer({ min: 0, max: orderCount - 1 });
const amount = fc.bigInt({ min: 1n, max: 60n });
const command: fc.Arbitrary<Command> = fc.oneof(
  fc.record({ do: fc.constant('deposit'), coin, amount, key: fc.integer({ min: 0, max: 5 }) }),
  fc.record({ do: fc.constant('hold'), order, amount }),
  fc.record({ do: fc.constant('release'), order }),
  fc.record({
    do: fc.constant('fill'),
    order,
    nth: fc.integer({ min: 0, max: 3 }),
    base: amount,
    quote: fc.bigInt({ min: 1n, max: 60n }),
    rounding: fc.bigInt({ min: -1n, max: 1n }),
  }),
);

/** A command, and how often it comes at the same moment. */
const step = fc.record({ command, times: fc.constantFrom(1, 1, 1, 2, 3) });

interface Player {
  readonly userId: UserId;
  readonly orders: readonly OrderId[];
  readonly keys: readonly string[];
}

const newPlayer = (): Player => ({
  userId: newUser(),
  orders: Array.from({ length: orderCount }, newOrder),
  keys: Array.from({ length: 6 }, () => newId<string>()),
});

async function play({ userId, orders, keys }: Player, command: Command): Promise<string> {
  try {
    switch (command.do) {
      case 'deposit': {
        const text = formatAmount(command.amount, command.coin);
        await ledger.deposit(userId, command.coin, text, keys[command.key]);
        return 'booked';
      }
      case 'hold':
        return await ledger.hold(
          orderOf(orders, command.order),
          userId,
          payingCoin(command.order),
          command.amount,
        );
      case 'release':
        return `released ${await ledger.release(orderOf(orders, command.order), userId)}`;
      case 'fill': {
        const { nth, base: baseAmount, quote: quoteAmount } = command;
        await ledger.settle(
          fillOf({
            orderId: orderOf(orders, command.order),
            userId,
            nth,
            side: buys(command.order) ? 'BUY' : 'SELL',
            baseAmount,
            quoteAmount,
            venueQuoteAmount: quoteAmount + command.rounding,
          }),
        );
        return 'settled';
      }
    }
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    if (error instanceof Error && error.name === 'Fault') return 'fault';
    throw error;
  }
}

function orderOf(orders: readonly OrderId[], index: number): OrderId {
  const found = orders[index];
  if (!found) throw new Error(`no order ${index}`);
  return found;
}

async function balancesOf({ userId }: Player) {
  const rows = await Promise.all(
    coins.map(async (each) => {
      const [posted, held] = await ledger.balance(wallet(userId, each));
      const [owed] = await ledger.balance(receivable(userId, each));
      return [each, { posted, held, owed }];
    }),
  );
  return Object.fromEntries(rows);
}

const modelBalances = ({ posted, held, owed }: Model) =>
  Object.fromEntries(
    coins.map((each) => [each, { posted: posted[each], held: held[each], owed: owed[each] }]),
  );

test('users who trade at the same time each see what a simple model says', async () => {
  const lanes = fc.array(fc.array(step, { maxLength: 25 }), { minLength: 3, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(lanes, async (plays) => {
      await Promise.all(
        plays.map(async (steps) => {
          const player = newPlayer();
          const model = emptyModel();
          for (const { command, times } of steps) {
            const expected = applyToModel(model, command);
            const answers = Array.from({ length: times }, () => play(player, command));
            expect(await Promise.all(answers)).toEqual(Array(times).fill(expected));
          }
          expect(await balancesOf(player)).toEqual(modelBalances(model));
        }),
      );
    }),
    { numRuns: 500, interruptAfterTimeLimit: timeLimitMs },
  );
  expect(await auditLedger(ledger.orm.em)).toEqual([]);
  expect(await ledger.deadlocks()).toBe(0);
});

test('whatever the order in which one user’s commands meet, every moment is lawful and no value is lost', async () => {
  const meeting = fc.array(command, { minLength: 4, maxLength: 16 });
  await fc.assert(
    fc.asyncProperty(meeting, async (commands) => {
      const player = newPlayer();
      await play(player, { do: 'deposit', coin: 'NGN', amount: 50n, key: 0 });
      const over = new AbortController();
      const watching = (async () => {
        while (!over.signal.aborted) {
          expect(await ledger.execute(unlawful([player.userId]))).toEqual([]);
          await ledger.seal();
        }
      })();
      const answers = await Promise.all(commands.map((each) => play(player, each)));
      over.abort();
      await watching;
      const sums = { USD: 0n, NGN: 50n };
      const counted = new Set(['0']);
      commands.forEach((each, index) => {
        if (each.do === 'deposit' && answers[index] === 'booked') {
          if (!counted.has(`${each.key}`)) sums[each.coin] += each.amount;
          counted.add(`${each.key}`);
        } else if (each.do === 'fill' && answers[index] === 'settled') {
          if (counted.has(`${each.order}/${each.nth}`)) return;
          counted.add(`${each.order}/${each.nth}`);
          const sign = buys(each.order) ? 1n : -1n;
          sums.USD += sign * each.base;
          sums.NGN -= sign * each.quote;
        }
      });
      const balances = await balancesOf(player);
      for (const each of coins) {
        const { posted, held, owed } = balances[each] ?? { posted: 0n, held: 0n, owed: 0n };
        expect(posted + owed).toBe(sums[each]);
        expect(posted - held >= 0n).toBe(true);
      }
    }),
    { numRuns: 500, interruptAfterTimeLimit: timeLimitMs },
  );
  expect(await auditLedger(ledger.orm.em)).toEqual([]);
  expect(await ledger.deadlocks()).toBe(0);
});
