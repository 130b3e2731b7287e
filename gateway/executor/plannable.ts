import type { Schema } from '@apollo/federation-internals';
import {
  isAbstractType,
  isInterfaceType,
  Kind,
  TypeInfo,
  visit,
  visitWithTypeInfo,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  type InlineFragmentNode,
  type SelectionSetNode,
} from 'graphql';
import { fault } from '../errors.ts';

/** The same document as far as its answer goes, without what the planner gets wrong. */
export type MakePlannable = (document: DocumentNode) => DocumentNode;

/** A fragment is written out for each type, and so are those below it. */
const expansionLimit = 2_000;

/**
 * Two things are beyond the planner:
 * - a field all of whose selections are conditional: where the conditions contradict each other it
 *   plans nothing, although an object with no fields is what GraphQL answers then
 *   (`media @include(if: $a) { id @skip(if: $a) }`). It is asked for a `__typename` too.
 * - a fragment on another interface or a union, on an object of which a subgraph knows the interface
 *   only (`@interfaceObject`): it takes the two for disjoint, and breaks. Such a fragment is written
 *   out for each object type that it can apply to.
 */
export function createPlannable(apiSchema: GraphQLSchema, supergraph: Schema): MakePlannable {
  const interfaceObjects = findInterfaceObjects(supergraph);
  return (document) => {
    const whole = withTypenames(document);
    return interfaceObjects.size === 0 ? whole : expand(apiSchema, interfaceObjects, whole);
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

const typename: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };

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
        if (!selectionSet || hasPlainField(selectionSet)) return undefined;
        const selections = [typename, ...selectionSet.selections];
        return { ...field, selectionSet: { ...selectionSet, selections } };
      },
    },
  });
}

const hasPlainField = ({ selections }: SelectionSetNode) =>
  selections.some(({ kind, directives = [] }) => kind === Kind.FIELD && directives.length === 0);

function expand(
  schema: GraphQLSchema,
  interfaceObjects: ReadonlySet<string>,
  document: DocumentNode,
): DocumentNode {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) {
      fragments.set(definition.name.value, definition);
    }
  }
  const types = new TypeInfo(schema);
  let expansions = 0;

  /** Undefined where the planner understands the fragment as it is. */
  function writtenOut(
    fragment: Pick<InlineFragmentNode, 'directives' | 'selectionSet'>,
    condition: string | undefined,
    parent: ReturnType<TypeInfo['getParentType']>,
  ): InlineFragmentNode | undefined {
    if (!isInterfaceType(parent) || !interfaceObjects.has(parent.name)) return undefined;
    const wanted = condition === undefined ? undefined : schema.getType(condition);
    if (!isAbstractType(wanted) || wanted === parent) return undefined;
    const { directives = [], selectionSet } = fragment;
    const selections = schema.getPossibleTypes(wanted).flatMap((type): InlineFragmentNode[] => {
      if (!schema.isSubType(parent, type)) return [];
      expansions += 1;
      if (expansions > expansionLimit) throw tooMany();
      const named = { kind: Kind.NAME, value: type.name } as const;
      const typeCondition = { kind: Kind.NAMED_TYPE, name: named } as const;
      return [{ kind: Kind.INLINE_FRAGMENT, typeCondition, selectionSet }];
    });
    const inner = { kind: Kind.SELECTION_SET, selections } as const;
    return { kind: Kind.INLINE_FRAGMENT, directives, selectionSet: inner };
  }

  return visit(
    document,
    visitWithTypeInfo(types, {
      InlineFragment(fragment) {
        return writtenOut(fragment, fragment.typeCondition?.name.value, types.getParentType());
      },
      FragmentSpread(spread) {
        const fragment = fragments.get(spread.name.value);
        if (!fragment) return undefined;
        const { selectionSet, typeCondition } = fragment;
        const whole = { selectionSet, directives: spread.directives ?? [] };
        return writtenOut(whole, typeCondition.name.value, types.getParentType());
      },
    }),
  );
}

const tooMany = () =>
  fault('UNRESOLVABLE', 'the fragments of the operation apply to too many types to be planned');
