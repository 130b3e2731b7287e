import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import type { GatewayContext } from '../caller.ts';
import type { FetchStep, Step } from './compile-plan.ts';
import { merge } from './merge.ts';
import { pathsOf } from './paths.ts';
import type { WriteRepresentation } from './representations.ts';
import {
  isObject,
  type JsonObject,
  type SubgraphAnswer,
  type SubgraphAskers,
} from './subgraph-answer.ts';

/** One execution of a plan. */
export interface PlanRun {
  readonly askers: SubgraphAskers;
  readonly context: Partial<GatewayContext>;
  /** As the caller gave them: the subgraphs coerce them themselves. */
  readonly given: Readonly<Record<string, unknown>>;
  /** Coerced, with their defaults; conditions are read here. */
  readonly values: Readonly<Record<string, unknown>>;
  /** What the subgraphs said so far, merged. */
  readonly data: JsonObject;
  readonly errors: GraphQLError[];
}

/** Where a step works: the objects that its path leads to. */
interface Place {
  readonly path: readonly string[];
  readonly objects: readonly JsonObject[];
}

/** An entity that is asked for once, and every object that is this entity. */
interface Entities {
  readonly representations: readonly string[];
  /** For each representation, the indices of its objects. */
  readonly targets: readonly (readonly number[])[];
}

/** Executes the plan; what fails is in `errors`, and the rest goes on. */
export function runPlan(run: PlanRun, step: Step): Promise<void> | undefined {
  return runStep(run, step, { path: [], objects: [run.data] });
}

/** Takes an event for the answer to a subscription's own fetch. */
export function takeEvent(run: PlanRun, step: FetchStep, event: SubgraphAnswer): void {
  const place: Place = { path: [], objects: [run.data] };
  if (event.errors) takeErrors(run, step, place, undefined, event.errors);
  if (event.data) mergeRoot(step, place, event.data);
}

function runStep(run: PlanRun, step: Step, place: Place): Promise<void> | undefined {
  switch (step.kind) {
    case 'fetch':
      return runFetch(run, step, place);
    case 'flatten': {
      const objects: JsonObject[] = [];
      for (const object of place.objects) descend(object, step.path, 0, objects);
      if (objects.length === 0) return undefined;
      const path = place.path.length === 0 ? step.path : [...place.path, ...step.path];
      return runStep(run, step.step, { path, objects });
    }
    case 'condition': {
      const branch = run.values[step.variable] === true ? step.whenTrue : step.whenFalse;
      return branch && runStep(run, branch, place);
    }
    case 'sequence':
      return runSequence(run, step.steps, place);
    case 'parallel':
      return runParallel(run, step.steps, place);
  }
}

async function runSequence(run: PlanRun, steps: readonly Step[], place: Place): Promise<void> {
  for (const step of steps) {
    const running = runStep(run, step, place);
    if (running) await running;
  }
}

function runParallel(
  run: PlanRun,
  steps: readonly Step[],
  place: Place,
): Promise<void> | undefined {
  const running = steps.flatMap((step) => runStep(run, step, place) ?? []);
  return running.length > 1 ? Promise.all(running).then(() => undefined) : running[0];
}

function descend(value: unknown, path: readonly string[], depth: number, into: JsonObject[]): void {
  if (value === null || typeof value !== 'object') return;
  const element = path[depth];
  if (element === undefined) {
    if (isObject(value)) into.push(value);
    else if (Array.isArray(value)) for (const one of value) descend(one, path, depth, into);
  } else if (element === '@') {
    if (Array.isArray(value)) for (const one of value) descend(one, path, depth + 1, into);
  } else if (Object.hasOwn(value, element)) {
    descend((value as JsonObject)[element], path, depth + 1, into);
  }
}

async function runFetch(run: PlanRun, step: FetchStep, place: Place): Promise<void> {
  const entities = step.represent && represent(step.represent, place.objects);
  if (entities?.representations.length === 0) return;
  try {
    const asker = run.askers.get(step.service);
    if (!asker) throw new Error(`the supergraph has no subgraph ${step.service}`);
    const { errors, data } = await asker.ask({
      body: bodyOf(run, step, entities),
      mutation: step.mutation,
      context: run.context,
    });
    if (Array.isArray(errors)) takeErrors(run, step, place, entities, errors);
    if (!isObject(data)) return;
    if (entities) mergeEntities(step, place, entities, data);
    else mergeRoot(step, place, data);
  } catch (error) {
    run.errors.push(asFetchError(error, step, place));
  }
}

function bodyOf(run: PlanRun, step: FetchStep, entities: Entities | undefined): string {
  let body = step.head;
  let separator = '';
  for (const name of step.variables) {
    const value = Object.hasOwn(run.given, name) ? run.given[name] : undefined;
    if (value === undefined) continue;
    body += `${separator}"${name}":${JSON.stringify(value)}`;
    separator = ',';
  }
  if (!entities) return `${body}}}`;
  return `${body}${separator}"representations":[${entities.representations.join(',')}]}}`;
}

const nobody: Entities = { representations: [], targets: [] };

/** Objects with one representation are one entity: a list names few instruments many times. */
function represent(write: WriteRepresentation, objects: readonly JsonObject[]): Entities {
  const [only] = objects;
  if (only && objects.length === 1) {
    const text = write(only);
    return text === undefined ? nobody : { representations: [text], targets: [[0]] };
  }
  const known = new Map<string, number[]>();
  for (const [index, object] of objects.entries()) {
    const text = write(object);
    if (text === undefined) continue;
    const same = known.get(text);
    if (same) same.push(index);
    else known.set(text, [index]);
  }
  return { representations: [...known.keys()], targets: [...known.values()] };
}

function mergeRoot(step: FetchStep, place: Place, data: JsonObject): void {
  step.rewriteOutput?.(data);
  const shared = place.objects.length > 1;
  for (const object of place.objects) merge(object, data, shared);
}

function mergeEntities(step: FetchStep, place: Place, entities: Entities, data: JsonObject): void {
  const found = data['_entities'];
  if (!Array.isArray(found) || found.length !== entities.targets.length) {
    throw new GraphQLError(`${step.service} did not answer for the entities it was asked for`, {
      extensions: { code: 'INVALID_SUBGRAPH_RESPONSE', service: step.service },
    });
  }
  for (const [index, indices] of entities.targets.entries()) {
    const entity: unknown = found[index];
    if (!isObject(entity)) continue;
    if (step.rewriteOutput) {
      entity['__typename'] ??= place.objects[indices[0] ?? 0]?.['__typename'];
      step.rewriteOutput(entity);
    }
    for (const target of indices) {
      const object = place.objects[target];
      if (object) mergeEntity(object, entity, step, indices.length > 1);
    }
  }
}

/** A subgraph with an `@interfaceObject` knows the interface only: it says nothing of the type. */
function mergeEntity(object: JsonObject, entity: JsonObject, step: FetchStep, shared: boolean) {
  const typename = object['__typename'];
  merge(object, entity, shared);
  if (object['__typename'] !== typename && step.isConcrete(typename)) {
    object['__typename'] = typename;
  }
}

function takeErrors(
  run: PlanRun,
  step: FetchStep,
  place: Place,
  entities: Entities | undefined,
  errors: readonly GraphQLFormattedError[],
): void {
  for (const error of errors) {
    for (const path of pathsOf(run.data, place.path, entities?.targets, error.path)) {
      run.errors.push(asSubgraphError(error, step.service, path));
    }
  }
}

function asSubgraphError(
  error: GraphQLFormattedError,
  service: string,
  path: readonly (string | number)[] | undefined,
): GraphQLError {
  const code = error.extensions?.['code'];
  return new GraphQLError(String(error.message || `${service} reported an error`), {
    path,
    extensions: { code: typeof code === 'string' ? code : 'DOWNSTREAM_SERVICE_ERROR', service },
  });
}

/** A path through a list names all of its elements at once, which no error path can. */
function asFetchError(error: unknown, step: FetchStep, place: Place): GraphQLError {
  const path = place.path.length > 0 && !place.path.includes('@') ? place.path : undefined;
  if (error instanceof GraphQLError) {
    return new GraphQLError(error.message, { path, extensions: error.extensions });
  }
  const originalError = error instanceof Error ? error : new Error(String(error));
  return new GraphQLError(`${step.service} was not asked`, { path, originalError });
}
