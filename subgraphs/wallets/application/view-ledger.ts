import { assert } from '#kit/errors.ts';
import {
  idPattern,
  type OrderId,
  type TransactionId,
  type UserId,
  type WalletId,
} from '#kit/ids.ts';
import type { Identity } from '#kit/identity.ts';
import { currencies, type Currency } from '#kit/money.ts';
import { walletId } from '#contracts/wallet-id.ts';
import type { Payment, PaymentStatus } from '../domain/payment.ts';
import type {
  BalanceRequest,
  EntryRecord,
  Movement,
  MovementsRequest,
  OrderRecord,
  PageRequest,
  PagePosition,
  PaymentPageRequest,
  TransactionRecord,
  WalletRecord,
} from './ports.ts';

/** Single reads, which an adapter gathers into batches. */
export interface LedgerSource {
  wallet(id: WalletId): Promise<WalletRecord | null>;
  walletsOf(userId: UserId): Promise<readonly WalletRecord[]>;
  transaction(id: TransactionId): Promise<TransactionRecord | null>;
  entriesOf(id: TransactionId): Promise<readonly EntryRecord[]>;
  order(id: OrderId): Promise<OrderRecord | null>;
  page(request: PageRequest): Promise<readonly TransactionRecord[]>;
  balanceAsOf(request: BalanceRequest): Promise<bigint>;
  movements(request: MovementsRequest): Promise<readonly Movement[]>;
  payment(id: string): Promise<Payment | null>;
  paymentPage(request: PaymentPageRequest): Promise<readonly Payment[]>;
}

/**
 * The ledger as one caller may see it: their own part, or all of it for an operator. What is not
 * theirs looks exactly like what does not exist.
 */
export function viewLedger(viewer: Identity, source: LedgerSource) {
  const sees = (owner: UserId) => maySeeLedgerOf(viewer, owner);
  return {
    async wallet(id: string): Promise<WalletRecord | null> {
      if (!idPattern.test(id)) return null;
      const found = await source.wallet(id as WalletId);
      if (found) return sees(found.userId) ? found : null;
      return unusedWallet(viewer.userId, id);
    },
    async walletsOf(userId: string): Promise<readonly WalletRecord[] | null> {
      if (!idPattern.test(userId) || !sees(userId as UserId)) return null;
      return source.walletsOf(userId as UserId);
    },
    async transaction(id: string): Promise<TransactionRecord | null> {
      if (!idPattern.test(id)) return null;
      const found = await source.transaction(id as TransactionId);
      return found && maySeeTransaction(viewer, found) ? found : null;
    },
    /** Each their own: the other side of a transfer shows its owner's entry to nobody else. */
    async entriesOf(transaction: TransactionRecord): Promise<readonly EntryRecord[]> {
      assert(maySeeTransaction(viewer, transaction), 'entries are read by whoever sees them');
      const entries = await source.entriesOf(transaction.id);
      return entries.filter(({ wallet }) => sees(wallet.userId));
    },
    async transactionsOfOrder(id: string): Promise<readonly TransactionRecord[] | null> {
      if (!idPattern.test(id)) return null;
      const order = await source.order(id as OrderId);
      return order && sees(order.userId) ? order.transactions : null;
    },
    /** One more than `first`, when more follow. */
    async pageOf(wallet: WalletRecord, first: number, after: PagePosition | null) {
      assert(sees(wallet.userId), 'transactions are read by whoever sees their wallet');
      return source.page({ walletId: wallet.id, limit: first + 1, after });
    },
    async payment(id: string): Promise<Payment | null> {
      if (!idPattern.test(id)) return null;
      const found = await source.payment(id);
      return found && sees(found.userId) ? found : null;
    },
    /** One more than `first`, when more follow; an operator sees everybody's. */
    async payments(status: PaymentStatus | null, first: number, after: PagePosition | null) {
      const all = viewer.roles.includes('OPERATOR');
      assert(viewer.userId !== null, 'payments are read by somebody');
      const userId = all ? null : viewer.userId;
      return source.paymentPage({ userId, status, limit: first + 1, after });
    },
  };
}

export function maySeeLedgerOf({ userId, roles }: Identity, owner: UserId): boolean {
  return userId !== null && (userId === owner || roles.includes('OPERATOR'));
}

/** Whose wallets it moves; the house's own are for operators. */
export const maySeeTransaction = (viewer: Identity, { userIds }: TransactionRecord): boolean =>
  userIds.some((user) => maySeeLedgerOf(viewer, user)) ||
  (viewer.userId !== null && viewer.roles.includes('OPERATOR'));

/**
 * A wallet's id is made from its owner and currency, so others name it before its first use (an
 * order is stored before its funds are held): then it is the caller's empty wallet.
 */
function unusedWallet(userId: UserId | null, id: string): WalletRecord | null {
  if (userId === null) return null;
  const currency = currencies.find((each: Currency) => walletId(userId, each) === id);
  if (!currency) return null;
  return { id: walletId(userId, currency), userId, currency, posted: 0n, held: 0n };
}
