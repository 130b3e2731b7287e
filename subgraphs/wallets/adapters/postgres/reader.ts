import type { OrderId, TransactionId, UserId } from '#kit/ids.ts';
import type { Currency } from '#kit/money.ts';
import type { EntityManager } from '#kit/orm.ts';
import type {
  EntryRecord,
  LedgerReader,
  OrderRecord,
  TransactionRecord,
} from '../../application/ports.ts';
import type { PostedTransaction } from '../../domain/adjustment.ts';
import type { AccountKind } from '../../domain/chart-of-accounts.ts';
import { orderHoldId } from '../../domain/transaction.ts';
import {
  Account,
  Hold,
  LedgerTransaction,
  PaymentRow,
  WalletEvent,
  WalletEventHead,
} from './entities.ts';
import { balancesAsOf, idArray, movements, pages, paymentPage } from './pages.ts';
import { eventOf, paymentOf, transactionOf, walletOf } from './records.ts';

/** Reads of the ledger; `fork` gives an EntityManager whose identity map is empty. */
export function createReader(fork: () => EntityManager): LedgerReader {
  return {
    async walletsById(ids) {
      const rows = await fork().find(Account, { id: { $in: [...ids] }, kind: 'WALLET' });
      return rows.map(walletOf);
    },
    async walletsOf(users) {
      const where = { userId: { $in: [...users] }, kind: 'WALLET' as const };
      return (await fork().find(Account, where, { orderBy: { currency: 'asc' } })).map(walletOf);
    },
    async transactionsById(ids) {
      const rows = await fork().find(LedgerTransaction, { id: { $in: [...ids] } });
      return rows.map(transactionOf);
    },
    entriesOf: (ids) => entriesOf(fork(), ids),
    ordersById: (ids) => ordersById(fork(), ids),
    pages: (requests) => pages(fork(), requests),
    async postingResult(id, userId) {
      const em = fork();
      const transaction = await em.findOneOrFail(LedgerTransaction, { id });
      const told = (await postingsOf(em, [id])).filter((row) => row.userId === userId);
      const sequence = { $in: told.flatMap((row) => row.sequence ?? []) };
      const events = await em.find(
        WalletEvent,
        { userId, sequence },
        { orderBy: { currency: 'asc' } },
      );
      const wallets = events.map(({ walletId, currency, posted, held }) => ({
        id: walletId,
        userId,
        currency,
        posted,
        held,
      }));
      return { transaction: transactionOf(transaction), wallets };
    },
    async fingerprint(id) {
      const row = await fork().findOne(LedgerTransaction, { id }, { fields: ['fingerprint'] });
      return row?.fingerprint ?? null;
    },
    posted: (id) => posted(fork(), id),
    async customersAmong(users) {
      const where = { userId: { $in: [...users] }, kind: 'WALLET' as const };
      const rows = await fork().find(Account, where, { fields: ['userId'] });
      return new Set(rows.flatMap(({ userId }) => userId ?? []));
    },
    balancesAsOf: (requests) => balancesAsOf(fork(), requests),
    movements: (requests) => movements(fork(), requests),
    async paymentsById(ids) {
      return (await fork().find(PaymentRow, { id: { $in: [...ids] } })).map(paymentOf);
    },
    paymentPage: (request) => paymentPage(fork(), request),
    async eventHead(userId) {
      return (await fork().findOne(WalletEventHead, { userId }))?.sequence ?? 0;
    },
    async eventsAfter(userId, sequence, limit) {
      const rows = await fork().find(
        WalletEvent,
        { userId, sequence: { $gt: sequence } },
        { orderBy: { sequence: 'asc' }, limit },
      );
      return rows.map(eventOf);
    },
  };
}

/** The postings of transactions, by account, each found by what its transaction names. */
async function postingsOf(em: EntityManager, ids: readonly TransactionId[]) {
  const rows = await em.execute<PostingRow[]>(
    `select t.id as "transactionId", posting.amount::text, posting.sequence::int, account.id,
       account.kind, account.currency, account.user_id as "userId", account.venue,
       account.posted::text, account.held::text
     from ledger_transaction as t cross join unnest(t.account_ids) as leg (id)
     join posting on posting.account_id = leg.id and posting.booked_at = t.booked_at
       and posting.transaction_id = t.id
     join account on account.id = leg.id
     where t.id = any(?::uuid[]) order by account.id`,
    [idArray(ids)],
  );
  return rows.map(({ amount, posted: sum, held, ...row }) => {
    return { ...row, amount: BigInt(amount), posted: BigInt(sum), held: BigInt(held) };
  });
}

interface PostingRow {
  readonly transactionId: TransactionId;
  readonly amount: string;
  readonly sequence: number | null;
  readonly id: string;
  readonly kind: AccountKind;
  readonly currency: Currency;
  readonly userId: UserId | null;
  readonly venue: string | null;
  readonly posted: string;
  readonly held: string;
}

async function entriesOf(em: EntityManager, ids: readonly TransactionId[]): Promise<EntryRecord[]> {
  const rows = await postingsOf(em, ids);
  return rows
    .filter(({ kind }) => kind === 'WALLET')
    .toSorted((one, other) => (one.currency < other.currency ? -1 : 1))
    .map((row) => ({
      transactionId: row.transactionId,
      amount: row.amount,
      wallet: walletOf(row),
    }));
}

/** An order is known from its hold on; a fill without a hold names its owner too. */
async function ordersById(em: EntityManager, ids: readonly OrderId[]): Promise<OrderRecord[]> {
  const holds = await em.find(
    Hold,
    { id: { $in: ids.map(orderHoldId) } },
    { fields: ['orderId', 'userId'] },
  );
  const where = { orderId: { $in: [...ids] } };
  const rows = await em.find(LedgerTransaction, where, { orderBy: { bookedAt: 'asc', id: 'asc' } });
  const orders = new Map<OrderId, { userId: OrderRecord['userId']; list: TransactionRecord[] }>();
  for (const { orderId, userId } of holds) if (orderId) orders.set(orderId, { userId, list: [] });
  for (const row of rows) {
    if (!row.orderId || !row.userId) continue;
    const order = orders.get(row.orderId) ?? { userId: row.userId, list: [] };
    order.list.push(transactionOf(row));
    orders.set(row.orderId, order);
  }
  return [...orders].map(([orderId, { userId, list }]) => ({
    orderId,
    userId,
    transactions: list,
  }));
}

async function posted(em: EntityManager, id: TransactionId): Promise<PostedTransaction | null> {
  const row = await em.findOne(LedgerTransaction, { id });
  if (!row) return null;
  const { kind, userId = null, orderId = null } = row;
  const legs = (await postingsOf(em, [id])).map((posting) => ({
    account: {
      id: posting.id,
      kind: posting.kind,
      currency: posting.currency,
      userId: posting.userId,
      venue: posting.venue,
    },
    amount: posting.amount,
  }));
  return { id, kind, userId, orderId, legs };
}
