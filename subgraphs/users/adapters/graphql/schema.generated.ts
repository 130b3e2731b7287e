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
  /** An instant in UTC, ISO 8601 with milliseconds, for example `2026-03-01T12:00:00.000Z`. */
  DateTime: { input: string; output: Date | string; }
  _FieldSet: { input: string; output: string; }
};

/** What a user may do. */
export type Role =
  /** Trades on an account of their own. */
  | 'CUSTOMER'
  /** Integrates Mammon into a product of their own. */
  | 'PARTNER'
  /** Runs Mammon: deposits, adjustments, incidents. */
  | 'OPERATOR';

/** Somebody who can log in. */
export type User = {
  readonly __typename?: 'User';
  /** Opaque and stable. */
  readonly id: Scalars['ID']['output'];
  /** The address that logs in. Only its owner and operators see it. */
  readonly email?: Maybe<Scalars['String']['output']>;
  /** What the user may do. Only its owner and operators see it. */
  readonly roles?: Maybe<ReadonlyArray<Role>>;
  /** When the user registered. Only its owner and operators see it. */
  readonly createdAt?: Maybe<Scalars['DateTime']['output']>;
};

/** One login on one device; it lives as long as it is refreshed. */
export type Session = {
  readonly __typename?: 'Session';
  /** Opaque and stable. */
  readonly id: Scalars['ID']['output'];
  /** When the user logged in. */
  readonly createdAt: Scalars['DateTime']['output'];
  /** When the session was last refreshed. */
  readonly lastUsedAt: Scalars['DateTime']['output'];
  /** When the session ends unless it is refreshed before. */
  readonly expiresAt: Scalars['DateTime']['output'];
  /** What the device called itself when it logged in (its User-Agent). */
  readonly device?: Maybe<Scalars['String']['output']>;
  /** Whether this is the session that asks. */
  readonly current: Scalars['Boolean']['output'];
};

/** A pair of tokens: the access token authenticates requests, the refresh token gets the next pair. */
export type Tokens = {
  readonly __typename?: 'Tokens';
  /** An ES256 JWT for the `Authorization: Bearer` header or `connection_init`. Keep it in memory. */
  readonly accessToken: Scalars['String']['output'];
  /** When the access token stops working. */
  readonly accessTokenExpiresAt: Scalars['DateTime']['output'];
  /** Good for one refresh. Used again later than a few seconds after that, it ends its session. */
  readonly refreshToken: Scalars['String']['output'];
};

/** Why an account operation was refused. */
export type AccountRefusalCode =
  /** The address is not one that mail can be sent to. */
  | 'INVALID_EMAIL'
  /** The password is shorter than 12 or longer than 256 characters, or a well-known one. */
  | 'WEAK_PASSWORD'
  /** Somebody registered with this address before. */
  | 'EMAIL_TAKEN'
  /** No user has this address and password. */
  | 'INVALID_CREDENTIALS'
  /** Too many attempts for this account or from this address; try again later. */
  | 'TOO_MANY_ATTEMPTS'
  /** The refresh token is malformed, expired, used up, or its session ended. */
  | 'INVALID_REFRESH_TOKEN'
  /** No session of yours has this id. */
  | 'SESSION_NOT_FOUND';

/** An expected no. */
export type AccountRefusal = {
  readonly __typename?: 'AccountRefusal';
  /** What it is, for programs. */
  readonly code: AccountRefusalCode;
  /** What it is, for people. */
  readonly message: Scalars['String']['output'];
  /** Seconds after which another attempt makes sense, for TOO_MANY_ATTEMPTS. */
  readonly retryAfterSeconds?: Maybe<Scalars['Int']['output']>;
};

/** An address and a password. */
export type CredentialsInput = {
  /** An e-mail address of at most 254 characters; letter case does not matter. */
  readonly email: Scalars['String']['input'];
  /** 12 to 256 characters. */
  readonly password: Scalars['String']['input'];
};

/** Either `user` or `refusal` is set. */
export type RegisterPayload = {
  readonly __typename?: 'RegisterPayload';
  /** The new user; log in next. */
  readonly user?: Maybe<User>;
  /** Why nobody was registered. */
  readonly refusal?: Maybe<AccountRefusal>;
};

/** Either `tokens` and `user`, or `refusal` is set. */
export type LogInPayload = {
  readonly __typename?: 'LogInPayload';
  /** The new session's tokens. */
  readonly tokens?: Maybe<Tokens>;
  /** Who logged in. */
  readonly user?: Maybe<User>;
  /** Why there is no new session. */
  readonly refusal?: Maybe<AccountRefusal>;
};

/** Either `tokens` or `refusal` is set. */
export type RefreshPayload = {
  readonly __typename?: 'RefreshPayload';
  /** The next pair. */
  readonly tokens?: Maybe<Tokens>;
  /** Why there is no next pair. */
  readonly refusal?: Maybe<AccountRefusal>;
};

/** The outcome of ending sessions. */
export type EndSessionsPayload = {
  readonly __typename?: 'EndSessionsPayload';
  /** How many sessions ended. */
  readonly ended: Scalars['Int']['output'];
  /** Why none did. */
  readonly refusal?: Maybe<AccountRefusal>;
};

export type Query = {
  readonly __typename?: 'Query';
  /** Who is asking; null for a stranger. */
  readonly me?: Maybe<User>;
  /** Your live sessions, the latest first. */
  readonly sessions: ReadonlyArray<Session>;
};

export type Mutation = {
  readonly __typename?: 'Mutation';
  /** Makes a user with the role CUSTOMER. */
  readonly register: RegisterPayload;
  /** Starts a session. */
  readonly logIn: LogInPayload;
  /** Trades a refresh token for the next pair of tokens. */
  readonly refreshTokens: RefreshPayload;
  /** Ends the session that asks. */
  readonly logOut: EndSessionsPayload;
  /** Ends one of your sessions. */
  readonly endSession: EndSessionsPayload;
  /** Ends all of your sessions, this one too. */
  readonly endAllSessions: EndSessionsPayload;
};


export type MutationRegisterArgs = {
  input: CredentialsInput;
};


export type MutationLogInArgs = {
  input: CredentialsInput;
};


export type MutationRefreshTokensArgs = {
  refreshToken: Scalars['String']['input'];
};


export type MutationEndSessionArgs = {
  id: Scalars['ID']['input'];
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
};

/** Mapping of federation reference types */
export type FederationReferenceTypes = {
  User:
    ( { __typename: 'User' }
    & GraphQLRecursivePick<FederationTypes['User'], {"id":true}> );
};



/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = {
  DateTime: ResolverTypeWrapper<Scalars['DateTime']['output']>;
  Role: Role;
  User: ResolverTypeWrapper<Partial<User> & Pick<User, 'id'>>;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  Session: ResolverTypeWrapper<Session>;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
  Tokens: ResolverTypeWrapper<Tokens>;
  AccountRefusalCode: AccountRefusalCode;
  AccountRefusal: ResolverTypeWrapper<AccountRefusal>;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
  CredentialsInput: CredentialsInput;
  RegisterPayload: ResolverTypeWrapper<Omit<RegisterPayload, 'user'> & { user?: Maybe<ResolversTypes['User']> }>;
  LogInPayload: ResolverTypeWrapper<Omit<LogInPayload, 'user'> & { user?: Maybe<ResolversTypes['User']> }>;
  RefreshPayload: ResolverTypeWrapper<RefreshPayload>;
  EndSessionsPayload: ResolverTypeWrapper<EndSessionsPayload>;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Mutation: ResolverTypeWrapper<Record<PropertyKey, never>>;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  DateTime: Scalars['DateTime']['output'];
  User: Partial<User> & Pick<User, 'id'>;
  ID: Scalars['ID']['output'];
  String: Scalars['String']['output'];
  Session: Session;
  Boolean: Scalars['Boolean']['output'];
  Tokens: Tokens;
  AccountRefusal: AccountRefusal;
  Int: Scalars['Int']['output'];
  CredentialsInput: CredentialsInput;
  RegisterPayload: Omit<RegisterPayload, 'user'> & { user?: Maybe<ResolversParentTypes['User']> };
  LogInPayload: Omit<LogInPayload, 'user'> & { user?: Maybe<ResolversParentTypes['User']> };
  RefreshPayload: RefreshPayload;
  EndSessionsPayload: EndSessionsPayload;
  Query: Record<PropertyKey, never>;
  Mutation: Record<PropertyKey, never>;
};

export interface DateTimeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['DateTime'], any> {
  name: 'DateTime';
}

export type UserResolvers<ContextType = SubgraphContext, ParentType extends ResolversParentTypes['User'] = ResolversParentTypes['User'], FederationReferenceType extends FederationReferenceTypes['User'] = FederationReferenceTypes['User']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['User']> | FederationReferenceType, FederationReferenceType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  email?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  roles?: Resolver<Maybe<ReadonlyArray<ResolversTypes['Role']>>, ParentType, ContextType>;
  createdAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
};

export type SessionResolvers<ContextType = SubgraphContext, ParentType extends ResolversParentTypes['Session'] = ResolversParentTypes['Session']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  lastUsedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  expiresAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  device?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  current?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
};

export type TokensResolvers<ContextType = SubgraphContext, ParentType extends ResolversParentTypes['Tokens'] = ResolversParentTypes['Tokens']> = {
  accessToken?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  accessTokenExpiresAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  refreshToken?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type AccountRefusalResolvers<ContextType = SubgraphContext, ParentType extends ResolversParentTypes['AccountRefusal'] = ResolversParentTypes['AccountRefusal']> = {
  code?: Resolver<ResolversTypes['AccountRefusalCode'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  retryAfterSeconds?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
};

export type RegisterPayloadResolvers<ContextType = SubgraphContext, ParentType extends ResolversParentTypes['RegisterPayload'] = ResolversParentTypes['RegisterPayload']> = {
  user?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  refusal?: Resolver<Maybe<ResolversTypes['AccountRefusal']>, ParentType, ContextType>;
};

export type LogInPayloadResolvers<ContextType = SubgraphContext, ParentType extends ResolversParentTypes['LogInPayload'] = ResolversParentTypes['LogInPayload']> = {
  tokens?: Resolver<Maybe<ResolversTypes['Tokens']>, ParentType, ContextType>;
  user?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  refusal?: Resolver<Maybe<ResolversTypes['AccountRefusal']>, ParentType, ContextType>;
};

export type RefreshPayloadResolvers<ContextType = SubgraphContext, ParentType extends ResolversParentTypes['RefreshPayload'] = ResolversParentTypes['RefreshPayload']> = {
  tokens?: Resolver<Maybe<ResolversTypes['Tokens']>, ParentType, ContextType>;
  refusal?: Resolver<Maybe<ResolversTypes['AccountRefusal']>, ParentType, ContextType>;
};

export type EndSessionsPayloadResolvers<ContextType = SubgraphContext, ParentType extends ResolversParentTypes['EndSessionsPayload'] = ResolversParentTypes['EndSessionsPayload']> = {
  ended?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  refusal?: Resolver<Maybe<ResolversTypes['AccountRefusal']>, ParentType, ContextType>;
};

export type QueryResolvers<ContextType = SubgraphContext, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  me?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  sessions?: Resolver<ReadonlyArray<ResolversTypes['Session']>, ParentType, ContextType>;
};

export type MutationResolvers<ContextType = SubgraphContext, ParentType extends ResolversParentTypes['Mutation'] = ResolversParentTypes['Mutation']> = {
  register?: Resolver<ResolversTypes['RegisterPayload'], ParentType, ContextType, RequireFields<MutationRegisterArgs, 'input'>>;
  logIn?: Resolver<ResolversTypes['LogInPayload'], ParentType, ContextType, RequireFields<MutationLogInArgs, 'input'>>;
  refreshTokens?: Resolver<ResolversTypes['RefreshPayload'], ParentType, ContextType, RequireFields<MutationRefreshTokensArgs, 'refreshToken'>>;
  logOut?: Resolver<ResolversTypes['EndSessionsPayload'], ParentType, ContextType>;
  endSession?: Resolver<ResolversTypes['EndSessionsPayload'], ParentType, ContextType, RequireFields<MutationEndSessionArgs, 'id'>>;
  endAllSessions?: Resolver<ResolversTypes['EndSessionsPayload'], ParentType, ContextType>;
};

export type Resolvers<ContextType = SubgraphContext> = {
  DateTime?: GraphQLScalarType;
  User?: UserResolvers<ContextType>;
  Session?: SessionResolvers<ContextType>;
  Tokens?: TokensResolvers<ContextType>;
  AccountRefusal?: AccountRefusalResolvers<ContextType>;
  RegisterPayload?: RegisterPayloadResolvers<ContextType>;
  LogInPayload?: LogInPayloadResolvers<ContextType>;
  RefreshPayload?: RefreshPayloadResolvers<ContextType>;
  EndSessionsPayload?: EndSessionsPayloadResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  Mutation?: MutationResolvers<ContextType>;
};

