import { describe, expect, test } from '@jest/globals';
import type { FetchNode, PlanNode } from '@apollo/query-planner';
import { buildSchema, OperationTypeNode } from 'graphql';
import { compilePlan } from './compile-plan.ts';
import { runPlan } from './run-plan.ts';
import type { JsonObject, SubgraphAnswer } from './subgraph-answer.ts';
import { createTypeConditions } from './types.ts';

const schema = buildSchema(`
  type Query { rows: [Row] }
  interface Media { id: ID! }
  type Row { book: Book }
  type Book implements Media { id: ID! }
  type Film implements Media { id: ID! }`);
const knowledge = { typeConditions: createTypeConditions(schema), requiredFields: () => [] };

const rootFetch: FetchNode = {
  kind: 'Fetch',
  serviceName: 'rows',
  operation: '{rows{book{__typename id}}}',
  operationName: undefined,
  operationKind: OperationTypeNode.QUERY,
};
const entityFetch: FetchNode = {
  kind: 'Fetch',
  serviceName: 'books',
  operation:
    'query($representations:[_Any!]!){_entities(representations:$representations){...on Book{a}}}',
  operationName: undefined,
  operationKind: OperationTypeNode.QUERY,
  requires: [
    {
      kind: 'InlineFragment',
      typeCondition: 'Book',
      selections: [
        { kind: 'Field', name: '__typename' },
        { kind: 'Field', name: 'id' },
      ],
    },
  ],
};
const plan = (entities: Partial<FetchNode> = {}): PlanNode => ({
  kind: 'Sequence',
  nodes: [
    rootFetch,
    { kind: 'Flatten', path: ['rows', '@', 'book'], node: { ...entityFetch, ...entities } },
  ],
});
const book = (id: string, more: object = {}) => ({ book: { __typename: 'Book', id, ...more } });

async function run(node: PlanNode, rows: unknown[], books: SubgraphAnswer | Error) {
  const asked: JsonObject[] = [];
  const data: JsonObject = {};
  const errors: { message: string; path?: unknown; extensions: unknown }[] = [];
  const askers = new Map([
    ['rows', { ask: async () => ({ data: { rows } }) }],
    [
      'books',
      {
        async ask({ body }: { body: string }) {
          asked.push(JSON.parse(body) as JsonObject);
          if (books instanceof Error) throw books;
          return books;
        },
      },
    ],
  ]);
  const given = { first: 1, unused: 2 };
  await runPlan(
    { askers, context: {}, given, values: given, data, errors: errors as never },
    compilePlan(node, knowledge),
  );
  const told = errors.map(({ message, path, extensions }) => ({ message, path, extensions }));
  return { asked: asked.map(({ variables }) => variables), data, errors: told };
}

describe('a plan', () => {
  test('asks once for an entity that stands in several places, and keeps the places apart', async () => {
    const inner = { deep: [1] };
    const { asked, data } = await run(plan(), [book('1'), null, book('2'), book('1')], {
      data: { _entities: [{ a: inner }, { a: null }] },
    });
    expect(asked).toEqual([
      {
        representations: [
          { __typename: 'Book', id: '1' },
          { __typename: 'Book', id: '2' },
        ],
      },
    ]);
    const rows = data['rows'] as { book: JsonObject }[];
    expect(rows).toEqual([
      book('1', { a: inner }),
      null,
      book('2', { a: null }),
      book('1', { a: inner }),
    ]);
    expect(rows[0]?.book['a']).not.toBe(rows[3]?.book['a']);
  });

  test('sends only the variables that a fetch uses, and asks nobody about nothing', async () => {
    const used = await run(plan({ variableUsages: ['first', 'absent'] }), [book('1')], {});
    expect(used.asked).toEqual([{ first: 1, representations: [{ __typename: 'Book', id: '1' }] }]);
    const film = { book: { __typename: 'Film', id: '1' } };
    const keyless = { book: { __typename: 'Book' } };
    expect((await run(plan(), [film, keyless, null], {})).asked).toEqual([]);
  });

  test('puts an error of an entity wherever the entity stands', async () => {
    const error = { message: 'no a', path: ['_entities', 0, 'a'], extensions: { code: 'GONE' } };
    const { errors } = await run(plan(), [null, book('1'), book('1')], {
      data: { _entities: [null] },
      errors: [error],
    });
    const extensions = { code: 'GONE', service: 'books' };
    expect(errors).toEqual([
      { message: 'no a', path: ['rows', 1, 'book', 'a'], extensions },
      { message: 'no a', path: ['rows', 2, 'book', 'a'], extensions },
    ]);
  });

  test('goes on with what it has when a subgraph is away or talks nonsense', async () => {
    const away = await run(plan(), [book('1')], new Error('secret'));
    expect(away.data).toEqual({ rows: [book('1')] });
    expect(away.errors).toMatchObject([{ message: 'books was not asked', path: undefined }]);
    const odd = await run(plan(), [book('1')], { data: { _entities: [] } });
    expect(odd.errors).toMatchObject([{ extensions: { code: 'INVALID_SUBGRAPH_RESPONSE' } }]);
  });

  test('renames and sets what the planner wants to be renamed and set', async () => {
    const node = plan({
      inputRewrites: [
        { kind: 'ValueSetter', path: ['... on Book', '__typename'], setValueTo: 'Media' },
      ],
      outputRewrites: [
        { kind: 'KeyRenamer', path: ['... on Book', 'list', 'a__alias'], renameKeyTo: 'a' },
        { kind: 'KeyRenamer', path: ['... on Film', 'b'], renameKeyTo: 'c' },
      ],
    });
    const { asked, data } = await run(node, [book('1')], {
      data: { _entities: [{ b: 1, list: [{ a__alias: 2 }, null] }] },
    });
    expect(asked).toEqual([{ representations: [{ __typename: 'Media', id: '1' }] }]);
    expect(data).toEqual({ rows: [book('1', { b: 1, list: [{ a: 2 }, null] })] });
  });

  test('lets no answer touch a prototype', async () => {
    const poison = JSON.parse('{"__proto__":{"bad":1},"a":{"__proto__":{"bad":1}}}') as JsonObject;
    const { data } = await run(plan(), [book('1', { a: {} }), book('1')], {
      data: { _entities: [poison] },
    });
    expect(JSON.stringify(data)).not.toContain('bad');
    expect(({} as JsonObject)['bad']).toBeUndefined();
  });
});
