import type { FetchDataRewrite } from '@apollo/query-planner';
import { isObject, type JsonObject } from './subgraph-answer.ts';
import type { TypeConditions } from './types.ts';

/** Changes a value in place, as the planner asks for where subgraphs name things differently. */
export type Rewrite = (value: unknown) => void;

const typePrefix = '... on ';

/** Undefined where there is nothing to do, which is nearly always. */
export function compileRewrites(
  rewrites: readonly FetchDataRewrite[] | undefined,
  conditions: TypeConditions,
): Rewrite | undefined {
  if (!rewrites || rewrites.length === 0) return undefined;
  const compiled = rewrites.map((rewrite) => compile(rewrite, conditions));
  return (value) => {
    for (const rewrite of compiled) rewrite(value);
  };
}

function compile(rewrite: FetchDataRewrite, conditions: TypeConditions): Rewrite {
  const last = rewrite.path.at(-1);
  if (last === undefined) return () => undefined;
  return rewrite.path.slice(0, -1).reduceRight<Rewrite>(
    (inner, element) => {
      if (!element.startsWith(typePrefix)) {
        return forObjects((object) => {
          if (Object.hasOwn(object, element)) inner(object[element]);
        });
      }
      const names = conditions(element.slice(typePrefix.length));
      return forObjects((object) => {
        const typename = object['__typename'];
        if (typeof typename !== 'string' || names.has(typename)) inner(object);
      });
    },
    forObjects(change(rewrite, last)),
  );
}

function change(rewrite: FetchDataRewrite, key: string): (object: JsonObject) => void {
  if (rewrite.kind === 'ValueSetter') {
    const value: unknown = rewrite.setValueTo;
    return (object) => void (object[key] = value);
  }
  const { renameKeyTo } = rewrite;
  return (object) => {
    if (!Object.hasOwn(object, key) || object[key] === undefined) return;
    object[renameKeyTo] = object[key];
    object[key] = undefined;
  };
}

function forObjects(apply: (object: JsonObject) => void): Rewrite {
  const rewrite: Rewrite = (value) => {
    if (Array.isArray(value)) value.forEach(rewrite);
    else if (isObject(value)) apply(value);
  };
  return rewrite;
}
