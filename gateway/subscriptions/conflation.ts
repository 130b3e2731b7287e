import { Kind, parse, print, type FieldNode, type FormattedExecutionResult } from 'graphql';

/** A subgraph's operation whose events say which of them replace which. */
export interface ConflatedOperation {
  readonly operation: string;
  /** Of two events with one key that wait, only the later counts; null: it stands for itself. */
  keyOf(event: FormattedExecutionResult): string | null;
}

const keyAlias = 'mammonKey';

/**
 * Selects the key's fields too, under names of their own, which no client sees.
 * @param by a selection on the event, for example `instrument { symbol }`; '' for one single key
 */
export function conflate(operation: string, by: string): ConflatedOperation {
  const document = parse(operation);
  const keys = selectionsOf(by);
  let responseKey = '';
  const definitions = document.definitions.map((definition) => {
    if (definition.kind !== Kind.OPERATION_DEFINITION) return definition;
    const [root, ...others] = definition.selectionSet.selections;
    if (root?.kind !== Kind.FIELD) return definition;
    responseKey = root.alias?.value ?? root.name.value;
    const selections = [...(root.selectionSet?.selections ?? []), ...keys];
    const field: FieldNode =
      selections.length === 0
        ? root
        : { ...root, selectionSet: { kind: Kind.SELECTION_SET, selections } };
    return {
      ...definition,
      selectionSet: { ...definition.selectionSet, selections: [field, ...others] },
    };
  });
  const aliases = keys.map(({ alias }) => alias?.value ?? '');
  return {
    operation: print({ kind: Kind.DOCUMENT, definitions }),
    keyOf(event) {
      const payload: unknown = event.data?.[responseKey];
      if (aliases.length === 0) return '';
      if (typeof payload !== 'object' || payload === null) return null;
      const values = payload as Readonly<Record<string, unknown>>;
      return JSON.stringify(aliases.map((alias) => values[alias]));
    },
  };
}

function selectionsOf(by: string): readonly FieldNode[] {
  if (by.trim() === '') return [];
  const [definition] = parse(`{ ${by} }`).definitions;
  if (definition?.kind !== Kind.OPERATION_DEFINITION) return [];
  return definition.selectionSet.selections.flatMap((selection, index) =>
    selection.kind === Kind.FIELD
      ? [{ ...selection, alias: { kind: Kind.NAME, value: `${keyAlias}${index}` } }]
      : [],
  );
}
