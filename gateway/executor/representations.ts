import type { QueryPlanSelectionNode } from '@apollo/query-planner';
import { isObject, type JsonObject } from './subgraph-answer.ts';
import type { TypeConditions } from './types.ts';

/**
 * What another subgraph needs to know of an entity, taken from what is known of it. Null when a
 * field is missing: then it cannot be asked about this entity.
 */
export type Represent = (entity: JsonObject) => JsonObject | null;

type Pick = (from: JsonObject, into: JsonObject) => boolean;

export function compileRepresentation(
  selections: readonly QueryPlanSelectionNode[],
  conditions: TypeConditions,
): Represent {
  const picks = selections.map((selection) => compile(selection, conditions));
  return (entity) => {
    const representation: JsonObject = {};
    for (const pick of picks) if (!pick(entity, representation)) return null;
    return representation;
  };
}

function compile(selection: QueryPlanSelectionNode, conditions: TypeConditions): Pick {
  if (selection.kind === 'InlineFragment') {
    const inner = compileRepresentation(selection.selections, conditions);
    if (!selection.typeCondition) return () => true;
    const names = conditions(selection.typeCondition);
    return (from, into) => {
      if (!names.has(String(from['__typename']))) return true;
      // A fragment that lacks a field leaves out its part, as another one may apply.
      const part = inner(from);
      if (part) combine(into, part);
      return true;
    };
  }
  const key = selection.alias ?? selection.name;
  const inner = selection.selections && compileRepresentation(selection.selections, conditions);
  return (from, into) => {
    const value = Object.hasOwn(from, key) ? from[key] : undefined;
    if (value === undefined) return false;
    into[key] = inner ? representInner(inner, value) : value;
    return true;
  };
}

function representInner(inner: Represent, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((element) => representInner(inner, element));
  return isObject(value) ? inner(value) : null;
}

/** Two fragments that apply may each bring a part of one field. */
function combine(into: JsonObject, part: JsonObject): void {
  for (const [key, value] of Object.entries(part)) {
    const known = into[key];
    if (isObject(known) && isObject(value)) combine(known, value);
    else if (Array.isArray(known) && Array.isArray(value) && known.length === value.length) {
      value.forEach((element, index) => {
        const other: unknown = known[index];
        if (isObject(other) && isObject(element)) combine(other, element);
        else known[index] = element;
      });
    } else into[key] = value;
  }
}
