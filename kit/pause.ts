import { setTimeout as sleep } from 'node:timers/promises';

/** Waits, or returns early when the signal is aborted. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined); // rejects by the signal only
}

/** The pause after the n-th failure in a row (from 1): it doubles up to its bound. */
export function backOffMs(failures: number, firstMs = 50, maximumMs = 2_000): number {
  return Math.min(maximumMs, firstMs * 2 ** Math.min(failures - 1, 20));
}

/** Resolves when the signal is aborted. */
export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** Lets one loop sleep until there is work; a wake that comes before the sleep is not lost. */
export interface Waker {
  wake(): void;
  /** Returns after a wake, after `ms`, or when the signal is aborted. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

export function createWaker(): Waker {
  let pending = false;
  let sleeper: AbortController | undefined;
  return {
    wake() {
      pending = true;
      sleeper?.abort();
    },
    async wait(ms, signal) {
      if (!pending) {
        sleeper = new AbortController();
        await pause(ms, AbortSignal.any([signal, sleeper.signal]));
        sleeper = undefined;
      }
      pending = false;
    },
  };
}
