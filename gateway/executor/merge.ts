import { isObject, type JsonObject } from './subgraph-answer.ts';

/**
 * Merges what a subgraph said of an object into what is known of it already: objects by field, lists
 * of one length by element, anything else by replacement.
 * @param shared the source is merged into other targets too, so its inner objects are copied
 */
export function merge(target: JsonObject, source: JsonObject, shared: boolean): void {
  for (const key of Object.keys(source)) {
    const value = source[key];
    if (value === undefined || key === '__proto__') continue;
    if (typeof value !== 'object' || value === null) {
      target[key] = value;
      continue;
    }
    const known = target[key];
    if (known === undefined || known === null) target[key] = shared ? copy(value) : value;
    else target[key] = mergeInner(known, value, shared);
  }
}

function mergeInner(known: unknown, value: object, shared: boolean): unknown {
  if (!Array.isArray(value)) {
    if (!isObject(known)) return shared ? copy(value) : value;
    merge(known, value as JsonObject, shared);
    return known;
  }
  if (!Array.isArray(known) || known.length !== value.length) return shared ? copy(value) : value;
  for (const [index, element] of value.entries()) {
    const other: unknown = known[index];
    if (isObject(other) && isObject(element)) merge(other, element, shared);
    else if (Array.isArray(other) && Array.isArray(element)) {
      known[index] = mergeInner(other, element, shared);
    } else known[index] = shared ? copy(element) : element;
  }
  return known;
}

/** A deep copy of JSON. */
export const copyJson = <Json>(value: Json): Json => copy(value) as Json;

function copy(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copy);
  const result: JsonObject = {};
  for (const key of Object.keys(value)) {
    if (key !== '__proto__') result[key] = copy((value as JsonObject)[key]);
  }
  return result;
}
