import { getOperationAST, type DocumentNode } from 'graphql';
import { fault } from '../errors.ts';
import type { Supergraph } from '../supergraph.ts';
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

interface Entry {
  readonly characters: number;
  readonly byName: Map<string | undefined, PreparedOperation>;
}

const cacheLimit = 2_000;
const charactersLimit = 8 * 1024 * 1024;

/** Remembers the operations used last, for as long as the supergraph stays the same. */
export function createOperations(current: () => Supergraph): Operations {
  const known = new Map<string, Entry>();
  let supergraph: Supergraph | undefined;
  let characters = 0;

  function entryOf(query: string): Entry | undefined {
    if (supergraph !== current()) {
      supergraph = current();
      known.clear();
      characters = 0;
    }
    return known.get(query);
  }

  function remember(query: string): Entry {
    const entry = { characters: query.length, byName: new Map() };
    known.set(query, entry);
    characters += query.length;
    for (const [oldest, { characters: freed }] of known) {
      if (known.size <= cacheLimit && characters <= charactersLimit) break;
      known.delete(oldest);
      characters -= freed;
    }
    return entry;
  }

  return {
    find(query, operationName) {
      const entry = entryOf(query);
      if (!entry) return undefined;
      // The oldest in the map is then the one that was not used for longest.
      known.delete(query);
      known.set(query, entry);
      return entry.byName.get(operationName);
    },
    prepare(query, document, operationName) {
      const entry = entryOf(query);
      const found = entry?.byName.get(operationName);
      if (found) return found;
      const prepared = planOperation(current(), document, operationName);
      (entry ?? remember(query)).byName.set(operationName, prepared);
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
