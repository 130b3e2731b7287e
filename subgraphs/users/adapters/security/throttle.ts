import { isIPv6 } from 'node:net';
import type { Redis } from 'ioredis';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import type { Throttle } from '../../application/ports.ts';
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

/**
 * What counts as one address: whoever has an IPv6 address has the 2^64 of its network, so these count
 * together (RFC 4291, 2.5.4). An IPv4 address that came by IPv6 counts as itself.
 */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped) return mapped;
  const [plain = ''] = address.split('%');
  if (!isIPv6(plain)) return address;
  const [head = '', tail] = plain.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0');
  const groups = [...left, ...zeros, ...right].slice(0, 4);
  return `${groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`;
}
