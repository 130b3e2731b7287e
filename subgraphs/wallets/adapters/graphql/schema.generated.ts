// Made by `npm run generate` from schema.graphql; types only, so it vanishes at run time.
import type { SubgraphContext } from '#kit/subgraph-context.ts';
import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { WalletModel, TransactionModel, TransactionEntryModel, WalletRefusalModel, WalletUpdateModel } from './models.ts';
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
  /** What open orders hold of it. */
  readonly held: Scalars['Decimal']['output'];
  /** What can be spent: posted minus held. */
  readonly available: Scalars['Decimal']['output'];
  /** Its transactions, the latest first. */
  readonly transactions: TransactionConnection;
};


/** A user's money in one currency. */
export type WalletTransactionsArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
};

/** What a transaction is for. */
export type TransactionKind =
  /** Money came in from outside. */
  | 'DEPOSIT'
  /** A fill of an order was settled. */
  | 'ORDER_FILL';

/** A balanced set of postings, immutable. You see the entries of your own wallets. */
export type Transaction = {
  readonly __typename?: 'Transaction';
  /** Opaque and stable. */
  readonly id: Scalars['ID']['output'];
  /** What it is for. */
  readonly kind: TransactionKind;
  /** When it was written into the journal. */
  readonly bookedAt: Scalars['DateTime']['output'];
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

/** Why the ledger refused. */
export type WalletRefusalCode =
  /** The amount is not a decimal number, not positive, or has too many decimals for its currency. */
  | 'INVALID_AMOUNT'
  /** The amount is beyond the limit of one deposit. */
  | 'AMOUNT_TOO_LARGE'
  /** Mammon does not keep this currency. */
  | 'UNKNOWN_CURRENCY'
  /** The idempotency key is empty or longer than 128 characters. */
  | 'INVALID_IDEMPOTENCY_KEY'
  /** The key was used before with another body. */
  | 'IDEMPOTENCY_KEY_REUSED'
  /** Only operators deposit here; in local mode users also deposit for themselves. */
  | 'DEPOSIT_NOT_ALLOWED';

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
  /** Whose wallet, for operators. Without it: your own, in local mode only. */
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

/** What moved a wallet. */
export type WalletUpdateKind =
  /** Funds were held for an order. */
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
};


export type QueryWalletArgs = {
  currency: Scalars['Currency']['input'];
};


export type QueryTransactionArgs = {
  id: Scalars['ID']['input'];
};

export type Mutation = {
  readonly __typename?: 'Mutation';
  /** Books money that came in from outside. */
  readonly deposit: DepositPayload;
};


export type MutationDepositArgs = {
  input: DepositInput;
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
};



/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = {
  Decimal: ResolverTypeWrapper<Scalars['Decimal']['output']>;
  DateTime: ResolverTypeWrapper<Scalars['DateTime']['output']>;
  Currency: ResolverTypeWrapper<Scalars['Currency']['output']>;
  User: ResolverTypeWrapper<Partial<Omit<User, 'wallets'> & { wallets?: Maybe<ReadonlyArray<ResolversTypes['Wallet']>> }> & Pick<Omit<User, 'wallets'> & { wallets?: Maybe<ReadonlyArray<ResolversTypes['Wallet']>> }, 'id'>>;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  Order: ResolverTypeWrapper<Partial<Omit<Order, 'transactions'> & { transactions?: Maybe<ReadonlyArray<ResolversTypes['Transaction']>> }> & Pick<Omit<Order, 'transactions'> & { transactions?: Maybe<ReadonlyArray<ResolversTypes['Transaction']>> }, 'id'>>;
  Wallet: ResolverTypeWrapper<WalletModel>;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  TransactionKind: TransactionKind;
  Transaction: ResolverTypeWrapper<TransactionModel>;
  TransactionEntry: ResolverTypeWrapper<TransactionEntryModel>;
  TransactionConnection: ResolverTypeWrapper<Omit<TransactionConnection, 'edges'> & { edges: ReadonlyArray<ResolversTypes['TransactionEdge']> }>;
  TransactionEdge: ResolverTypeWrapper<Omit<TransactionEdge, 'node'> & { node: ResolversTypes['Transaction'] }>;
  PageInfo: ResolverTypeWrapper<PageInfo>;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
  WalletRefusalCode: WalletRefusalCode;
  WalletRefusal: ResolverTypeWrapper<WalletRefusalModel>;
  DepositInput: DepositInput;
  DepositPayload: ResolverTypeWrapper<Omit<DepositPayload, 'transaction' | 'wallet' | 'refusal'> & { transaction?: Maybe<ResolversTypes['Transaction']>, wallet?: Maybe<ResolversTypes['Wallet']>, refusal?: Maybe<ResolversTypes['WalletRefusal']> }>;
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
  User: Partial<Omit<User, 'wallets'> & { wallets?: Maybe<ReadonlyArray<ResolversParentTypes['Wallet']>> }> & Pick<Omit<User, 'wallets'> & { wallets?: Maybe<ReadonlyArray<ResolversParentTypes['Wallet']>> }, 'id'>;
  ID: Scalars['ID']['output'];
  Order: Partial<Omit<Order, 'transactions'> & { transactions?: Maybe<ReadonlyArray<ResolversParentTypes['Transaction']>> }> & Pick<Omit<Order, 'transactions'> & { transactions?: Maybe<ReadonlyArray<ResolversParentTypes['Transaction']>> }, 'id'>;
  Wallet: WalletModel;
  Int: Scalars['Int']['output'];
  String: Scalars['String']['output'];
  Transaction: TransactionModel;
  TransactionEntry: TransactionEntryModel;
  TransactionConnection: Omit<TransactionConnection, 'edges'> & { edges: ReadonlyArray<ResolversParentTypes['TransactionEdge']> };
  TransactionEdge: Omit<TransactionEdge, 'node'> & { node: ResolversParentTypes['Transaction'] };
  PageInfo: PageInfo;
  Boolean: Scalars['Boolean']['output'];
  WalletRefusal: WalletRefusalModel;
  DepositInput: DepositInput;
  DepositPayload: Omit<DepositPayload, 'transaction' | 'wallet' | 'refusal'> & { transaction?: Maybe<ResolversParentTypes['Transaction']>, wallet?: Maybe<ResolversParentTypes['Wallet']>, refusal?: Maybe<ResolversParentTypes['WalletRefusal']> };
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
};

export type TransactionResolvers<ContextType = SubgraphContext, ParentType extends ResolversParentTypes['Transaction'] = ResolversParentTypes['Transaction'], FederationReferenceType extends FederationReferenceTypes['Transaction'] = FederationReferenceTypes['Transaction']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['Transaction']> | FederationReferenceType, FederationReferenceType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  kind?: Resolver<ResolversTypes['TransactionKind'], ParentType, ContextType>;
  bookedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
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

export type WalletRefusalResolvers<ContextType = SubgraphContext, ParentType extends ResolversParentTypes['WalletRefusal'] = ResolversParentTypes['WalletRefusal']> = {
  code?: Resolver<ResolversTypes['WalletRefusalCode'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type DepositPayloadResolvers<ContextType = SubgraphContext, ParentType extends ResolversParentTypes['DepositPayload'] = ResolversParentTypes['DepositPayload']> = {
  transaction?: Resolver<Maybe<ResolversTypes['Transaction']>, ParentType, ContextType>;
  wallet?: Resolver<Maybe<ResolversTypes['Wallet']>, ParentType, ContextType>;
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
};

export type MutationResolvers<ContextType = SubgraphContext, ParentType extends ResolversParentTypes['Mutation'] = ResolversParentTypes['Mutation']> = {
  deposit?: Resolver<ResolversTypes['DepositPayload'], ParentType, ContextType, RequireFields<MutationDepositArgs, 'input'>>;
};

export type SubscriptionResolvers<ContextType = SubgraphContext, ParentType extends ResolversParentTypes['Subscription'] = ResolversParentTypes['Subscription']> = {
  walletUpdates?: SubscriptionResolver<ResolversTypes['WalletUpdate'], "walletUpdates", ParentType, ContextType, Partial<SubscriptionWalletUpdatesArgs>>;
};

export type Resolvers<ContextType = SubgraphContext> = {
  Decimal?: GraphQLScalarType;
  DateTime?: GraphQLScalarType;
  Currency?: GraphQLScalarType;
  User?: UserResolvers<ContextType>;
  Order?: OrderResolvers<ContextType>;
  Wallet?: WalletResolvers<ContextType>;
  Transaction?: TransactionResolvers<ContextType>;
  TransactionEntry?: TransactionEntryResolvers<ContextType>;
  TransactionConnection?: TransactionConnectionResolvers<ContextType>;
  TransactionEdge?: TransactionEdgeResolvers<ContextType>;
  PageInfo?: PageInfoResolvers<ContextType>;
  WalletRefusal?: WalletRefusalResolvers<ContextType>;
  DepositPayload?: DepositPayloadResolvers<ContextType>;
  WalletUpdate?: WalletUpdateResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  Mutation?: MutationResolvers<ContextType>;
  Subscription?: SubscriptionResolvers<ContextType>;
};

