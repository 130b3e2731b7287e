// Made by `npm run generate` from schema.graphql; types only, so it vanishes at run time.
import type { SubgraphContext } from '#kit/subgraph-context.ts';
import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
export type Maybe<T> = T | null;
export type InputMaybe<T> = Maybe<T>;
export type Omit<T, K extends keyof T> = Pick<T, Exclude<keyof T, K>>;
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
  _FieldSet: { input: string; output: string; }
};

/** An order to trade one instrument. */
export type Order = {
  readonly __typename?: 'Order';
  /** Opaque and stable. */
  readonly id: Scalars['ID']['output'];
  /** Where it was sent; null before it was. */
  readonly venue?: Maybe<Venue>;
  /** The venue's id of it (FIX 37). */
  readonly venueOrderId?: Maybe<Scalars['String']['output']>;
  /** Its executions, the oldest first. */
  readonly executions?: Maybe<ReadonlyArray<Execution>>;
};

/** An exchange that orders are sent to. */
export type Venue = {
  readonly __typename?: 'Venue';
  /** Its short name, for example `SANDBOX`. */
  readonly id: Scalars['ID']['output'];
  /** Its name for people. */
  readonly name: Scalars['String']['output'];
  /** Whether the order session is logged on. */
  readonly connected: Scalars['Boolean']['output'];
};

/** A trade at a venue, stored once. */
export type Execution = {
  readonly __typename?: 'Execution';
  /** Opaque and stable. */
  readonly id: Scalars['ID']['output'];
  /** The venue's id of it (FIX 17), unique for the venue and trade date. */
  readonly execId: Scalars['String']['output'];
  /** The order that it fills. */
  readonly order: Order;
  /** Where it was traded. */
  readonly venue: Venue;
  /** How much of the base currency. */
  readonly quantity: Scalars['Decimal']['output'];
  /** Quote currency for one unit of base. */
  readonly price: Scalars['Decimal']['output'];
  /** When the venue traded it. */
  readonly tradedAt: Scalars['DateTime']['output'];
};

export type Query = {
  readonly __typename?: 'Query';
  /** All venues, by id. */
  readonly venues: ReadonlyArray<Venue>;
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
  Order: Order;
  Venue: Venue;
  Execution: Execution;
};

/** Mapping of federation reference types */
export type FederationReferenceTypes = {
  Order:
    ( { __typename: 'Order' }
    & GraphQLRecursivePick<FederationTypes['Order'], {"id":true}> );
  Venue:
    ( { __typename: 'Venue' }
    & GraphQLRecursivePick<FederationTypes['Venue'], {"id":true}> );
  Execution:
    ( { __typename: 'Execution' }
    & GraphQLRecursivePick<FederationTypes['Execution'], {"id":true}> );
};



/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = {
  Decimal: ResolverTypeWrapper<Scalars['Decimal']['output']>;
  DateTime: ResolverTypeWrapper<Scalars['DateTime']['output']>;
  Order: ResolverTypeWrapper<Partial<Omit<Order, 'venue' | 'executions'> & { venue?: Maybe<ResolversTypes['Venue']>, executions?: Maybe<ReadonlyArray<ResolversTypes['Execution']>> }> & Pick<Omit<Order, 'venue' | 'executions'> & { venue?: Maybe<ResolversTypes['Venue']>, executions?: Maybe<ReadonlyArray<ResolversTypes['Execution']>> }, 'id'>>;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  Venue: ResolverTypeWrapper<Partial<Venue> & Pick<Venue, 'id'>>;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
  Execution: ResolverTypeWrapper<Partial<Omit<Execution, 'order' | 'venue'> & { order: ResolversTypes['Order'], venue: ResolversTypes['Venue'] }> & Pick<Omit<Execution, 'order' | 'venue'> & { order: ResolversTypes['Order'], venue: ResolversTypes['Venue'] }, 'id'>>;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  Decimal: Scalars['Decimal']['output'];
  DateTime: Scalars['DateTime']['output'];
  Order: Partial<Omit<Order, 'venue' | 'executions'> & { venue?: Maybe<ResolversParentTypes['Venue']>, executions?: Maybe<ReadonlyArray<ResolversParentTypes['Execution']>> }> & Pick<Omit<Order, 'venue' | 'executions'> & { venue?: Maybe<ResolversParentTypes['Venue']>, executions?: Maybe<ReadonlyArray<ResolversParentTypes['Execution']>> }, 'id'>;
  ID: Scalars['ID']['output'];
  String: Scalars['String']['output'];
  Venue: Partial<Venue> & Pick<Venue, 'id'>;
  Boolean: Scalars['Boolean']['output'];
  Execution: Partial<Omit<Execution, 'order' | 'venue'> & { order: ResolversParentTypes['Order'], venue: ResolversParentTypes['Venue'] }> & Pick<Omit<Execution, 'order' | 'venue'> & { order: ResolversParentTypes['Order'], venue: ResolversParentTypes['Venue'] }, 'id'>;
  Query: Record<PropertyKey, never>;
};

export interface DecimalScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['Decimal'], any> {
  name: 'Decimal';
}

export interface DateTimeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['DateTime'], any> {
  name: 'DateTime';
}

export type OrderResolvers<ContextType = SubgraphContext, ParentType extends ResolversParentTypes['Order'] = ResolversParentTypes['Order'], FederationReferenceType extends FederationReferenceTypes['Order'] = FederationReferenceTypes['Order']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['Order']> | FederationReferenceType, FederationReferenceType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  venue?: Resolver<Maybe<ResolversTypes['Venue']>, ParentType, ContextType>;
  venueOrderId?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  executions?: Resolver<Maybe<ReadonlyArray<ResolversTypes['Execution']>>, ParentType, ContextType>;
};

export type VenueResolvers<ContextType = SubgraphContext, ParentType extends ResolversParentTypes['Venue'] = ResolversParentTypes['Venue'], FederationReferenceType extends FederationReferenceTypes['Venue'] = FederationReferenceTypes['Venue']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['Venue']> | FederationReferenceType, FederationReferenceType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  connected?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
};

export type ExecutionResolvers<ContextType = SubgraphContext, ParentType extends ResolversParentTypes['Execution'] = ResolversParentTypes['Execution'], FederationReferenceType extends FederationReferenceTypes['Execution'] = FederationReferenceTypes['Execution']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['Execution']> | FederationReferenceType, FederationReferenceType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  execId?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  order?: Resolver<ResolversTypes['Order'], ParentType, ContextType>;
  venue?: Resolver<ResolversTypes['Venue'], ParentType, ContextType>;
  quantity?: Resolver<ResolversTypes['Decimal'], ParentType, ContextType>;
  price?: Resolver<ResolversTypes['Decimal'], ParentType, ContextType>;
  tradedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
};

export type QueryResolvers<ContextType = SubgraphContext, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  venues?: Resolver<ReadonlyArray<ResolversTypes['Venue']>, ParentType, ContextType>;
};

export type Resolvers<ContextType = SubgraphContext> = {
  Decimal?: GraphQLScalarType;
  DateTime?: GraphQLScalarType;
  Order?: OrderResolvers<ContextType>;
  Venue?: VenueResolvers<ContextType>;
  Execution?: ExecutionResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
};

