import type { FetchNode, PlanNode } from '@apollo/query-planner';
import { compileWriter, type WriteRepresentation } from './representations.ts';
import { compileRewrites, type Rewrite } from './rewrites.ts';
import type { RequiredFields } from './required-arguments.ts';
import { splitFetch } from './split-fetch.ts';
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

/** What of the supergraph the steps depend on. */
export interface PlanKnowledge {
  readonly typeConditions: TypeConditions;
  readonly requiredFields: RequiredFields;
}

export function compilePlan(node: PlanNode, knowledge: PlanKnowledge): Step {
  switch (node.kind) {
    case 'Fetch': {
      const steps = splitFetch(node, knowledge.requiredFields).map((part) =>
        compileFetch(part, knowledge),
      );
      const [only] = steps;
      return only && steps.length === 1 ? only : { kind: 'parallel', steps };
    }
    case 'Flatten':
      return {
        kind: 'flatten',
        path: node.path.map(String),
        step: compilePlan(node.node, knowledge),
      };
    case 'Condition':
      return {
        kind: 'condition',
        variable: node.condition,
        whenTrue: node.ifClause && compilePlan(node.ifClause, knowledge),
        whenFalse: node.elseClause && compilePlan(node.elseClause, knowledge),
      };
    case 'Sequence':
    case 'Parallel':
      return {
        kind: node.kind === 'Sequence' ? 'sequence' : 'parallel',
        steps: node.nodes.map((inner) => compilePlan(inner, knowledge)),
      };
    case 'Defer':
      throw new Error('the planner deferred, which it was not asked for');
  }
}

export function compileFetch(node: FetchNode, knowledge: PlanKnowledge): FetchStep {
  const { operation: query, operationName } = node;
  const conditions = knowledge.typeConditions;
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
