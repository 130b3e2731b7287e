// Made by `npm run generate` from schema.graphql; types only, so it vanishes at run time.
import type { SubgraphContext } from '#kit/subgraph-context.ts';
import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { OrderModel, OrderUpdateModel, FillModel } from './models.ts';
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
  _FieldSet: { input: string; output: string; }
};

/** Somebody who can log in. */
export type User = {
  readonly __typename?: 'User';
  /** Opaque and stable. */
  readonly id: Scalars['ID']['output'];
  /** The user's orders, the latest first. Only their owner and operators see them. */
  readonly orders?: Maybe<OrderConnection>;
};


/** Somebody who can log in. */
export type UserOrdersArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
};

/** A currency pair that can be traded. */
export type Instrument = {
  readonly __typename?: 'Instrument';
  /** Base and quote currency, for example `EUR/USD`. */
  readonly symbol: Scalars['ID']['output'];
};

/** A user's money in one currency. */
export type Wallet = {
  readonly __typename?: 'Wallet';
  /** Opaque and stable. */
  readonly id: Scalars['ID']['output'];
};

/** Which way an order trades its base currency (FIX 54). */
export type Side =
  /** Buys base, pays quote. */
  | 'BUY'
  /** Sells base, receives quote. */
  | 'SELL';

/** How an order is priced (FIX 40). */
export type OrderType =
  /** At the best prices there are, capped by a collar around the quote. */
  | 'MARKET'
  /** At the limit price or better. */
  | 'LIMIT';

/** How long an order works (FIX 59). */
export type TimeInForce =
  /** Good till canceled. */
  | 'GTC'
  /** Immediate or cancel: fills what it can at once, the rest is canceled. */
  | 'IOC';

/** Where an order is in its life. */
export type OrderStatus =
  /** Stored; its funds are not held yet. */
  | 'RECEIVED'
  /** Its worst-case cost is held. */
  | 'HELD'
  /** On its way to the venue. */
  | 'SUBMITTED'
  /** Working at the venue. */
  | 'ACCEPTED'
  /** Filled in part; the rest is working. */
  | 'PARTIALLY_FILLED'
  /** Filled whole. Final. */
  | 'FILLED'
  /** Canceled; what was filled stays filled. Final. */
  | 'CANCELED'
  /** Not submitted in time. Final. */
  | 'EXPIRED'
  /** Refused before it reached a venue. Final. */
  | 'DENIED'
  /** Refused by the venue. Final. */
  | 'REJECTED'
  /** The venue has not said yet whether it has it; its funds stay held. */
  | 'UNKNOWN';

/** An operation that the venue has not answered yet. */
export type PendingOperation =
  /** A cancel is on its way. */
  | 'CANCEL';

/** How far the money is. */
export type SettlementStatus =
  /** Nothing was filled yet. */
  | 'NONE'
  /** A fill is being settled, or a hold being released. */
  | 'PENDING'
  /** All fills are in the ledger and no funds are held any more, or none beyond the working rest. */
  | 'SETTLED';

/** Why an order was refused, denied or rejected. */
export type OrderRefusalCode =
  /** The client order id is empty or longer than 64 characters. */
  | 'INVALID_CLIENT_ORDER_ID'
  /** The client order id was used before for another order. */
  | 'CLIENT_ORDER_ID_REUSED'
  /** No such instrument. */
  | 'UNKNOWN_INSTRUMENT'
  /** The quantity is malformed, or not a multiple of the instrument's quantity step. */
  | 'INVALID_QUANTITY'
  /** The quantity is below the instrument's minimum. */
  | 'QUANTITY_TOO_SMALL'
  /** The quantity is above the instrument's maximum. */
  | 'QUANTITY_TOO_LARGE'
  /** A LIMIT order needs a limit price and a MARKET order must not have one. */
  | 'INVALID_LIMIT_PRICE'
  /** The limit price is not a multiple of the instrument's tick size. */
  | 'INVALID_TICK'
  /** MARKET orders are IOC. */
  | 'INVALID_TIME_IN_FORCE'
  /** `submitBy` is in the past or more than a day ahead. */
  | 'INVALID_SUBMIT_BY'
  /** There is no quote for this instrument. */
  | 'NO_QUOTE'
  /** The latest quote is too old to trade on. */
  | 'STALE_QUOTE'
  /** The limit price is too far from the market. */
  | 'PRICE_OUT_OF_RANGE'
  /** The wallet does not have the order's worst-case cost available. */
  | 'INSUFFICIENT_FUNDS'
  /** No order of yours has this id. */
  | 'ORDER_NOT_FOUND'
  /** The order is in a final state. */
  | 'ORDER_NOT_OPEN'
  /** A cancel of this order is on its way already. */
  | 'CANCEL_PENDING'
  /** You have too many open orders. */
  | 'TOO_MANY_OPEN_ORDERS'
  /** The venue refused it; the message says why. */
  | 'VENUE_REJECTED';

/** An expected no. */
export type OrderRefusal = {
  readonly __typename?: 'OrderRefusal';
  /** What it is, for programs. */
  readonly code: OrderRefusalCode;
  /** What it is, for people. */
  readonly message: Scalars['String']['output'];
};

/** An order to trade one instrument. */
export type Order = {
  readonly __typename?: 'Order';
  /** Opaque and stable. */
  readonly id: Scalars['ID']['output'];
  /** The id that its owner gave it, unique for the owner for ever. */
  readonly clientOrderId: Scalars['String']['output'];
  /** Its owner. */
  readonly user: User;
  /** What it trades. */
  readonly instrument: Instrument;
  /** The wallet that pays for it: the quote currency's for a buy, the base currency's for a sell. */
  readonly wallet: Wallet;
  /** Which way. */
  readonly side: Side;
  /** How it is priced. */
  readonly type: OrderType;
  /** How long it works. */
  readonly timeInForce: TimeInForce;
  /** How much of the base currency. */
  readonly quantity: Scalars['Decimal']['output'];
  /** The worst price accepted: the limit, or a MARKET order's cap once it is known. */
  readonly limitPrice?: Maybe<Scalars['Decimal']['output']>;
  /** Where it is in its life. */
  readonly status: OrderStatus;
  /** An operation that the venue has not answered yet. */
  readonly pendingOperation?: Maybe<PendingOperation>;
  /** How far the money is. */
  readonly settlementStatus: SettlementStatus;
  /** How much was filled. */
  readonly filledQuantity: Scalars['Decimal']['output'];
  /** How much is still to be filled; 0 once it is final. */
  readonly leavesQuantity: Scalars['Decimal']['output'];
  /** The mean price of its fills, rounded half-even to the instrument's price scale. */
  readonly averagePrice?: Maybe<Scalars['Decimal']['output']>;
  /** Its worst-case cost, held when it was accepted, in the currency of `wallet`. */
  readonly heldAmount: Scalars['Decimal']['output'];
  /** Why it was denied or rejected. */
  readonly refusal?: Maybe<OrderRefusal>;
  /** The order expires when it could not be sent to the venue by then. */
  readonly submitBy: Scalars['DateTime']['output'];
  /** When it was received. */
  readonly createdAt: Scalars['DateTime']['output'];
  /** When it last changed. */
  readonly updatedAt: Scalars['DateTime']['output'];
};

/** A page of orders. */
export type OrderConnection = {
  readonly __typename?: 'OrderConnection';
  /** The orders with their cursors. */
  readonly edges: ReadonlyArray<OrderEdge>;
  /** Where the page stands. */
  readonly pageInfo: PageInfo;
};

/** An order in a page. */
export type OrderEdge = {
  readonly __typename?: 'OrderEdge';
  /** Opaque; for `after`. */
  readonly cursor: Scalars['String']['output'];
  /** The order. */
  readonly node: Order;
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

/** An order to place. */
export type PlaceOrderInput = {
  /** Your id of it, 1 to 64 characters; placing it again returns the first result. */
  readonly clientOrderId: Scalars['String']['input'];
  /** For example `USD/NGN`. */
  readonly instrument: Scalars['ID']['input'];
  /** Which way. */
  readonly side: Side;
  /** How it is priced. */
  readonly type: OrderType;
  /** GTC for LIMIT and IOC for MARKET when left out. */
  readonly timeInForce?: InputMaybe<TimeInForce>;
  /** How much of the base currency. */
  readonly quantity: Scalars['Decimal']['input'];
  /** For LIMIT orders: the worst price accepted. */
  readonly limitPrice?: InputMaybe<Scalars['Decimal']['input']>;
  /** When it must have been sent to the venue, at most a day ahead; 30 seconds when left out. */
  readonly submitBy?: InputMaybe<Scalars['DateTime']['input']>;
};

/** Either `order` or `refusal` is set. A denied order is an order. */
export type PlaceOrderPayload = {
  readonly __typename?: 'PlaceOrderPayload';
  /** The order, as it stands after at most two seconds. */
  readonly order?: Maybe<Order>;
  /** Why there is no order. */
  readonly refusal?: Maybe<OrderRefusal>;
};

/** The order as it is now, and why a cancel was refused. */
export type CancelOrderPayload = {
  readonly __typename?: 'CancelOrderPayload';
  /** The order as it is now. */
  readonly order?: Maybe<Order>;
  /** Why no cancel was sent. */
  readonly refusal?: Maybe<OrderRefusal>;
};

/** What happened to an order. */
export type OrderEventKind =
  /** It was stored. */
  | 'RECEIVED'
  /** Its funds were held. */
  | 'HELD'
  /** It was denied. */
  | 'DENIED'
  /** It was sent on its way to the venue. */
  | 'SUBMITTED'
  /** The venue took it. */
  | 'ACCEPTED'
  /** The venue refused it. */
  | 'REJECTED'
  /** The venue's answer is missing. */
  | 'UNKNOWN'
  /** A part or the rest of it was filled. */
  | 'FILLED'
  /** A cancel was asked for. */
  | 'CANCEL_REQUESTED'
  /** A cancel was refused by the venue. */
  | 'CANCEL_REJECTED'
  /** It was canceled. */
  | 'CANCELED'
  /** It expired. */
  | 'EXPIRED'
  /** A fill was settled, or the rest of its hold released. */
  | 'SETTLED';

/** One step of one order. Lossless: each carries the user's next sequence. */
export type OrderUpdate = {
  readonly __typename?: 'OrderUpdate';
  /** 1, 2, 3, … for each user; resume with `after`. */
  readonly sequence: Scalars['Int']['output'];
  /** What happened. */
  readonly kind: OrderEventKind;
  /** When it happened. */
  readonly at: Scalars['DateTime']['output'];
  /** The order's status right after it. */
  readonly status: OrderStatus;
  /** How much was filled right after it. */
  readonly filledQuantity: Scalars['Decimal']['output'];
  /** The order as it is now. */
  readonly order: Order;
};

/** One fill of one order. Its sequence is that of the order update of kind FILLED. */
export type Fill = {
  readonly __typename?: 'Fill';
  /** The user's order update sequence; fills alone have gaps. Resume with `after`. */
  readonly sequence: Scalars['Int']['output'];
  /** The execution's id; the ledger transaction that settles it carries it. */
  readonly executionId: Scalars['ID']['output'];
  /** How much of the base currency. */
  readonly quantity: Scalars['Decimal']['output'];
  /** Quote currency for one unit of base. */
  readonly price: Scalars['Decimal']['output'];
  /** When the venue traded it. */
  readonly at: Scalars['DateTime']['output'];
  /** The order as it is now. */
  readonly order: Order;
};

export type Query = {
  readonly __typename?: 'Query';
  /** One of your orders. */
  readonly order?: Maybe<Order>;
  /** One of your orders, by the id that you gave it. */
  readonly orderByClientId?: Maybe<Order>;
  /** Your orders, the latest first. */
  readonly orders: OrderConnection;
};


export type QueryOrderArgs = {
  id: Scalars['ID']['input'];
};


export type QueryOrderByClientIdArgs = {
  clientOrderId: Scalars['String']['input'];
};


export type QueryOrdersArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  status?: InputMaybe<ReadonlyArray<OrderStatus>>;
};

export type Mutation = {
  readonly __typename?: 'Mutation';
  /** Places an order. Waits up to two seconds for its funds to be held or denied. */
  readonly placeOrder: PlaceOrderPayload;
  /** Asks for the rest of an order to be canceled. */
  readonly cancelOrder: CancelOrderPayload;
};


export type MutationPlaceOrderArgs = {
  input: PlaceOrderInput;
};


export type MutationCancelOrderArgs = {
  id: Scalars['ID']['input'];
};

export type Subscription = {
  readonly __typename?: 'Subscription';
  /** Every step of your orders, in order and without loss. */
  readonly orderUpdates: OrderUpdate;
  /** Every fill of your orders, in order and without loss. */
  readonly fills: Fill;
};


export type SubscriptionOrderUpdatesArgs = {
  after?: InputMaybe<Scalars['Int']['input']>;
};


export type SubscriptionFillsArgs = {
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
  Instrument: Instrument;
  Order: Order;
};

/** Mapping of federation reference types */
export type FederationReferenceTypes = {
  User:
    ( { __typename: 'User' }
    & GraphQLRecursivePick<FederationTypes['User'], {"id":true}> );
  Instrument:
    ( { __typename: 'Instrument' }
    & GraphQLRecursivePick<FederationTypes['Instrument'], {"symbol":true}> );
  Order:
    ( { __typename: 'Order' }
    & GraphQLRecursivePick<FederationTypes['Order'], {"id":true}> );
};



/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = {
  Decimal: ResolverTypeWrapper<Scalars['Decimal']['output']>;
  DateTime: ResolverTypeWrapper<Scalars['DateTime']['output']>;
  User: ResolverTypeWrapper<Partial<Omit<User, 'orders'> & { orders?: Maybe<ResolversTypes['OrderConnection']> }> & Pick<Omit<User, 'orders'> & { orders?: Maybe<ResolversTypes['OrderConnection']> }, 'id'>>;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  Instrument: ResolverTypeWrapper<Partial<Instrument> & Pick<Instrument, 'symbol'>>;
  Wallet: ResolverTypeWrapper<Partial<Wallet> & Pick<Wallet, 'id'>>;
  Side: Side;
  OrderType: OrderType;
  TimeInForce: TimeInForce;
  OrderStatus: OrderStatus;
  PendingOperation: PendingOperation;
  SettlementStatus: SettlementStatus;
  OrderRefusalCode: OrderRefusalCode;
  OrderRefusal: ResolverTypeWrapper<OrderRefusal>;
  Order: ResolverTypeWrapper<OrderModel>;
  OrderConnection: ResolverTypeWrapper<Omit<OrderConnection, 'edges'> & { edges: ReadonlyArray<ResolversTypes['OrderEdge']> }>;
  OrderEdge: ResolverTypeWrapper<Omit<OrderEdge, 'node'> & { node: ResolversTypes['Order'] }>;
  PageInfo: ResolverTypeWrapper<PageInfo>;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
  PlaceOrderInput: PlaceOrderInput;
  PlaceOrderPayload: ResolverTypeWrapper<Omit<PlaceOrderPayload, 'order'> & { order?: Maybe<ResolversTypes['Order']> }>;
  CancelOrderPayload: ResolverTypeWrapper<Omit<CancelOrderPayload, 'order'> & { order?: Maybe<ResolversTypes['Order']> }>;
  OrderEventKind: OrderEventKind;
  OrderUpdate: ResolverTypeWrapper<OrderUpdateModel>;
  Fill: ResolverTypeWrapper<FillModel>;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Mutation: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Subscription: ResolverTypeWrapper<Record<PropertyKey, never>>;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  Decimal: Scalars['Decimal']['output'];
  DateTime: Scalars['DateTime']['output'];
  User: Partial<Omit<User, 'orders'> & { orders?: Maybe<ResolversParentTypes['OrderConnection']> }> & Pick<Omit<User, 'orders'> & { orders?: Maybe<ResolversParentTypes['OrderConnection']> }, 'id'>;
  ID: Scalars['ID']['output'];
  Int: Scalars['Int']['output'];
  String: Scalars['String']['output'];
  Instrument: Partial<Instrument> & Pick<Instrument, 'symbol'>;
  Wallet: Partial<Wallet> & Pick<Wallet, 'id'>;
  OrderRefusal: OrderRefusal;
  Order: OrderModel;
  OrderConnection: Omit<OrderConnection, 'edges'> & { edges: ReadonlyArray<ResolversParentTypes['OrderEdge']> };
  OrderEdge: Omit<OrderEdge, 'node'> & { node: ResolversParentTypes['Order'] };
  PageInfo: PageInfo;
  Boolean: Scalars['Boolean']['output'];
  PlaceOrderInput: PlaceOrderInput;
  PlaceOrderPayload: Omit<PlaceOrderPayload, 'order'> & { order?: Maybe<ResolversParentTypes['Order']> };
  CancelOrderPayload: Omit<CancelOrderPayload, 'order'> & { order?: Maybe<ResolversParentTypes['Order']> };
  OrderUpdate: OrderUpdateModel;
  Fill: FillModel;
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

export type UserResolvers<ContextType = SubgraphContext, ParentType extends ResolversParentTypes['User'] = ResolversParentTypes['User'], FederationReferenceType extends FederationReferenceTypes['User'] = FederationReferenceTypes['User']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['User']> | FederationReferenceType, FederationReferenceType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  orders?: Resolver<Maybe<ResolversTypes['OrderConnection']>, ParentType, ContextType, RequireFields<UserOrdersArgs, 'first'>>;
};

export type InstrumentResolvers<ContextType = SubgraphContext, ParentType extends ResolversParentTypes['Instrument'] = ResolversParentTypes['Instrument'], FederationReferenceType extends FederationReferenceTypes['Instrument'] = FederationReferenceTypes['Instrument']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['Instrument']> | FederationReferenceType, FederationReferenceType, ContextType>;
  symbol?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type WalletResolvers<ContextType = SubgraphContext, ParentType extends ResolversParentTypes['Wallet'] = ResolversParentTypes['Wallet']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type OrderRefusalResolvers<ContextType = SubgraphContext, ParentType extends ResolversParentTypes['OrderRefusal'] = ResolversParentTypes['OrderRefusal']> = {
  code?: Resolver<ResolversTypes['OrderRefusalCode'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type OrderResolvers<ContextType = SubgraphContext, ParentType extends ResolversParentTypes['Order'] = ResolversParentTypes['Order'], FederationReferenceType extends FederationReferenceTypes['Order'] = FederationReferenceTypes['Order']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['Order']> | FederationReferenceType, FederationReferenceType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  clientOrderId?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  user?: Resolver<ResolversTypes['User'], ParentType, ContextType>;
  instrument?: Resolver<ResolversTypes['Instrument'], ParentType, ContextType>;
  wallet?: Resolver<ResolversTypes['Wallet'], ParentType, ContextType>;
  side?: Resolver<ResolversTypes['Side'], ParentType, ContextType>;
  type?: Resolver<ResolversTypes['OrderType'], ParentType, ContextType>;
  timeInForce?: Resolver<ResolversTypes['TimeInForce'], ParentType, ContextType>;
  quantity?: Resolver<ResolversTypes['Decimal'], ParentType, ContextType>;
  limitPrice?: Resolver<Maybe<ResolversTypes['Decimal']>, ParentType, ContextType>;
  status?: Resolver<ResolversTypes['OrderStatus'], ParentType, ContextType>;
  pendingOperation?: Resolver<Maybe<ResolversTypes['PendingOperation']>, ParentType, ContextType>;
  settlementStatus?: Resolver<ResolversTypes['SettlementStatus'], ParentType, ContextType>;
  filledQuantity?: Resolver<ResolversTypes['Decimal'], ParentType, ContextType>;
  leavesQuantity?: Resolver<ResolversTypes['Decimal'], ParentType, ContextType>;
  averagePrice?: Resolver<Maybe<ResolversTypes['Decimal']>, ParentType, ContextType>;
  heldAmount?: Resolver<ResolversTypes['Decimal'], ParentType, ContextType>;
  refusal?: Resolver<Maybe<ResolversTypes['OrderRefusal']>, ParentType, ContextType>;
  submitBy?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  updatedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
};

export type OrderConnectionResolvers<ContextType = SubgraphContext, ParentType extends ResolversParentTypes['OrderConnection'] = ResolversParentTypes['OrderConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['OrderEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type OrderEdgeResolvers<ContextType = SubgraphContext, ParentType extends ResolversParentTypes['OrderEdge'] = ResolversParentTypes['OrderEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Order'], ParentType, ContextType>;
};

export type PageInfoResolvers<ContextType = SubgraphContext, ParentType extends ResolversParentTypes['PageInfo'] = ResolversParentTypes['PageInfo']> = {
  hasNextPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  hasPreviousPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  startCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  endCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type PlaceOrderPayloadResolvers<ContextType = SubgraphContext, ParentType extends ResolversParentTypes['PlaceOrderPayload'] = ResolversParentTypes['PlaceOrderPayload']> = {
  order?: Resolver<Maybe<ResolversTypes['Order']>, ParentType, ContextType>;
  refusal?: Resolver<Maybe<ResolversTypes['OrderRefusal']>, ParentType, ContextType>;
};

export type CancelOrderPayloadResolvers<ContextType = SubgraphContext, ParentType extends ResolversParentTypes['CancelOrderPayload'] = ResolversParentTypes['CancelOrderPayload']> = {
  order?: Resolver<Maybe<ResolversTypes['Order']>, ParentType, ContextType>;
  refusal?: Resolver<Maybe<ResolversTypes['OrderRefusal']>, ParentType, ContextType>;
};

export type OrderUpdateResolvers<ContextType = SubgraphContext, ParentType extends ResolversParentTypes['OrderUpdate'] = ResolversParentTypes['OrderUpdate']> = {
  sequence?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  kind?: Resolver<ResolversTypes['OrderEventKind'], ParentType, ContextType>;
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  status?: Resolver<ResolversTypes['OrderStatus'], ParentType, ContextType>;
  filledQuantity?: Resolver<ResolversTypes['Decimal'], ParentType, ContextType>;
  order?: Resolver<ResolversTypes['Order'], ParentType, ContextType>;
};

export type FillResolvers<ContextType = SubgraphContext, ParentType extends ResolversParentTypes['Fill'] = ResolversParentTypes['Fill']> = {
  sequence?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  executionId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  quantity?: Resolver<ResolversTypes['Decimal'], ParentType, ContextType>;
  price?: Resolver<ResolversTypes['Decimal'], ParentType, ContextType>;
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  order?: Resolver<ResolversTypes['Order'], ParentType, ContextType>;
};

export type QueryResolvers<ContextType = SubgraphContext, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  order?: Resolver<Maybe<ResolversTypes['Order']>, ParentType, ContextType, RequireFields<QueryOrderArgs, 'id'>>;
  orderByClientId?: Resolver<Maybe<ResolversTypes['Order']>, ParentType, ContextType, RequireFields<QueryOrderByClientIdArgs, 'clientOrderId'>>;
  orders?: Resolver<ResolversTypes['OrderConnection'], ParentType, ContextType, RequireFields<QueryOrdersArgs, 'first'>>;
};

export type MutationResolvers<ContextType = SubgraphContext, ParentType extends ResolversParentTypes['Mutation'] = ResolversParentTypes['Mutation']> = {
  placeOrder?: Resolver<ResolversTypes['PlaceOrderPayload'], ParentType, ContextType, RequireFields<MutationPlaceOrderArgs, 'input'>>;
  cancelOrder?: Resolver<ResolversTypes['CancelOrderPayload'], ParentType, ContextType, RequireFields<MutationCancelOrderArgs, 'id'>>;
};

export type SubscriptionResolvers<ContextType = SubgraphContext, ParentType extends ResolversParentTypes['Subscription'] = ResolversParentTypes['Subscription']> = {
  orderUpdates?: SubscriptionResolver<ResolversTypes['OrderUpdate'], "orderUpdates", ParentType, ContextType, Partial<SubscriptionOrderUpdatesArgs>>;
  fills?: SubscriptionResolver<ResolversTypes['Fill'], "fills", ParentType, ContextType, Partial<SubscriptionFillsArgs>>;
};

export type Resolvers<ContextType = SubgraphContext> = {
  Decimal?: GraphQLScalarType;
  DateTime?: GraphQLScalarType;
  User?: UserResolvers<ContextType>;
  Instrument?: InstrumentResolvers<ContextType>;
  Wallet?: WalletResolvers<ContextType>;
  OrderRefusal?: OrderRefusalResolvers<ContextType>;
  Order?: OrderResolvers<ContextType>;
  OrderConnection?: OrderConnectionResolvers<ContextType>;
  OrderEdge?: OrderEdgeResolvers<ContextType>;
  PageInfo?: PageInfoResolvers<ContextType>;
  PlaceOrderPayload?: PlaceOrderPayloadResolvers<ContextType>;
  CancelOrderPayload?: CancelOrderPayloadResolvers<ContextType>;
  OrderUpdate?: OrderUpdateResolvers<ContextType>;
  Fill?: FillResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  Mutation?: MutationResolvers<ContextType>;
  Subscription?: SubscriptionResolvers<ContextType>;
};

