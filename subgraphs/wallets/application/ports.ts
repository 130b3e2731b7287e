import type { ExecutionId, OrderId, TransactionId, UserId, WalletId } from '#kit/ids.ts';
import type { Currency } from '#kit/money.ts';
import type { TransactionDraft, TransactionKind } from '../domain/transaction.ts';

/**
 * What changes the ledger, bound to one database transaction. Each change of a wallet also writes
 * the user's event log and announces its new head.
 */
export interface Ledger {
  hold(order: HoldRequest, at: Date): Promise<HoldOutcome>;
  post(draft: TransactionDraft, at: Date): Promise<PostOutcome>;
  release(order: OrderOwner, at: Date): Promise<ReleaseOutcome>;
  /** The fingerprint of a posted transaction, or null. */
  fingerprint(id: TransactionId): Promise<string | null>;
  record(incident: Incident): Promise<void>;
}

export interface OrderOwner {
  readonly orderId: OrderId;
  readonly userId: UserId;
}

export interface HoldRequest extends OrderOwner {
  readonly currency: Currency;
  /** Minor units, above zero. */
  readonly amount: bigint;
}

/** The same for each repetition of one request; a mismatch means another request with its order. */
export type HoldOutcome =
  | { readonly outcome: 'HELD' }
  | { readonly outcome: 'DENIED' }
  /** The order had ended before its hold came. */
  | { readonly outcome: 'VOID' }
  | { readonly outcome: 'MISMATCH' };

export type PostOutcome =
  | {
      readonly outcome: 'POSTED';
      /** Whether the order's hold was still live. */
      readonly holdLive: boolean;
      /** What the hold paid. */
      readonly fromHold: bigint;
      /** What the payer could not pay and owes now. */
      readonly shortfall: bigint;
    }
  | { readonly outcome: 'REPLAYED' }
  /** The id was used before with another body. */
  | { readonly outcome: 'REUSED' };

export type ReleaseOutcome =
  | { readonly outcome: 'RELEASED'; readonly released: bigint }
  | { readonly outcome: 'MISMATCH' };

/** Something that an operator must look at; the transaction says what was booked. */
export interface Incident extends OrderOwner {
  readonly kind: 'LATE_FILL' | 'FILL_BEYOND_HOLD';
  readonly executionId: ExecutionId;
  readonly transactionId: TransactionId;
  readonly currency: Currency;
  /** What the hold did not pay, and what of it nothing could pay. */
  readonly beyondHold: bigint;
  readonly shortfall: bigint;
  readonly at: Date;
}

export interface WalletRecord {
  readonly id: WalletId;
  readonly userId: UserId;
  readonly currency: Currency;
  readonly posted: bigint;
  readonly held: bigint;
}

export interface TransactionRecord {
  readonly id: TransactionId;
  readonly kind: TransactionKind;
  readonly userId: UserId;
  readonly orderId: OrderId | null;
  readonly executionId: ExecutionId | null;
  readonly bookedAt: Date;
}

/** A posting on one of the user's wallets, with the wallet as it is now. */
export interface EntryRecord {
  readonly transactionId: TransactionId;
  readonly amount: bigint;
  readonly wallet: WalletRecord;
}

export interface WalletEventRecord {
  readonly sequence: number;
  readonly kind: 'HELD' | 'RELEASED' | 'POSTED';
  readonly userId: UserId;
  readonly walletId: WalletId;
  readonly currency: Currency;
  /** The wallet's balances right after it. */
  readonly posted: bigint;
  readonly held: bigint;
  readonly transactionId: TransactionId | null;
  readonly orderId: OrderId | null;
  readonly at: Date;
}

/** Where a page of transactions continues: right after this one, the latest first. */
export interface PagePosition {
  readonly bookedAt: Date;
  readonly id: TransactionId;
}

export interface PageRequest {
  readonly walletId: WalletId;
  readonly limit: number;
  readonly after: PagePosition | null;
}

/** What the ledger knows of an order; its owner is known from its hold on. */
export interface OrderRecord extends OrderOwner {
  /** The oldest first. */
  readonly transactions: readonly TransactionRecord[];
}

/** Reads, by the batch; answers come in any order and leave out what does not exist. */
export interface LedgerReader {
  walletsById(ids: readonly WalletId[]): Promise<WalletRecord[]>;
  /** By currency. */
  walletsOf(users: readonly UserId[]): Promise<WalletRecord[]>;
  transactionsById(ids: readonly TransactionId[]): Promise<TransactionRecord[]>;
  /** Entries on the wallets of the transactions' users, by currency. */
  entriesOf(ids: readonly TransactionId[]): Promise<EntryRecord[]>;
  ordersById(ids: readonly OrderId[]): Promise<OrderRecord[]>;
  /** One list for each request, in the order of the requests. */
  pages(requests: readonly PageRequest[]): Promise<TransactionRecord[][]>;
  /** The wallet as a deposit left it. */
  depositResult(id: TransactionId): Promise<DepositResult>;
  /** The last sequence of a user's event log; 0 before the first. */
  eventHead(userId: UserId): Promise<number>;
  eventsAfter(userId: UserId, sequence: number, limit: number): Promise<WalletEventRecord[]>;
}

export interface DepositResult {
  readonly transaction: TransactionRecord;
  readonly wallet: WalletRecord;
}
