import { describe, expect, test } from '@jest/globals';
import { composeServices } from '@apollo/composition';
import { Supergraph as FederatedGraph } from '@apollo/federation-internals';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { graphql, parse } from 'graphql';
import { executeOperation } from '../executor/operation.ts';
import { createOperations } from '../executor/operations.ts';
import type { JsonObject, SubgraphAnswer } from '../executor/subgraph-answer.ts';
import { buildSupergraph } from '../supergraph.ts';

/**
 * What the planner alone answers wrongly: the cases that Apollo's gateways miss in
 * graphql-hive/federation-gateway-audit, told with subgraphs of our own.
 */
const link = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.5",
  import: ["@key", "@external", "@requires", "@interfaceObject", "@shareable"])\n`;

type Resolvers = Record<string, Record<string, (parent: never, args: never) => unknown>>;
type Services = Record<string, { readonly typeDefs: string; readonly resolvers: Resolvers }>;

function open(services: Services) {
  const named = Object.entries(services).map(([name, { typeDefs, resolvers }]) => {
    const document = parse(link + typeDefs);
    return { name, url: `http://${name}`, typeDefs: document, resolvers };
  });
  const { supergraphSdl, errors } = composeServices(named);
  if (!supergraphSdl) throw new Error(String(errors));
  const api = FederatedGraph.build(supergraphSdl).apiSchema().toGraphQLJSSchema();
  const supergraph = buildSupergraph(api, supergraphSdl);
  const askers = new Map(
    named.map(({ name, typeDefs, resolvers }) => {
      const schema = buildSubgraphSchema([{ typeDefs, resolvers: resolvers as never }]);
      const ask = async ({ body }: { body: string }) => {
        const { query: source, variables } = JSON.parse(body) as {
          query: string;
          variables: JsonObject;
        };
        const result = await graphql({ schema, source, variableValues: variables });
        return JSON.parse(JSON.stringify(result)) as SubgraphAnswer;
      };
      return [name, { ask }];
    }),
  );
  return async (query: string, variables: JsonObject = {}) => {
    const prepared = createOperations(() => supergraph).prepare(query, parse(query), undefined);
    return executeOperation(prepared, { variables, context: {}, askers });
  };
}

const itself = (reference: JsonObject) => reference;

describe('arguments in @requires', () => {
  const ask = open({
    shop: {
      typeDefs: `
        type Query { products: [Product] }
        type Product @key(fields: "id") { id: ID!  price(currency: String!): Int  weight: Int }`,
      resolvers: {
        Query: { products: () => [{ id: '1' }, { id: '2' }] },
        Product: {
          __resolveReference: itself,
          price: ({ id }: { id: string }, { currency }: { currency: string }) =>
            Number(id) * (currency === 'EUR' ? 2 : 1),
          weight: () => 10,
        },
      },
    },
    delivery: {
      typeDefs: `
        type Product @key(fields: "id") {
          id: ID!
          weight: Int @external
          price(currency: String!): Int @external
          inDollars(factor: Int = 1): Int @requires(fields: "price(currency: \\"USD\\") weight")
          inEuros: Int @requires(fields: "price(currency: \\"EUR\\") weight")
          heavy: Boolean @requires(fields: "weight")
        }`,
      resolvers: {
        Product: {
          __resolveReference: itself,
          inDollars: (one: { price: number; weight: number }, { factor }: { factor: number }) =>
            one.price * one.weight * factor,
          inEuros: ({ price, weight }: { price: number; weight: number }) => price * weight,
          heavy: ({ weight }: { weight: number }) => weight > 5,
        },
      },
    },
  });

  test('do not decide what the client gets for its own arguments', async () => {
    const query = '{ products { price(currency: "EUR") inDollars } }';
    expect((await ask(query)).data).toEqual({
      products: [
        { price: 2, inDollars: 10 },
        { price: 4, inDollars: 20 },
      ],
    });
  });

  test('may differ between the fields of one fetch', async () => {
    const query = 'query ($f: Int) { products { id inDollars(factor: $f) heavy inEuros } }';
    expect(await ask(query, { f: 3 })).toEqual({
      data: {
        products: [
          { id: '1', inDollars: 30, heavy: true, inEuros: 20 },
          { id: '2', inDollars: 60, heavy: true, inEuros: 40 },
        ],
      },
    });
  });
});

test('an entity is never sent by a key that its subgraph cannot resolve', async () => {
  const ask = open({
    names: {
      typeDefs: `
        type A @key(fields: "id") @key(fields: "both { one }", resolvable: false) {
          id: ID!  both: Both!  name: String!
        }
        type Both @shareable { one: ID!  two: ID! }`,
      resolvers: { A: { __resolveReference: itself, name: ({ id }: { id: string }) => `a${id}` } },
    },
    list: {
      typeDefs: `
        type Query { all: [A!]! }
        type A
          @key(fields: "both { one }", resolvable: false)
          @key(fields: "id both { two }")
          @key(fields: "id", resolvable: false) {
          id: ID!  both: Both!  name: String! @external
          label: String! @requires(fields: "name")
        }
        type Both @shareable { one: ID!  two: ID! }`,
      resolvers: {
        Query: { all: () => [{ id: '1', both: { one: 'x', two: 'y' } }] },
        A: {
          __resolveReference: (reference: JsonObject) => (reference['id'] ? reference : null),
          label: ({ name }: { name: string }) => `the ${name}`,
        },
      },
    },
  });
  expect((await ask('{ all { id name label } }')).data).toEqual({
    all: [{ id: '1', name: 'a1', label: 'the a1' }],
  });
});

test('what no subgraph can answer is an error and no silent null', async () => {
  const ask = open({
    one: {
      typeDefs: 'interface Node @key(fields: "id") { id: ID! }  type Query { a: Node }',
      resolvers: { Query: { a: () => ({ __typename: 'Node', id: '1' }) } },
    },
    two: {
      typeDefs: `
        type Node @key(fields: "id", resolvable: false) @interfaceObject { id: ID!  field: String }
        type Query { b: Node }`,
      resolvers: { Query: { b: () => ({ id: '1', field: 'foo' }) } },
    },
  });
  expect((await ask('{ b { id field } }')).data).toEqual({ b: { id: '1', field: 'foo' } });
  const answer = await ask('{ a { field } }');
  expect(answer.data).toBeUndefined();
  expect(answer.errors?.[0]?.extensions).toEqual({ code: 'UNRESOLVABLE' });
});

describe('an object of which a subgraph knows the interface only', () => {
  const ask = open({
    library: {
      typeDefs: `
        type Query { books: [Book] }
        interface Media @key(fields: "id") { id: ID!  title: String }
        interface Product { id: ID!  price: Int }
        interface Rented { days: Int }
        union Result = Film | Person
        type Book implements Media & Product @key(fields: "id") {
          id: ID!  title: String  price: Int
        }
        type Film implements Media & Rented @key(fields: "id") {
          id: ID!  title: String  days: Int
        }
        type Person { name: String }`,
      resolvers: {
        Media: {
          __resolveReference: ({ id }: { id: string }) => ({
            __typename: id === '1' ? 'Book' : 'Film',
            id,
          }),
        },
        Book: { title: () => 'a book', price: () => 5 },
        Film: { title: () => 'a film', days: () => 3 },
      },
    },
    ratings: {
      typeDefs: `
        type Query { top: [Media!]! }
        type Media @key(fields: "id") @interfaceObject { id: ID!  stars: Int }`,
      resolvers: {
        Query: { top: () => [{ id: '1' }, { id: '2' }] },
        Media: { __resolveReference: itself, stars: () => 4 },
      },
    },
  });

  test.each([
    ['its name', '{ top { ... on Product { __typename } } }', [{ __typename: 'Book' }, {}]],
    ['its fields', '{ top { ... on Product { price id } } }', [{ price: 5, id: '1' }, {}]],
    [
      'its fields beside those of the interface',
      '{ top { stars ... on Rented { days } title } }',
      [
        { stars: 4, title: 'a book' },
        { stars: 4, days: 3, title: 'a film' },
      ],
    ],
    [
      'the interface again',
      '{ top { ... on Product { ... on Media { stars } } } }',
      [{ stars: 4 }, {}],
    ],
    [
      'inside one on an object',
      '{ top { ... on Book { ... on Product { __typename } } } }',
      [{ __typename: 'Book' }, {}],
    ],
    [
      'around one on an object that is none of it',
      '{ top { stars ... on Product { ... on Media { ... on Film { days } } } } }',
      [{ stars: 4 }, { stars: 4 }],
    ],
  ])('answers fragments on another interface: %s', async (_what, query, top) => {
    expect(await ask(query)).toEqual({ data: { top } });
  });

  test('answers fragments on a union, also by name and on a condition', async () => {
    const query = `query ($yes: Boolean!) { top { ...R @include(if: $yes) ...R @skip(if: $yes) } }
      fragment R on Result { ... on Film { days } }`;
    expect(await ask(query, { yes: true })).toEqual({ data: { top: [{}, { days: 3 }] } });
    expect(await ask(query, { yes: false })).toEqual({ data: { top: [{}, { days: 3 }] } });
  });

  test('is not asked for by fragments that would be spelled out without end', async () => {
    const doubling = Array.from(
      { length: 30 },
      (_, n) => `fragment F${n} on Product { ...F${n + 1} ... on Book { ...F${n + 1} } }`,
    );
    const query = `{ top { ...F0 } } ${doubling.join(' ')} fragment F30 on Product { id }`;
    await expect(ask(query)).rejects.toMatchObject({ extensions: { code: 'UNRESOLVABLE' } });
  });
});

describe('conditions that contradict each other', () => {
  const ask = open({
    one: {
      typeDefs: `
        type Query { node: Node  nodes: [Node!]!  none: Node  me: Node }
        type Node @key(fields: "id") { id: ID!  inner: Node! }`,
      resolvers: {
        Query: {
          node: () => ({ id: '1' }),
          nodes: () => [{ id: '1' }, { id: '2' }],
          none: () => null,
          me: () => ({ id: '3' }),
        },
        Node: { __resolveReference: itself, inner: itself },
      },
    },
    two: {
      typeDefs: 'type Node @key(fields: "id") { id: ID!  far: Int }',
      resolvers: { Node: { __resolveReference: itself, far: () => 7 } },
    },
  });
  const never = '@include(if: $a) { id @skip(if: $a) far @skip(if: $a) }';

  test('leave an object without fields, which is neither null nor an error', async () => {
    const query = `query ($a: Boolean!) { node ${never} none ${never} nodes ${never} }`;
    const data = { node: {}, none: null, nodes: [{}, {}] };
    expect(await ask(query, { a: true })).toEqual({ data });
    expect(await ask(query, { a: false })).toEqual({ data: {} });
  });

  test('leave what is beside them and around them as it is', async () => {
    const query = `query ($a: Boolean!) { me { id inner ${never} } node { ...F } }
      fragment F on Node { inner ${never} far }`;
    expect(await ask(query, { a: true })).toEqual({
      data: { me: { id: '3', inner: {} }, node: { inner: {}, far: 7 } },
    });
  });
});
