import type { FormattedExecutionResult } from 'graphql';
import { isAway } from '../errors.ts';
import type { PlannedSubscription } from './operation.ts';
import { readyResult, type ReadyResult } from './ready-batch.ts';
import { retryPauseMs } from './source.ts';

/** An event with what its joins made of it. */
export interface JoinedEvent {
  readonly event: FormattedExecutionResult;
  readonly result: FormattedExecutionResult;
}

export interface Sorted {
  /** What goes to the readers, in order. */
  readonly ready: readonly ReadyResult[];
  /** What has to be joined again, in order, after a pause. */
  readonly held: readonly FormattedExecutionResult[];
  readonly pauseMs: number;
  /** The first that can wait no longer, and must not be left out. */
  readonly givenUp?: { readonly service: string; readonly after: number | null };
}

/** Sorts events by whether their joins could be read. */
export type HoldBack = (plan: PlannedSubscription, joined: readonly JoinedEvent[]) => Sorted;

/**
 * Keeps events back whose joins fail because a subgraph is away, so that they can be joined again.
 * Where each event counts the later ones wait behind it; where only the latest of each key counts
 * the others go on, and after `patienceMs` it is delivered in part. A field's own errors hold up
 * nothing, and streams without sequences and keys promise nothing.
 */
export function createHoldBack(patienceMs: number, now: () => number): HoldBack {
  let awaySinceMs: number | undefined;
  let failures = 0;

  return (plan, joined) => {
    const away = joined.findIndex(isUnread);
    // Where each counts, another one waits now than before: there was a way on.
    if (away < 0 || (plan.resumable && away > 0)) {
      awaySinceMs = undefined;
      failures = 0;
    }
    if (away < 0) return { ready: ready(plan, joined), held: [], pauseMs: 0 };
    awaySinceMs ??= now();
    failures += 1;
    const pauseMs = retryPauseMs(failures);
    const late = now() - awaySinceMs > patienceMs;
    if (plan.resumable) {
      const sorted = {
        ready: ready(plan, joined.slice(0, away)),
        held: joined.slice(away).map(({ event }) => event),
        pauseMs,
      };
      return late ? { ...sorted, givenUp: giveUp(plan, joined[away]) } : sorted;
    }
    if (!plan.conflated || late) return { ready: ready(plan, joined), held: [], pauseMs: 0 };
    const held = joined.filter(isUnread).map(({ event }) => event);
    const whole = joined.filter((one) => !isUnread(one));
    return { ready: ready(plan, whole), held, pauseMs };
  };
}

/** What the event itself lacks is its source's to ask for again, and no join brings it. */
const isUnread = ({ event, result }: JoinedEvent): boolean =>
  (result.errors?.some(isAway) ?? false) && !event.errors?.some(isAway);

function ready(plan: PlannedSubscription, joined: readonly JoinedEvent[]): readonly ReadyResult[] {
  return joined.map(({ event, result }) => {
    const key = plan.conflated?.keyOf(event) ?? null;
    return readyResult(result, key, plan.resumable?.sequenceOf(event) ?? null);
  });
}

function giveUp(plan: PlannedSubscription, joined: JoinedEvent | undefined) {
  const { extensions } = joined?.result.errors?.find(isAway) ?? {};
  const sequence = joined && plan.resumable?.sequenceOf(joined.event);
  const after = typeof sequence === 'number' ? sequence - 1 : null;
  return { service: String(extensions?.['service'] ?? plan.primary.serviceName), after };
}
