import { SpanKind } from '@opentelemetry/api';
import { histogram } from '#kit/metrics.ts';
import { fail, traced } from '#kit/tracing.ts';
import type { OperationResult, PreparedOperation } from './executor/operation.ts';
import type { SubgraphAsker } from './executor/subgraph-answer.ts';

const program = 'gateway';

const operations = histogram(
  'mammon_gateway_operation_seconds',
  'How long operations took, once they were admitted; events of subscriptions are none',
  ['type', 'outcome'],
);
const fetches = histogram(
  'mammon_gateway_subgraph_seconds',
  'How long subgraphs took to answer; `unavailable` counts refusals of a resting breaker, too',
  ['subgraph', 'outcome'],
);
/** Measures and traces one execution. */
export function observeOperation(
  { operation: { operation: type }, name }: PreparedOperation,
  execute: () => Promise<OperationResult>,
): Promise<OperationResult> {
  const beganAtMs = performance.now();
  const piece = {
    program,
    // The names are those of OpenTelemetry's conventions for GraphQL.
    name: name === undefined ? type : `${type} ${name.slice(0, 64)}`,
    attributes: {
      'graphql.operation.type': type,
      ...(name === undefined ? {} : { 'graphql.operation.name': name.slice(0, 64) }),
    },
  };
  return traced(piece, async (span) => {
    const result = await execute();
    const outcome = !result.errors ? 'complete' : result.data == null ? 'failed' : 'partial';
    if (result.errors?.[0]) fail(span, result.errors[0]);
    operations.labels(type, outcome).observe((performance.now() - beganAtMs) / 1_000);
    return result;
  });
}

/** Measures and traces what is asked of one subgraph. */
export function withTelemetry(name: string, asker: SubgraphAsker): SubgraphAsker {
  const piece = {
    program,
    name: `ask ${name}`,
    kind: SpanKind.CLIENT,
    attributes: { 'mammon.subgraph': name },
  };
  const answered = fetches.labels(name, 'answered');
  const unavailable = fetches.labels(name, 'unavailable');
  return {
    ask(request) {
      const beganAtMs = performance.now();
      const tookSeconds = () => (performance.now() - beganAtMs) / 1_000;
      return traced(piece, async () => {
        try {
          const answer = await asker.ask(request);
          answered.observe(tookSeconds());
          return answer;
        } catch (error) {
          unavailable.observe(tookSeconds());
          throw error;
        }
      });
    },
  };
}
