import type { FetchNode, PlanNode } from '@apollo/query-planner';
import {
  executeSync,
  getVariableValues,
  GraphQLError,
  Kind,
  visit,
  type DocumentNode,
  type FragmentDefinitionNode,
  type OperationDefinitionNode,
} from 'graphql';
import type { GatewayContext } from '../caller.ts';
import { fault } from '../errors.ts';
import type { Supergraph } from '../supergraph.ts';
import { compileFetch, compilePlan, type FetchStep, type Step } from './compile-plan.ts';
import { complete, type Introspect } from './complete.ts';
import { runPlan, takeEvent, type PlanRun } from './run-plan.ts';
import { shapeOf, type ObjectShape } from './shape.ts';
import type { JsonObject, SubgraphAnswer, SubgraphAskers } from './subgraph-answer.ts';

/** A valid operation with its plan, made ready once for all of its executions. */
export interface PreparedOperation {
  readonly supergraph: Supergraph;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly name: string | undefined;
  /** A subscription's own fetch, which its events answer. */
  readonly primary: FetchStep | undefined;
  /** Undefined where no subgraph has to be asked. */
  readonly plan: Step | undefined;
  /** What the answer looks like, for these values of the variables in @skip and @include. */
  shape(variables: Readonly<Record<string, unknown>>): ObjectShape;
}

export interface OperationRequest {
  readonly variables: Readonly<Record<string, unknown>>;
  readonly context: Partial<GatewayContext>;
  readonly askers: SubgraphAskers;
  /** For subscriptions: what the primary fetch's subgraph published. */
  readonly event?: SubgraphAnswer;
}

export interface OperationResult {
  /** Absent when nothing was executed. */
  readonly data?: JsonObject | null;
  readonly errors?: readonly GraphQLError[];
}

/**
 * @param document valid by the API's schema
 * @param node the planner's plan; for subscriptions what follows their primary fetch
 */
export function prepareOperation(
  supergraph: Supergraph,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  node: PlanNode | undefined,
  primary?: FetchNode,
): PreparedOperation {
  refuseTrickyAliases(document);
  return {
    supergraph,
    document,
    operation,
    name: operation.name?.value,
    primary: primary && compileFetch(primary, supergraph),
    plan: node && compilePlan(node, supergraph),
    shape: rememberShapes(supergraph, document, operation),
  };
}

/** Executes an operation. All that goes wrong is in its errors. */
export async function executeOperation(
  prepared: PreparedOperation,
  request: OperationRequest,
): Promise<OperationResult> {
  const coerced = coerceVariables(prepared, request.variables);
  if (!('values' in coerced)) return coerced;
  const { values } = coerced;
  const errors: GraphQLError[] = [];
  const run: PlanRun = {
    askers: request.askers,
    context: request.context,
    given: request.variables,
    values,
    data: {},
    errors,
  };
  if (prepared.primary && request.event) takeEvent(run, prepared.primary, request.event);
  if (prepared.plan) await runPlan(run, prepared.plan);
  const introspect = introspection(prepared, request.variables);
  const shape = prepared.shape(values);
  if (!prepared.plan && !prepared.primary && asksSubgraphs(shape)) return unanswerable();
  const completion = complete(shape, run.data, introspect);
  const unexplained = completion.errors.filter((error) => !isExplained(error, errors));
  if (errors.length === 0 && unexplained.length === 0) return { data: completion.data };
  return { errors: [...errors, ...unexplained], data: completion.data };
}

const asksSubgraphs = (shape: ObjectShape) =>
  shape.fields(shape.declared)?.fields.some(({ value }) => value !== undefined) ?? false;

/** The planner plans nothing, without a word, where an interface has no type that resolves it. */
const unanswerable = (): OperationResult => ({
  errors: [fault('UNRESOLVABLE', 'no subgraph can answer what was asked for')],
});

const noValues = { values: {} };

/** The variables' values with their defaults, or what is wrong with them. */
export function coerceVariables(
  { supergraph, operation }: PreparedOperation,
  variables: Readonly<Record<string, unknown>>,
): { readonly values: Readonly<Record<string, unknown>> } | { readonly errors: GraphQLError[] } {
  const definitions = operation.variableDefinitions;
  if (!definitions || definitions.length === 0) return noValues;
  const { errors, coerced } = getVariableValues(supergraph.apiSchema, definitions, variables);
  if (coerced) return { values: coerced };
  return {
    errors: errors.map(
      ({ message, nodes }) =>
        new GraphQLError(message, { nodes, extensions: { code: 'BAD_USER_INPUT' } }),
    ),
  };
}

/** A null follows from an error at or below it, or from one that names no place. */
function isExplained({ path = [] }: GraphQLError, errors: readonly GraphQLError[]): boolean {
  return errors.some(
    (error) =>
      !error.path ||
      path.every((element, index) => error.path?.[index] === element) ||
      error.path.every((element, index) => path[index] === element),
  );
}

const shapeLimit = 64;

/** Different values of conditional variables make different shapes; each is made once. */
function rememberShapes(
  { apiSchema: schema }: Supergraph,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): PreparedOperation['shape'] {
  const type = schema.getRootType(operation.operation);
  if (!type) throw new Error(`the API has no ${operation.operation}`);
  const fragments = fragmentsOf(document);
  const deciding = decidingVariables(document);
  const make = (variables: Readonly<Record<string, unknown>>) =>
    shapeOf({ schema, fragments, variables }, type, [operation.selectionSet], false);
  const shapes = new Map<string, ObjectShape>();
  return (variables) => {
    const key = deciding.length === 0 ? '' : deciding.map((name) => variables[name]).join();
    let shape = shapes.get(key);
    if (!shape) {
      if (shapes.size >= shapeLimit) shapes.clear();
      shape = make(variables);
      shapes.set(key, shape);
    }
    return shape;
  };
}

/** The one name under which JavaScript objects keep no value. */
function refuseTrickyAliases(document: DocumentNode): void {
  visit(document, {
    Field({ alias }) {
      if (alias?.value !== '__proto__') return;
      throw fault('BAD_REQUEST', '`__proto__` cannot be an alias', { status: 400 });
    },
  });
}

function fragmentsOf(document: DocumentNode): ReadonlyMap<string, FragmentDefinitionNode> {
  return new Map(
    document.definitions.flatMap((definition) =>
      definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition]] : [],
    ),
  );
}

function decidingVariables(document: DocumentNode): readonly string[] {
  const names = new Set<string>();
  visit(document, {
    Directive({ name, arguments: given = [] }) {
      if (name.value !== 'skip' && name.value !== 'include') return;
      for (const { value } of given) if (value.kind === Kind.VARIABLE) names.add(value.name.value);
    },
  });
  return [...names];
}

/** The schema answers for itself; no subgraph is asked. */
function introspection(
  { supergraph, document, operation }: PreparedOperation,
  variableValues: Readonly<Record<string, unknown>>,
): Introspect {
  return ({ key, nodes }) => {
    const part: DocumentNode = {
      kind: Kind.DOCUMENT,
      definitions: [
        { ...operation, selectionSet: { kind: Kind.SELECTION_SET, selections: nodes } },
        ...fragmentsOf(document).values(),
      ],
    };
    const schema = supergraph.apiSchema;
    const { data, errors } = executeSync({ schema, document: part, variableValues, rootValue: {} });
    const [error] = errors ?? [];
    if (error) throw error;
    return data?.[key] ?? null;
  };
}
