import type { ApolloGateway } from '@apollo/gateway';
import type { GatewayContext } from '../caller.ts';
import type { Guard } from '../protection/guard.ts';
import { executeGuarded } from './execute-guarded.ts';
import type { Operations } from './operations.ts';
import type { SubgraphAskers } from './subgraph-answer.ts';

/** Executes in Apollo Gateway's place what Apollo Server parsed and found valid. */
export function createApolloExecutor(
  operations: Operations,
  askers: SubgraphAskers,
  guard: Guard,
): ApolloGateway['executor'] {
  return async ({ source, document, request, context }) => {
    const prepared = operations.prepare(source, document, request.operationName ?? undefined);
    const { data, errors } = await executeGuarded(guard, prepared, {
      variables: request.variables ?? {},
      context: context as GatewayContext,
      askers,
    });
    return { ...(data === undefined ? {} : { data }), ...(errors ? { errors } : {}) };
  };
}
