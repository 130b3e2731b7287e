import type { QueryPlanSelectionNode } from '@apollo/query-planner';
import type { Rewrite } from './rewrites.ts';
import { isObject, type JsonObject } from './subgraph-answer.ts';
import type { TypeConditions } from './types.ts';

/** The JSON of a representation; undefined for an entity that cannot be asked about. */
export type WriteRepresentation = (entity: JsonObject) => string | undefined;

/**
 * Writes representations as JSON. Keys of plain values, which nearly all are, are written at once;
 * anything else is made as an object first.
 */
export function compileWriter(
  selections: readonly QueryPlanSelectionNode[],
  rewriteInput: Rewrite | undefined,
  conditions: TypeConditions,
): WriteRepresentation {
  const represent = compileRepresentation(selections, conditions);
  const write: WriteRepresentation = (entity) => {
    const representation = represent(entity);
    if (!representation || typeof representation['__typename'] !== 'string') return undefined;
    rewriteInput?.(representation);
    return JSON.stringify(representation);
  };
  if (rewriteInput) return write;
  const plain = selections.map((selection) => plainKey(selection, conditions));
  if (plain.includes(undefined)) return write;
  return (entity) => {
    const typename = String(entity['__typename']);
    let found: PlainKey | undefined;
    for (const key of plain) {
      if (!key?.typenames.has(typename)) continue;
      if (found) return write(entity);
      found = key;
    }
    return found && writePlain(found, entity);
  };
}

/** One fragment of values without inner fields. */
interface PlainKey {
  readonly typenames: ReadonlySet<string>;
  readonly fields: readonly { readonly key: string; readonly label: string }[];
}

function plainKey(
  selection: QueryPlanSelectionNode,
  conditions: TypeConditions,
): PlainKey | undefined {
  if (selection.kind !== 'InlineFragment' || !selection.typeCondition) return undefined;
  const fields: { key: string; label: string }[] = [];
  for (const inner of selection.selections) {
    if (inner.kind !== 'Field' || inner.selections) return undefined;
    const key = inner.alias ?? inner.name;
    fields.push({ key, label: `${JSON.stringify(inner.name)}:` });
  }
  // Without it there is nothing that a subgraph could tell the entity's type by.
  if (!fields.some(({ key }) => key === '__typename')) return undefined;
  return { typenames: conditions(selection.typeCondition), fields };
}

function writePlain({ fields }: PlainKey, entity: JsonObject): string | undefined {
  let text = '{';
  for (const { key, label } of fields) {
    const value = Object.hasOwn(entity, key) ? entity[key] : undefined;
    if (value === undefined) return undefined;
    const json = typeof value === 'string' ? quote(value) : JSON.stringify(value);
    text += text === '{' ? label + json : `,${label}${json}`;
  }
  return `${text}}`;
}

/** Anything but the usual characters of keys is left to JSON. */
const unusual = /[^\w ./:+=@-]/;
const quote = (text: string) => (unusual.test(text) ? JSON.stringify(text) : `"${text}"`);

/**
 * What another subgraph needs to know of an entity, taken from what is known of it. Null when a
 * field is missing: then it cannot be asked about this entity.
 */
type Represent = (entity: JsonObject) => JsonObject | null;

type Pick = (from: JsonObject, into: JsonObject) => boolean;

function compileRepresentation(
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
  const { name } = selection;
  const key = selection.alias ?? name;
  const inner = selection.selections && compileRepresentation(selection.selections, conditions);
  return (from, into) => {
    const value = Object.hasOwn(from, key) ? from[key] : undefined;
    if (value === undefined) return false;
    into[name] = inner ? representInner(inner, value) : value;
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
