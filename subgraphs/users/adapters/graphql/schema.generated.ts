// Made by `npm run generate` from schema.graphql; types only, so it vanishes at run time.
import type { SubgraphContext } from '#kit/subgraph-context.ts';
import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { ApiKeyModel } from './models.ts';
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
  /** That the user is barred; null while it may come in. Only operators see it. */
  readonly bar?: Maybe<Bar>;
};

/** An operator has barred a user: no log-in, no session and no API key of it is good until that is lifted. */
export type Bar = {
  readonly __typename?: 'Bar';
  /** Why, as the operator wrote it. */
  readonly reason: Scalars['String']['output'];
  /** Since when. */
  readonly since: Scalars['DateTime']['output'];
  /** The operator. */
  readonly by: User;
};

/** A page of users. */
export type UserConnection = {
  readonly __typename?: 'UserConnection';
  /** The users with their cursors. */
  readonly edges: ReadonlyArray<UserEdge>;
  /** Where the page stands. */
  readonly pageInfo: PageInfo;
};

/** A user in a page. */
export type UserEdge = {
  readonly __typename?: 'UserEdge';
  /** Opaque; for `after`. */
  readonly cursor: Scalars['String']['output'];
  /** The user. */
  readonly node: User;
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
  | 'SESSION_NOT_FOUND'
  /** No user has this id. */
  | 'USER_NOT_FOUND'
  /** An operator has barred the user. */
  | 'USER_BARRED'
  /** No operator bars itself: another one has to. */
  | 'CANNOT_BAR_ONESELF'
  /** A reason has 1 to 500 characters. */
  | 'INVALID_REASON'
  /** API keys are for users with the role PARTNER or OPERATOR. */
  | 'NOT_A_PARTNER'
  /** No API key of yours has this id, or it was revoked. */
  | 'API_KEY_NOT_FOUND'
  /** A name, scope, limit or time of an API key is not possible; the message says which. */
  | 'INVALID_API_KEY'
  /** There are as many live API keys as one user may have. */
  | 'TOO_MANY_API_KEYS'
  /** The manifest cannot be read in its format, or is too large; the message says where. */
  | 'INVALID_MANIFEST';

/** What an API key may send. */
export type OperationLevel =
  /** Anything; operations that are not published are counted. */
  | 'LOG'
  /** Published operations only, by id or by their text. */
  | 'SAFELIST'
  /** Published operations only, and by their id only. */
  | 'REQUIRE_ID';

/** How a manifest of operations is written. */
export type ManifestFormat =
  /** `{ format: "apollo-persisted-query-manifest", version: 1, operations: [{ id, name, type, body }] }`. */
  | 'APOLLO'
  /** `{ id: text }`, as relay-compiler writes it. */
  | 'RELAY'
  /** A document of named operations and their fragments; an id is the SHA-256 of the operation's text. */
  | 'GRAPHQL';

/** What became of a published operation when it was checked against the schema. */
export type OperationStatus =
  /** No gateway has looked at it yet. */
  | 'UNCHECKED'
  /** It can be executed. */
  | 'VALID'
  /** The schema does not allow it (any more); `problems` says why. */
  | 'BROKEN';

/** An operation that a partner's program sends, kept with its API key. */
export type PublishedOperation = {
  readonly __typename?: 'PublishedOperation';
  /** What programs send instead of its text; `sha256:` and this, when it is 64 hexadecimal digits. */
  readonly id: Scalars['ID']['output'];
  /** The operation's name, if it has one. */
  readonly name?: Maybe<Scalars['String']['output']>;
  /** The operation with its fragments. */
  readonly body: Scalars['String']['output'];
  /** Whether the schema in force allows it. */
  readonly status: OperationStatus;
  /** Why it is BROKEN. */
  readonly problems: ReadonlyArray<Scalars['String']['output']>;
};

/** What a program authenticates with, in place of somebody who logs in: `x-api-key: <secret>`. */
export type ApiKey = {
  readonly __typename?: 'ApiKey';
  /** Opaque and stable; it stays the same when the key is rotated. */
  readonly id: Scalars['ID']['output'];
  /** What its owner calls it. */
  readonly name: Scalars['String']['output'];
  /** Whose it is: it acts as this user. */
  readonly user: User;
  /** The beginnings of the secrets that are good now, the latest first. */
  readonly prefixes: ReadonlyArray<Scalars['String']['output']>;
  /** `read` for queries and subscriptions, `write` for mutations, `publish` for publishOperations, and those that fields ask for by @requiresScopes. */
  readonly scopes: ReadonlyArray<Scalars['String']['output']>;
  /** What it may send. */
  readonly level: OperationLevel;
  /** Requests in a minute, where an operator set a limit of its own. */
  readonly requestsPerMinute?: Maybe<Scalars['Int']['output']>;
  /** Requests in a day, where an operator set a limit of its own. */
  readonly requestsPerDay?: Maybe<Scalars['Int']['output']>;
  /** When it was created. */
  readonly createdAt: Scalars['DateTime']['output'];
  /** When it ends by itself; null: never. */
  readonly expiresAt?: Maybe<Scalars['DateTime']['output']>;
  /** When it was revoked; null while it is good. */
  readonly revokedAt?: Maybe<Scalars['DateTime']['output']>;
  /** Its published operations, by name and id. */
  readonly operations: ReadonlyArray<PublishedOperation>;
};

/** A new API key. */
export type CreateApiKeyInput = {
  /** What its owner calls it, 1 to 100 characters. */
  readonly name: Scalars['String']['input'];
  /** At least one; see ApiKey.scopes. */
  readonly scopes: ReadonlyArray<Scalars['String']['input']>;
  /** What it may send. */
  readonly level?: OperationLevel;
  /** When it ends by itself. */
  readonly expiresAt?: InputMaybe<Scalars['DateTime']['input']>;
};

/** Operations for an API key. */
export type PublishOperationsInput = {
  /** The key; the one that asks when it is left out. */
  readonly apiKeyId?: InputMaybe<Scalars['ID']['input']>;
  /** How the manifest is written. */
  readonly format: ManifestFormat;
  /** The manifest's text, at most 200,000 characters. */
  readonly manifest: Scalars['String']['input'];
  /** Withdraws the operations that the manifest does not have; else they stay. */
  readonly replace?: Scalars['Boolean']['input'];
};

/** `apiKey` and `secret` are set, or `refusal`. */
export type ApiKeySecretPayload = {
  readonly __typename?: 'ApiKeySecretPayload';
  /** The key. */
  readonly apiKey?: Maybe<ApiKey>;
  /** What its program sends in the header `x-api-key`. It is shown this once and kept nowhere. */
  readonly secret?: Maybe<Scalars['String']['output']>;
  /** Why there is no new secret. */
  readonly refusal?: Maybe<AccountRefusal>;
};

/** Either `apiKey` or `refusal` is set. */
export type ApiKeyPayload = {
  readonly __typename?: 'ApiKeyPayload';
  /** The key as it is now. */
  readonly apiKey?: Maybe<ApiKey>;
  /** Why nothing was changed. */
  readonly refusal?: Maybe<AccountRefusal>;
};

/** `apiKey` and `operations` are set, or `refusal`. */
export type PublishOperationsPayload = {
  readonly __typename?: 'PublishOperationsPayload';
  /** The key that they belong to. */
  readonly apiKey?: Maybe<ApiKey>;
  /** The manifest's operations; a gateway has looked at them already, unless it took too long. */
  readonly operations?: Maybe<ReadonlyArray<PublishedOperation>>;
  /** Why nothing was published. */
  readonly refusal?: Maybe<AccountRefusal>;
};

/** Either `user` or `refusal` is set. */
export type PartnerPayload = {
  readonly __typename?: 'PartnerPayload';
  /** The user with the roles as they are now. */
  readonly user?: Maybe<User>;
  /** Why nothing was changed. */
  readonly refusal?: Maybe<AccountRefusal>;
};

/** Whom to bar, and why. */
export type BarUserInput = {
  /** The user. */
  readonly userId: Scalars['ID']['input'];
  /** Why, for operators: 1 to 500 characters. */
  readonly reason: Scalars['String']['input'];
};

/** Either `user` or `refusal` is set. */
export type BarPayload = {
  readonly __typename?: 'BarPayload';
  /** The user as it is now; `bar` says whether it is barred. */
  readonly user?: Maybe<User>;
  /** Why nothing was changed. */
  readonly refusal?: Maybe<AccountRefusal>;
};

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
  /** Your API keys, the latest first, revoked ones too. */
  readonly apiKeys: ReadonlyArray<ApiKey>;
  /** For operators: who is barred, the latest first. */
  readonly barredUsers: UserConnection;
};


export type QueryApiKeysArgs = {
  userId?: InputMaybe<Scalars['ID']['input']>;
};


export type QueryBarredUsersArgs = {
  first?: Scalars['Int']['input'];
  after?: InputMaybe<Scalars['String']['input']>;
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
  /** Makes an API key for a program of yours. */
  readonly createApiKey: ApiKeySecretPayload;
  /** Gives an API key another secret; the one before works on for a while, so that no program stops. */
  readonly rotateApiKey: ApiKeySecretPayload;
  /** Ends an API key at once, with all of its secrets. */
  readonly revokeApiKey: ApiKeyPayload;
  /** Sets what an API key may send. */
  readonly setOperationLevel: ApiKeyPayload;
  /** Publishes the operations of a program; an id that is known gets the new text. */
  readonly publishOperations: PublishOperationsPayload;
  /** For operators: sets an API key's own limits; null: the general ones. */
  readonly setApiKeyLimits: ApiKeyPayload;
  /** For operators: gives or takes the role PARTNER. API keys of whoever has lost it stop working. */
  readonly setPartner: PartnerPayload;
  /** For operators: bars a user. Its sessions end, its API keys stop, and every gateway closes what runs in its name within a second. Who is barred stays so, with the first reason. */
  readonly barUser: BarPayload;
  /** For operators: lets a user in again, who then logs in anew; its API keys are good again. */
  readonly unbarUser: BarPayload;
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


export type MutationCreateApiKeyArgs = {
  input: CreateApiKeyInput;
};


export type MutationRotateApiKeyArgs = {
  id: Scalars['ID']['input'];
  overlapSeconds?: Scalars['Int']['input'];
};


export type MutationRevokeApiKeyArgs = {
  id: Scalars['ID']['input'];
};


export type MutationSetOperationLevelArgs = {
  id: Scalars['ID']['input'];
  level: OperationLevel;
};


export type MutationPublishOperationsArgs = {
  input: PublishOperationsInput;
};


export type MutationSetApiKeyLimitsArgs = {
  id: Scalars['ID']['input'];
  requestsPerMinute?: InputMaybe<Scalars['Int']['input']>;
  requestsPerDay?: InputMaybe<Scalars['Int']['input']>;
};


export type MutationSetPartnerArgs = {
  userId: Scalars['ID']['input'];
  partner: Scalars['Boolean']['input'];
};


export type MutationBarUserArgs = {
  input: BarUserInput;
};


export type MutationUnbarUserArgs = {
  userId: Scalars['ID']['input'];
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
  User: ResolverTypeWrapper<Partial<Omit<User, 'bar'> & { bar?: Maybe<ResolversTypes['Bar']> }> & Pick<Omit<User, 'bar'> & { bar?: Maybe<ResolversTypes['Bar']> }, 'id'>>;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  Bar: ResolverTypeWrapper<Omit<Bar, 'by'> & { by: ResolversTypes['User'] }>;
  UserConnection: ResolverTypeWrapper<Omit<UserConnection, 'edges'> & { edges: ReadonlyArray<ResolversTypes['UserEdge']> }>;
  UserEdge: ResolverTypeWrapper<Omit<UserEdge, 'node'> & { node: ResolversTypes['User'] }>;
  PageInfo: ResolverTypeWrapper<PageInfo>;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
  Session: ResolverTypeWrapper<Session>;
  Tokens: ResolverTypeWrapper<Tokens>;
  AccountRefusalCode: AccountRefusalCode;
  OperationLevel: OperationLevel;
  ManifestFormat: ManifestFormat;
  OperationStatus: OperationStatus;
  PublishedOperation: ResolverTypeWrapper<PublishedOperation>;
  ApiKey: ResolverTypeWrapper<ApiKeyModel>;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
  CreateApiKeyInput: CreateApiKeyInput;
  PublishOperationsInput: PublishOperationsInput;
  ApiKeySecretPayload: ResolverTypeWrapper<Omit<ApiKeySecretPayload, 'apiKey'> & { apiKey?: Maybe<ResolversTypes['ApiKey']> }>;
  ApiKeyPayload: ResolverTypeWrapper<Omit<ApiKeyPayload, 'apiKey'> & { apiKey?: Maybe<ResolversTypes['ApiKey']> }>;
  PublishOperationsPayload: ResolverTypeWrapper<Omit<PublishOperationsPayload, 'apiKey'> & { apiKey?: Maybe<ResolversTypes['ApiKey']> }>;
  PartnerPayload: ResolverTypeWrapper<Omit<PartnerPayload, 'user'> & { user?: Maybe<ResolversTypes['User']> }>;
  BarUserInput: BarUserInput;
  BarPayload: ResolverTypeWrapper<Omit<BarPayload, 'user'> & { user?: Maybe<ResolversTypes['User']> }>;
  AccountRefusal: ResolverTypeWrapper<AccountRefusal>;
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
  User: Partial<Omit<User, 'bar'> & { bar?: Maybe<ResolversParentTypes['Bar']> }> & Pick<Omit<User, 'bar'> & { bar?: Maybe<ResolversParentTypes['Bar']> }, 'id'>;
  ID: Scalars['ID']['output'];
  String: Scalars['String']['output'];
  Bar: Omit<Bar, 'by'> & { by: ResolversParentTypes['User'] };
  UserConnection: Omit<UserConnection, 'edges'> & { edges: ReadonlyArray<ResolversParentTypes['UserEdge']> };
  UserEdge: Omit<UserEdge, 'node'> & { node: ResolversParentTypes['User'] };
  PageInfo: PageInfo;
  Boolean: Scalars['Boolean']['output'];
  Session: Session;
  Tokens: Tokens;
  PublishedOperation: PublishedOperation;
  ApiKey: ApiKeyModel;
  Int: Scalars['Int']['output'];
  CreateApiKeyInput: CreateApiKeyInput;
  PublishOperationsInput: PublishOperationsInput;
  ApiKeySecretPayload: Omit<ApiKeySecretPayload, 'apiKey'> & { apiKey?: Maybe<ResolversParentTypes['ApiKey']> };
  ApiKeyPayload: Omit<ApiKeyPayload, 'apiKey'> & { apiKey?: Maybe<ResolversParentTypes['ApiKey']> };
  PublishOperationsPayload: Omit<PublishOperationsPayload, 'apiKey'> & { apiKey?: Maybe<ResolversParentTypes['ApiKey']> };
  PartnerPayload: Omit<PartnerPayload, 'user'> & { user?: Maybe<ResolversParentTypes['User']> };
  BarUserInput: BarUserInput;
  BarPayload: Omit<BarPayload, 'user'> & { user?: Maybe<ResolversParentTypes['User']> };
  AccountRefusal: AccountRefusal;
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
  bar?: Resolver<Maybe<ResolversTypes['Bar']>, ParentType, ContextType>;
};

export type BarResolvers<ContextType = SubgraphContext, ParentType extends ResolversParentTypes['Bar'] = ResolversParentTypes['Bar']> = {
  reason?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  since?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  by?: Resolver<ResolversTypes['User'], ParentType, ContextType>;
};

export type UserConnectionResolvers<ContextType = SubgraphContext, ParentType extends ResolversParentTypes['UserConnection'] = ResolversParentTypes['UserConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['UserEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type UserEdgeResolvers<ContextType = SubgraphContext, ParentType extends ResolversParentTypes['UserEdge'] = ResolversParentTypes['UserEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['User'], ParentType, ContextType>;
};

export type PageInfoResolvers<ContextType = SubgraphContext, ParentType extends ResolversParentTypes['PageInfo'] = ResolversParentTypes['PageInfo']> = {
  hasNextPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  hasPreviousPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  startCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  endCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
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

export type PublishedOperationResolvers<ContextType = SubgraphContext, ParentType extends ResolversParentTypes['PublishedOperation'] = ResolversParentTypes['PublishedOperation']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  name?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  body?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  status?: Resolver<ResolversTypes['OperationStatus'], ParentType, ContextType>;
  problems?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
};

export type ApiKeyResolvers<ContextType = SubgraphContext, ParentType extends ResolversParentTypes['ApiKey'] = ResolversParentTypes['ApiKey']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  user?: Resolver<ResolversTypes['User'], ParentType, ContextType>;
  prefixes?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  scopes?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  level?: Resolver<ResolversTypes['OperationLevel'], ParentType, ContextType>;
  requestsPerMinute?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  requestsPerDay?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  expiresAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  revokedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  operations?: Resolver<ReadonlyArray<ResolversTypes['PublishedOperation']>, ParentType, ContextType>;
};

export type ApiKeySecretPayloadResolvers<ContextType = SubgraphContext, ParentType extends ResolversParentTypes['ApiKeySecretPayload'] = ResolversParentTypes['ApiKeySecretPayload']> = {
  apiKey?: Resolver<Maybe<ResolversTypes['ApiKey']>, ParentType, ContextType>;
  secret?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  refusal?: Resolver<Maybe<ResolversTypes['AccountRefusal']>, ParentType, ContextType>;
};

export type ApiKeyPayloadResolvers<ContextType = SubgraphContext, ParentType extends ResolversParentTypes['ApiKeyPayload'] = ResolversParentTypes['ApiKeyPayload']> = {
  apiKey?: Resolver<Maybe<ResolversTypes['ApiKey']>, ParentType, ContextType>;
  refusal?: Resolver<Maybe<ResolversTypes['AccountRefusal']>, ParentType, ContextType>;
};

export type PublishOperationsPayloadResolvers<ContextType = SubgraphContext, ParentType extends ResolversParentTypes['PublishOperationsPayload'] = ResolversParentTypes['PublishOperationsPayload']> = {
  apiKey?: Resolver<Maybe<ResolversTypes['ApiKey']>, ParentType, ContextType>;
  operations?: Resolver<Maybe<ReadonlyArray<ResolversTypes['PublishedOperation']>>, ParentType, ContextType>;
  refusal?: Resolver<Maybe<ResolversTypes['AccountRefusal']>, ParentType, ContextType>;
};

export type PartnerPayloadResolvers<ContextType = SubgraphContext, ParentType extends ResolversParentTypes['PartnerPayload'] = ResolversParentTypes['PartnerPayload']> = {
  user?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  refusal?: Resolver<Maybe<ResolversTypes['AccountRefusal']>, ParentType, ContextType>;
};

export type BarPayloadResolvers<ContextType = SubgraphContext, ParentType extends ResolversParentTypes['BarPayload'] = ResolversParentTypes['BarPayload']> = {
  user?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  refusal?: Resolver<Maybe<ResolversTypes['AccountRefusal']>, ParentType, ContextType>;
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
  apiKeys?: Resolver<ReadonlyArray<ResolversTypes['ApiKey']>, ParentType, ContextType, Partial<QueryApiKeysArgs>>;
  barredUsers?: Resolver<ResolversTypes['UserConnection'], ParentType, ContextType, RequireFields<QueryBarredUsersArgs, 'first'>>;
};

export type MutationResolvers<ContextType = SubgraphContext, ParentType extends ResolversParentTypes['Mutation'] = ResolversParentTypes['Mutation']> = {
  register?: Resolver<ResolversTypes['RegisterPayload'], ParentType, ContextType, RequireFields<MutationRegisterArgs, 'input'>>;
  logIn?: Resolver<ResolversTypes['LogInPayload'], ParentType, ContextType, RequireFields<MutationLogInArgs, 'input'>>;
  refreshTokens?: Resolver<ResolversTypes['RefreshPayload'], ParentType, ContextType, RequireFields<MutationRefreshTokensArgs, 'refreshToken'>>;
  logOut?: Resolver<ResolversTypes['EndSessionsPayload'], ParentType, ContextType>;
  endSession?: Resolver<ResolversTypes['EndSessionsPayload'], ParentType, ContextType, RequireFields<MutationEndSessionArgs, 'id'>>;
  endAllSessions?: Resolver<ResolversTypes['EndSessionsPayload'], ParentType, ContextType>;
  createApiKey?: Resolver<ResolversTypes['ApiKeySecretPayload'], ParentType, ContextType, RequireFields<MutationCreateApiKeyArgs, 'input'>>;
  rotateApiKey?: Resolver<ResolversTypes['ApiKeySecretPayload'], ParentType, ContextType, RequireFields<MutationRotateApiKeyArgs, 'id' | 'overlapSeconds'>>;
  revokeApiKey?: Resolver<ResolversTypes['ApiKeyPayload'], ParentType, ContextType, RequireFields<MutationRevokeApiKeyArgs, 'id'>>;
  setOperationLevel?: Resolver<ResolversTypes['ApiKeyPayload'], ParentType, ContextType, RequireFields<MutationSetOperationLevelArgs, 'id' | 'level'>>;
  publishOperations?: Resolver<ResolversTypes['PublishOperationsPayload'], ParentType, ContextType, RequireFields<MutationPublishOperationsArgs, 'input'>>;
  setApiKeyLimits?: Resolver<ResolversTypes['ApiKeyPayload'], ParentType, ContextType, RequireFields<MutationSetApiKeyLimitsArgs, 'id'>>;
  setPartner?: Resolver<ResolversTypes['PartnerPayload'], ParentType, ContextType, RequireFields<MutationSetPartnerArgs, 'userId' | 'partner'>>;
  barUser?: Resolver<ResolversTypes['BarPayload'], ParentType, ContextType, RequireFields<MutationBarUserArgs, 'input'>>;
  unbarUser?: Resolver<ResolversTypes['BarPayload'], ParentType, ContextType, RequireFields<MutationUnbarUserArgs, 'userId'>>;
};

export type Resolvers<ContextType = SubgraphContext> = {
  DateTime?: GraphQLScalarType;
  User?: UserResolvers<ContextType>;
  Bar?: BarResolvers<ContextType>;
  UserConnection?: UserConnectionResolvers<ContextType>;
  UserEdge?: UserEdgeResolvers<ContextType>;
  PageInfo?: PageInfoResolvers<ContextType>;
  Session?: SessionResolvers<ContextType>;
  Tokens?: TokensResolvers<ContextType>;
  PublishedOperation?: PublishedOperationResolvers<ContextType>;
  ApiKey?: ApiKeyResolvers<ContextType>;
  ApiKeySecretPayload?: ApiKeySecretPayloadResolvers<ContextType>;
  ApiKeyPayload?: ApiKeyPayloadResolvers<ContextType>;
  PublishOperationsPayload?: PublishOperationsPayloadResolvers<ContextType>;
  PartnerPayload?: PartnerPayloadResolvers<ContextType>;
  BarPayload?: BarPayloadResolvers<ContextType>;
  AccountRefusal?: AccountRefusalResolvers<ContextType>;
  RegisterPayload?: RegisterPayloadResolvers<ContextType>;
  LogInPayload?: LogInPayloadResolvers<ContextType>;
  RefreshPayload?: RefreshPayloadResolvers<ContextType>;
  EndSessionsPayload?: EndSessionsPayloadResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  Mutation?: MutationResolvers<ContextType>;
};

