import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until `check` no longer throws, and throws its last error after `withinMs`. */
export async function eventually<Result>(
  check: () => Result | Promise<Result>,
  withinMs = 15_000,
): Promise<Result> {
  for (const start = Date.now(); ;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() - start > withinMs) throw error;
      await sleep(20);
    }
  }
}
