import type { OrderId, TransactionId } from '#kit/ids.ts';
import type { EntityManager } from '#kit/orm.ts';
import type { LedgerReader, OrderRecord, TransactionRecord } from '../../application/ports.ts';
import type { PostedTransaction } from '../../domain/adjustment.ts';
import {
  Account,
  Hold,
  LedgerTransaction,
  PaymentRow,
  Posting,
  WalletEvent,
  WalletEventHead,
} from './entities.ts';
import { balancesAsOf, movements, pages, paymentPage } from './pages.ts';
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
    async entriesOf(ids) {
      const rows = await fork().find(
        Posting,
        { transaction: { $in: [...ids] }, account: { kind: 'WALLET' } },
        { populate: ['account'], orderBy: { currency: 'asc' } },
      );
      return rows.map((row) => ({
        transactionId: row.transaction.id,
        amount: row.amount,
        wallet: walletOf(row.account),
      }));
    },
    ordersById: (ids) => ordersById(fork(), ids),
    pages: (requests) => pages(fork(), requests),
    async postingResult(id, userId) {
      const em = fork();
      const transaction = await em.findOneOrFail(LedgerTransaction, { id });
      const events = await em.find(
        WalletEvent,
        { transactionId: id, userId },
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

/** An order is known from its hold on; a fill without a hold names its owner too. */
async function ordersById(em: EntityManager, ids: readonly OrderId[]): Promise<OrderRecord[]> {
  const where = { orderId: { $in: [...ids] } };
  const holds = await em.find(Hold, where, { fields: ['orderId', 'userId'] });
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
  const postings = await em.find(
    Posting,
    { transaction: id },
    { populate: ['account'], orderBy: { account: 'asc' } },
  );
  const { kind, userId = null, orderId = null } = row;
  const legs = postings.map(({ account, amount }) => ({
    account: {
      id: account.id,
      kind: account.kind,
      currency: account.currency,
      userId: account.userId ?? null,
      venue: account.venue ?? null,
    },
    amount,
  }));
  return { id, kind, userId, orderId, legs };
}
