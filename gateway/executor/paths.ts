import type { JsonObject } from './subgraph-answer.ts';

type Path = readonly (string | number)[];

/**
 * Where in the answer an error of a subgraph belongs. An error of an entity belongs to every place
 * where this entity stands; one without a path has no place.
 * @param targets for each entity that was asked for, which of the objects under `at` it is
 */
export function pathsOf(
  data: JsonObject,
  at: readonly string[],
  targets: readonly (readonly number[])[] | undefined,
  path: Path | undefined,
): readonly (Path | undefined)[] {
  if (!path) return [undefined];
  const index = path[1];
  if (!targets) return [at.includes('@') ? path : [...at, ...path]];
  if (path[0] !== '_entities' || typeof index !== 'number') return [undefined];
  const places: Path[] = [];
  locate(data, at, 0, [], places);
  const found = (targets[index] ?? []).flatMap((target) => {
    const place = places[target];
    return place ? [[...place, ...path.slice(2)]] : [];
  });
  return found.length > 0 ? found : [undefined];
}

/** The same walk as the executor's, so that the n-th place is that of the n-th object. */
function locate(
  value: unknown,
  at: readonly string[],
  depth: number,
  here: (string | number)[],
  into: Path[],
): void {
  if (value === null || typeof value !== 'object') return;
  const element = at[depth];
  if (Array.isArray(value) && (element === undefined || element === '@')) {
    for (const [index, one] of value.entries()) {
      here.push(index);
      locate(one, at, element === undefined ? depth : depth + 1, here, into);
      here.pop();
    }
  } else if (element === undefined) {
    into.push([...here]);
  } else if (Object.hasOwn(value, element)) {
    here.push(element);
    locate((value as JsonObject)[element], at, depth + 1, here, into);
    here.pop();
  }
}
