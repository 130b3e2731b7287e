import { GraphQLError } from 'graphql';
import type { FieldShape, ObjectShape, ValueShape } from './shape.ts';
import { isObject, type JsonObject } from './subgraph-answer.ts';

/** Executes a root field of introspection. */
export type Introspect = (field: FieldShape) => unknown;

export interface Completion {
  /** Null where a null reached the root. */
  readonly data: JsonObject | null;
  /** Where subgraphs broke their schema's promises. */
  readonly errors: readonly GraphQLError[];
}

interface Run {
  readonly introspect: Introspect;
  readonly path: (string | number)[];
  readonly errors: GraphQLError[];
}

/** A null that was accounted for already: it makes the nearest nullable parent null. */
const broken = Symbol('broken');

/**
 * Makes the answer out of all that subgraphs said: only what was asked for, in the order in which it
 * was asked for, with every value fit for its type in the API's schema, or null.
 */
export function complete(
  shape: ObjectShape,
  input: JsonObject,
  introspect: Introspect,
): Completion {
  const run: Run = { introspect, path: [], errors: [] };
  const data = completeObject(run, shape, input);
  return { data: data === broken ? null : (data as JsonObject), errors: run.errors };
}

function completeValue(run: Run, shape: ValueShape, value: unknown): unknown {
  if (value === null || value === undefined) {
    if (!shape.nonNull) return null;
    return report(run, 'null where the schema forbids it');
  }
  const result =
    shape.kind === 'leaf'
      ? shape.accepts === undefined || shape.accepts(value)
        ? value
        : report(run, 'a value that does not fit its type')
      : shape.kind === 'object'
        ? completeObject(run, shape, value)
        : completeList(run, shape.element, value);
  return result === broken && !shape.nonNull ? null : result;
}

function completeList(run: Run, element: ValueShape, value: unknown): unknown {
  if (!Array.isArray(value)) return report(run, 'no list where there must be one');
  const { path } = run;
  const result: unknown[] = [];
  let whole = true;
  for (let index = 0; index < value.length; index += 1) {
    path.push(index);
    const completed = completeValue(run, element, value[index]);
    path.pop();
    if (completed === broken) whole = false;
    result.push(completed);
  }
  return whole ? result : broken;
}

function completeObject(run: Run, shape: ObjectShape, value: unknown): unknown {
  if (!isObject(value)) return report(run, 'no object where there must be one');
  const typename = value['__typename'];
  const typed = shape.fields(typeof typename === 'string' ? typename : shape.declared);
  if (!typed) return report(run, 'an object of a type that the schema does not have');
  const { path } = run;
  const result: JsonObject = {};
  for (const field of typed.fields) {
    const { key, value: inner } = field;
    if (inner === undefined) {
      if (field.name !== '__typename') result[key] = run.introspect(field);
      else if (typed.concrete) result[key] = typed.typename;
      else return report(run, 'an object without its type');
      continue;
    }
    const given = field.inherited && !Object.hasOwn(value, key) ? null : value[key];
    if (inner.kind === 'leaf' && given != null && (!inner.accepts || inner.accepts(given))) {
      result[key] = given;
      continue;
    }
    path.push(key);
    const completed = completeValue(run, inner, given);
    path.pop();
    if (completed === broken) return broken;
    result[key] = completed;
  }
  return result;
}

function report(run: Run, what: string): typeof broken {
  const message = `a subgraph answered ${what}`;
  const extensions = { code: 'INVALID_SUBGRAPH_RESPONSE' };
  run.errors.push(new GraphQLError(message, { path: [...run.path], extensions }));
  return broken;
}
