import type { Redis } from 'ioredis';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import type { Throttle } from '../../application/ports.ts';
import { networkOf } from '#kit/network.ts';
import { AccountRefusal } from '../../domain/account.ts';

export interface ThrottleLimits {
  /** Attempts on one account in a quarter of an hour; a success forgets them. */
  readonly account: number;
  /** Attempts from one address in a quarter of an hour. */
  readonly address: number;
}

const windowSeconds = 15 * 60;

/** Counts in Redis where it is real, so that several processes share the count; else in memory. */
export function createThrottle(redis: Redis | null, limits: ThrottleLimits): Throttle {
  const limiter = (kind: keyof ThrottleLimits) => {
    const options = {
      keyPrefix: `throttle-${kind}`,
      points: limits[kind],
      duration: windowSeconds,
    };
    return redis
      ? new RateLimiterRedis({ ...options, storeClient: redis })
      : new RateLimiterMemory(options);
  };
  const limiters = { account: limiter('account'), address: limiter('address') };
  return {
    async attempt(kind, key) {
      try {
        await limiters[kind].consume(kind === 'address' ? networkOf(key) : key);
      } catch (refused) {
        if (!(refused instanceof RateLimiterRes)) throw refused;
        const seconds = Math.max(1, Math.ceil(refused.msBeforeNext / 1_000));
        throw new AccountRefusal('TOO_MANY_ATTEMPTS', `try again in ${seconds} seconds`, seconds);
      }
    },
    async succeeded(key) {
      await limiters.account.delete(key);
    },
  };
}
