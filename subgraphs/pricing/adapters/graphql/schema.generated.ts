// Made by `npm run generate` from schema.graphql; types only, so it vanishes at run time.
import type { SubgraphContext } from '#kit/subgraph-context.ts';
import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
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

/** A currency pair that can be traded. */
export type Instrument = {
  readonly __typename?: 'Instrument';
  /** Base and quote currency, for example `EUR/USD`. */
  readonly symbol: Scalars['ID']['output'];
  /** The currency that is bought and sold. */
  readonly baseCurrency: Scalars['Currency']['output'];
  /** The currency that prices are in. */
  readonly quoteCurrency: Scalars['Currency']['output'];
  /** The smallest step of a price. */
  readonly tickSize: Scalars['Decimal']['output'];
  /** How many decimals a price has. */
  readonly priceScale: Scalars['Int']['output'];
  /** How many decimals a quantity has. */
  readonly quantityScale: Scalars['Int']['output'];
  /** The smallest quantity of an order. */
  readonly minimumQuantity: Scalars['Decimal']['output'];
  /** The largest quantity of an order. */
  readonly maximumQuantity: Scalars['Decimal']['output'];
  /** The latest quote; null before the first. */
  readonly quote?: Maybe<Quote>;
};

/** Whether a quote can be traded on. */
export type QuoteStatus =
  /** Fresh, from a connected venue. */
  | 'LIVE'
  /** Too old, or its venue is disconnected: for information only. */
  | 'STALE';

/** The best prices of one instrument. */
export type Quote = {
  readonly __typename?: 'Quote';
  /** What it is a quote of. */
  readonly instrument: Instrument;
  /** The best price to sell at. */
  readonly bid: Scalars['Decimal']['output'];
  /** The best price to buy at. */
  readonly ask: Scalars['Decimal']['output'];
  /** How much can be sold at `bid`. */
  readonly bidQuantity: Scalars['Decimal']['output'];
  /** How much can be bought at `ask`. */
  readonly askQuantity: Scalars['Decimal']['output'];
  /** Whether it can be traded on. */
  readonly status: QuoteStatus;
  /** When the venue published it. */
  readonly at: Scalars['DateTime']['output'];
};

export type Query = {
  readonly __typename?: 'Query';
  /** All instruments, by symbol. */
  readonly instruments: ReadonlyArray<Instrument>;
  /** One instrument. */
  readonly instrument?: Maybe<Instrument>;
  /** The latest quotes, by symbol. */
  readonly quotes: ReadonlyArray<Quote>;
};


export type QueryInstrumentArgs = {
  symbol: Scalars['ID']['input'];
};


export type QueryQuotesArgs = {
  symbols?: InputMaybe<ReadonlyArray<Scalars['ID']['input']>>;
};

export type Subscription = {
  readonly __typename?: 'Subscription';
  /** Live quotes: the latest of each instrument first, then changes; a slow client skips to the latest. */
  readonly quotes: Quote;
};


export type SubscriptionQuotesArgs = {
  symbols?: InputMaybe<ReadonlyArray<Scalars['ID']['input']>>;
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
  Instrument: Instrument;
};

/** Mapping of federation reference types */
export type FederationReferenceTypes = {
  Instrument:
    ( { __typename: 'Instrument' }
    & GraphQLRecursivePick<FederationTypes['Instrument'], {"symbol":true}> );
};



/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = {
  Decimal: ResolverTypeWrapper<Scalars['Decimal']['output']>;
  DateTime: ResolverTypeWrapper<Scalars['DateTime']['output']>;
  Currency: ResolverTypeWrapper<Scalars['Currency']['output']>;
  Instrument: ResolverTypeWrapper<Partial<Omit<Instrument, 'quote'> & { quote?: Maybe<ResolversTypes['Quote']> }> & Pick<Omit<Instrument, 'quote'> & { quote?: Maybe<ResolversTypes['Quote']> }, 'symbol'>>;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
  QuoteStatus: QuoteStatus;
  Quote: ResolverTypeWrapper<Omit<Quote, 'instrument'> & { instrument: ResolversTypes['Instrument'] }>;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Subscription: ResolverTypeWrapper<Record<PropertyKey, never>>;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  Decimal: Scalars['Decimal']['output'];
  DateTime: Scalars['DateTime']['output'];
  Currency: Scalars['Currency']['output'];
  Instrument: Partial<Omit<Instrument, 'quote'> & { quote?: Maybe<ResolversParentTypes['Quote']> }> & Pick<Omit<Instrument, 'quote'> & { quote?: Maybe<ResolversParentTypes['Quote']> }, 'symbol'>;
  ID: Scalars['ID']['output'];
  Int: Scalars['Int']['output'];
  Quote: Omit<Quote, 'instrument'> & { instrument: ResolversParentTypes['Instrument'] };
  Query: Record<PropertyKey, never>;
  Subscription: Record<PropertyKey, never>;
  String: Scalars['String']['output'];
  Boolean: Scalars['Boolean']['output'];
};

export type ViewerIndependentDirectiveArgs = { };

export type ViewerIndependentDirectiveResolver<Result, Parent, ContextType = SubgraphContext, Args = ViewerIndependentDirectiveArgs> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export type ConflatedDirectiveArgs = {
  by: Scalars['String']['input'];
};

export type ConflatedDirectiveResolver<Result, Parent, ContextType = SubgraphContext, Args = ConflatedDirectiveArgs> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export interface DecimalScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['Decimal'], any> {
  name: 'Decimal';
}

export interface DateTimeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['DateTime'], any> {
  name: 'DateTime';
}

export interface CurrencyScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['Currency'], any> {
  name: 'Currency';
}

export type InstrumentResolvers<ContextType = SubgraphContext, ParentType extends ResolversParentTypes['Instrument'] = ResolversParentTypes['Instrument'], FederationReferenceType extends FederationReferenceTypes['Instrument'] = FederationReferenceTypes['Instrument']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['Instrument']> | FederationReferenceType, FederationReferenceType, ContextType>;
  symbol?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  baseCurrency?: Resolver<ResolversTypes['Currency'], ParentType, ContextType>;
  quoteCurrency?: Resolver<ResolversTypes['Currency'], ParentType, ContextType>;
  tickSize?: Resolver<ResolversTypes['Decimal'], ParentType, ContextType>;
  priceScale?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  quantityScale?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  minimumQuantity?: Resolver<ResolversTypes['Decimal'], ParentType, ContextType>;
  maximumQuantity?: Resolver<ResolversTypes['Decimal'], ParentType, ContextType>;
  quote?: Resolver<Maybe<ResolversTypes['Quote']>, ParentType, ContextType>;
};

export type QuoteResolvers<ContextType = SubgraphContext, ParentType extends ResolversParentTypes['Quote'] = ResolversParentTypes['Quote']> = {
  instrument?: Resolver<ResolversTypes['Instrument'], ParentType, ContextType>;
  bid?: Resolver<ResolversTypes['Decimal'], ParentType, ContextType>;
  ask?: Resolver<ResolversTypes['Decimal'], ParentType, ContextType>;
  bidQuantity?: Resolver<ResolversTypes['Decimal'], ParentType, ContextType>;
  askQuantity?: Resolver<ResolversTypes['Decimal'], ParentType, ContextType>;
  status?: Resolver<ResolversTypes['QuoteStatus'], ParentType, ContextType>;
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
};

export type QueryResolvers<ContextType = SubgraphContext, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  instruments?: Resolver<ReadonlyArray<ResolversTypes['Instrument']>, ParentType, ContextType>;
  instrument?: Resolver<Maybe<ResolversTypes['Instrument']>, ParentType, ContextType, RequireFields<QueryInstrumentArgs, 'symbol'>>;
  quotes?: Resolver<ReadonlyArray<ResolversTypes['Quote']>, ParentType, ContextType, Partial<QueryQuotesArgs>>;
};

export type SubscriptionResolvers<ContextType = SubgraphContext, ParentType extends ResolversParentTypes['Subscription'] = ResolversParentTypes['Subscription']> = {
  quotes?: SubscriptionResolver<ResolversTypes['Quote'], "quotes", ParentType, ContextType, Partial<SubscriptionQuotesArgs>>;
};

export type Resolvers<ContextType = SubgraphContext> = {
  Decimal?: GraphQLScalarType;
  DateTime?: GraphQLScalarType;
  Currency?: GraphQLScalarType;
  Instrument?: InstrumentResolvers<ContextType>;
  Quote?: QuoteResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  Subscription?: SubscriptionResolvers<ContextType>;
};

export type DirectiveResolvers<ContextType = SubgraphContext> = {
  viewerIndependent?: ViewerIndependentDirectiveResolver<any, any, ContextType>;
  conflated?: ConflatedDirectiveResolver<any, any, ContextType>;
};
