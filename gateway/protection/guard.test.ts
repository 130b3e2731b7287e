import { composeServices } from '@apollo/composition';
import { Supergraph as FederatedGraph } from '@apollo/federation-internals';
import { describe, expect, test } from '@jest/globals';
import { getOperationAST, GraphQLError, parse } from 'graphql';
import type { Role } from '#kit/identity.ts';
import type { UserId } from '#kit/ids.ts';
import type { GatewayContext } from '../caller.ts';
import { buildSupergraph, subgraphsOf } from '../supergraph.ts';
import { createGuard } from './guard.ts';
import { asEnforced } from './marks.ts';

const link = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [
  "@key", "@cost", "@listSize", "@authenticated", "@requiresScopes", "@policy"])\n`;

function composeSdl(sdl: string): string {
  const { supergraphSdl, errors } = composeServices([
    { name: 'one', url: 'http://127.0.0.1:9/graphql', typeDefs: parse(link + sdl) },
  ]);
  if (!supergraphSdl) throw new Error(String(errors));
  return supergraphSdl;
}

function compose(sdl: string) {
  const supergraphSdl = composeSdl(sdl);
  const api = FederatedGraph.build(asEnforced(supergraphSdl)).apiSchema().toGraphQLJSSchema();
  return buildSupergraph(api, supergraphSdl);
}

const supergraph = compose(`
  type Query {
    leaf: Int
    dear: Int @cost(weight: 7)
    one: Thing
    many: [Thing]
    assumed: [Thing] @listSize(assumedSize: 50)
    sliced(first: Int = 5, last: Int): [Thing]
      @listSize(slicingArguments: ["first", "last"], requireOneSlicingArgument: false)
    page(first: Int): Page @listSize(slicingArguments: ["first"], sizedFields: ["edges"])
    search(filter: Filter): Int
    byWeight(id: Int @cost(weight: 3)): Int
    secret: Int @authenticated
    scoped: Int @requiresScopes(scopes: [["a", "b"], ["c"]])
    ours: Int @policy(policies: [["OPERATOR"]])
    hidden: Hidden
    node: Node
    nodes: [Node]
    either: Either
  }
  type Mutation { change: Int  publishOperations: Int }
  type Thing { id: Int  inner: [Thing] }
  type Heavy @cost(weight: 20) { id: Int }
  type Page { edges: [Edge!]!  total: Int  heavy: Heavy }
  type Edge { node: Thing }
  input Filter { a: Int  b: Filter  c: Int @cost(weight: 4) }
  type Hidden @authenticated { id: Int }
  interface Node { id: Int }
  type Public implements Node { id: Int }
  type Private implements Node @requiresScopes(scopes: [["private"]]) { id: Int }
  interface Vehicle { id: Int  engine: Int  parts(first: Int): [Thing] }
  type Car implements Vehicle {
    id: Int
    engine: Int @cost(weight: 30)
    parts(first: Int): [Thing] @listSize(slicingArguments: ["first"])
  }
  type Ship implements Vehicle @cost(weight: 8) {
    id: Int
    engine: Int
    parts(first: Int): [Thing] @listSize(assumedSize: 200)
  }
  union Either = Thing | Heavy
  extend type Query { vehicle: Vehicle  vehicles: [Vehicle] }`);

const stranger: GatewayContext = {
  identity: { userId: null, roles: [], sessionId: null, address: '192.0.2.1', device: null },
};
const somebody = (roles: readonly Role[] = ['CUSTOMER'], scopes?: readonly string[]) => ({
  identity: { ...stranger.identity, userId: 'u' as UserId, roles },
  ...(scopes ? { scopes } : {}),
});

function check(
  query: string,
  context: GatewayContext = stranger,
  variables: Record<string, unknown> = {},
  budget = Infinity,
): string {
  const document = parse(query);
  const operation = getOperationAST(document);
  if (!operation) throw new Error('no operation');
  const guard = createGuard({
    budgets: { stranger: budget, customer: budget, partner: budget, operator: budget },
    listSize: 10,
    count: () => undefined,
  });
  try {
    guard.check({ supergraph, document, operation }, variables, context);
    return 'allowed';
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    const [, cost] = /may cost (\d+)/.exec(error.message) ?? [];
    return cost ?? String(error.extensions['code']);
  }
}

test('variables are refused that are nested deeper than anybody can read', () => {
  const nested = (levels: number): unknown =>
    JSON.parse(`${'['.repeat(levels)}1${']'.repeat(levels)}`);
  const query = 'query ($filter: Filter) { search(filter: $filter) }';
  expect(check(query, stranger, { filter: nested(199) })).toBe('allowed');
  expect(check(query, stranger, { filter: nested(200) })).toBe('BAD_USER_INPUT');
  expect(check(query, stranger, { filter: nested(100_000) })).toBe('BAD_USER_INPUT');
});

describe('the cost of an operation', () => {
  const costOf = (query: string, variables?: Record<string, unknown>) =>
    check(query, stranger, variables, -1);

  test.each([
    ['{ leaf }', '0'],
    ['{ dear leaf }', '7'],
    ['{ one { id } }', '1'],
    ['{ many { id } }', '10'],
    ['{ many { inner { id } } }', '110'],
    ['{ assumed { id } }', '50'],
    ['{ sliced { id } }', '5'],
    ['{ sliced(first: 3, last: 8) { id } }', '8'],
    ['{ page(first: 4) { edges { node { id } } total heavy { id } } }', '29'],
    ['{ a: page(first: 1) { total } b: page(first: 1) { total } }', '2'],
    ['{ search(filter: { a: 1, b: { a: 1 }, c: 1 }) }', '6'],
    ['{ byWeight(id: 1) byWeight2: byWeight }', '3'],
    ['{ ...f } fragment f on Query { many { id } ... { one { id } } }', '11'],
    ['mutation { change }', '10'],
    ['{ __schema { types { name } } __typename }', '0'],
    // What may stand behind an interface or a union costs as much as the dearest of them.
    ['{ vehicle { id } }', '8'],
    ['{ vehicle { engine } }', '38'],
    ['{ vehicles { id } }', '80'],
    ['{ vehicle { parts(first: 5) { id } } }', '208'],
    ['{ vehicle { parts(first: 500) { id } } }', '508'],
    ['{ vehicle { ... on Car { engine } } }', '38'],
    ['{ either { ... on Thing { id } } }', '20'],
  ])('%s is %s', (query, cost) => {
    expect(costOf(query)).toBe(cost);
  });

  test('depends on the variables, as they come', () => {
    const query = `query ($n: Int = 6, $with: Boolean!, $filter: Filter) {
      page(first: $n) { edges { node { id } } } many @include(if: $with) { id }
      search(filter: $filter) }`;
    expect(costOf(query, { with: false })).toBe('13');
    expect(costOf(query, { with: true })).toBe('23');
    expect(costOf(query, { n: 100, with: false, filter: { c: 1 } })).toBe('206');
  });

  test('is not evaded by a size that is null or not given', () => {
    const query = 'query ($n: Int) { page(first: $n) { edges { node { id } } } }';
    expect(costOf(query, { n: 2 })).toBe('5');
    expect(costOf(query, { n: null })).toBe('21');
    expect(costOf(query)).toBe('21');
    expect(costOf(query, { n: -5 })).toBe('21');
    expect(costOf('{ page(first: -5) { edges { node { id } } } }')).toBe('21');
  });

  test('is limited, and a list that needs a size must have one', () => {
    expect(check('{ many { id } }', stranger, {}, 10)).toBe('allowed');
    expect(check('{ many { id } }', stranger, {}, 9)).toBe('10');
    expect(check('{ page { total } }', stranger, {}, 100)).toBe('BAD_REQUEST');
  });
});

test('each class of caller has a budget of its own, by the role that allows most', () => {
  const guard = createGuard({
    budgets: { stranger: 9, customer: 10, partner: 50, operator: 110 },
    listSize: 10,
    count: () => undefined,
  });
  const allowed = (query: string, context: GatewayContext) => {
    const document = parse(query);
    const operation = getOperationAST(document);
    if (!operation) throw new Error('no operation');
    try {
      guard.check({ supergraph, document, operation }, {}, context);
      return true;
    } catch (error) {
      expect((error as GraphQLError).extensions['code']).toBe('COST_LIMIT_EXCEEDED');
      return false;
    }
  };
  const callers = [
    stranger,
    somebody(['CUSTOMER']),
    somebody(['CUSTOMER', 'PARTNER']),
    somebody(['OPERATOR', 'PARTNER']),
  ];
  expect(callers.map((one) => allowed('{ many { id } }', one))).toEqual([false, true, true, true]);
  expect(callers.map((one) => allowed('{ assumed { id } }', one))).toEqual([
    false,
    false,
    true,
    true,
  ]);
  expect(callers.map((one) => allowed('{ many { inner { id } } }', one))).toEqual([
    false,
    false,
    false,
    true,
  ]);
});

describe('access', () => {
  test.each([
    ['{ secret }', stranger, 'UNAUTHENTICATED'],
    ['{ secret }', somebody(), 'allowed'],
    ['{ scoped }', stranger, 'UNAUTHENTICATED'],
    ['{ scoped }', somebody(), 'FORBIDDEN'],
    ['{ scoped }', somebody([], ['a']), 'FORBIDDEN'],
    ['{ scoped }', somebody([], ['b', 'a']), 'allowed'],
    ['{ scoped }', somebody([], ['c']), 'allowed'],
    ['{ ours }', somebody(), 'FORBIDDEN'],
    ['{ ours }', somebody(['OPERATOR']), 'allowed'],
    ['{ hidden { id } }', stranger, 'UNAUTHENTICATED'],
    ['{ ...f } fragment f on Query { ... { secret } }', stranger, 'UNAUTHENTICATED'],
    ['{ secret @skip(if: true) }', stranger, 'UNAUTHENTICATED'],
    ['{ node { id } }', somebody(), 'FORBIDDEN'],
    ['{ node { id } }', somebody([], ['private']), 'allowed'],
    ['{ leaf }', stranger, 'allowed'],
  ])('to %s', (query, context, outcome) => {
    expect(check(query, context)).toBe(outcome);
  });

  test('of API keys goes by their scopes', () => {
    const withKey = (...scopes: string[]): GatewayContext => ({
      ...somebody(['PARTNER'], scopes),
      key: {
        id: 'k',
        userId: 'u',
        roles: ['PARTNER'],
        scopes,
        level: 'LOG',
        requestsPerMinute: null,
        requestsPerDay: null,
        expiresAtMs: Infinity,
        live: true,
        operationsVersion: 0,
      },
    });
    expect(check('{ leaf }', withKey('read'))).toBe('allowed');
    expect(check('{ leaf }', withKey('write'))).toBe('FORBIDDEN');
    expect(check('mutation { change }', withKey('read', 'publish'))).toBe('FORBIDDEN');
    expect(check('mutation { change }', withKey('write'))).toBe('allowed');
    expect(check('mutation { publishOperations }', withKey('publish'))).toBe('allowed');
    expect(check('mutation { publishOperations change }', withKey('publish'))).toBe('FORBIDDEN');
  });

  test('by a directive for security that nobody enforces is refused at the start', () => {
    const sdl = composeSdl('type Query { a: Int @authenticated }');
    expect(subgraphsOf(sdl).map(({ name }) => name)).toEqual(['one']);
    const unknown = '@link(url: "https://specs.example.com/vault/v1.0", for: SECURITY)';
    expect(() => subgraphsOf(sdl.replace('\n  @link', `\n  ${unknown}\n  @link`))).toThrow(/vault/);
  });

  test('by a policy that is no role is refused at the start', () => {
    expect(() => compose('type Query { a: Int @policy(policies: [["friends"]]) }')).toThrow(
      /names friends/,
    );
  });
});
