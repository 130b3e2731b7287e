import type { InferEntity } from '@mikro-orm/core';
import { assert, Fault } from '#kit/errors.ts';
import type { OrderId, TransactionId, WalletId } from '#kit/ids.ts';
import type { EntityManager } from '#kit/orm.ts';
import type {
  LedgerReader,
  OrderRecord,
  PageRequest,
  TransactionRecord,
  WalletEventRecord,
  WalletRecord,
} from '../../application/ports.ts';
import {
  Account,
  Hold,
  LedgerTransaction,
  Posting,
  WalletEvent,
  WalletEventHead,
  type AccountRow,
  type LedgerTransactionRow,
} from './entities.ts';

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
    async depositResult(id) {
      const em = fork();
      const transaction = await em.findOneOrFail(LedgerTransaction, { id });
      const event = await em.findOneOrFail(WalletEvent, { transactionId: id });
      const { userId, walletId, currency, posted, held } = event;
      const wallet = { id: walletId, userId, currency, posted, held };
      return { transaction: transactionOf(transaction), wallet };
    },
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
  for (const { orderId, userId } of holds) orders.set(orderId, { userId, list: [] });
  for (const row of rows) {
    if (!row.orderId) continue;
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

/** One query for all requests that continue at the same place, which is nearly always all. */
async function pages(
  em: EntityManager,
  requests: readonly PageRequest[],
): Promise<TransactionRecord[][]> {
  const groups = Map.groupBy(requests, ({ limit, after }) =>
    JSON.stringify([limit, after?.bookedAt ?? null, after?.id ?? null]),
  );
  const found = new Map<PageRequest, TransactionRecord[]>();
  for (const group of groups.values()) {
    const rows = await pageRows(em, group);
    for (const request of group) {
      found.set(
        request,
        rows.filter((row) => row.walletId === request.walletId).map((row) => row.transaction),
      );
    }
  }
  return requests.map((request) => found.get(request) ?? []);
}

const lastId = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

async function pageRows(
  em: EntityManager,
  group: readonly PageRequest[],
): Promise<{ walletId: WalletId; transaction: TransactionRecord }[]> {
  const request = group[0];
  assert(request !== undefined, 'a group has a request');
  const { limit, after } = request;
  const rows = await em.execute<{ wallet_id: WalletId; transaction_id: TransactionId }[]>(
    `select wallet.id as wallet_id, page.transaction_id
     from unnest(?::uuid[]) as wallet (id) cross join lateral (
       select transaction_id, booked_at from posting
       where account_id = wallet.id
         and (booked_at, transaction_id) < (?::timestamptz, ?::uuid)
       order by booked_at desc, transaction_id desc limit ?
     ) as page
     order by wallet.id, page.booked_at desc, page.transaction_id desc`,
    [
      `{${[...new Set(group.map(({ walletId }) => walletId))].join(',')}}`,
      after?.bookedAt.toISOString() ?? 'infinity',
      after?.id ?? lastId,
      limit,
    ],
  );
  const ids = [...new Set(rows.map((row) => row.transaction_id))];
  const transactions = await em.find(LedgerTransaction, { id: { $in: ids } });
  const byId = new Map(transactions.map((row) => [row.id, transactionOf(row)]));
  return rows.flatMap((row) => {
    const transaction = byId.get(row.transaction_id);
    return transaction ? [{ walletId: row.wallet_id, transaction }] : [];
  });
}

function walletOf({ id, userId, currency, posted, held }: AccountRow): WalletRecord {
  if (!userId) throw new Fault(`wallet ${id} has no owner`);
  return { id: id as WalletId, userId, currency, posted, held };
}

function transactionOf(row: LedgerTransactionRow): TransactionRecord {
  const { id, kind, userId, bookedAt } = row;
  const { orderId = null, executionId = null } = row;
  return { id, kind, userId, orderId, executionId, bookedAt };
}

function eventOf(row: InferEntity<typeof WalletEvent>): WalletEventRecord {
  const { sequence, kind, userId, walletId, currency, posted, held, at } = row;
  const { transactionId = null, orderId = null } = row;
  return { sequence, kind, userId, walletId, currency, posted, held, transactionId, orderId, at };
}
