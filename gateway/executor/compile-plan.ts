import type { FetchNode, PlanNode } from '@apollo/query-planner';
import { compileWriter, type WriteRepresentation } from './representations.ts';
import { compileRewrites, type Rewrite } from './rewrites.ts';
import type { TypeConditions } from './types.ts';

/** The planner's tree, with everything made ready that does not depend on the request. */
export type Step = FetchStep | FlattenStep | ConditionStep | ManySteps;

export interface FetchStep {
  readonly kind: 'fetch';
  readonly service: string;
  readonly mutation: boolean;
  /** The request's JSON up to its variables. */
  readonly head: string;
  readonly variables: readonly string[];
  /** Absent for fetches of root fields. */
  readonly represent: WriteRepresentation | undefined;
  readonly rewriteOutput: Rewrite | undefined;
  isConcrete(typename: unknown): boolean;
}

export interface FlattenStep {
  readonly kind: 'flatten';
  /** Field names, and `@` for each element of a list. */
  readonly path: readonly string[];
  readonly step: Step;
}

export interface ConditionStep {
  readonly kind: 'condition';
  readonly variable: string;
  readonly whenTrue: Step | undefined;
  readonly whenFalse: Step | undefined;
}

export interface ManySteps {
  readonly kind: 'sequence' | 'parallel';
  readonly steps: readonly Step[];
}

export function compilePlan(node: PlanNode, conditions: TypeConditions): Step {
  switch (node.kind) {
    case 'Fetch':
      return compileFetch(node, conditions);
    case 'Flatten':
      return {
        kind: 'flatten',
        path: node.path.map(String),
        step: compilePlan(node.node, conditions),
      };
    case 'Condition':
      return {
        kind: 'condition',
        variable: node.condition,
        whenTrue: node.ifClause && compilePlan(node.ifClause, conditions),
        whenFalse: node.elseClause && compilePlan(node.elseClause, conditions),
      };
    case 'Sequence':
    case 'Parallel':
      return {
        kind: node.kind === 'Sequence' ? 'sequence' : 'parallel',
        steps: node.nodes.map((inner) => compilePlan(inner, conditions)),
      };
    case 'Defer':
      throw new Error('the planner deferred, which it was not asked for');
  }
}

export function compileFetch(node: FetchNode, conditions: TypeConditions): FetchStep {
  const { operation: query, operationName } = node;
  return {
    kind: 'fetch',
    service: node.serviceName,
    mutation: node.operationKind === 'mutation',
    head: `${JSON.stringify({ query, operationName }).slice(0, -1)},"variables":{`,
    variables: node.variableUsages ?? [],
    represent:
      node.requires &&
      compileWriter(node.requires, compileRewrites(node.inputRewrites, conditions), conditions),
    rewriteOutput: compileRewrites(node.outputRewrites, conditions),
    isConcrete: conditions.isConcrete,
  };
}
