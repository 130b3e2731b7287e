import { GraphQLError, Kind, parse, type OperationDefinitionNode } from 'graphql';

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
      if (definition.operation === 'subscription' && isConditional(definition)) {
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

function isConditional({ selectionSet }: OperationDefinitionNode): boolean {
  return selectionSet.selections.some((selection) =>
    selection.directives?.some(({ name }) => name.value === 'skip' || name.value === 'include'),
  );
}
