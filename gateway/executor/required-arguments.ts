import { createHash } from 'node:crypto';
import type { SelectionSet } from '@apollo/federation-internals';
import type { QueryPlanner } from '@apollo/query-planner';

/** A field that another field requires, where it or one inside it has arguments. */
export interface RequiredField {
  readonly name: string;
  /** Where it stands in what is known of the entity, if not under its name. */
  readonly alias: string | undefined;
  readonly inner: readonly RequiredField[];
}

/** What a subgraph's field requires; empty where nothing in it has arguments. */
export type RequiredFields = (
  subgraph: string,
  type: string,
  field: string,
) => readonly RequiredField[];

/**
 * Gives each field with arguments that some @requires asks for an alias of its own. The planner tells
 * fields apart by their names in the answer only: `price(currency: "USD")` that one field requires,
 * `price(currency: "EUR")` that another one requires and a `price` that the client asks for would be
 * one and the same. Federation allows no aliases in @requires, so they are put where the planner
 * keeps what it read there: the conditions of its graph's edges.
 */
export function aliasRequiredArguments(planner: QueryPlanner): RequiredFields {
  const known = new Map<string, readonly RequiredField[]>();
  const graph = planner['federatedQueryGraph'];
  for (const vertex of graph.allVertices()) {
    for (const edge of graph.outEdges(vertex, true)) {
      const { conditions, transition } = edge;
      if (transition.kind !== 'FieldCollection' || !conditions) continue;
      if (!conditions.toString().includes('(')) continue;
      const aliased = withAliases(conditions);
      edge['_conditions'] = aliased;
      const { source, type } = edge.head;
      known.set(keyOf(source, type.name, transition.definition.name), listFields(aliased));
    }
  }
  return (subgraph, type, field) => known.get(keyOf(subgraph, type, field)) ?? [];
}

const keyOf = (subgraph: string, type: string, field: string) => `${subgraph} ${type}.${field}`;

function withAliases(selections: SelectionSet): SelectionSet {
  return selections.lazyMap((selection) => {
    const inner = selection.selectionSet && withAliases(selection.selectionSet);
    if (selection.kind !== 'FieldSelection') {
      return inner ? selection.withUpdatedSelectionSet(inner) : selection;
    }
    const { element } = selection;
    const given = element.args ?? {};
    if (Object.keys(given).length === 0) return selection.withUpdatedComponents(element, inner);
    const text = element.withUpdatedAlias(undefined).toString();
    const digest = createHash('sha256').update(text).digest('hex').slice(0, 16);
    const alias = `${element.name}__required_${digest}`;
    return selection.withUpdatedComponents(element.withUpdatedAlias(alias), inner);
  });
}

function listFields(selections: SelectionSet): readonly RequiredField[] {
  return selections.selections().flatMap((selection): readonly RequiredField[] => {
    const inner = selection.selectionSet ? listFields(selection.selectionSet) : [];
    if (selection.kind !== 'FieldSelection') return inner;
    const { name, alias } = selection.element;
    return [{ name, alias, inner }];
  });
}
