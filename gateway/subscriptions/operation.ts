import { createHash } from 'node:crypto';
import type { FetchNode } from '@apollo/query-planner';
import {
  GraphQLError,
  getOperationAST,
  Kind,
  NoSchemaIntrospectionCustomRule,
  parse,
  specifiedRules,
  validate,
  type DocumentNode,
  type OperationDefinitionNode,
} from 'graphql';
import type { OperationLimits } from '../config.ts';
import { fault } from '../errors.ts';
import { createBoundedCache, weightOf } from '../executor/bounded-cache.ts';
import { prepareOperation, type PreparedOperation } from '../executor/operation.ts';
import { limitOperations } from '../limits.ts';
import type { Supergraph } from '../supergraph.ts';
import { findConditionalRoot } from './conditional-root.ts';
import { conflate, type ConflatedOperation } from './conflation.ts';
import { isViewerIndependent } from './marks.ts';
import { makeResumable, type ResumableOperation } from './resume.ts';

/** A subscription, checked and planned: what its subgraph is asked, and what joins each event. */
export interface PlannedSubscription {
  readonly supergraph: Supergraph;
  readonly query: string;
  readonly operationName: string | undefined;
  /** The subgraph's part, which the stream's events answer. */
  readonly primary: FetchNode;
  /** Executed for each event: the event answers the primary, then other subgraphs are joined. */
  readonly prepared: PreparedOperation;
  readonly resumable: ResumableOperation | undefined;
  /** Where only the latest event of each key counts. */
  readonly conflated: ConflatedOperation | undefined;
  /** The subgraph's part as it is sent, with what the gateway selects on its own account. */
  readonly upstream: string;
  /** Nothing in it depends on who asks. */
  readonly viewerIndependent: boolean;
}

export interface OperationPlanner {
  /** @throws OperationErrors with all that is wrong with it */
  plan(query: string, operationName: string | null | undefined): PlannedSubscription;
}

/** Thrown with all that is wrong with an operation. */
export class OperationErrors extends Error {
  readonly errors: readonly GraphQLError[];

  constructor(errors: readonly GraphQLError[]) {
    super(errors[0]?.message);
    this.errors = errors;
  }
}

/** @throws OperationErrors where `work` throws one GraphQLError */
export function guarded<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    return asOperationErrors(error);
  }
}

export function asOperationErrors(error: unknown): never {
  throw error instanceof GraphQLError ? new OperationErrors([error]) : error;
}

/** @throws OperationErrors GRAPHQL_PARSE_FAILED or OPERATION_RESOLUTION_FAILURE */
export function findOperation(
  query: string,
  operationName: string | undefined,
  maxTokens: number,
): OperationDefinitionNode {
  const operation = getOperationAST(parseOperation(query, maxTokens), operationName);
  if (!operation) throw noSuchOperation();
  return operation;
}

const noSuchOperation = () =>
  new OperationErrors([
    fault(
      'OPERATION_RESOLUTION_FAILURE',
      'the document has no operation of this name, or several and no name was given',
    ),
  ]);

const mostPlans = 1_000;
const mostBytes = 32 * 1024 * 1024;

/** Plans subscriptions and remembers the plans for as long as the supergraph stays the same. */
export function createOperationPlanner(
  current: () => Supergraph,
  limits: OperationLimits,
  local: boolean,
): OperationPlanner {
  const cache = createBoundedCache<PlannedSubscription>(mostPlans, mostBytes);
  const rules = [
    ...specifiedRules,
    limitOperations(limits),
    ...(local ? [] : [NoSchemaIntrospectionCustomRule]),
  ];
  let supergraph: Supergraph | undefined;
  return {
    plan(query, operationName) {
      if (supergraph !== current()) {
        supergraph = current();
        cache.clear();
      }
      const queryHash = createHash('sha256').update(query).digest('hex');
      const key = `${queryHash} ${operationName ?? ''}`;
      const known = cache.get(key);
      if (known) return known;
      const document = check(query, supergraph);
      const graph = supergraph;
      const planned = guarded(() => build(graph, query, document, operationName ?? undefined));
      cache.set(key, planned, weightOf(document));
      return planned;
    },
  };

  function check(query: string, { apiSchema }: Supergraph): DocumentNode {
    const document = parseOperation(query, limits.tokens);
    const conditional = findConditionalRoot(query, limits.tokens);
    const errors = conditional ? [conditional] : validate(apiSchema, document, rules);
    if (errors.length === 0) return document;
    throw new OperationErrors(errors.map(asValidationError));
  }
}

/** @throws OperationErrors GRAPHQL_PARSE_FAILED */
export function parseOperation(query: string, maxTokens: number): DocumentNode {
  try {
    return parse(query, { maxTokens });
  } catch (error) {
    if (error instanceof RangeError) throw new OperationErrors([nestedTooDeeply()]);
    if (!(error instanceof GraphQLError)) throw error;
    const { message, source, positions } = error;
    const extensions = { code: 'GRAPHQL_PARSE_FAILED' };
    throw new OperationErrors([new GraphQLError(message, { source, positions, extensions })]);
  }
}

/** graphql-js' parser is recursive: a few thousand levels exhaust the stack. */
const nestedTooDeeply = () => fault('GRAPHQL_PARSE_FAILED', 'the document is nested too deeply');

function asValidationError({ message, nodes, extensions }: GraphQLError): GraphQLError {
  const code = 'GRAPHQL_VALIDATION_FAILED';
  return new GraphQLError(message, { nodes, extensions: { ...extensions, code } });
}

function build(
  supergraph: Supergraph,
  query: string,
  document: DocumentNode,
  operationName: string | undefined,
): PlannedSubscription {
  const operation = getOperationAST(document, operationName);
  if (operation?.operation !== 'subscription') {
    throw new OperationErrors([
      fault('OPERATION_RESOLUTION_FAILURE', 'the document has no such subscription'),
    ]);
  }
  const { node } = supergraph.plan(document, operationName);
  if (node?.kind !== 'Subscription') {
    throw new OperationErrors([fault('BAD_REQUEST', 'the subscription selects nothing')]);
  }
  const { primary, rest } = node;
  const { apiSchema, marks } = supergraph;
  const by = marks.conflatedBy.get(rootFieldOf(primary.operation));
  const conflated = by === undefined ? undefined : conflate(primary.operation, by);
  const resumable = conflated
    ? undefined
    : makeResumable(primary.operation, supergraph.subgraphModel(primary.serviceName));
  return {
    supergraph,
    query,
    operationName,
    primary,
    prepared: prepareOperation(supergraph, document, operation, rest, primary),
    resumable,
    conflated,
    upstream: conflated?.operation ?? resumable?.operation ?? primary.operation,
    viewerIndependent: isViewerIndependent(apiSchema, marks, document, operation),
  };
}

function rootFieldOf(operation: string): string {
  const [definition] = parse(operation).definitions;
  const root =
    definition?.kind === Kind.OPERATION_DEFINITION && definition.selectionSet.selections[0];
  return root && root.kind === Kind.FIELD ? root.name.value : '';
}
