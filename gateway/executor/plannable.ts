import type { Schema } from '@apollo/federation-internals';
import {
  Kind,
  visit,
  type DocumentNode,
  type FieldNode,
  type GraphQLSchema,
  type SelectionNode,
} from 'graphql';
import { spellOut } from './spell-out.ts';

/** The same document as far as its answer goes, without what the planner gets wrong. */
export type MakePlannable = (document: DocumentNode) => DocumentNode;

/**
 * Two things are beyond the planner:
 * - a field all of whose selections are conditional: where the conditions contradict each other it
 *   plans nothing, although an object with no fields is what GraphQL answers then
 *   (`media @include(if: $a) { id @skip(if: $a) }`). It is asked for a `__typename` too.
 * - a fragment on another interface or a union, on an object of which a subgraph knows the interface
 *   only (`@interfaceObject`): it takes the two for disjoint, and breaks. Such fragments are spelled
 *   out for each type of object.
 */
export function createPlannable(apiSchema: GraphQLSchema, supergraph: Schema): MakePlannable {
  const interfaceObjects = findInterfaceObjects(supergraph);
  return (document) => {
    const whole = withTypenames(document);
    return interfaceObjects.size === 0 ? whole : spellOut(apiSchema, interfaceObjects, whole);
  };
}

function findInterfaceObjects(supergraph: Schema): ReadonlySet<string> {
  const names = new Set<string>();
  for (const type of supergraph.types()) {
    for (const applied of type.appliedDirectivesOf('join__type')) {
      const { isInterfaceObject } = applied.arguments() as { isInterfaceObject?: boolean };
      if (isInterfaceObject) names.add(type.name);
    }
  }
  return names;
}

const typenameField: FieldNode = {
  kind: Kind.FIELD,
  name: { kind: Kind.NAME, value: '__typename' },
};

function withTypenames(document: DocumentNode): DocumentNode {
  let conditional = false;
  visit(document, {
    Directive({ name }) {
      if (name.value === 'include' || name.value === 'skip') conditional = true;
    },
  });
  if (!conditional) return document;
  return visit(document, {
    Field: {
      leave(field) {
        const { selectionSet } = field;
        if (!selectionSet || selectionSet.selections.some(isPlainField)) return undefined;
        const selections = [typenameField, ...selectionSet.selections];
        return { ...field, selectionSet: { ...selectionSet, selections } };
      },
    },
  });
}

const isPlainField = ({ kind, directives = [] }: SelectionNode) =>
  kind === Kind.FIELD && directives.length === 0;
