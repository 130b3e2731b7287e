import { createHotKeys } from './hot-keys.ts';
import { joinWaiting, type JoinSettings } from './join-waiting.ts';

export interface LaneSettings<Item> {
  /** Items of one caller at most; four times as many share a run. */
  readonly limit: number;
  /** Whose locks an item takes, if that is known. */
  readonly keysOf?: ((item: Item) => readonly string[]) | undefined;
}

/** Every so many items are counted: who is hot is told by some as well as by all. */
const sampled = 4;

/** Runs of all lanes of one joiner that may be under way at once: so many connections they need. */
export const runsAtOnce = 4;

/**
 * `joinWaiting` in two lanes: in one of them all that needs the lock of somebody who comes again and
 * again, and in the other one the rest, which so waits for none of these. Items of the same
 * keys keep their order, as long as a caller waits for each call's end before the next one.
 */
export function joinInLanes<Item>(
  run: (items: readonly Item[]) => Promise<void>,
  { limit, keysOf }: LaneSettings<Item>,
): (items: readonly Item[]) => Promise<void> {
  // One at a time: two would wait for each other's locks, and share less. Only when it takes longer
  // than a lock should be held does another begin: where users are few all of them are hot.
  const settings: JoinSettings<Item> = { atATime: 2, most: 4 * limit, patienceMs: 250 };
  const cold = joinWaiting(run, settings);
  if (!keysOf) return cold;
  const hot = joinWaiting(run, settings);
  const hotKeys = createHotKeys();

  return async (items) => {
    // A key is hot or not for all of a call.
    const lanes = Map.groupBy(items, (item) => (keysOf(item).some(hotKeys.has) ? hot : cold));
    const some = items.filter((_, index) => index % sampled === 0);
    hotKeys.count(some.flatMap((item) => keysOf(item)));
    const ends = await Promise.allSettled([...lanes].map(([join, part]) => join(part)));
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed) throw failed.reason;
  };
}
