import type { FormattedExecutionResult } from 'graphql';
import type { Logger } from '#kit/log.ts';
import type { GatewayContext } from '../caller.ts';
import { presentError } from '../errors.ts';
import { presentResult } from '../executor/known-operations.ts';
import { executeOperation } from '../executor/operation.ts';
import type { SubgraphAnswer, SubgraphAskers } from '../executor/subgraph-answer.ts';
import type { PlannedSubscription } from './operation.ts';

export interface EventExecution {
  readonly planned: PlannedSubscription;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly context: GatewayContext;
  readonly askers: SubgraphAskers;
  readonly logger: Logger;
}

/**
 * Turns a subgraph's event into the client's answer: the plan is executed as a query's would be,
 * except that the primary fetch is answered by the event itself.
 */
export async function executeEvent(
  { planned, variables, context, askers, logger }: EventExecution,
  event: FormattedExecutionResult,
): Promise<FormattedExecutionResult> {
  try {
    const request = { variables, context, askers, event: event as SubgraphAnswer };
    return presentResult(await executeOperation(planned.prepared, request), logger);
  } catch (error) {
    return { errors: [presentError(error, logger)], data: null };
  }
}
