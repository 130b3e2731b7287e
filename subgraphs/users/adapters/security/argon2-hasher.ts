import { hash, verify, type Options } from '@node-rs/argon2';
import pLimit from 'p-limit';
import type { PasswordHasher } from '../../application/ports.ts';
import { AccountRefusal } from '../../domain/account.ts';

/** OWASP's minimum for argon2id (the library's standard variant): 19 MiB, 2 passes, 1 lane. */
const cost: Options = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
const waitingLimit = 64;

/** @param concurrency hashes at a time: each takes a core and 19 MiB */
export async function createArgon2Hasher(concurrency: number): Promise<PasswordHasher> {
  const limit = pLimit(concurrency);
  const nobodys = await hash('nobody has this password', cost);
  const bounded = <Result>(work: () => Promise<Result>): Promise<Result> => {
    if (limit.pendingCount >= waitingLimit) {
      throw new AccountRefusal('TOO_MANY_ATTEMPTS', 'too many log-ins at once; try again', 1);
    }
    return limit(work);
  };
  return {
    hash: async (password) => bounded(() => hash(password, cost)),
    verify: async (stored, password) => {
      const matches = await bounded(() => verify(stored ?? nobodys, password));
      return matches && stored !== undefined;
    },
  };
}
