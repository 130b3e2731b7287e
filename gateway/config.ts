import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { OperationLevel } from './api-keys/key.ts';
import type { RateLimitConfig } from './rate-limits/rate-limits.ts';
import type { CostBudgets } from './protection/caller-class.ts';
import { misconfigured, readConfig, setting, type Environment } from '#kit/config.ts';

/** A list of addresses, separated by commas: several processes of one subgraph. */
const httpUrls = () =>
  z
    .string()
    .transform((text) => text.split(',').map((url) => url.trim()))
    .pipe(z.array(setting.httpUrl()).min(1));

/** `orders:2000,reviews:500`: milliseconds by the names of subgraphs, of whatever supergraph. */
const timeouts = () =>
  z
    .string()
    .default('')
    .transform((text) => text.split(',').flatMap((one) => one.trim() || []))
    .pipe(z.array(z.string().regex(/^[^:\s]+:[1-9]\d{0,6}$/, 'must be like orders:2000,users:500')))
    .transform((pairs) =>
      Object.fromEntries(
        pairs.map((pair) => {
          const [name = '', ms] = pair.split(':');
          return [name, Number(ms)];
        }),
      ),
    );

export const settings = {
  GATEWAY_PORT: z.coerce.number().int().min(0).max(65_535).optional(),
  PORT: setting.port(4000),
  HOST: setting.host(),
  LOG_LEVEL: setting.logLevel(),
  METRICS_TOKEN: setting.secret().optional(),
  SUPERGRAPH: z.string().default(fileURLToPath(new URL('../supergraph.graphql', import.meta.url))),
  USERS_URL: httpUrls().optional(),
  WALLETS_URL: httpUrls().optional(),
  ORDERS_URL: httpUrls().optional(),
  PRICING_URL: httpUrls().optional(),
  EXCHANGE_URL: httpUrls().optional(),
  USERS_JWKS_URL: setting.httpUrl().optional(),
  ACCESS_TOKEN_ISSUER: z.string().default('mammon-users'),
  ACCESS_TOKEN_AUDIENCE: z.string().default('mammon'),
  /** `open` serves any supergraph to anybody: no authentication, no limits, no identity key. */
  GATEWAY_POLICY: z.enum(['guarded', 'open']).default('guarded'),
  IDENTITY_PRIVATE_KEY: setting.privateKey().optional(),
  /** How many proxies of ours stand before the gateway and append to X-Forwarded-For. */
  TRUSTED_PROXIES: z.coerce.number().int().min(0).max(10).default(0),
  /** Origins of web pages that may call from a browser, separated by commas. */
  CORS_ORIGINS: z
    .string()
    .default('')
    .transform((text) => text.split(',').flatMap((origin) => origin.trim() || [])),
  /** How long a subgraph may take for one operation, and those that have a time of their own. */
  SUBGRAPH_TIMEOUT_MS: setting.milliseconds(15_000),
  SUBGRAPH_TIMEOUTS_MS: timeouts(),
  /** Failures in a row after which a subgraph is left alone, and for how long. */
  SUBGRAPH_BREAKER_FAILURES: setting.count(5, 1_000_000),
  SUBGRAPH_BREAKER_REST_MS: setting.milliseconds(1_000),
  /** Whether equal queries of one caller that are in flight together are sent once. */
  SUBGRAPH_DEDUPLICATION: z.enum(['on', 'off']).default('on'),
  /** How long a stream waits for its lost subgraph, or an event for one that it joins. */
  STREAM_PATIENCE_MS: setting.milliseconds(120_000),
  BODY_LIMIT_BYTES: setting.count(256 * 1024, 16 * 1024 * 1024),
  MAX_DEPTH: setting.count(15, 100),
  /** How many fields an operation has, with its fragments spread out. */
  MAX_HEIGHT: setting.count(500, 100_000),
  MAX_ALIASES: setting.count(50, 10_000),
  MAX_ROOT_FIELDS: setting.count(30, 1_000),
  MAX_TOKENS: setting.count(4_000, 100_000),
  /** How many operations one POST may bring, as a list. */
  MAX_BATCH: setting.count(1, 1_000),
  /** Where rates are counted for all gateways together; each for itself without one. */
  REDIS_URL: setting.redisUrl().optional(),
  MESSAGING_PREFIX: setting.name('mammon'),
  /** Operations in a minute: of a network of strangers, of a user, of an API key. */
  RATE_LIMIT_STRANGER: setting.count(1_200, 1e9),
  RATE_LIMIT_CUSTOMER: setting.count(3_000, 1e9),
  RATE_LIMIT_PARTNER: setting.count(6_000, 1e9),
  RATE_LIMIT_OPERATOR: setting.count(12_000, 1e9),
  /** Operations of an API key in a day. */
  RATE_QUOTA_PARTNER: setting.count(1_000_000, 1e9),
  /** What one operation may cost, by who sends it (@cost and @listSize). */
  COST_BUDGET_STRANGER: setting.count(2_000, 1e9),
  COST_BUDGET_CUSTOMER: setting.count(10_000, 1e9),
  COST_BUDGET_PARTNER: setting.count(20_000, 1e9),
  COST_BUDGET_OPERATOR: setting.count(100_000, 1e9),
  /** How long a list is taken to be whose size nothing says. */
  COST_LIST_SIZE: setting.count(10, 10_000),
  /** Manifests of operations that everybody, or the API key that a folder is named by, may send. */
  OPERATIONS_FOLDER: z.string().optional(),
  /** What API keys may send at least: their own level may be stricter. */
  PARTNER_OPERATIONS: z.enum(['log', 'safelist', 'require-id']).default('log'),
  /** How often users is asked for changes of API keys and operations, and the folder looked at. */
  PARTNERS_REFRESH_MS: setting.milliseconds(400),
  /** How many operations automatic persisted queries keep. */
  APQ_LIMIT: setting.count(5_000),
  MAX_SUBSCRIPTIONS_PER_SOCKET: setting.count(100, 10_000),
  MAX_SUBSCRIPTIONS_PER_USER: setting.count(500, 100_000),
  /** Sockets and HTTP responses that streams run on. */
  MAX_CONNECTIONS: setting.count(20_000, 1_000_000),
  MAX_CONNECTIONS_PER_USER: setting.count(50, 100_000),
  /** How long a client may take nothing of a stream that must lose nothing. */
  STREAM_STALL_MS: setting.milliseconds(10_000),
  /** How often the counts of operations and fields are passed on to users. */
  USAGE_REPORT_MS: setting.milliseconds(5_000),
  /** How often users is asked which sessions ended. */
  SESSIONS_REFRESH_MS: setting.milliseconds(400),
  /** How often the supergraph's file is looked at; 0: never. */
  SUPERGRAPH_WATCH_MS: z.coerce.number().int().min(0).default(1_000),
};

export interface GatewayConfig {
  readonly host: string;
  readonly port: number;
  readonly logLevel: string;
  readonly metricsToken: string | undefined;
  /** Anybody may ask anything, and subgraphs are not told who asks. */
  readonly open: boolean;
  readonly supergraphFile: string;
  /** Addresses that override the supergraph's own, by the subgraph's name. */
  readonly subgraphUrls: Readonly<Record<string, readonly string[]>>;
  readonly jwksUrl: string;
  readonly tokenIssuer: string;
  readonly tokenAudience: string;
  /** PKCS #8 PEM; undefined for an open gateway only. */
  readonly identityPrivateKey: string | undefined;
  readonly trustedProxies: number;
  readonly corsOrigins: readonly string[];
  readonly persistedQueries: PersistedQueryConfig;
  readonly redis: { readonly url: string | undefined; readonly prefix: string };
  readonly rateLimits: RateLimitConfig;
  readonly budgets: CostBudgets;
  readonly costListSize: number;
  readonly subgraphTimeoutMs: number;
  /** By the subgraph's name. */
  readonly subgraphTimeoutsMs: Readonly<Record<string, number>>;
  readonly breaker: { readonly failures: number; readonly restMs: number };
  readonly deduplicate: boolean;
  readonly streamPatienceMs: number;
  readonly streamStallMs: number;
  readonly supergraphWatchMs: number;
  readonly sessionsRefreshMs: number;
  readonly usageReportMs: number;
  readonly limits: OperationLimits;
}

export interface PersistedQueryConfig {
  readonly folder: string | undefined;
  readonly level: OperationLevel;
  readonly refreshMs: number;
  /** How many operations are kept of those that clients register. */
  readonly automatic: number;
}

const partnerLevels = {
  log: 'LOG',
  safelist: 'SAFELIST',
  'require-id': 'REQUIRE_ID',
} as const;

export interface OperationLimits {
  readonly bodyBytes: number;
  readonly depth: number;
  readonly height: number;
  readonly aliases: number;
  readonly rootFields: number;
  readonly tokens: number;
  readonly batch: number;
  readonly subscriptionsPerSocket: number;
  readonly subscriptionsPerUser: number;
  readonly connections: number;
  readonly connectionsPerUser: number;
}

/** @throws ConfigError naming every variable that is missing or malformed */
export function readGatewayConfig(environment: Environment): GatewayConfig {
  const read = readConfig(settings, environment);
  const open = read.GATEWAY_POLICY === 'open';
  if (open && read.IDENTITY_PRIVATE_KEY !== undefined) {
    throw misconfigured([
      'GATEWAY_POLICY: an open gateway serves anybody and must not hold IDENTITY_PRIVATE_KEY',
    ]);
  }
  if (!open && read.IDENTITY_PRIVATE_KEY === undefined) {
    throw misconfigured(['IDENTITY_PRIVATE_KEY is not set']);
  }
  const overrides = {
    users: read.USERS_URL,
    wallets: read.WALLETS_URL,
    orders: read.ORDERS_URL,
    pricing: read.PRICING_URL,
    exchange: read.EXCHANGE_URL,
  };
  const usersUrl = read.USERS_URL?.[0] ?? 'http://127.0.0.1:4001/graphql';
  return {
    host: read.HOST,
    port: read.GATEWAY_PORT ?? read.PORT,
    logLevel: read.LOG_LEVEL,
    metricsToken: read.METRICS_TOKEN,
    open,
    supergraphFile: read.SUPERGRAPH,
    subgraphUrls: Object.fromEntries(
      Object.entries(overrides).flatMap(([name, urls]) => (urls ? [[name, urls]] : [])),
    ),
    jwksUrl: read.USERS_JWKS_URL ?? new URL('/.well-known/jwks.json', usersUrl).href,
    tokenIssuer: read.ACCESS_TOKEN_ISSUER,
    tokenAudience: read.ACCESS_TOKEN_AUDIENCE,
    identityPrivateKey: read.IDENTITY_PRIVATE_KEY,
    trustedProxies: read.TRUSTED_PROXIES,
    corsOrigins: read.CORS_ORIGINS,
    redis: { url: read.REDIS_URL, prefix: read.MESSAGING_PREFIX },
    rateLimits: {
      perMinute: {
        stranger: read.RATE_LIMIT_STRANGER,
        customer: read.RATE_LIMIT_CUSTOMER,
        partner: read.RATE_LIMIT_PARTNER,
        operator: read.RATE_LIMIT_OPERATOR,
      },
      keyPerDay: read.RATE_QUOTA_PARTNER,
    },
    budgets: open
      ? { stranger: Infinity, customer: Infinity, partner: Infinity, operator: Infinity }
      : {
          stranger: read.COST_BUDGET_STRANGER,
          customer: read.COST_BUDGET_CUSTOMER,
          partner: read.COST_BUDGET_PARTNER,
          operator: read.COST_BUDGET_OPERATOR,
        },
    costListSize: read.COST_LIST_SIZE,
    persistedQueries: {
      folder: read.OPERATIONS_FOLDER,
      level: partnerLevels[read.PARTNER_OPERATIONS],
      refreshMs: read.PARTNERS_REFRESH_MS,
      automatic: read.APQ_LIMIT,
    },
    subgraphTimeoutMs: read.SUBGRAPH_TIMEOUT_MS,
    subgraphTimeoutsMs: read.SUBGRAPH_TIMEOUTS_MS,
    breaker: {
      failures: read.SUBGRAPH_BREAKER_FAILURES,
      restMs: read.SUBGRAPH_BREAKER_REST_MS,
    },
    deduplicate: read.SUBGRAPH_DEDUPLICATION === 'on',
    streamPatienceMs: read.STREAM_PATIENCE_MS,
    streamStallMs: read.STREAM_STALL_MS,
    supergraphWatchMs: read.SUPERGRAPH_WATCH_MS,
    sessionsRefreshMs: read.SESSIONS_REFRESH_MS,
    usageReportMs: read.USAGE_REPORT_MS,
    limits: open
      ? noLimits
      : {
          bodyBytes: read.BODY_LIMIT_BYTES,
          depth: read.MAX_DEPTH,
          height: read.MAX_HEIGHT,
          aliases: read.MAX_ALIASES,
          rootFields: read.MAX_ROOT_FIELDS,
          tokens: read.MAX_TOKENS,
          batch: read.MAX_BATCH,
          subscriptionsPerSocket: read.MAX_SUBSCRIPTIONS_PER_SOCKET,
          subscriptionsPerUser: read.MAX_SUBSCRIPTIONS_PER_USER,
          connections: read.MAX_CONNECTIONS,
          connectionsPerUser: read.MAX_CONNECTIONS_PER_USER,
        },
  };
}

/** Of an open gateway. A body is held in memory whole, so that it is bounded all the same. */
const noLimits: OperationLimits = {
  bodyBytes: 64 * 1024 * 1024,
  depth: Infinity,
  height: Infinity,
  aliases: Infinity,
  rootFields: Infinity,
  tokens: Infinity,
  batch: 1,
  subscriptionsPerSocket: Infinity,
  subscriptionsPerUser: Infinity,
  connections: Infinity,
  connectionsPerUser: Infinity,
};

/** @apollo/gateway starts an exporter to its maker unless it is told not to before it is made. */
export function silenceApolloTelemetry(): void {
  process.env['APOLLO_TELEMETRY_DISABLED'] = 'true';
}
