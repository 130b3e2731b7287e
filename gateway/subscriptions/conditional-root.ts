import { GraphQLError, Kind, parse, type DocumentNode, type SelectionSetNode } from 'graphql';

/**
 * graphql-js' validation throws (instead of reporting an error) when the root field of a subscription
 * stands under @skip or @include with a variable, which the specification forbids anyway. So it is
 * looked for first, in the few documents that have a subscription at all.
 */
export function findConditionalRoot(query: string, maxTokens: number): GraphQLError | undefined {
  if (!query.includes('subscription')) return undefined;
  try {
    const document = parse(query, { maxTokens });
    for (const definition of document.definitions) {
      if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
      if (definition.operation !== 'subscription') continue;
      if (isConditional(document, definition.selectionSet, new Set())) {
        return new GraphQLError(
          '@skip and @include are not allowed on a subscription’s root field',
          {
            nodes: definition,
            extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
          },
        );
      }
    }
    return undefined;
  } catch {
    // A document that cannot be parsed is answered where it is parsed for good.
    return undefined;
  }
}

/** Looks into the fragments at the root too, each of them once: they may spread themselves. */
function isConditional(
  document: DocumentNode,
  { selections }: SelectionSetNode,
  seen: Set<string>,
): boolean {
  return selections.some((selection) => {
    const { directives = [], kind } = selection;
    if (directives.some(({ name }) => name.value === 'skip' || name.value === 'include')) {
      return true;
    }
    if (kind === Kind.FIELD) return false;
    if (kind === Kind.INLINE_FRAGMENT) return isConditional(document, selection.selectionSet, seen);
    const spread = selection.name.value;
    if (seen.has(spread)) return false;
    seen.add(spread);
    const fragment = document.definitions.find(
      (one) => one.kind === Kind.FRAGMENT_DEFINITION && one.name.value === spread,
    );
    return fragment?.kind === Kind.FRAGMENT_DEFINITION
      ? isConditional(document, fragment.selectionSet, seen)
      : false;
  });
}
