import type { Redis } from 'ioredis';
import {
  RateLimiterMemory,
  RateLimiterRedis,
  type RateLimiterAbstract,
  type RateLimiterRes,
} from 'rate-limiter-flexible';
import { networkOf } from '#kit/network.ts';
import type { GatewayContext } from '../caller.ts';
import { fault } from '../errors.ts';
import { classOf, type CostBudgets } from '../protection/caller-class.ts';

/** Requests in a minute by class of caller, and in a day by API key. */
export interface RateLimitConfig {
  readonly perMinute: Readonly<Record<keyof CostBudgets, number>>;
  readonly keyPerDay: number;
}

export interface RateLimits {
  /**
   * Counts one operation of a caller: an API key, a user with all of their sessions, or a stranger's
   * network.
   * @returns the headers of its answer: RateLimit and RateLimit-Policy, as
   *   draft-ietf-httpapi-ratelimit-headers-10 has them, and RateLimit-Limit, -Remaining and -Reset of
   *   its versions before 07, by which clients still go
   * @throws GraphQLError RATE_LIMITED or QUOTA_EXHAUSTED (429), with Retry-After
   */
  admit(context: GatewayContext): Promise<Readonly<Record<string, string>>>;
}

const minute = { name: 'minute', seconds: 60 };
const day = { name: 'day', seconds: 24 * 3_600 };

/** Counts in Redis, so that several gateways share the count; without one, or without answer, here. */
export function createRateLimits(config: RateLimitConfig, redis: Redis | null): RateLimits {
  const minutes = counter(redis, 'rate-minute', minute.seconds);
  const days = counter(redis, 'rate-day', day.seconds);
  return {
    async admit(context) {
      const { key, identity } = context;
      if (!key) {
        const limit = config.perMinute[classOf(context)];
        const name = identity.userId ?? networkOf(identity.address);
        const window = await count(minutes, name, limit, minute);
        refuseBeyond(window, 'RATE_LIMITED', [window]);
        return headersOf([window]);
      }
      const perMinute = key.requestsPerMinute ?? config.perMinute.partner;
      const perDay = key.requestsPerDay ?? config.keyPerDay;
      const inMinute = await count(minutes, key.id, perMinute, minute);
      refuseBeyond(inMinute, 'RATE_LIMITED', [inMinute]);
      const inDay = await count(days, key.id, perDay, day);
      refuseBeyond(inDay, 'QUOTA_EXHAUSTED', [inMinute, inDay]);
      return headersOf([inMinute, inDay]);
    },
  };
}

/** A caller's count in a window of time. */
interface Window {
  readonly name: string;
  readonly limit: number;
  readonly seconds: number;
  readonly remaining: number;
  /** Whether this one is too many. */
  readonly exceeded: boolean;
  readonly resetSeconds: number;
}

function counter(redis: Redis | null, keyPrefix: string, duration: number): RateLimiterAbstract {
  // Each caller has a limit of its own, so that the limiter only counts.
  const options = { keyPrefix, points: Number.MAX_SAFE_INTEGER, duration };
  const memory = new RateLimiterMemory(options);
  if (!redis) return memory;
  return new RateLimiterRedis({ ...options, storeClient: redis, insuranceLimiter: memory });
}

async function count(
  limiter: RateLimiterAbstract,
  name: string,
  limit: number,
  window: Pick<Window, 'name' | 'seconds'>,
): Promise<Window> {
  const result: RateLimiterRes = await limiter.consume(name);
  return {
    ...window,
    limit,
    remaining: Math.max(0, limit - result.consumedPoints),
    exceeded: result.consumedPoints > limit,
    resetSeconds: Math.max(1, Math.ceil(result.msBeforeNext / 1_000)),
  };
}

function refuseBeyond(
  window: Window,
  code: 'RATE_LIMITED' | 'QUOTA_EXHAUSTED',
  all: readonly Window[],
): void {
  if (!window.exceeded) return;
  const { limit, seconds, resetSeconds } = window;
  const message = `${limit} operations in ${seconds} seconds are allowed; wait ${resetSeconds}`;
  const headers = { ...headersOf(all), 'retry-after': String(resetSeconds) };
  throw fault(code, message, { status: 429, headers });
}

/** What is left in each window; the older fields know only one, the nearest to its end. */
function headersOf(windows: readonly Window[]): Readonly<Record<string, string>> {
  const nearest = windows.reduce((a, b) => (b.remaining < a.remaining ? b : a));
  const list = (item: (window: Window) => string) => windows.map(item).join(', ');
  return {
    ratelimit: list(
      ({ name, remaining, resetSeconds }) => `"${name}";r=${remaining};t=${resetSeconds}`,
    ),
    'ratelimit-policy': list(({ name, limit, seconds }) => `"${name}";q=${limit};w=${seconds}`),
    'ratelimit-limit': String(nearest.limit),
    'ratelimit-remaining': String(nearest.remaining),
    'ratelimit-reset': String(nearest.resetSeconds),
  };
}
