import { createEventQueue, type EventQueue } from './event-queue.ts';
import type { Follower } from './follower.ts';
import type { PlannedSubscription } from './operation.ts';
import { lastSequence, rootFieldOf } from './private-stream.ts';
import { startPump, type PumpEnd, type PumpSettings } from './pump.ts';
import { readyBatch, type ReadyBatch, type ReadyResult } from './ready-batch.ts';

export interface SharedStreamSettings extends Omit<PumpSettings, 'deliver' | 'ended'> {
  /** How long a follower may take nothing of a stream that must lose nothing. */
  readonly stallMs: number;
  /** The stream is over for all of them. */
  ended(end: PumpEnd, followers: readonly Follower[]): void;
  /** The last follower left; the upstream is closed. */
  abandoned(): void;
}

/** One upstream and one execution of each event, for any number of followers. */
export interface SharedStream {
  readonly planned: PlannedSubscription;
  /** A conflated stream begins with the latest of each key. @returns leaves */
  join(follower: Follower): () => void;
  replan(planned: PlannedSubscription): void;
  /** Ends it without a word to its followers. @returns them, and the last sequence they were sent */
  dissolve(): { readonly followers: readonly Follower[]; readonly last: number | null };
}

/** What waits for a follower that is behind. */
interface Lag {
  readonly queue: EventQueue<ReadyResult>;
  readonly patience: NodeJS.Timeout | undefined;
  sent: number | null;
}

/** Results kept for newcomers, and kept for one slow follower of a stream that is not conflated. */
const snapshotLimit = 10_000;
const lagLimit = 1_000;
/** How many followers are handed a batch before others have their turn. */
const turnSize = 250;
const keyOf = ({ key }: ReadyResult) => key;

export function startSharedStream(settings: SharedStreamSettings): SharedStream {
  const { stallMs } = settings;
  const followers = new Set<Follower>();
  const lagging = new Map<Follower, Lag>();
  const latest = new Map<string, ReadyResult>();
  let sent: number | null = null;
  let over = false;
  /** Hands what is being handed to those who do not have it yet. */
  let completeDelivery: (() => void) | undefined;

  const pump = startPump({
    ...settings,
    deliver(results) {
      remember(results);
      return deliver(results);
    },
    ended(end) {
      over = true;
      const all = [...followers];
      for (const follower of all) forget(follower);
      settings.ended(end, all);
    },
  });

  /** In turns, so that thousands of followers do not hold up everybody else's events. */
  function deliver(results: readonly ReadyResult[]): Promise<void> | undefined {
    const batch = readyBatch(results);
    const all = [...followers].values();
    const handSome = (most: number): boolean => {
      for (let handed = 0; handed < most; handed += 1) {
        const { value: follower, done } = all.next();
        if (done) {
          sent = lastSequence(results) ?? sent;
          return true;
        }
        if (followers.has(follower)) hand(follower, batch);
      }
      return false;
    };
    if (handSome(turnSize)) return undefined;
    return new Promise((resolve) => {
      completeDelivery = () => {
        handSome(Infinity);
        completeDelivery = undefined;
        resolve();
      };
      const go = () => {
        if (!completeDelivery) return;
        if (handSome(turnSize)) completeDelivery();
        else setImmediate(go);
      };
      setImmediate(go);
    });
  }

  function remember(results: readonly ReadyResult[]): void {
    for (const result of results) {
      if (result.key === null) continue;
      latest.set(result.key, result);
      if (latest.size <= snapshotLimit) continue;
      const oldest = latest.keys().next();
      if (!oldest.done) latest.delete(oldest.value);
    }
  }

  function hand(follower: Follower, batch: ReadyBatch): void {
    const lag = lagging.size > 0 ? lagging.get(follower) : undefined;
    if (lag) queue(follower, lag, batch);
    else if (follower.isBehind()) queue(follower, startLag(follower), batch);
    else follower.next(batch);
  }

  function startLag(follower: Follower): Lag {
    const patience = pump.planned.conflated ? undefined : setTimeout(() => give(follower), stallMs);
    const lag = { queue: createEventQueue(keyOf), patience, sent: sent ?? pump.beganAfter() };
    lagging.set(follower, lag);
    follower.whenCaughtUp(() => catchUp(follower, lag));
    return lag;
  }

  function queue(follower: Follower, lag: Lag, batch: ReadyBatch): void {
    for (const result of batch.results) lag.queue.push(result);
    if (!pump.planned.conflated && lag.queue.size > lagLimit) give(follower);
  }

  function give(follower: Follower): void {
    const lag = lagging.get(follower);
    if (!followers.has(follower) || !lag) return;
    leave(follower);
    follower.tooSlow(rootFieldOf(pump.planned), lag.sent);
  }

  function catchUp(follower: Follower, lag: Lag): void {
    if (lagging.get(follower) !== lag) return;
    endLag(follower, lag);
    flush(follower, lag);
  }

  function endLag(follower: Follower, lag: Lag): void {
    clearTimeout(lag.patience);
    lagging.delete(follower);
  }

  function flush(follower: Follower, { queue: waiting }: Lag): void {
    const results: ReadyResult[] = [];
    for (let next = waiting.shift(); next; next = waiting.shift()) results.push(next);
    if (results.length > 0) follower.next(readyBatch(results));
  }

  function forget(follower: Follower): void {
    const lag = lagging.get(follower);
    if (lag) {
      endLag(follower, lag);
      // What it is owed comes before its end; its size is bounded by the queue's.
      if (over) flush(follower, lag);
    }
    followers.delete(follower);
  }

  function leave(follower: Follower): void {
    if (!followers.has(follower)) return;
    forget(follower);
    if (followers.size > 0 || over) return;
    over = true;
    pump.stop();
    settings.abandoned();
  }

  return {
    get planned() {
      return pump.planned;
    },
    join(follower) {
      followers.add(follower);
      if (latest.size > 0) hand(follower, readyBatch([...latest.values()]));
      return () => leave(follower);
    },
    replan(planned) {
      // What newcomers begin with must have been selected by the plan that they came with.
      latest.clear();
      pump.replan(planned);
    },
    dissolve() {
      completeDelivery?.();
      over = true;
      pump.stop();
      const all = [...followers];
      for (const follower of all) forget(follower);
      return { followers: all, last: sent ?? pump.beganAfter() };
    },
  };
}
