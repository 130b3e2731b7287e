import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { newId, type TransactionId, type UserId } from '#kit/ids.ts';
import { formatAmount } from '#kit/money.ts';
import { createSource } from '../adapters/graphql/loaders.ts';
import type { PagePosition, TimeAxis } from '../application/ports.ts';
import {
  closingOf,
  movementPosition,
  movementsOf,
  openingOf,
  statementCsv,
  statementOf,
} from '../application/view-statement.ts';
import { adjustmentDraft } from '../domain/adjustment.ts';
import { suspense, wallet } from '../domain/chart-of-accounts.ts';
import { newUser, openLedger, type TestLedger } from './ledger-fixture.ts';

let ledger: TestLedger;
beforeAll(async () => {
  ledger = await openLedger();
});
afterAll(() => ledger[Symbol.asyncDispose]());

const axes: readonly TimeAxis[] = ['BOOKED', 'EFFECTIVE'];
const start = Date.parse('2026-03-01T00:00:00.000Z');
/** So few moments that many things happen at the same one. */
const hours = (count: number) => new Date(start + count * 3_600_000);

interface Booked {
  readonly id: TransactionId;
  readonly amount: bigint;
  readonly BOOKED: Date;
  readonly EFFECTIVE: Date;
}

/** One correction after the other, each from some hours before. */
const corrections = fc.array(
  fc.record({
    later: fc.integer({ min: 0, max: 3 }),
    before: fc.constantFrom(0, 0, 0, 1, 5, 30),
    amount: fc.bigInt({ min: 1n, max: 9n }),
    down: fc.boolean(),
  }),
  { maxLength: 12 },
);

async function book(
  userId: UserId,
  given: typeof corrections extends fc.Arbitrary<infer Of> ? Of : never,
) {
  const booked: Booked[] = [];
  let now = 30;
  let balance = 0n;
  for (const { later, before, amount: units, down } of given) {
    now += later;
    const amount = down && balance >= units ? -units : units;
    balance += amount;
    const [at, from] = [hours(now), hours(now - before)];
    const effectiveAt = before === 0 ? null : from;
    const words = { reason: 'found', against: 'SUSPENSE', effectiveAt, valueDate: null } as const;
    const adjustment = { userId, currency: 'USD', amount, ...words } as const;
    const draft = adjustmentDraft(adjustment, ledger.operator.userId, newId());
    const [done] = await ledger.transactional((books) =>
      books.ledger.apply([{ do: 'post', draft }], at),
    );
    expect(done.outcome).toBe('POSTED');
    booked.push({ id: draft.id, amount, BOOKED: at, EFFECTIVE: from });
  }
  return booked;
}

const fold = (rows: readonly Booked[], by: TimeAxis, isIn: (at: Date) => boolean) =>
  rows.reduce((sum, row) => (isIn(row[by]) ? sum + row.amount : sum), 0n);

test('a balance at any time is the fold of what was booked, or counts, by then', async () => {
  const all: Booked[] = [];
  const times = fc.array(fc.integer({ min: -1, max: 70 }), { minLength: 1, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(corrections, times, fc.boolean(), async (given, moments, seals) => {
      const userId = newUser();
      const booked = await book(userId, given);
      all.push(...booked);
      if (seals) await ledger.seal();
      const [own, house] = [wallet(userId, 'USD').id, suspense('USD').id];
      const asked = moments.flatMap((moment) => axes.map((by) => ({ at: hours(moment), by })));
      const balances = await ledger.reader.balancesAsOf([
        ...asked.map((each) => ({ ...each, accountId: own })),
        ...asked.map((each) => ({ ...each, accountId: house })),
      ]);
      const upTo = (rows: readonly Booked[]) =>
        asked.map(({ at, by }) => fold(rows, by, (time) => time <= at));
      expect(balances).toEqual([...upTo(booked), ...upTo(all).map((sum) => -sum)]);
    }),
    { numRuns: 40 },
  );
});

test('a statement has each movement once, in order, from its opening to its closing', async () => {
  const period = fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 1, max: 60 }));
  const size = fc.integer({ min: 1, max: 4 });
  await fc.assert(
    fc.asyncProperty(corrections, period, size, async (given, [from, length], limit) => {
      const userId = newUser();
      const booked = await book(userId, given);
      const { id } = wallet(userId, 'USD');
      const owned = { id, userId, currency: 'USD' as const, posted: 0n, held: 0n };
      const source = createSource(ledger.reader);
      for (const by of axes) {
        const statement = statementOf(owned, hours(from), hours(from + length), by);
        const inPeriod = (at: Date) => at >= statement.from && at < statement.to;
        const expected = booked
          .filter((row) => inPeriod(row[by]))
          .toSorted((a, b) => a[by].getTime() - b[by].getTime() || (a.id < b.id ? -1 : 1));
        const read = [];
        for (let after: PagePosition | null = null; ;) {
          const page = await movementsOf(source, statement, limit, after);
          read.push(...page);
          const last = page.at(-1);
          if (!last || page.length < limit) break;
          after = movementPosition(last);
        }
        expect(read.map(({ transaction, amount, at }) => [transaction.id, amount, at])).toEqual(
          expected.map((row) => [row.id, row.amount, row[by]]),
        );
        const opening = fold(booked, by, (at) => at < statement.from);
        const closing = fold(booked, by, (at) => at < statement.to);
        expect(await openingOf(source, statement)).toBe(opening);
        expect(await closingOf(source, statement)).toBe(closing);
        const csv = (await statementCsv(source, statement)).split('\r\n').slice(1, -1);
        let balance = opening;
        const lines = expected.map((row) => {
          balance += row.amount;
          const money = [row.amount, balance].map((units) => formatAmount(units, 'USD'));
          return [row[by].toISOString(), 'ADJUSTMENT', row.id, ...money].join(',');
        });
        expect(csv.slice(1, -1)).toEqual(lines);
        expect(csv.at(-1)).toMatch(new RegExp(`,CLOSING,,,${formatAmount(closing, 'USD')}$`));
      }
    }),
    { numRuns: 25 },
  );
});

test('the value date is the day that was given, else the one from which it counts', async () => {
  const userId = newUser();
  const adjust = async (effectiveAt: string | null, valueDate: string | null) => {
    const words = { against: 'SUSPENSE', reason: 'found', effectiveAt, valueDate } as const;
    const booked = await ledger.adjust({ userId, currency: 'USD', amount: '1', ...words });
    if (!booked) throw new Error('nothing was booked');
    expect(Math.abs(Date.now() - booked.bookedAt.getTime())).toBeLessThan(60_000);
    return booked;
  };
  const late = new Date('2026-01-31T23:59:59.999Z');
  expect(await adjust(late.toISOString(), '2026-02-02')).toMatchObject({
    effectiveAt: late,
    valueDate: '2026-02-02',
  });
  expect(await adjust(late.toISOString(), null)).toMatchObject({
    effectiveAt: late,
    valueDate: '2026-01-31',
  });
  const { bookedAt, effectiveAt, valueDate } = await adjust(null, null);
  expect(effectiveAt).toEqual(bookedAt);
  expect(valueDate).toBe(bookedAt.toISOString().slice(0, 10));
});
