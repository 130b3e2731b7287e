import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until the expectations hold, and throws the last one that did not when that takes long. */
export async function settled(
  expectations: () => void | Promise<void>,
  withinMs = 15_000,
): Promise<void> {
  for (const start = Date.now(); ; await sleep(20)) {
    try {
      return await expectations();
    } catch (error) {
      if (Date.now() - start > withinMs) throw error;
    }
  }
}
