import type { Redis } from 'ioredis';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { networkOf } from '#kit/network.ts';
import type { Throttle } from '../../application/ports.ts';
import { AccountRefusal } from '../../domain/account.ts';
import { createKnownNetworks } from './known-networks.ts';

/** All in a quarter of an hour. */
export interface ThrottleLimits {
  /** Attempts from one address at whatever. */
  readonly address: number;
  /** Failed log-ins to one account from one address; a success there forgets them. */
  readonly accountAndAddress: number;
  /** Failed log-ins to one account from all addresses from which it never logged in. */
  readonly account: number;
}

const windowSeconds = 15 * 60;

/**
 * Counts in Redis where it is real, so that several processes share the count; else in memory. A
 * stranger who guesses uses up what its own network may try, and at most what unknown networks may try
 * together: whoever comes from a network that has logged in to the account before still gets in.
 */
export function createThrottle(redis: Redis | null, limits: ThrottleLimits): Throttle {
  const limiter = (kind: keyof ThrottleLimits, keyPrefix: string) => {
    const options = { keyPrefix, points: limits[kind], duration: windowSeconds };
    return redis
      ? new RateLimiterRedis({ ...options, storeClient: redis })
      : new RateLimiterMemory(options);
  };
  const addresses = limiter('address', 'throttle-address');
  const pairs = limiter('accountAndAddress', 'throttle-pair');
  const accounts = limiter('account', 'throttle-account');
  const known = createKnownNetworks(redis);
  return {
    attempt: (address) => consume(addresses, networkOf(address)),
    async logIn(account, address) {
      const network = networkOf(address);
      await consume(addresses, network);
      await consume(pairs, `${network} ${account}`);
      const isKnown = await known.has(account, network);
      if (!isKnown) await consume(accounts, account);
      return {
        async succeeded() {
          await pairs.delete(`${network} ${account}`);
          if (!isKnown) await accounts.reward(account);
          await known.add(account, network);
        },
        async undecided() {
          await pairs.reward(`${network} ${account}`);
          if (!isKnown) await accounts.reward(account);
        },
      };
    },
  };
}

async function consume(limiter: RateLimiterMemory | RateLimiterRedis, key: string): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (refused) {
    if (!(refused instanceof RateLimiterRes)) throw refused;
    const seconds = Math.max(1, Math.ceil(refused.msBeforeNext / 1_000));
    throw new AccountRefusal('TOO_MANY_ATTEMPTS', `try again in ${seconds} seconds`, seconds);
  }
}
