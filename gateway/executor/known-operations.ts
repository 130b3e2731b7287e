import type { FormattedExecutionResult } from 'graphql';
import type { Logger } from '#kit/log.ts';
import type { GatewayContext } from '../caller.ts';
import { presentError } from '../errors.ts';
import type { Guard } from '../protection/guard.ts';
import { executeGuarded } from './execute-guarded.ts';
import type { OperationResult, PreparedOperation } from './operation.ts';
import type { Operations } from './operations.ts';
import type { SubgraphAskers } from './subgraph-answer.ts';

export interface KnownOperations {
  /** One that Apollo Server let through before, under the same limits and the same schema. */
  find(query: string, operationName: string | undefined): PreparedOperation | undefined;
  /** Executes it, past Apollo Server. @throws GraphQLError as the guard does */
  execute(
    prepared: PreparedOperation,
    variables: Readonly<Record<string, unknown>>,
    context: GatewayContext,
  ): Promise<FormattedExecutionResult>;
}

/**
 * The short way for operations that came before: clients send the same few again and again, and what
 * Apollo Server does with them would cost more than to answer them.
 */
export function createKnownOperations(
  operations: Operations,
  askers: SubgraphAskers,
  logger: Logger,
  guard: Guard,
): KnownOperations {
  return {
    find: (query, operationName) => operations.find(query, operationName),
    async execute(prepared, variables, context) {
      const result = await executeGuarded(guard, prepared, { variables, context, askers });
      return presentResult(result, logger);
    },
  };
}

/** The result as clients may see it. */
export function presentResult(result: OperationResult, logger: Logger): FormattedExecutionResult {
  const { data, errors } = result;
  if (!errors) return { data: data ?? null };
  const presented = errors.map((error) => presentError(error, logger));
  return data === undefined ? { errors: presented } : { errors: presented, data };
}
