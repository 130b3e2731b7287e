import type { Follower } from './follower.ts';
import type { PlannedSubscription } from './operation.ts';
import { startPump, type Pump, type PumpSettings } from './pump.ts';
import { readyBatch, type ReadyResult } from './ready-batch.ts';

export interface PrivateStreamSettings extends Omit<PumpSettings, 'deliver'> {
  readonly planned: PlannedSubscription;
  readonly follower: Follower;
  /** How long a client may take nothing of a stream that must lose nothing. */
  readonly stallMs: number;
}

/**
 * One client's own stream. A slow client slows its pulling: what waits meanwhile is kept in the
 * subgraph's log, or is the latest of each key.
 */
export function startPrivateStream(settings: PrivateStreamSettings): Pump {
  const { follower, stallMs } = settings;
  let wake: (() => void) | undefined;
  const pump = startPump({
    ...settings,
    deliver(results) {
      follower.next(readyBatch(results));
      if (!follower.isBehind()) return undefined;
      return new Promise<void>((resolve) => {
        const patience = pump.planned.conflated ? undefined : setTimeout(give, stallMs);
        function done() {
          clearTimeout(patience);
          wake = undefined;
          resolve();
        }
        function give() {
          follower.tooSlow(rootFieldOf(pump.planned), lastSequence(results));
        }
        wake = done;
        follower.whenCaughtUp(done);
      });
    },
  });
  return {
    get planned() {
      return pump.planned;
    },
    beganAfter: () => pump.beganAfter(),
    replan: (planned) => pump.replan(planned),
    stop() {
      pump.stop();
      wake?.();
    },
  };
}

export function lastSequence(results: readonly ReadyResult[]): number | null {
  return results.at(-1)?.sequence ?? null;
}

/** The field's name in the API, for people who read a close reason. */
export function rootFieldOf({ prepared }: PlannedSubscription): string {
  const [root] = prepared.operation.selectionSet.selections;
  return root?.kind === 'Field' ? root.name.value : 'subscription';
}
