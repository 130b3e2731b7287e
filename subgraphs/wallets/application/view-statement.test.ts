import { expect, test } from '@jest/globals';
import { newId, type TransactionId, type UserId, type WalletId } from '#kit/ids.ts';
import type { Movement, MovementsRequest } from './ports.ts';
import type { LedgerSource } from './view-ledger.ts';
import { statementCsv, statementOf } from './view-statement.ts';

const userId = newId<UserId>();
const owned = { id: newId<WalletId>(), userId, currency: 'USD' as const, posted: 0n, held: 0n };
const from = new Date('2026-03-01T00:00:00.000Z');
const statement = statementOf(owned, from, new Date('2026-04-01T00:00:00.000Z'), 'BOOKED');

/** A wallet with so many movements of one cent each, a thousand of them at each moment. */
function sourceOf(count: number) {
  const asked: MovementsRequest[] = [];
  const movements = Array.from({ length: count }, (_, index): Movement => {
    const at = new Date(from.getTime() + Math.floor(index / 1_000));
    const id = `00000000-0000-8000-8000-${`${index}`.padStart(12, '0')}` as TransactionId;
    const transaction = { id, kind: 'DEPOSIT' } as Movement['transaction'];
    return { transaction, amount: 1n, at };
  });
  const isBehind = ({ at, transaction }: Movement, after: MovementsRequest['after']) =>
    !after || at > after.bookedAt || (+at === +after.bookedAt && transaction.id > after.id);
  const source = {
    balanceAsOf: async ({ at }) => (at < from ? 5n : -1n),
    async movements(request) {
      asked.push(request);
      return movements.filter((each) => isBehind(each, request.after)).slice(0, request.limit);
    },
  } as Pick<LedgerSource, 'balanceAsOf' | 'movements'> as LedgerSource;
  return { source, asked };
}

test.each([0, 1, 999, 1_000, 1_001, 10_000])(
  'a CSV of %d movements has each of them once, by the page',
  async (count) => {
    const { source, asked } = sourceOf(count);
    const csv = await statementCsv(source, statement);
    const lines = csv.split('\r\n');
    expect(lines).toHaveLength(count + 4);
    expect(new Set(lines).size).toBe(count + 4);
    const total = `${Math.floor((count + 5) / 100)}.${`${(count + 5) % 100}`.padStart(2, '0')}`;
    expect(lines.at(-2)).toBe(`2026-04-01T00:00:00.000Z,CLOSING,,,${total}`);
    for (const { limit } of asked) expect(limit).toBeLessThanOrEqual(1_000);
  },
);

test.each([10_001, 25_000])('a CSV of %d movements is refused, and not read on', async (count) => {
  const { source, asked } = sourceOf(count);
  await expect(statementCsv(source, statement)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
  expect(asked).toHaveLength(11);
});
