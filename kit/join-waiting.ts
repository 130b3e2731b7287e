import { setImmediate as turn } from 'node:timers/promises';

/**
 * Runs few pieces of work at a time; what comes meanwhile waits and shares the next run, so that a
 * commit serves many and they seldom wait for each other's locks. The order of each caller's items
 * is kept. When a shared run fails, each caller's items are run by themselves, and only those that
 * fail again fail.
 */
export function joinWaiting<Item>(
  run: (items: readonly Item[]) => Promise<void>,
  { atATime, most, patienceMs = 0, sizeOf = () => 1, locksOf = () => [] }: JoinSettings<Item>,
): (items: readonly Item[]) => Promise<void> {
  let waiting: Part<Item>[] = [];
  const locked = new Set<string>();
  let running = 0;
  let isPatient = false;

  async function runAll(): Promise<void> {
    running += 1;
    let hasRun = false;
    for (let parts = next(); parts.length > 0; parts = next()) {
      hasRun = true;
      watch();
      const locks = parts.flatMap((part) => part.locks);
      for (const lock of locks) locked.add(lock);
      await runTogether(parts, run);
      for (const lock of locks) locked.delete(lock);
      await turn(); // what has come with the answers shares the next run
      if (running > 1 && patienceMs > 0) break; // one goes on, and the rest is patient again
    }
    running -= 1;
    if (hasRun) watch(); // else all that waits is for the run that has its locks
  }

  const next = () => {
    const { taken, left } = take(waiting, most, locked);
    waiting = left;
    return taken;
  };

  /** Another run begins when the oldest that waits has done so for long. */
  const watch = () => {
    const [oldest] = waiting;
    if (!oldest || isPatient || patienceMs === 0 || running === 0 || running >= atATime) return;
    isPatient = true;
    setTimeout(
      () => {
        isPatient = false;
        const isLate = waiting[0] === oldest && running > 0 && running < atATime;
        if (isLate) void runAll();
        else watch();
      },
      Math.max(0, oldest.since + patienceMs - performance.now()),
    );
  };

  return (items) => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const size = items.reduce((sum, item) => sum + sizeOf(item), 0);
    const locks = items.flatMap((item) => locksOf(item));
    waiting.push({ items, size, locks, since: performance.now(), resolve, reject });
    if (running === 0 || (patienceMs === 0 && running < atATime)) void runAll();
    else watch();
    return promise;
  };
}

export interface JoinSettings<Item = unknown> {
  /** So many runs at a time. */
  readonly atATime: number;
  /** The size of one run, unless one caller brings more. */
  readonly most: number;
  /** Of an item; 1 unless it is told. */
  readonly sizeOf?: (item: Item) => number;
  /** How long something waits for the runs that are under way before another begins. */
  readonly patienceMs?: number;
  /**
   * What an item locks. Another run leaves it to the one that has the same locks: the repetition of
   * a request that waits for a lock would only wait for it too, and take the others along.
   */
  readonly locksOf?: (item: Item) => readonly string[];
}

interface Part<Item> {
  readonly items: readonly Item[];
  readonly size: number;
  readonly locks: readonly string[];
  /** When it came, in milliseconds of `performance.now`. */
  readonly since: number;
  resolve(): void;
  reject(error: unknown): void;
}

/** The oldest that need nothing of what is locked, nor of what an older one waits for. */
function take<Item>(waiting: readonly Part<Item>[], most: number, locked: ReadonlySet<string>) {
  const taken: Part<Item>[] = [];
  const passed: Part<Item>[] = [];
  const awaited = new Set<string>();
  let sum = 0;
  for (const part of waiting) {
    const { size, locks } = part;
    if (locks.some((lock) => locked.has(lock) || awaited.has(lock))) {
      passed.push(part);
      for (const lock of locks) awaited.add(lock);
      continue;
    }
    sum += size;
    if (taken.length > 0 && sum > most) break;
    taken.push(part);
  }
  const left = passed.concat(waiting.slice(taken.length + passed.length));
  return { taken, left };
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
