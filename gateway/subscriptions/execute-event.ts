import { executeQueryPlan, type GraphQLDataSource, type ServiceMap } from '@apollo/gateway';
import type { FormattedExecutionResult } from 'graphql';
import type { Logger } from '#kit/log.ts';
import { forApollo } from '../apollo-logger.ts';
import type { GatewayContext } from '../caller.ts';
import { presentError, revealBrokenPromises } from '../errors.ts';
import type { PlannedSubscription } from './operation.ts';

type RequestContext = Parameters<typeof executeQueryPlan>[2];
type SubgraphAnswer = Awaited<ReturnType<GraphQLDataSource['process']>>;

export interface EventExecution {
  readonly planned: PlannedSubscription;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly context: GatewayContext;
  readonly dataSources: Readonly<ServiceMap>;
  readonly logger: Logger;
}

/**
 * Turns a subgraph's event into the client's answer: the plan is executed as a query's would be,
 * except that the primary fetch is answered by the event itself.
 */
export async function executeEvent(
  execution: EventExecution,
  event: FormattedExecutionResult,
): Promise<FormattedExecutionResult> {
  const { planned, logger } = execution;
  const { supergraph, primary } = planned;
  const source = execution.dataSources[primary.serviceName];
  const services: ServiceMap = {
    ...execution.dataSources,
    [primary.serviceName]: {
      async process(options) {
        if (options.request.query === primary.operation) return event as SubgraphAnswer;
        if (!source) throw new Error(`no data source of ${primary.serviceName}`);
        return source.process(options);
      },
    },
  };
  try {
    const result = await executeQueryPlan(
      planned.eventPlan,
      services,
      requestContext(execution),
      planned.operationContext,
      supergraph.fullSchema,
      supergraph.apiModel,
    );
    const errors = result.errors?.map((error) => presentError(error, logger));
    const { errors: _raw, ...rest } = result;
    return revealBrokenPromises(errors ? { ...rest, errors } : rest, logger);
  } catch (error) {
    return { errors: [presentError(error, logger)], data: null };
  }
}

/** What the executor reads of a request; nothing of it outlives the event. */
function requestContext({ planned, variables, context, logger }: EventExecution): RequestContext {
  const { query, document, operation, queryHash, supergraph } = planned;
  const operationName = operation.name?.value;
  const values = variables as Record<string, unknown>;
  return {
    request: { query, variables: values, ...(operationName ? { operationName } : {}) },
    logger: forApollo(logger),
    schema: supergraph.apiSchema,
    schemaHash: '' as RequestContext['schemaHash'],
    context,
    cache: { get: async () => undefined, set: async () => undefined, delete: async () => true },
    queryHash,
    document,
    source: query,
    operationName: operationName ?? null,
    operation,
    metrics: {},
    overallCachePolicy: undefined,
  };
}
