import type { FormattedExecutionResult } from 'graphql';
import { describeError, type Logger } from '#kit/log.ts';
import type { PlannedSubscription } from './operation.ts';
import { readyResult, type ReadyResult } from './ready-batch.ts';
import { isEnd, type Source, type SourceEnd } from './source.ts';

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
  readonly logger: Logger;
}

export type PumpEnd = SourceEnd | { readonly kind: 'broken' };

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

  /** @returns how the source ended */
  async function drain(): Promise<SourceEnd | undefined> {
    let delivering: Promise<void> | undefined;
    for (;;) {
      const first = await source.next();
      if (isEnd(first)) {
        await delivering;
        return first;
      }
      const events = [first];
      while (events.length < batchLimit) {
        const event = source.waiting();
        if (!event) break;
        events.push(event);
      }
      const plan = current;
      const results = await Promise.all(events.map((event) => joined(plan, event)));
      // While one batch leaves, the next is joined already.
      await delivering;
      if (stopped) return undefined;
      delivering = settings.deliver(results);
    }
  }

  async function joined(plan: PlannedSubscription, event: FormattedExecutionResult) {
    const key = plan.conflated?.keyOf(event) ?? null;
    const sequence = plan.resumable?.sequenceOf(event) ?? null;
    return readyResult(await settings.join(plan, event), key, sequence);
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
      source.close();
    },
  };
}

function isSameUpstream(one: PlannedSubscription, other: PlannedSubscription): boolean {
  return one.upstream === other.upstream && one.primary.serviceName === other.primary.serviceName;
}
