import { setImmediate as turn } from 'node:timers/promises';

/**
 * Runs few pieces of work at a time; what comes meanwhile waits and shares the next run, so that a
 * commit serves many and they seldom wait for each other's locks. The order of each caller's items
 * is kept. When a shared run fails, each caller's items are run by themselves, and only those that
 * fail again fail.
 * @param atATime runs
 * @param most items of one run, unless one caller brings more
 * @param patienceMs how long something waits for the runs that are under way before another begins
 */
export function joinWaiting<Item>(
  run: (items: readonly Item[]) => Promise<void>,
  { atATime, most, patienceMs = 0 }: JoinSettings,
): (items: readonly Item[]) => Promise<void> {
  const waiting: Part<Item>[] = [];
  let running = 0;

  async function runAll(): Promise<void> {
    running += 1;
    for (let parts = take(waiting, most); parts.length > 0; parts = take(waiting, most)) {
      await runTogether(parts, run);
      await turn(); // what has come with the answers shares the next run
    }
    running -= 1;
  }

  const another = () => {
    if (waiting.length > 0 && running < atATime) void runAll();
  };

  return (items) => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    waiting.push({ items, resolve, reject });
    if (running === 0 || (patienceMs === 0 && running < atATime)) void runAll();
    else if (waiting.length === 1 && running < atATime) setTimeout(another, patienceMs);
    return promise;
  };
}

export interface JoinSettings {
  readonly atATime: number;
  readonly most: number;
  readonly patienceMs?: number;
}

interface Part<Item> {
  readonly items: readonly Item[];
  resolve(): void;
  reject(error: unknown): void;
}

function take<Item>(waiting: Part<Item>[], most: number): Part<Item>[] {
  let count = 0;
  const beyond = waiting.findIndex(({ items }, index) => {
    count += items.length;
    return index > 0 && count > most;
  });
  return waiting.splice(0, beyond === -1 ? waiting.length : beyond);
}

async function runTogether<Item>(
  parts: readonly Part<Item>[],
  run: (items: readonly Item[]) => Promise<void>,
): Promise<void> {
  try {
    await run(parts.flatMap(({ items }) => items));
    for (const part of parts) part.resolve();
  } catch (error) {
    if (parts.length === 1) parts[0]?.reject(error);
    else for (const part of parts) await runTogether([part], run);
  }
}
