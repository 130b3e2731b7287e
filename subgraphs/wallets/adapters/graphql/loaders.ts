import DataLoader from 'dataloader';
import type { OrderId, TransactionId, UserId, WalletId } from '#kit/ids.ts';
import type {
  BalanceRequest,
  LedgerReader,
  MovementsRequest,
  PageRequest,
} from '../../application/ports.ts';
import type { LedgerSource } from '../../application/view-ledger.ts';

/**
 * Gathers the single reads of one request into batches. Nothing is cached: a mutation and what it
 * returns are one request, and each says how things stand now.
 */
export function createSource(reader: LedgerReader): LedgerSource {
  const wallets = one(reader.walletsById, (row) => row.id);
  const walletsOf = many(reader.walletsOf, (row) => row.userId);
  const transactions = one(reader.transactionsById, (row) => row.id);
  const entries = many(reader.entriesOf, (row) => row.transactionId);
  const orders = one(reader.ordersById, (row) => row.orderId);
  const pages = several((keys: readonly PageRequest[]) => reader.pages(keys));
  const balances = several((keys: readonly BalanceRequest[]) => reader.balancesAsOf(keys));
  const movements = several((keys: readonly MovementsRequest[]) => reader.movements(keys));
  const payments = one(reader.paymentsById, (row) => row.id);
  return {
    wallet: (id: WalletId) => wallets.load(id),
    walletsOf: (userId: UserId) => walletsOf.load(userId),
    transaction: (id: TransactionId) => transactions.load(id),
    entriesOf: (id: TransactionId) => entries.load(id),
    order: (id: OrderId) => orders.load(id),
    page: (request) => pages.load(request),
    balanceAsOf: (request) => balances.load(request),
    movements: (request) => movements.load(request),
    payment: (id) => payments.load(id),
    paymentPage: (request) => reader.paymentPage(request),
  };
}

type Read<Id, Row> = (ids: readonly Id[]) => Promise<Row[]>;

const several = <Key, Answer>(read: (keys: readonly Key[]) => Promise<Answer[]>) =>
  new DataLoader<Key, Answer>(read, { cache: false });

function one<Id, Row>(read: Read<Id, Row>, idOf: (row: Row) => Id) {
  return new DataLoader<Id, Row | null>(
    async (ids) => {
      const rows = new Map((await read([...new Set(ids)])).map((row) => [idOf(row), row]));
      return ids.map((id) => rows.get(id) ?? null);
    },
    { cache: false },
  );
}

function many<Id, Row>(read: Read<Id, Row>, idOf: (row: Row) => Id) {
  return new DataLoader<Id, Row[]>(
    async (ids) => {
      const rows = Map.groupBy(await read([...new Set(ids)]), idOf);
      return ids.map((id) => rows.get(id) ?? []);
    },
    { cache: false },
  );
}
