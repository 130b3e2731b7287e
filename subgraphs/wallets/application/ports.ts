import type { ExecutionId, OrderId, TransactionId, UserId, WalletId } from '#kit/ids.ts';
import type { Currency } from '#kit/money.ts';
import type { PostedTransaction } from '../domain/adjustment.ts';
import type { HoldName } from '../domain/hold.ts';
import type { Payment, PaymentStatus } from '../domain/payment.ts';
import type { TransactionDraft, TransactionKind } from '../domain/transaction.ts';

/**
 * What changes the ledger, bound to one database transaction. Each change of a wallet also writes
 * the user's event log and announces its new head.
 */
export interface Ledger {
  /** One call for all of them: each is done or refused, in their order. */
  apply<const Operations extends readonly Operation[]>(
    operations: Operations,
    at: Date,
  ): Promise<{ [Index in keyof Operations]: OutcomeOf<Operations[Index]> }>;
  record(incident: Incident): Promise<void>;
  /** Live holds of quotes whose time is over. */
  expiredQuotes(at: Date, limit: number): Promise<readonly HoldName[]>;
}

/** Posts transactions that stand alone, each in a database transaction of its own or a shared one. */
export interface PostingDesk {
  post(draft: TransactionDraft): Promise<PostOutcome>;
}

export type Operation = HoldOperation | PostOperation | ReleaseOperation | RenewOperation;

export interface HoldOperation {
  readonly do: 'hold';
  readonly hold: HoldName;
  readonly currency: Currency;
  /** Minor units, above zero. */
  readonly amount: bigint;
  /** When it ends by itself; an order's hold never does. */
  readonly expiresAt: Date | null;
}

export interface PostOperation {
  readonly do: 'post';
  readonly draft: TransactionDraft;
}

/** Releases what is left of a hold; before it came, an order's hold becomes void. */
export interface ReleaseOperation {
  readonly do: 'release';
  readonly hold: HoldName;
  /** Only when it has expired. */
  readonly expired: boolean;
}

/** Gives a live hold another end. */
export interface RenewOperation {
  readonly do: 'renew';
  readonly hold: HoldName;
  readonly expiresAt: Date | null;
}

export type OutcomeOf<Each extends Operation> = Each extends HoldOperation
  ? HoldOutcome
  : Each extends PostOperation
    ? PostOutcome
    : Each extends ReleaseOperation
      ? ReleaseOutcome
      : RenewOutcome;

/**
 * The same for each repetition of one request. VOID: the order had ended before its hold came;
 * MISMATCH: the hold is another one.
 */
export interface HoldOutcome {
  readonly outcome: 'HELD' | 'DENIED' | 'VOID' | 'MISMATCH';
}

export type PostOutcome =
  | {
      readonly outcome: 'POSTED';
      /** Whether the hold was still live. */
      readonly holdLive: boolean;
      /** What the hold paid. */
      readonly fromHold: bigint;
      /** What the payer could not pay and owes now. */
      readonly shortfall: bigint;
    }
  /** REUSED: the id was used before with another body. */
  | { readonly outcome: 'REPLAYED' | 'REUSED' | PostRefusal };

/** Nothing was written. */
export type PostRefusal =
  | 'TOO_MANY_LEGS'
  | 'ALREADY_REVERSED'
  | 'HOLD_NOT_LIVE'
  | 'HOLD_EXPIRED'
  | 'EXCEEDS_HOLD'
  | 'INSUFFICIENT_FUNDS'
  | 'BEYOND_DEBT';

export type ReleaseOutcome =
  | {
      readonly outcome: 'RELEASED';
      /** By this release or the one before it. */
      readonly released: bigint;
    }
  | { readonly outcome: 'MISMATCH' | 'UNKNOWN_HOLD' | 'NOT_EXPIRED' };

export interface RenewOutcome {
  readonly outcome: 'RENEWED' | 'MISMATCH' | 'UNKNOWN_HOLD' | 'HOLD_NOT_LIVE' | 'HOLD_EXPIRED';
}

/** Deposits and withdrawals that take their time. */
export interface Payments {
  insert(payment: Payment): Promise<void>;
  /** Locked until the transaction ends; null when there is none. */
  lock(id: string): Promise<Payment | null>;
  update(payment: Payment): Promise<void>;
  /** Withdrawals whose hold has expired and is live still. */
  expired(at: Date, limit: number): Promise<readonly string[]>;
}

/** The keys of requests that post nothing themselves. */
export interface RequestKeys {
  /** FIRST also waits for whoever came at the same time. */
  claim(request: KeyedRequest, at: Date): Promise<'FIRST' | 'AGAIN' | 'REUSED'>;
}

export interface KeyedRequest {
  readonly callerId: UserId;
  /** The mutation: each has keys of its own. */
  readonly operation: string;
  readonly key: string;
  readonly fingerprint: string;
}

/** All that one database transaction may change. */
export interface Books {
  readonly ledger: Ledger;
  readonly payments: Payments;
  readonly keys: RequestKeys;
}

/** Runs in one database transaction; what is thrown rolls it back. */
export type Transactional = <Result>(run: (books: Books) => Promise<Result>) => Promise<Result>;

export interface OrderOwner {
  readonly orderId: OrderId;
  readonly userId: UserId;
}

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
  /** Who it is for; nobody when it is the house's own. */
  readonly userId: UserId | null;
  /** Whose wallets it moves: they see it, each their own entries. */
  readonly userIds: readonly UserId[];
  readonly orderId: OrderId | null;
  readonly executionId: ExecutionId | null;
  readonly reverses: TransactionId | null;
  readonly reason: string | null;
  readonly bookedAt: Date;
  readonly effectiveAt: Date;
  /** `2026-03-01` */
  readonly valueDate: string;
}

/** A posting on a customer's wallet, with the wallet as it is now. */
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
  /** Of a transaction or a payment. */
  readonly id: string;
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
  /** Entries on wallets, by currency. */
  entriesOf(ids: readonly TransactionId[]): Promise<EntryRecord[]>;
  ordersById(ids: readonly OrderId[]): Promise<OrderRecord[]>;
  /** One list for each request, in the order of the requests. */
  pages(requests: readonly PageRequest[]): Promise<TransactionRecord[][]>;
  /** A transaction and the wallets of one user as it left them, by currency. */
  postingResult(id: TransactionId, userId: UserId): Promise<PostingResult>;
  /** The fingerprint of a posted transaction, or null. */
  fingerprint(id: TransactionId): Promise<string | null>;
  /** A transaction with all its legs, or null. */
  posted(id: TransactionId): Promise<PostedTransaction | null>;
  /** Those of the given who have a wallet. */
  customersAmong(users: readonly UserId[]): Promise<ReadonlySet<UserId>>;
  /** What was posted to each account up to and with a time, in the order of the requests. */
  balancesAsOf(requests: readonly BalanceRequest[]): Promise<bigint[]>;
  /** One list for each request, in the order of the requests. */
  movements(requests: readonly MovementsRequest[]): Promise<Movement[][]>;
  paymentsById(ids: readonly string[]): Promise<Payment[]>;
  /** The latest first. */
  paymentPage(request: PaymentPageRequest): Promise<Payment[]>;
  /** The last sequence of a user's event log; 0 before the first. */
  eventHead(userId: UserId): Promise<number>;
  eventsAfter(userId: UserId, sequence: number, limit: number): Promise<WalletEventRecord[]>;
}

export interface PostingResult {
  readonly transaction: TransactionRecord;
  readonly wallets: readonly WalletRecord[];
}

/** By when a transaction was booked, or by when it counts. */
export type TimeAxis = 'BOOKED' | 'EFFECTIVE';

export interface BalanceRequest {
  readonly accountId: string;
  readonly at: Date;
  readonly by: TimeAxis;
}

/** One posting on a wallet. */
export interface Movement {
  readonly transaction: TransactionRecord;
  readonly amount: bigint;
  /** Booked or effective, as it was asked. */
  readonly at: Date;
}

/** The oldest first, from `from` on and before `to`. */
export interface MovementsRequest {
  readonly accountId: string;
  readonly from: Date;
  readonly to: Date;
  readonly by: TimeAxis;
  readonly limit: number;
  readonly after: PagePosition | null;
}

export interface PaymentPageRequest {
  /** Null: everybody. */
  readonly userId: UserId | null;
  readonly status: PaymentStatus | null;
  readonly limit: number;
  readonly after: PagePosition | null;
}
