import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';

/** The networks from which an account has logged in within the last months. */
export interface KnownNetworks {
  has(account: string, network: string): Promise<boolean>;
  add(account: string, network: string): Promise<void>;
}

const rememberSeconds = 90 * 24 * 3_600;
const mostInMemory = 100_000;

/** In Redis where it is real; else in memory, where a restart forgets them. */
export function createKnownNetworks(redis: Redis | null): KnownNetworks {
  if (!redis) return inMemory();
  // Hashed, because it is kept for long and says from where somebody logged in.
  const key = (account: string, network: string) =>
    `known-network:${createHash('sha256').update(`${network} ${account}`).digest('base64url')}`;
  return {
    has: async (account, network) => (await redis.exists(key(account, network))) === 1,
    async add(account, network) {
      await redis.set(key(account, network), '1', 'EX', rememberSeconds);
    },
  };
}

function inMemory(): KnownNetworks {
  const known = new Set<string>();
  return {
    has: async (account, network) => known.has(`${network} ${account}`),
    async add(account, network) {
      const name = `${network} ${account}`;
      known.delete(name);
      known.add(name);
      const [oldest] = known;
      if (known.size > mostInMemory && oldest !== undefined) known.delete(oldest);
    },
  };
}
