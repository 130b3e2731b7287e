import { expect, test } from '@jest/globals';
import { newId, type TransactionId, type UserId, type WalletId } from '#kit/ids.ts';
import type { LedgerReader, TransactionRecord, WalletRecord } from '../../application/ports.ts';
import { createSource } from './loaders.ts';

const userId = newId<UserId>();
const wallet = (id: WalletId): WalletRecord => ({
  id,
  userId,
  currency: 'USD',
  posted: 0n,
  held: 0n,
});
const transaction = (id: TransactionId): TransactionRecord => ({
  id,
  kind: 'DEPOSIT',
  userId,
  userIds: [userId],
  orderId: null,
  executionId: null,
  reverses: null,
  reason: null,
  bookedAt: new Date(),
  effectiveAt: new Date(),
  valueDate: '2026-03-01',
});

/** A reader that knows everything it is asked for but the absent ones, and counts the questions. */
function countingReader(absent: readonly string[] = []) {
  const questions: string[] = [];
  const asked = (name: string) => questions.push(name);
  const present = <Id extends string>(ids: readonly Id[]) =>
    ids.filter((id) => !absent.includes(id));
  const reader: LedgerReader = {
    walletsById: async (ids) => (asked('walletsById'), present(ids).map(wallet)),
    walletsOf: async (users) => (
      asked('walletsOf'),
      users.map((user) => ({ ...wallet(newId()), userId: user }))
    ),
    transactionsById: async (ids) => (asked('transactionsById'), present(ids).map(transaction)),
    entriesOf: async (ids) => (
      asked('entriesOf'),
      ids.map((id) => ({ transactionId: id, amount: 1n, wallet: wallet(newId()) }))
    ),
    ordersById: async (ids) => (
      asked('ordersById'),
      ids.map((orderId) => ({ orderId, userId, transactions: [] }))
    ),
    pages: async (requests) => (asked('pages'), requests.map(() => [transaction(newId())])),
    postingResult: async (id) => ({ transaction: transaction(id), wallets: [] }),
    fingerprint: async () => null,
    posted: async () => null,
    customersAmong: async (users) => new Set(users),
    balancesAsOf: async (requests) => (asked('balancesAsOf'), requests.map(() => 0n)),
    movements: async (requests) => (asked('movements'), requests.map(() => [])),
    paymentsById: async () => [],
    paymentPage: async () => [],
    eventHead: async () => 0,
    eventsAfter: async () => [],
  };
  return { reader, questions };
}

test('what is asked in one breath is one question of each kind, however many ask', async () => {
  const { reader, questions } = countingReader();
  const source = createSource(reader);
  const at = new Date();
  const period = { from: at, to: at, by: 'EFFECTIVE', limit: 3, after: null } as const;
  const fifty = Array.from({ length: 50 });
  await Promise.all(
    fifty.flatMap(() => [
      source.wallet(newId()),
      source.walletsOf(newId()),
      source.transaction(newId()),
      source.entriesOf(newId()),
      source.order(newId()),
      source.page({ walletId: newId(), limit: 3, after: null }),
      source.balanceAsOf({ accountId: newId(), at, by: 'BOOKED' }),
      source.movements({ ...period, accountId: newId() }),
    ]),
  );
  expect(questions.toSorted()).toEqual([
    'balancesAsOf',
    'entriesOf',
    'movements',
    'ordersById',
    'pages',
    'transactionsById',
    'walletsById',
    'walletsOf',
  ]);
});

test('answers come to whom they belong, and what is absent is null', async () => {
  const [first, absent, last] = [newId<WalletId>(), newId<WalletId>(), newId<WalletId>()];
  const source = createSource(countingReader([absent]).reader);
  const answers = await Promise.all([last, absent, first, last].map((id) => source.wallet(id)));
  expect(answers.map((answer) => answer?.id)).toEqual([last, undefined, first, last]);
});

test('nothing is remembered: the next question is asked anew', async () => {
  const { reader, questions } = countingReader();
  const source = createSource(reader);
  const id = newId<WalletId>();
  await source.wallet(id);
  await source.wallet(id);
  expect(questions).toEqual(['walletsById', 'walletsById']);
});
