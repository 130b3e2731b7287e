import type { FormattedExecutionResult } from 'graphql';
import { describeError, type Logger } from '#kit/log.ts';
import { pause } from '#kit/pause.ts';
import { copyJson } from '../executor/merge.ts';
import { createEventQueue } from './event-queue.ts';
import { createHoldBack, type JoinedEvent } from './hold-back.ts';
import type { PlannedSubscription } from './operation.ts';
import type { ReadyResult } from './ready-batch.ts';
import { isEnd, type Source, type SourceEnd } from './source.ts';
import { countEvents } from './stream-metrics.ts';

export interface PumpSettings {
  readonly planned: PlannedSubscription;
  /** @param after the sequence to go on from; undefined: as the client asked */
  open(planned: PlannedSubscription, after: number | null | undefined): Source;
  join(
    planned: PlannedSubscription,
    event: FormattedExecutionResult,
  ): Promise<FormattedExecutionResult>;
  /** Hands results on, in order. The next are not pulled before it is done. */
  deliver(results: readonly ReadyResult[]): Promise<void> | undefined;
  /** Nothing follows. Not called after stop(). */
  ended(end: PumpEnd): void;
  /** How long an event waits for a subgraph that its joins need and that is away. */
  readonly patienceMs: number;
  readonly now: () => number;
  readonly logger: Logger;
}

export type PumpEnd =
  | SourceEnd
  | { readonly kind: 'broken' }
  /** The joins of an event could not be read for too long; the client goes on `after`. */
  | { readonly kind: 'unjoined'; readonly service: string; readonly after: number | null };

/** Moves a stream's events from its subgraph through the joins to its readers. */
export interface Pump {
  readonly planned: PlannedSubscription;
  /** The sequence that it, or its latest part, began after, as far as that is known. */
  beganAfter(): number | null;
  /** Goes on by another plan, without loss where the stream has sequences. */
  replan(planned: PlannedSubscription): void;
  /** Ends the upstream at once. */
  stop(): void;
}

/** Events that wait together are joined together; they arrive in order all the same. */
const batchLimit = 32;

export function startPump(settings: PumpSettings): Pump {
  let planned = settings.planned;
  /** By what the source's events are joined: the plan that asked for them. */
  let current = planned;
  let source = settings.open(planned, undefined);
  let retired = false;
  let stopped = false;
  let pausing: AbortController | undefined;
  const holdBack = createHoldBack(settings.patienceMs, settings.now);

  /** @returns how the source ended; undefined once it is stopped */
  async function drain(): Promise<PumpEnd | undefined> {
    // One that waits to be joined gives its place to a later one with its key.
    const events = createEventQueue(current.conflated?.keyOf);
    let delivering: Promise<void> | undefined;
    for (;;) {
      if (events.size === 0) {
        const first = await source.next();
        if (isEnd(first)) {
          await delivering;
          return first;
        }
        events.push(first);
      }
      while (events.size < batchLimit) {
        const event = source.waiting();
        if (!event) break;
        events.push(event);
      }
      const plan = current;
      const joined = await Promise.all(events.drain().map((event) => joinOne(plan, event)));
      const { ready, held, pauseMs, givenUp } = holdBack(plan, joined);
      // While one batch leaves, the next is joined already.
      await delivering;
      if (stopped) return undefined;
      countEvents(plan, ready.length, held.length);
      if (ready.length > 0) delivering = settings.deliver(ready);
      if (givenUp) {
        await delivering;
        return { kind: 'unjoined', ...givenUp };
      }
      for (const event of held) events.push(event);
      if (pauseMs === 0) continue;
      pausing = new AbortController();
      await pause(pauseMs, pausing.signal);
      if (stopped) return undefined;
    }
  }

  async function joinOne(
    plan: PlannedSubscription,
    event: FormattedExecutionResult,
  ): Promise<JoinedEvent> {
    // What joins it changes it, and it may have to be joined again.
    return { event, result: await settings.join(plan, copyJson(event)) };
  }

  async function run(): Promise<void> {
    for (;;) {
      const end = await drain();
      if (!end || stopped) return;
      if (end.kind !== 'retired') return finish(end);
      // Between a lossless stream's opening and its beginning nothing says where to go on.
      if (planned.resumable && end.after === null) return finish({ kind: 'interrupted' });
      retired = false;
      current = planned;
      source = settings.open(planned, end.after);
    }
  }

  function finish(end: PumpEnd): void {
    if (stopped) return;
    stopped = true;
    source.close();
    settings.ended(end);
  }

  run().catch((error: unknown) => {
    settings.logger.error(describeError(error), 'a stream broke');
    finish({ kind: 'broken' });
  });
  return {
    get planned() {
      return planned;
    },
    beganAfter: () => source.beganAfter(),
    replan(next) {
      const same = isSameUpstream(planned, next);
      planned = next;
      if (same && !retired) current = next;
      if (same || retired) return;
      retired = true;
      source.retire();
    },
    stop() {
      stopped = true;
      pausing?.abort();
      source.close();
    },
  };
}

function isSameUpstream(one: PlannedSubscription, other: PlannedSubscription): boolean {
  return one.upstream === other.upstream && one.primary.serviceName === other.primary.serviceName;
}
