// Made by `npm run generate` from schema.graphql; types only, so it vanishes at run time.
import type { SubgraphContext } from '#kit/subgraph-context.ts';
import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { WalletModel, StatementModel, MovementModel, TransactionModel, TransactionEntryModel, PaymentModel, WalletRefusalModel, WalletUpdateModel } from './models.ts';
export type Maybe<T> = T | null;
export type InputMaybe<T> = Maybe<T>;
export type Omit<T, K extends keyof T> = Pick<T, Exclude<keyof T, K>>;
export type RequireFields<T, K extends keyof T> = Omit<T, K> & { [P in K]-?: NonNullable<T[P]> };
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  /** An exact decimal number as a string, for example `1520.50`. */
  Decimal: { input: string; output: string; }
  /** An instant in UTC, ISO 8601 with milliseconds, for example `2026-03-01T12:00:00.000Z`. */
  DateTime: { input: string; output: Date | string; }
  /** A currency's ISO 4217 code, for example `NGN`. */
  Currency: { input: string; output: string; }
  /** A calendar day, ISO 8601, for example `2026-03-01`. */
  Date: { input: string; output: string; }
  _FieldSet: { input: string; output: string; }
};

/** Somebody who can log in. */
export type User = {
  readonly __typename?: 'User';
  /** Opaque and stable. */
  readonly id: Scalars['ID']['output'];
  /** One wallet for each currency the user has touched. Only its owner and operators see them. */
  readonly wallets?: Maybe<ReadonlyArray<Wallet>>;
};

/** An order to trade one instrument. */
export type Order = {
  readonly __typename?: 'Order';
  /** Opaque and stable. */
  readonly id: Scalars['ID']['output'];
  /** The ledger transactions that settled the order's fills, the oldest first. */
  readonly transactions?: Maybe<ReadonlyArray<Transaction>>;
};

/** A user's money in one currency. */
export type Wallet = {
  readonly __typename?: 'Wallet';
  /** Opaque and stable. */
  readonly id: Scalars['ID']['output'];
  /** Its owner. */
  readonly user: User;
  /** ISO 4217. */
  readonly currency: Scalars['Currency']['output'];
  /** The sum of all postings. */
  readonly posted: Scalars['Decimal']['output'];
  /** What open orders and withdrawals hold of it. */
  readonly held: Scalars['Decimal']['output'];
  /** What can be spent: posted minus held. */
  readonly available: Scalars['Decimal']['output'];
  /** Its transactions, the latest first. */
  readonly transactions: TransactionConnection;
  /** The sum of the postings up to and with a time, in the past as well as now. */
  readonly balanceAsOf: Scalars['Decimal']['output'];
  /** What moved it in a period; complete when the period has ended. */
  readonly statement: Statement;
};


/** A user's money in one currency. */
export type WalletTransactionsArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
};


/** A user's money in one currency. */
export type WalletBalanceAsOfArgs = {
  at: Scalars['DateTime']['input'];
  by?: InputMaybe<TimeAxis>;
};


/** A user's money in one currency. */
export type WalletStatementArgs = {
  from: Scalars['DateTime']['input'];
  to: Scalars['DateTime']['input'];
  by?: InputMaybe<TimeAxis>;
};

/** Two ways to say when something happened. */
export type TimeAxis =
  /** When it was written into the journal. */
  | 'BOOKED'
  /** When it counts: an adjustment may count from an earlier time. */
  | 'EFFECTIVE';

/** A wallet's movements in a period, between its balances before and after. */
export type Statement = {
  readonly __typename?: 'Statement';
  /** The wallet. */
  readonly wallet: Wallet;
  /** The period begins with this time. */
  readonly from: Scalars['DateTime']['output'];
  /** The period ends before this time. */
  readonly to: Scalars['DateTime']['output'];
  /** By what its movements are placed in time. */
  readonly by: TimeAxis;
  /** The balance before it. */
  readonly opening: Scalars['Decimal']['output'];
  /** The balance after it: opening and all movements. */
  readonly closing: Scalars['Decimal']['output'];
  /** Its movements, the oldest first. */
  readonly movements: MovementConnection;
  /**
   * The whole statement as CSV (RFC 4180) with the columns time, kind, transaction, amount and balance.
   * A period of more than 10,000 movements is refused.
   */
  readonly csv: Scalars['String']['output'];
};


/** A wallet's movements in a period, between its balances before and after. */
export type StatementMovementsArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
};

/** One movement of a wallet. */
export type Movement = {
  readonly __typename?: 'Movement';
  /** When it was booked, or when it counts, as the statement says. */
  readonly at: Scalars['DateTime']['output'];
  /** Positive into the wallet, negative out of it. */
  readonly amount: Scalars['Decimal']['output'];
  /** The transaction that it is a part of. */
  readonly transaction: Transaction;
};

/** A page of movements. */
export type MovementConnection = {
  readonly __typename?: 'MovementConnection';
  /** The movements with their cursors. */
  readonly edges: ReadonlyArray<MovementEdge>;
  /** Where the page stands. */
  readonly pageInfo: PageInfo;
};

/** A movement in a page. */
export type MovementEdge = {
  readonly __typename?: 'MovementEdge';
  /** Opaque; for `after`. */
  readonly cursor: Scalars['String']['output'];
  /** The movement. */
  readonly node: Movement;
};

/** What a transaction is for. */
export type TransactionKind =
  /** Money came in from outside. */
  | 'DEPOSIT'
  /** A fill of an order was settled. */
  | 'ORDER_FILL'
  /** Money left for outside. */
  | 'WITHDRAWAL'
  /** Money went from one user to others. */
  | 'TRANSFER'
  /** Money was exchanged for another currency. */
  | 'EXCHANGE'
  /** An operator corrected a wallet. */
  | 'ADJUSTMENT'
  /** Another transaction was taken back by its opposite. */
  | 'REVERSAL';

/** A balanced set of postings, immutable. You see the entries of your own wallets. */
export type Transaction = {
  readonly __typename?: 'Transaction';
  /** Opaque and stable. */
  readonly id: Scalars['ID']['output'];
  /** What it is for. */
  readonly kind: TransactionKind;
  /** When it was written into the journal. */
  readonly bookedAt: Scalars['DateTime']['output'];
  /** When it counts; for nearly all when it was booked. */
  readonly effectiveAt: Scalars['DateTime']['output'];
  /** The day from which the money works. */
  readonly valueDate: Scalars['Date']['output'];
  /** The transaction that it takes back. */
  readonly reverses?: Maybe<Transaction>;
  /** Why, in the words of whoever booked an adjustment or a reversal. */
  readonly reason?: Maybe<Scalars['String']['output']>;
  /** The order whose fill it settles. */
  readonly order?: Maybe<Order>;
  /** The id of the execution that it settles. */
  readonly executionId?: Maybe<Scalars['ID']['output']>;
  /** Its entries on your wallets, by currency. */
  readonly entries: ReadonlyArray<TransactionEntry>;
};

/** One posting on one of your wallets. */
export type TransactionEntry = {
  readonly __typename?: 'TransactionEntry';
  /** The wallet that it moves. */
  readonly wallet: Wallet;
  /** Positive into the wallet, negative out of it. */
  readonly amount: Scalars['Decimal']['output'];
};

/** A page of transactions. */
export type TransactionConnection = {
  readonly __typename?: 'TransactionConnection';
  /** The transactions with their cursors. */
  readonly edges: ReadonlyArray<TransactionEdge>;
  /** Where the page stands. */
  readonly pageInfo: PageInfo;
};

/** A transaction in a page. */
export type TransactionEdge = {
  readonly __typename?: 'TransactionEdge';
  /** Opaque; for `after`. */
  readonly cursor: Scalars['String']['output'];
  /** The transaction. */
  readonly node: Transaction;
};

/** Where a page stands, as Relay defines it. */
export type PageInfo = {
  readonly __typename?: 'PageInfo';
  /** Whether more follow. */
  readonly hasNextPage: Scalars['Boolean']['output'];
  /** Whether some came before. */
  readonly hasPreviousPage: Scalars['Boolean']['output'];
  /** The first edge's cursor. */
  readonly startCursor?: Maybe<Scalars['String']['output']>;
  /** The last edge's cursor. */
  readonly endCursor?: Maybe<Scalars['String']['output']>;
};

/** Which way a payment goes. */
export type PaymentDirection =
  /** From outside into a wallet. */
  | 'DEPOSIT'
  /** From a wallet to outside. */
  | 'WITHDRAWAL';

/** Where a payment stands. COMPLETED and FAILED are final. */
export type PaymentStatus =
  /** It was asked for. A withdrawal holds its amount. */
  | 'REQUESTED'
  /** The bank has it. A withdrawal still holds its amount. */
  | 'PENDING'
  /** The money has moved. */
  | 'COMPLETED'
  /** It came to nothing. What was held is available again. */
  | 'FAILED';

/** Money on its way from outside or to it. */
export type Payment = {
  readonly __typename?: 'Payment';
  /** Opaque and stable. */
  readonly id: Scalars['ID']['output'];
  /** Which way it goes. */
  readonly direction: PaymentDirection;
  /** Whose it is. */
  readonly user: User;
  /** The wallet, once it was used. */
  readonly wallet?: Maybe<Wallet>;
  /** ISO 4217. */
  readonly currency: Scalars['Currency']['output'];
  /** How much. */
  readonly amount: Scalars['Decimal']['output'];
  /** Where it stands. */
  readonly status: PaymentStatus;
  /** Why it failed. */
  readonly failure?: Maybe<Scalars['String']['output']>;
  /** The transaction that completed it. */
  readonly transaction?: Maybe<Transaction>;
  /** When it was asked for. */
  readonly requestedAt: Scalars['DateTime']['output'];
  /** When its status last changed. */
  readonly updatedAt: Scalars['DateTime']['output'];
};

/** A page of payments. */
export type PaymentConnection = {
  readonly __typename?: 'PaymentConnection';
  /** The payments with their cursors. */
  readonly edges: ReadonlyArray<PaymentEdge>;
  /** Where the page stands. */
  readonly pageInfo: PageInfo;
};

/** A payment in a page. */
export type PaymentEdge = {
  readonly __typename?: 'PaymentEdge';
  /** Opaque; for `after`. */
  readonly cursor: Scalars['String']['output'];
  /** The payment. */
  readonly node: Payment;
};

/** Why the ledger refused. */
export type WalletRefusalCode =
  /** The amount is not a decimal number, not positive, or has too many decimals for its currency. */
  | 'INVALID_AMOUNT'
  /** The amount is beyond the limit of what moves at once. */
  | 'AMOUNT_TOO_LARGE'
  /** Mammon does not keep this currency. */
  | 'UNKNOWN_CURRENCY'
  /** The idempotency key is empty or longer than 128 characters. */
  | 'INVALID_IDEMPOTENCY_KEY'
  /** The key was used before with another body. */
  | 'IDEMPOTENCY_KEY_REUSED'
  /** Only operators deposit here; in local mode users also deposit for themselves. */
  | 'DEPOSIT_NOT_ALLOWED'
  /** There is no such transaction or payment. */
  | 'NOT_FOUND'
  /** The rate is not above zero, the spread or fee is not a share below one, or both currencies are the same. */
  | 'INVALID_RATE'
  /** A transfer has one leg at least and not so many. */
  | 'TOO_MANY_LEGS'
  /** No customer with a wallet has this id, or it is your own. */
  | 'INVALID_RECIPIENT'
  /** The reason is empty or longer than 500 characters. */
  | 'INVALID_REASON'
  /** The time or day does not exist, or lies in the future. */
  | 'INVALID_DATE'
  /** The transaction was reversed before. */
  | 'ALREADY_REVERSED'
  /** A reversal is final. */
  | 'NOT_REVERSIBLE'
  /** The payment cannot go there from where it stands. */
  | 'INVALID_STATE'
  /** What was held for it is not held any more. */
  | 'HOLD_NOT_LIVE'
  /** What was held for it has expired. */
  | 'HOLD_EXPIRED'
  /** It takes more than was held for it. */
  | 'EXCEEDS_HOLD'
  /** What is available does not cover it. */
  | 'INSUFFICIENT_FUNDS'
  /** It would settle more than is owed. */
  | 'BEYOND_DEBT';

/** An expected no. */
export type WalletRefusal = {
  readonly __typename?: 'WalletRefusal';
  /** What it is, for programs. */
  readonly code: WalletRefusalCode;
  /** What it is, for people. */
  readonly message: Scalars['String']['output'];
};

/** A deposit to book. */
export type DepositInput = {
  /** Names this deposit; the same key and body book it once and give the same result. */
  readonly idempotencyKey: Scalars['String']['input'];
  /** ISO 4217. */
  readonly currency: Scalars['Currency']['input'];
  /** How much, above zero, with no more decimals than the currency has. */
  readonly amount: Scalars['Decimal']['input'];
  /**
   * Whose wallet, for operators. Without it: your own, in local mode only. The ledger does not know who
   * has registered, since money may come before its owner: see that the id is right. What was
   * deposited for an id that nobody has stays in that id's wallet until an operator takes it back by
   * `reverseTransaction`.
   */
  readonly userId?: InputMaybe<Scalars['ID']['input']>;
};

/** Either `transaction` and `wallet`, or `refusal` is set. */
export type DepositPayload = {
  readonly __typename?: 'DepositPayload';
  /** The transaction that booked it. */
  readonly transaction?: Maybe<Transaction>;
  /** The wallet after it. */
  readonly wallet?: Maybe<Wallet>;
  /** Why nothing was booked. */
  readonly refusal?: Maybe<WalletRefusal>;
};

/** One part of a transfer. */
export type TransferLegInput = {
  /** Who gets it: a customer who has used a wallet before. */
  readonly toUserId: Scalars['ID']['input'];
  /** ISO 4217. */
  readonly currency: Scalars['Currency']['input'];
  /** How much, above zero, with no more decimals than the currency has. */
  readonly amount: Scalars['Decimal']['input'];
};

/** A transfer of your money to others: all of its legs or none. */
export type TransferInput = {
  /** Names this transfer; the same key and body book it once and give the same result. */
  readonly idempotencyKey: Scalars['String']['input'];
  /** 1 to 80 legs. */
  readonly legs: ReadonlyArray<TransferLegInput>;
};

/** Either `transaction` and `wallets`, or `refusal` is set. */
export type TransferPayload = {
  readonly __typename?: 'TransferPayload';
  /** The transaction that booked it. */
  readonly transaction?: Maybe<Transaction>;
  /** Your wallets that it moved, right after it, by currency. */
  readonly wallets?: Maybe<ReadonlyArray<Wallet>>;
  /** Why nothing was booked. */
  readonly refusal?: Maybe<WalletRefusal>;
};

/** A deposit or withdrawal of your own to ask for. */
export type PaymentInput = {
  /** Names this request; the same key and body ask once and give the same result. */
  readonly idempotencyKey: Scalars['String']['input'];
  /** ISO 4217. */
  readonly currency: Scalars['Currency']['input'];
  /** How much, above zero, with no more decimals than the currency has. */
  readonly amount: Scalars['Decimal']['input'];
};

/** A payment to move on. */
export type MovePaymentInput = {
  /** Names this step; the same key and body take it once and give the same result. */
  readonly idempotencyKey: Scalars['String']['input'];
  /** The payment. */
  readonly paymentId: Scalars['ID']['input'];
};

/** A payment that came to nothing. */
export type FailPaymentInput = {
  /** Names this step; the same key and body take it once and give the same result. */
  readonly idempotencyKey: Scalars['String']['input'];
  /** The payment. */
  readonly paymentId: Scalars['ID']['input'];
  /** Why, for its owner to read; 1 to 500 characters. */
  readonly reason: Scalars['String']['input'];
};

/** Either `payment` or `refusal` is set. */
export type PaymentPayload = {
  readonly __typename?: 'PaymentPayload';
  /** The payment. */
  readonly payment?: Maybe<Payment>;
  /** Why nothing changed. */
  readonly refusal?: Maybe<WalletRefusal>;
};

/** What an adjustment stands against. */
export type AdjustmentAccount =
  /** What nobody could assign yet. */
  | 'SUSPENSE'
  /** What the customer owes. */
  | 'RECEIVABLE'
  /** What fees earned. */
  | 'FEE'
  /** What the spread of exchanges earned. */
  | 'SPREAD'
  /** What rounding left to the house. */
  | 'ROUNDING'
  /** Money that came from outside. */
  | 'DEPOSITS_IN_TRANSIT'
  /** Money that goes outside. */
  | 'WITHDRAWALS_IN_TRANSIT';

/** A correction of a wallet, by hand. */
export type AdjustWalletInput = {
  /** Names this adjustment; the same key and body book it once and give the same result. */
  readonly idempotencyKey: Scalars['String']['input'];
  /** Whose wallet. */
  readonly userId: Scalars['ID']['input'];
  /** ISO 4217. */
  readonly currency: Scalars['Currency']['input'];
  /** Above zero into the wallet, below zero out of it. */
  readonly amount: Scalars['Decimal']['input'];
  /** The account on the other side. */
  readonly against?: InputMaybe<AdjustmentAccount>;
  /** Why, for whoever reads it later; 1 to 500 characters. */
  readonly reason: Scalars['String']['input'];
  /** From when it counts, not in the future; without it from now. */
  readonly effectiveAt?: InputMaybe<Scalars['DateTime']['input']>;
  /** From which day the money works; without it the day of `effectiveAt`. */
  readonly valueDate?: InputMaybe<Scalars['Date']['input']>;
};

/** An exchange that an operator dealt with a customer at agreed terms. */
export type ExchangeForUserInput = {
  /** Names this exchange; the same key and body book it once and give the same result. */
  readonly idempotencyKey: Scalars['String']['input'];
  /** Whose wallets. */
  readonly userId: Scalars['ID']['input'];
  /** What the customer pays, ISO 4217. */
  readonly from: Scalars['Currency']['input'];
  /** What the customer receives, ISO 4217. */
  readonly to: Scalars['Currency']['input'];
  /** What the customer pays in all, fee included, in `from`. */
  readonly amount: Scalars['Decimal']['input'];
  /** The middle rate: how much of `to` is worth one of `from`. */
  readonly rate: Scalars['Decimal']['input'];
  /** The house's share of the rate, in `to`: `0.0025` is a quarter of a per cent. */
  readonly spread?: InputMaybe<Scalars['Decimal']['input']>;
  /** The house's share of the amount, in `from`. */
  readonly fee?: InputMaybe<Scalars['Decimal']['input']>;
};

/** A transaction to take back. */
export type ReverseTransactionInput = {
  /** Names this reversal; the same key and body book it once and give the same result. */
  readonly idempotencyKey: Scalars['String']['input'];
  /** The transaction. */
  readonly transactionId: Scalars['ID']['input'];
  /** Why, for whoever reads it later; 1 to 500 characters. */
  readonly reason: Scalars['String']['input'];
};

/** Either `transaction` or `refusal` is set. */
export type CorrectionPayload = {
  readonly __typename?: 'CorrectionPayload';
  /** The transaction that booked it. */
  readonly transaction?: Maybe<Transaction>;
  /** Why nothing was booked. */
  readonly refusal?: Maybe<WalletRefusal>;
};

/** What moved a wallet. */
export type WalletUpdateKind =
  /** Funds were held for an order or a withdrawal. */
  | 'HELD'
  /** A hold shrank or ended. */
  | 'RELEASED'
  /** A transaction was posted. */
  | 'POSTED';

/** One change of one wallet. Lossless: each carries the user's next sequence. */
export type WalletUpdate = {
  readonly __typename?: 'WalletUpdate';
  /** 1, 2, 3, … for each user; resume with `after`. */
  readonly sequence: Scalars['Int']['output'];
  /** What happened. */
  readonly kind: WalletUpdateKind;
  /** When it happened. */
  readonly at: Scalars['DateTime']['output'];
  /** The balance after this change. */
  readonly posted: Scalars['Decimal']['output'];
  /** What was held after this change. */
  readonly held: Scalars['Decimal']['output'];
  /** What could be spent after this change. */
  readonly available: Scalars['Decimal']['output'];
  /** The wallet, as it is now. */
  readonly wallet: Wallet;
  /** The transaction that was posted. */
  readonly transaction?: Maybe<Transaction>;
  /** The order that it was for. */
  readonly order?: Maybe<Order>;
};

export type Query = {
  readonly __typename?: 'Query';
  /** Your wallets, by currency. */
  readonly wallets: ReadonlyArray<Wallet>;
  /** Your wallet in one currency; null before its first use. */
  readonly wallet?: Maybe<Wallet>;
  /** One of your transactions. */
  readonly transaction?: Maybe<Transaction>;
  /** One of your payments. */
  readonly payment?: Maybe<Payment>;
  /** Your payments, the latest first; for operators everybody's. */
  readonly payments: PaymentConnection;
};


export type QueryWalletArgs = {
  currency: Scalars['Currency']['input'];
};


export type QueryTransactionArgs = {
  id: Scalars['ID']['input'];
};


export type QueryPaymentArgs = {
  id: Scalars['ID']['input'];
};


export type QueryPaymentsArgs = {
  status?: InputMaybe<PaymentStatus>;
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
};

export type Mutation = {
  readonly __typename?: 'Mutation';
  /** Books money that came in from outside. */
  readonly deposit: DepositPayload;
  /** Moves your money to other users. */
  readonly transfer: TransferPayload;
  /** Asks for a deposit of your own. */
  readonly requestDeposit: PaymentPayload;
  /** Asks for a withdrawal of your own and holds its amount. */
  readonly requestWithdrawal: PaymentPayload;
  /** Says that the bank has a payment; for operators. */
  readonly markPaymentPending: PaymentPayload;
  /** Books a payment that has arrived; for operators. */
  readonly completePayment: PaymentPayload;
  /** Ends a payment that came to nothing; for operators. */
  readonly failPayment: PaymentPayload;
  /** Corrects a wallet by hand; for operators. */
  readonly adjustWallet: CorrectionPayload;
  /** Exchanges a customer's money at terms that were agreed with them; for operators. */
  readonly exchangeForUser: CorrectionPayload;
  /** Takes a transaction back by its opposite; for operators. */
  readonly reverseTransaction: CorrectionPayload;
};


export type MutationDepositArgs = {
  input: DepositInput;
};


export type MutationTransferArgs = {
  input: TransferInput;
};


export type MutationRequestDepositArgs = {
  input: PaymentInput;
};


export type MutationRequestWithdrawalArgs = {
  input: PaymentInput;
};


export type MutationMarkPaymentPendingArgs = {
  input: MovePaymentInput;
};


export type MutationCompletePaymentArgs = {
  input: MovePaymentInput;
};


export type MutationFailPaymentArgs = {
  input: FailPaymentInput;
};


export type MutationAdjustWalletArgs = {
  input: AdjustWalletInput;
};


export type MutationExchangeForUserArgs = {
  input: ExchangeForUserInput;
};


export type MutationReverseTransactionArgs = {
  input: ReverseTransactionInput;
};

export type Subscription = {
  readonly __typename?: 'Subscription';
  /** Every change of your wallets, in order and without loss. */
  readonly walletUpdates: WalletUpdate;
};


export type SubscriptionWalletUpdatesArgs = {
  after?: InputMaybe<Scalars['Int']['input']>;
};



export type ResolverTypeWrapper<T> = Promise<T> | T;

export type ReferenceResolver<TResult, TReference, TContext> = (
      reference: TReference,
      context: TContext,
      info: GraphQLResolveInfo
    ) => Promise<TResult> | TResult;

      type ScalarCheck<T, S> = S extends true ? T : NullableCheck<T, S>;
      type NullableCheck<T, S> = Maybe<T> extends T ? Maybe<ListCheck<NonNullable<T>, S>> : ListCheck<T, S>;
      type ListCheck<T, S> = T extends (infer U)[] ? NullableCheck<U, S>[] : GraphQLRecursivePick<T, S>;
      export type GraphQLRecursivePick<T, S> = { [K in keyof T & keyof S]: ScalarCheck<T[K], S[K]> };
    

export type ResolverWithResolve<TResult, TParent, TContext, TArgs> = {
  resolve: ResolverFn<TResult, TParent, TContext, TArgs>;
};
export type Resolver<TResult, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = ResolverFn<TResult, TParent, TContext, TArgs> | ResolverWithResolve<TResult, TParent, TContext, TArgs>;

export type ResolverFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => Promise<TResult> | TResult;

export type SubscriptionSubscribeFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => AsyncIterable<TResult> | Promise<AsyncIterable<TResult>>;

export type SubscriptionResolveFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;

export interface SubscriptionSubscriberObject<TResult, TKey extends string, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<{ [key in TKey]: TResult }, TParent, TContext, TArgs>;
  resolve?: SubscriptionResolveFn<TResult, { [key in TKey]: TResult }, TContext, TArgs>;
}

export interface SubscriptionResolverObject<TResult, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<any, TParent, TContext, TArgs>;
  resolve: SubscriptionResolveFn<TResult, any, TContext, TArgs>;
}

export type SubscriptionObject<TResult, TKey extends string, TParent, TContext, TArgs> =
  | SubscriptionSubscriberObject<TResult, TKey, TParent, TContext, TArgs>
  | SubscriptionResolverObject<TResult, TParent, TContext, TArgs>;

export type SubscriptionResolver<TResult, TKey extends string, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> =
  | ((...args: any[]) => SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>)
  | SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>;

export type TypeResolveFn<TTypes, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (
  parent: TParent,
  context: TContext,
  info: GraphQLResolveInfo
) => Maybe<TTypes> | Promise<Maybe<TTypes>>;

export type IsTypeOfResolverFn<T = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (obj: T, context: TContext, info: GraphQLResolveInfo) => boolean | Promise<boolean>;

export type NextResolverFn<T> = () => Promise<T>;

export type DirectiveResolverFn<TResult = Record<PropertyKey, never>, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = (
  next: NextResolverFn<TResult>,
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;

/** Mapping of federation types */
export type FederationTypes = {
  User: User;
  Order: Order;
  Wallet: Wallet;
  Transaction: Transaction;
  Payment: Payment;
};

/** Mapping of federation reference types */
export type FederationReferenceTypes = {
  User:
    ( { __typename: 'User' }
    & GraphQLRecursivePick<FederationTypes['User'], {"id":true}> );
  Order:
    ( { __typename: 'Order' }
    & GraphQLRecursivePick<FederationTypes['Order'], {"id":true}> );
  Wallet:
    ( { __typename: 'Wallet' }
    & GraphQLRecursivePick<FederationTypes['Wallet'], {"id":true}> );
  Transaction:
    ( { __typename: 'Transaction' }
    & GraphQLRecursivePick<FederationTypes['Transaction'], {"id":true}> );
  Payment:
    ( { __typename: 'Payment' }
    & GraphQLRecursivePick<FederationTypes['Payment'], {"id":true}> );
};



/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = {
  Decimal: ResolverTypeWrapper<Scalars['Decimal']['output']>;
  DateTime: ResolverTypeWrapper<Scalars['DateTime']['output']>;
  Currency: ResolverTypeWrapper<Scalars['Currency']['output']>;
  Date: ResolverTypeWrapper<Scalars['Date']['output']>;
  User: ResolverTypeWrapper<Partial<Omit<User, 'wallets'> & { wallets?: Maybe<ReadonlyArray<ResolversTypes['Wallet']>> }> & Pick<Omit<User, 'wallets'> & { wallets?: Maybe<ReadonlyArray<ResolversTypes['Wallet']>> }, 'id'>>;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  Order: ResolverTypeWrapper<Partial<Omit<Order, 'transactions'> & { transactions?: Maybe<ReadonlyArray<ResolversTypes['Transaction']>> }> & Pick<Omit<Order, 'transactions'> & { transactions?: Maybe<ReadonlyArray<ResolversTypes['Transaction']>> }, 'id'>>;
  Wallet: ResolverTypeWrapper<WalletModel>;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  TimeAxis: TimeAxis;
  Statement: ResolverTypeWrapper<StatementModel>;
  Movement: ResolverTypeWrapper<MovementModel>;
  MovementConnection: ResolverTypeWrapper<Omit<MovementConnection, 'edges'> & { edges: ReadonlyArray<ResolversTypes['MovementEdge']> }>;
  MovementEdge: ResolverTypeWrapper<Omit<MovementEdge, 'node'> & { node: ResolversTypes['Movement'] }>;
  TransactionKind: TransactionKind;
  Transaction: ResolverTypeWrapper<TransactionModel>;
  TransactionEntry: ResolverTypeWrapper<TransactionEntryModel>;
  TransactionConnection: ResolverTypeWrapper<Omit<TransactionConnection, 'edges'> & { edges: ReadonlyArray<ResolversTypes['TransactionEdge']> }>;
  TransactionEdge: ResolverTypeWrapper<Omit<TransactionEdge, 'node'> & { node: ResolversTypes['Transaction'] }>;
  PageInfo: ResolverTypeWrapper<PageInfo>;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
  PaymentDirection: PaymentDirection;
  PaymentStatus: PaymentStatus;
  Payment: ResolverTypeWrapper<PaymentModel>;
  PaymentConnection: ResolverTypeWrapper<Omit<PaymentConnection, 'edges'> & { edges: ReadonlyArray<ResolversTypes['PaymentEdge']> }>;
  PaymentEdge: ResolverTypeWrapper<Omit<PaymentEdge, 'node'> & { node: ResolversTypes['Payment'] }>;
  WalletRefusalCode: WalletRefusalCode;
  WalletRefusal: ResolverTypeWrapper<WalletRefusalModel>;
  DepositInput: DepositInput;
  DepositPayload: ResolverTypeWrapper<Omit<DepositPayload, 'transaction' | 'wallet' | 'refusal'> & { transaction?: Maybe<ResolversTypes['Transaction']>, wallet?: Maybe<ResolversTypes['Wallet']>, refusal?: Maybe<ResolversTypes['WalletRefusal']> }>;
  TransferLegInput: TransferLegInput;
  TransferInput: TransferInput;
  TransferPayload: ResolverTypeWrapper<Omit<TransferPayload, 'transaction' | 'wallets' | 'refusal'> & { transaction?: Maybe<ResolversTypes['Transaction']>, wallets?: Maybe<ReadonlyArray<ResolversTypes['Wallet']>>, refusal?: Maybe<ResolversTypes['WalletRefusal']> }>;
  PaymentInput: PaymentInput;
  MovePaymentInput: MovePaymentInput;
  FailPaymentInput: FailPaymentInput;
  PaymentPayload: ResolverTypeWrapper<Omit<PaymentPayload, 'payment' | 'refusal'> & { payment?: Maybe<ResolversTypes['Payment']>, refusal?: Maybe<ResolversTypes['WalletRefusal']> }>;
  AdjustmentAccount: AdjustmentAccount;
  AdjustWalletInput: AdjustWalletInput;
  ExchangeForUserInput: ExchangeForUserInput;
  ReverseTransactionInput: ReverseTransactionInput;
  CorrectionPayload: ResolverTypeWrapper<Omit<CorrectionPayload, 'transaction' | 'refusal'> & { transaction?: Maybe<ResolversTypes['Transaction']>, refusal?: Maybe<ResolversTypes['WalletRefusal']> }>;
  WalletUpdateKind: WalletUpdateKind;
  WalletUpdate: ResolverTypeWrapper<WalletUpdateModel>;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Mutation: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Subscription: ResolverTypeWrapper<Record<PropertyKey, never>>;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  Decimal: Scalars['Decimal']['output'];
  DateTime: Scalars['DateTime']['output'];
  Currency: Scalars['Currency']['output'];
  Date: Scalars['Date']['output'];
  User: Partial<Omit<User, 'wallets'> & { wallets?: Maybe<ReadonlyArray<ResolversParentTypes['Wallet']>> }> & Pick<Omit<User, 'wallets'> & { wallets?: Maybe<ReadonlyArray<ResolversParentTypes['Wallet']>> }, 'id'>;
  ID: Scalars['ID']['output'];
  Order: Partial<Omit<Order, 'transactions'> & { transactions?: Maybe<ReadonlyArray<ResolversParentTypes['Transaction']>> }> & Pick<Omit<Order, 'transactions'> & { transactions?: Maybe<ReadonlyArray<ResolversParentTypes['Transaction']>> }, 'id'>;
  Wallet: WalletModel;
  Int: Scalars['Int']['output'];
  String: Scalars['String']['output'];
  Statement: StatementModel;
  Movement: MovementModel;
  MovementConnection: Omit<MovementConnection, 'edges'> & { edges: ReadonlyArray<ResolversParentTypes['MovementEdge']> };
  MovementEdge: Omit<MovementEdge, 'node'> & { node: ResolversParentTypes['Movement'] };
  Transaction: TransactionModel;
  TransactionEntry: TransactionEntryModel;
  TransactionConnection: Omit<TransactionConnection, 'edges'> & { edges: ReadonlyArray<ResolversParentTypes['TransactionEdge']> };
  TransactionEdge: Omit<TransactionEdge, 'node'> & { node: ResolversParentTypes['Transaction'] };
  PageInfo: PageInfo;
  Boolean: Scalars['Boolean']['output'];
  Payment: PaymentModel;
  PaymentConnection: Omit<PaymentConnection, 'edges'> & { edges: ReadonlyArray<ResolversParentTypes['PaymentEdge']> };
  PaymentEdge: Omit<PaymentEdge, 'node'> & { node: ResolversParentTypes['Payment'] };
  WalletRefusal: WalletRefusalModel;
  DepositInput: DepositInput;
  DepositPayload: Omit<DepositPayload, 'transaction' | 'wallet' | 'refusal'> & { transaction?: Maybe<ResolversParentTypes['Transaction']>, wallet?: Maybe<ResolversParentTypes['Wallet']>, refusal?: Maybe<ResolversParentTypes['WalletRefusal']> };
  TransferLegInput: TransferLegInput;
  TransferInput: TransferInput;
  TransferPayload: Omit<TransferPayload, 'transaction' | 'wallets' | 'refusal'> & { transaction?: Maybe<ResolversParentTypes['Transaction']>, wallets?: Maybe<ReadonlyArray<ResolversParentTypes['Wallet']>>, refusal?: Maybe<ResolversParentTypes['WalletRefusal']> };
  PaymentInput: PaymentInput;
  MovePaymentInput: MovePaymentInput;
  FailPaymentInput: FailPaymentInput;
  PaymentPayload: Omit<PaymentPayload, 'payment' | 'refusal'> & { payment?: Maybe<ResolversParentTypes['Payment']>, refusal?: Maybe<ResolversParentTypes['WalletRefusal']> };
  AdjustWalletInput: AdjustWalletInput;
  ExchangeForUserInput: ExchangeForUserInput;
  ReverseTransactionInput: ReverseTransactionInput;
  CorrectionPayload: Omit<CorrectionPayload, 'transaction' | 'refusal'> & { transaction?: Maybe<ResolversParentTypes['Transaction']>, refusal?: Maybe<ResolversParentTypes['WalletRefusal']> };
  WalletUpdate: WalletUpdateModel;
  Query: Record<PropertyKey, never>;
  Mutation: Record<PropertyKey, never>;
  Subscription: Record<PropertyKey, never>;
};

export interface DecimalScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['Decimal'], any> {
  name: 'Decimal';
}

export interface DateTimeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['DateTime'], any> {
  name: 'DateTime';
}

export interface CurrencyScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['Currency'], any> {
  name: 'Currency';
}

export interface DateScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['Date'], any> {
  name: 'Date';
}

export type UserResolvers<ContextType = SubgraphContext, ParentType extends ResolversParentTypes['User'] = ResolversParentTypes['User'], FederationReferenceType extends FederationReferenceTypes['User'] = FederationReferenceTypes['User']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['User']> | FederationReferenceType, FederationReferenceType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  wallets?: Resolver<Maybe<ReadonlyArray<ResolversTypes['Wallet']>>, ParentType, ContextType>;
};

export type OrderResolvers<ContextType = SubgraphContext, ParentType extends ResolversParentTypes['Order'] = ResolversParentTypes['Order'], FederationReferenceType extends FederationReferenceTypes['Order'] = FederationReferenceTypes['Order']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['Order']> | FederationReferenceType, FederationReferenceType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  transactions?: Resolver<Maybe<ReadonlyArray<ResolversTypes['Transaction']>>, ParentType, ContextType>;
};

export type WalletResolvers<ContextType = SubgraphContext, ParentType extends ResolversParentTypes['Wallet'] = ResolversParentTypes['Wallet'], FederationReferenceType extends FederationReferenceTypes['Wallet'] = FederationReferenceTypes['Wallet']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['Wallet']> | FederationReferenceType, FederationReferenceType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  user?: Resolver<ResolversTypes['User'], ParentType, ContextType>;
  currency?: Resolver<ResolversTypes['Currency'], ParentType, ContextType>;
  posted?: Resolver<ResolversTypes['Decimal'], ParentType, ContextType>;
  held?: Resolver<ResolversTypes['Decimal'], ParentType, ContextType>;
  available?: Resolver<ResolversTypes['Decimal'], ParentType, ContextType>;
  transactions?: Resolver<ResolversTypes['TransactionConnection'], ParentType, ContextType, RequireFields<WalletTransactionsArgs, 'first'>>;
  balanceAsOf?: Resolver<ResolversTypes['Decimal'], ParentType, ContextType, RequireFields<WalletBalanceAsOfArgs, 'at' | 'by'>>;
  statement?: Resolver<ResolversTypes['Statement'], ParentType, ContextType, RequireFields<WalletStatementArgs, 'from' | 'to' | 'by'>>;
};

export type StatementResolvers<ContextType = SubgraphContext, ParentType extends ResolversParentTypes['Statement'] = ResolversParentTypes['Statement']> = {
  wallet?: Resolver<ResolversTypes['Wallet'], ParentType, ContextType>;
  from?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  to?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  by?: Resolver<ResolversTypes['TimeAxis'], ParentType, ContextType>;
  opening?: Resolver<ResolversTypes['Decimal'], ParentType, ContextType>;
  closing?: Resolver<ResolversTypes['Decimal'], ParentType, ContextType>;
  movements?: Resolver<ResolversTypes['MovementConnection'], ParentType, ContextType, RequireFields<StatementMovementsArgs, 'first'>>;
  csv?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type MovementResolvers<ContextType = SubgraphContext, ParentType extends ResolversParentTypes['Movement'] = ResolversParentTypes['Movement']> = {
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  amount?: Resolver<ResolversTypes['Decimal'], ParentType, ContextType>;
  transaction?: Resolver<ResolversTypes['Transaction'], ParentType, ContextType>;
};

export type MovementConnectionResolvers<ContextType = SubgraphContext, ParentType extends ResolversParentTypes['MovementConnection'] = ResolversParentTypes['MovementConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['MovementEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type MovementEdgeResolvers<ContextType = SubgraphContext, ParentType extends ResolversParentTypes['MovementEdge'] = ResolversParentTypes['MovementEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Movement'], ParentType, ContextType>;
};

export type TransactionResolvers<ContextType = SubgraphContext, ParentType extends ResolversParentTypes['Transaction'] = ResolversParentTypes['Transaction'], FederationReferenceType extends FederationReferenceTypes['Transaction'] = FederationReferenceTypes['Transaction']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['Transaction']> | FederationReferenceType, FederationReferenceType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  kind?: Resolver<ResolversTypes['TransactionKind'], ParentType, ContextType>;
  bookedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  effectiveAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  valueDate?: Resolver<ResolversTypes['Date'], ParentType, ContextType>;
  reverses?: Resolver<Maybe<ResolversTypes['Transaction']>, ParentType, ContextType>;
  reason?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  order?: Resolver<Maybe<ResolversTypes['Order']>, ParentType, ContextType>;
  executionId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  entries?: Resolver<ReadonlyArray<ResolversTypes['TransactionEntry']>, ParentType, ContextType>;
};

export type TransactionEntryResolvers<ContextType = SubgraphContext, ParentType extends ResolversParentTypes['TransactionEntry'] = ResolversParentTypes['TransactionEntry']> = {
  wallet?: Resolver<ResolversTypes['Wallet'], ParentType, ContextType>;
  amount?: Resolver<ResolversTypes['Decimal'], ParentType, ContextType>;
};

export type TransactionConnectionResolvers<ContextType = SubgraphContext, ParentType extends ResolversParentTypes['TransactionConnection'] = ResolversParentTypes['TransactionConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['TransactionEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type TransactionEdgeResolvers<ContextType = SubgraphContext, ParentType extends ResolversParentTypes['TransactionEdge'] = ResolversParentTypes['TransactionEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Transaction'], ParentType, ContextType>;
};

export type PageInfoResolvers<ContextType = SubgraphContext, ParentType extends ResolversParentTypes['PageInfo'] = ResolversParentTypes['PageInfo']> = {
  hasNextPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  hasPreviousPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  startCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  endCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type PaymentResolvers<ContextType = SubgraphContext, ParentType extends ResolversParentTypes['Payment'] = ResolversParentTypes['Payment'], FederationReferenceType extends FederationReferenceTypes['Payment'] = FederationReferenceTypes['Payment']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['Payment']> | FederationReferenceType, FederationReferenceType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  direction?: Resolver<ResolversTypes['PaymentDirection'], ParentType, ContextType>;
  user?: Resolver<ResolversTypes['User'], ParentType, ContextType>;
  wallet?: Resolver<Maybe<ResolversTypes['Wallet']>, ParentType, ContextType>;
  currency?: Resolver<ResolversTypes['Currency'], ParentType, ContextType>;
  amount?: Resolver<ResolversTypes['Decimal'], ParentType, ContextType>;
  status?: Resolver<ResolversTypes['PaymentStatus'], ParentType, ContextType>;
  failure?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  transaction?: Resolver<Maybe<ResolversTypes['Transaction']>, ParentType, ContextType>;
  requestedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  updatedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
};

export type PaymentConnectionResolvers<ContextType = SubgraphContext, ParentType extends ResolversParentTypes['PaymentConnection'] = ResolversParentTypes['PaymentConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['PaymentEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type PaymentEdgeResolvers<ContextType = SubgraphContext, ParentType extends ResolversParentTypes['PaymentEdge'] = ResolversParentTypes['PaymentEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Payment'], ParentType, ContextType>;
};

export type WalletRefusalResolvers<ContextType = SubgraphContext, ParentType extends ResolversParentTypes['WalletRefusal'] = ResolversParentTypes['WalletRefusal']> = {
  code?: Resolver<ResolversTypes['WalletRefusalCode'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type DepositPayloadResolvers<ContextType = SubgraphContext, ParentType extends ResolversParentTypes['DepositPayload'] = ResolversParentTypes['DepositPayload']> = {
  transaction?: Resolver<Maybe<ResolversTypes['Transaction']>, ParentType, ContextType>;
  wallet?: Resolver<Maybe<ResolversTypes['Wallet']>, ParentType, ContextType>;
  refusal?: Resolver<Maybe<ResolversTypes['WalletRefusal']>, ParentType, ContextType>;
};

export type TransferPayloadResolvers<ContextType = SubgraphContext, ParentType extends ResolversParentTypes['TransferPayload'] = ResolversParentTypes['TransferPayload']> = {
  transaction?: Resolver<Maybe<ResolversTypes['Transaction']>, ParentType, ContextType>;
  wallets?: Resolver<Maybe<ReadonlyArray<ResolversTypes['Wallet']>>, ParentType, ContextType>;
  refusal?: Resolver<Maybe<ResolversTypes['WalletRefusal']>, ParentType, ContextType>;
};

export type PaymentPayloadResolvers<ContextType = SubgraphContext, ParentType extends ResolversParentTypes['PaymentPayload'] = ResolversParentTypes['PaymentPayload']> = {
  payment?: Resolver<Maybe<ResolversTypes['Payment']>, ParentType, ContextType>;
  refusal?: Resolver<Maybe<ResolversTypes['WalletRefusal']>, ParentType, ContextType>;
};

export type CorrectionPayloadResolvers<ContextType = SubgraphContext, ParentType extends ResolversParentTypes['CorrectionPayload'] = ResolversParentTypes['CorrectionPayload']> = {
  transaction?: Resolver<Maybe<ResolversTypes['Transaction']>, ParentType, ContextType>;
  refusal?: Resolver<Maybe<ResolversTypes['WalletRefusal']>, ParentType, ContextType>;
};

export type WalletUpdateResolvers<ContextType = SubgraphContext, ParentType extends ResolversParentTypes['WalletUpdate'] = ResolversParentTypes['WalletUpdate']> = {
  sequence?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  kind?: Resolver<ResolversTypes['WalletUpdateKind'], ParentType, ContextType>;
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  posted?: Resolver<ResolversTypes['Decimal'], ParentType, ContextType>;
  held?: Resolver<ResolversTypes['Decimal'], ParentType, ContextType>;
  available?: Resolver<ResolversTypes['Decimal'], ParentType, ContextType>;
  wallet?: Resolver<ResolversTypes['Wallet'], ParentType, ContextType>;
  transaction?: Resolver<Maybe<ResolversTypes['Transaction']>, ParentType, ContextType>;
  order?: Resolver<Maybe<ResolversTypes['Order']>, ParentType, ContextType>;
};

export type QueryResolvers<ContextType = SubgraphContext, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  wallets?: Resolver<ReadonlyArray<ResolversTypes['Wallet']>, ParentType, ContextType>;
  wallet?: Resolver<Maybe<ResolversTypes['Wallet']>, ParentType, ContextType, RequireFields<QueryWalletArgs, 'currency'>>;
  transaction?: Resolver<Maybe<ResolversTypes['Transaction']>, ParentType, ContextType, RequireFields<QueryTransactionArgs, 'id'>>;
  payment?: Resolver<Maybe<ResolversTypes['Payment']>, ParentType, ContextType, RequireFields<QueryPaymentArgs, 'id'>>;
  payments?: Resolver<ResolversTypes['PaymentConnection'], ParentType, ContextType, RequireFields<QueryPaymentsArgs, 'first'>>;
};

export type MutationResolvers<ContextType = SubgraphContext, ParentType extends ResolversParentTypes['Mutation'] = ResolversParentTypes['Mutation']> = {
  deposit?: Resolver<ResolversTypes['DepositPayload'], ParentType, ContextType, RequireFields<MutationDepositArgs, 'input'>>;
  transfer?: Resolver<ResolversTypes['TransferPayload'], ParentType, ContextType, RequireFields<MutationTransferArgs, 'input'>>;
  requestDeposit?: Resolver<ResolversTypes['PaymentPayload'], ParentType, ContextType, RequireFields<MutationRequestDepositArgs, 'input'>>;
  requestWithdrawal?: Resolver<ResolversTypes['PaymentPayload'], ParentType, ContextType, RequireFields<MutationRequestWithdrawalArgs, 'input'>>;
  markPaymentPending?: Resolver<ResolversTypes['PaymentPayload'], ParentType, ContextType, RequireFields<MutationMarkPaymentPendingArgs, 'input'>>;
  completePayment?: Resolver<ResolversTypes['PaymentPayload'], ParentType, ContextType, RequireFields<MutationCompletePaymentArgs, 'input'>>;
  failPayment?: Resolver<ResolversTypes['PaymentPayload'], ParentType, ContextType, RequireFields<MutationFailPaymentArgs, 'input'>>;
  adjustWallet?: Resolver<ResolversTypes['CorrectionPayload'], ParentType, ContextType, RequireFields<MutationAdjustWalletArgs, 'input'>>;
  exchangeForUser?: Resolver<ResolversTypes['CorrectionPayload'], ParentType, ContextType, RequireFields<MutationExchangeForUserArgs, 'input'>>;
  reverseTransaction?: Resolver<ResolversTypes['CorrectionPayload'], ParentType, ContextType, RequireFields<MutationReverseTransactionArgs, 'input'>>;
};

export type SubscriptionResolvers<ContextType = SubgraphContext, ParentType extends ResolversParentTypes['Subscription'] = ResolversParentTypes['Subscription']> = {
  walletUpdates?: SubscriptionResolver<ResolversTypes['WalletUpdate'], "walletUpdates", ParentType, ContextType, Partial<SubscriptionWalletUpdatesArgs>>;
};

export type Resolvers<ContextType = SubgraphContext> = {
  Decimal?: GraphQLScalarType;
  DateTime?: GraphQLScalarType;
  Currency?: GraphQLScalarType;
  Date?: GraphQLScalarType;
  User?: UserResolvers<ContextType>;
  Order?: OrderResolvers<ContextType>;
  Wallet?: WalletResolvers<ContextType>;
  Statement?: StatementResolvers<ContextType>;
  Movement?: MovementResolvers<ContextType>;
  MovementConnection?: MovementConnectionResolvers<ContextType>;
  MovementEdge?: MovementEdgeResolvers<ContextType>;
  Transaction?: TransactionResolvers<ContextType>;
  TransactionEntry?: TransactionEntryResolvers<ContextType>;
  TransactionConnection?: TransactionConnectionResolvers<ContextType>;
  TransactionEdge?: TransactionEdgeResolvers<ContextType>;
  PageInfo?: PageInfoResolvers<ContextType>;
  Payment?: PaymentResolvers<ContextType>;
  PaymentConnection?: PaymentConnectionResolvers<ContextType>;
  PaymentEdge?: PaymentEdgeResolvers<ContextType>;
  WalletRefusal?: WalletRefusalResolvers<ContextType>;
  DepositPayload?: DepositPayloadResolvers<ContextType>;
  TransferPayload?: TransferPayloadResolvers<ContextType>;
  PaymentPayload?: PaymentPayloadResolvers<ContextType>;
  CorrectionPayload?: CorrectionPayloadResolvers<ContextType>;
  WalletUpdate?: WalletUpdateResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  Mutation?: MutationResolvers<ContextType>;
  Subscription?: SubscriptionResolvers<ContextType>;
};

