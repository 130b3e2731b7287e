import { getOperationAST, type DocumentNode } from 'graphql';
import { fault } from '../errors.ts';
import type { Supergraph } from '../supergraph.ts';
import { createBoundedCache, weightOf } from './bounded-cache.ts';
import { prepareOperation, type PreparedOperation } from './operation.ts';

/** The queries and mutations that were found valid, with their plans. */
export interface Operations {
  /** One that came before, so that it needs no parsing, no validation and no planning. */
  find(query: string, operationName: string | undefined): PreparedOperation | undefined;
  /**
   * @param document the query parsed, and valid by the API's schema and all limits
   * @throws GraphQLError when it has no such operation or cannot be planned
   */
  prepare(
    query: string,
    document: DocumentNode,
    operationName: string | undefined,
  ): PreparedOperation;
}

type ByName = Map<string | undefined, PreparedOperation>;

const mostOperations = 2_000;
const mostBytes = 64 * 1024 * 1024;

/** Remembers the operations used last, for as long as the supergraph stays the same. */
export function createOperations(current: () => Supergraph): Operations {
  const known = createBoundedCache<ByName>(mostOperations, mostBytes);
  let supergraph: Supergraph | undefined;

  function namesOf(query: string): ByName | undefined {
    if (supergraph !== current()) {
      supergraph = current();
      known.clear();
    }
    return known.get(query);
  }

  return {
    find: (query, operationName) => namesOf(query)?.get(operationName),
    prepare(query, document, operationName) {
      const byName: ByName = namesOf(query) ?? new Map();
      const found = byName.get(operationName);
      if (found) return found;
      const prepared = planOperation(current(), document, operationName);
      byName.set(operationName, prepared);
      known.set(query, byName, weightOf(document) * byName.size);
      return prepared;
    },
  };
}

function planOperation(
  supergraph: Supergraph,
  document: DocumentNode,
  operationName: string | undefined,
): PreparedOperation {
  const operation = getOperationAST(document, operationName);
  if (!operation || operation.operation === 'subscription') {
    throw fault('OPERATION_RESOLUTION_FAILURE', 'the document has no such query or mutation');
  }
  const { node } = supergraph.plan(document, operationName);
  if (node?.kind === 'Subscription') throw new Error('a query was planned as a subscription');
  return prepareOperation(supergraph, document, operation, node);
}
