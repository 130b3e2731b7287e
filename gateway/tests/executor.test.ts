import { beforeAll, describe, expect, test } from '@jest/globals';
import { buildOperationContext, executeQueryPlan, type ServiceMap } from '@apollo/gateway';
import fc from 'fast-check';
import { GraphQLError, getOperationAST, parse, validate, type DocumentNode } from 'graphql';
import { executeOperation, prepareOperation } from '../executor/operation.ts';
import type { JsonObject } from '../executor/subgraph-answer.ts';
import { buildFederation, hash, type Federation } from './federation.ts';
import { chooseBy, decisions, randomOperation } from './random-operation.ts';

let federation: Federation;

beforeAll(() => {
  process.env['APOLLO_TELEMETRY_DISABLED'] = 'true';
  federation = buildFederation();
});

interface Outcome {
  readonly data: unknown;
  readonly errors: readonly { readonly message: string; readonly path: unknown }[];
  /** Where values were missing or did not fit. */
  readonly broken: readonly unknown[];
}

type Corrupt = (answer: unknown) => void;

/** By our planning in both cases: it is the execution that is compared. */
const plan = (document: DocumentNode) => federation.supergraph.plan(document);

async function byApollo(
  document: DocumentNode,
  variables: JsonObject,
  seed: number,
  corrupt: Corrupt,
): Promise<Outcome> {
  const { supergraph, fullSchema, apiModel } = federation;
  const services: ServiceMap = Object.fromEntries(
    ['library', 'shop', 'ratings'].map((name) => [
      name,
      {
        async process({ request }) {
          const { query = '', variables: values = {} } = request;
          const answer = await federation.ask(name, query, values, seed);
          corrupt(answer.data);
          forgetInterface(answer.data);
          return answer as never;
        },
      },
    ]),
  );
  const context = { request: { variables }, metrics: {}, logger: console, context: {} };
  const { data, errors, extensions } = await executeQueryPlan(
    plan(document) as Parameters<typeof executeQueryPlan>[0],
    services,
    context as unknown as Parameters<typeof executeQueryPlan>[2],
    buildOperationContext({ schema: supergraph.apiSchema, operationDocument: document }),
    fullSchema,
    apiModel,
  );
  const hidden = (extensions?.['valueCompletion'] ?? []) as readonly GraphQLError[];
  return { ...outcome(data, errors), broken: hidden.map(({ path }) => path) };
}

async function byUs(
  document: DocumentNode,
  variables: JsonObject,
  seed: number,
  corrupt: Corrupt,
): Promise<Outcome> {
  const { supergraph } = federation;
  const operation = getOperationAST(document);
  const { node } = plan(document);
  if (!operation || node?.kind === 'Subscription') throw new Error('no operation');
  const askers = new Map(
    ['library', 'shop', 'ratings'].map((name) => [
      name,
      {
        async ask({ body }: { body: string }) {
          const { query, variables: values } = JSON.parse(body) as {
            query: string;
            variables: JsonObject;
          };
          const answer = await federation.ask(name, query, values, seed);
          corrupt(answer.data);
          return answer;
        },
      },
    ]),
  );
  const prepared = prepareOperation(supergraph, document, operation, node);
  const { data, errors } = await executeOperation(prepared, { variables, context: {}, askers });
  return outcome(data, errors);
}

function outcome(data: unknown, errors: readonly unknown[] = []): Outcome {
  const listed = errors.map((error) => error as GraphQLError);
  const isBroken = ({ extensions }: GraphQLError) =>
    extensions['code'] === 'INVALID_SUBGRAPH_RESPONSE';
  return {
    data: JSON.parse(JSON.stringify(data ?? null)),
    errors: listed.filter((error) => !isBroken(error)),
    broken: listed.filter(isBroken).map(({ path }) => path),
  };
}

const variables = fc.record(
  {
    yes: fc.boolean(),
    no: fc.boolean(),
    first: fc.integer({ min: 0, max: 3 }),
    id: fc.constantFrom('b1', 'f3', 'u0'),
  },
  { requiredKeys: ['yes'] },
);

describe('a random operation', () => {
  test.each([
    ['whole', 0, 300],
    ['with nulls and errors of subgraphs', 1, 700],
  ])(
    'is answered as Apollo Gateway answers it, %s',
    async (_how, faulty, numRuns) => {
      await fc.assert(
        fc.asyncProperty(
          decisions,
          variables,
          fc.integer({ min: 1, max: 1_000_000 }),
          fc.constantFrom('query' as const, 'query' as const, 'mutation' as const),
          async (numbers, values, number, kind) => {
            const { apiSchema } = federation.supergraph;
            const text = randomOperation(apiSchema, chooseBy(numbers), kind);
            const document = parse(text);
            fc.pre(isPossible(document));
            const seed = faulty * number;
            const [theirs, ours] = await Promise.all([
              byApollo(document, values, seed, () => undefined),
              byUs(document, values, seed, () => undefined),
            ]);
            expect(ours.data).toEqual(theirs.data);
            expect(JSON.stringify(ours.data)).toBe(JSON.stringify(theirs.data));
            expect(messages(ours)).toEqual(messages(theirs));
            if (theirs.errors.length === 0) expect(ours.broken).toEqual(theirs.broken);
          },
        ),
        { numRuns },
      );
    },
    120_000,
  );

  test('is shaped as Apollo Gateway shapes it when subgraphs break their promises', async () => {
    await fc.assert(
      fc.asyncProperty(
        decisions,
        variables,
        fc.integer({ min: 1, max: 1_000_000 }),
        async (numbers, values, number) => {
          const { apiSchema } = federation.supergraph;
          const document = parse(randomOperation(apiSchema, chooseBy(numbers), 'query'));
          fc.pre(isPossible(document));
          const [theirs, ours] = await Promise.all([
            byApollo(document, values, 0, (data) => corrupt(data, number)),
            byUs(document, values, 0, (data) => corrupt(data, number)),
          ]);
          expect(ours.data).toEqual(theirs.data);
          if (theirs.errors.length === 0) expect(ours.broken).toEqual(theirs.broken);
        },
      ),
      { numRuns: 500 },
    );
  }, 120_000);
});

/** Valid but for variables that nothing uses. */
function isPossible(document: DocumentNode): boolean {
  const errors = validate(federation.supergraph.apiSchema, document);
  return errors.every(({ message }) => message.includes('is never used'));
}

const messages = ({ errors }: Outcome) => errors.map(({ message }) => message).toSorted();

/**
 * A subgraph with an `@interfaceObject` names the interface where others name the object. Apollo
 * Gateway believes the last one and answers null; here it does not hear it.
 */
function forgetInterface(data: JsonObject | null | undefined): void {
  const entities = data?.['_entities'];
  if (!Array.isArray(entities)) return;
  for (const entity of entities as (JsonObject | null)[]) {
    if (entity?.['__typename'] === 'Media') delete entity['__typename'];
  }
}

/** Replaces some leaves by what their schema forbids. */
function corrupt(value: unknown, number: number): void {
  if (Array.isArray(value)) return value.forEach((one) => corrupt(one, number));
  if (typeof value !== 'object' || value === null) return;
  const object = value as JsonObject;
  for (const [key, inner] of Object.entries(object)) {
    if (typeof inner === 'object') corrupt(inner, number);
    else if (key !== 'id' && hash(`${number} ${key} ${String(inner)}`) % 9 === 0) {
      if (key !== '__typename') object[key] = [null, 'odd', 1.5, true][number % 4];
    }
  }
}
