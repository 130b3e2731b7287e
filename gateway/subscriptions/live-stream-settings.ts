import type { Clock } from '#kit/clock.ts';
import type { IdentitySigner } from '#kit/identity.ts';
import type { Logger } from '#kit/log.ts';
import type { SubgraphAskers } from '../executor/subgraph-answer.ts';
import type { Guard } from '../protection/guard.ts';
import type { SubgraphLink } from '../subgraphs.ts';
import type { OperationPlanner } from './operation.ts';

export interface LiveStreamSettings {
  readonly planner: OperationPlanner;
  readonly subgraphs: ReadonlyMap<string, SubgraphLink>;
  readonly askers: SubgraphAskers;
  readonly signer: IdentitySigner;
  readonly guard: Guard;
  /** How long a stream waits for a subgraph that is away. */
  readonly patienceMs: number;
  /** How long a client may take nothing of a stream that must lose nothing. */
  readonly stallMs: number;
  readonly logger: Logger;
  readonly clock: Clock;
}
