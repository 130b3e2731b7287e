import { beforeEach, describe, expect, test } from '@jest/globals';
import { composeServices } from '@apollo/composition';
import { Supergraph as FederatedGraph } from '@apollo/federation-internals';
import { parse } from 'graphql';
import { readGatewayConfig } from '../config.ts';
import { createOperations, type Operations } from '../executor/operations.ts';
import { createOperationPlanner, type OperationPlanner } from '../subscriptions/operation.ts';
import { buildSupergraph, type Supergraph } from '../supergraph.ts';
import { createOperationCheck, type CheckOperation } from './check-operation.ts';

function compose(typeDefs: string): Supergraph {
  const { supergraphSdl, errors } = composeServices([
    { name: 'one', url: 'http://127.0.0.1:9/graphql', typeDefs: parse(typeDefs) },
  ]);
  if (!supergraphSdl) throw new Error(String(errors));
  const api = FederatedGraph.build(supergraphSdl).apiSchema().toGraphQLJSSchema();
  return buildSupergraph(api, supergraphSdl);
}

const before = compose('type Query { a: Int  b: Int }  type Subscription { live: Int }');
const after = compose('type Query { a: Int }  type Subscription { live: Int }');
const { limits } = readGatewayConfig({ GATEWAY_POLICY: 'open' });

let current: Supergraph;
/** How often anything was planned. */
let planned = 0;
let operations: Operations;
let planner: OperationPlanner;
let check: CheckOperation;

function counted(supergraph: Supergraph): Supergraph {
  return {
    ...supergraph,
    plan(document, name) {
      planned += 1;
      return supergraph.plan(document, name);
    },
  };
}

beforeEach(() => {
  planned = 0;
  current = counted(before);
  operations = createOperations(() => current);
  planner = createOperationPlanner(() => current, limits, false);
  check = createOperationCheck({
    supergraph: () => current,
    operations,
    planner,
    limits,
    introspection: false,
  });
});

describe('a published operation', () => {
  test.each([
    [
      'of a query',
      'query Q { a }',
      (name?: string) => void operations.prepare('query Q { a }', parse('query Q { a }'), name),
    ],
    [
      'of a subscription',
      'subscription Q { live }',
      (name?: string) => void planner.plan('subscription Q { live }', name),
    ],
  ])(
    '%s is planned before its first sender comes, with its name or without',
    (_what, body, send) => {
      expect(check(body)).toEqual([]);
      const atPublication = planned;
      expect(atPublication).toBeGreaterThan(0);
      send('Q');
      send();
      expect(planned).toBe(atPublication);
      current = counted(after);
      expect(check(body)).toEqual([]);
      const atReload = planned;
      expect(atReload).toBeGreaterThan(atPublication);
      send('Q');
      send();
      expect(planned).toBe(atReload);
    },
  );

  test('that a new supergraph does not allow any more is said to break', () => {
    expect(check('query Q { a b }')).toEqual([]);
    current = counted(after);
    expect(check('query Q { a b }')).toEqual([expect.stringContaining('Cannot query field "b"')]);
    expect(operations.find('query Q { a b }', 'Q')).toBeUndefined();
  });

  test.each([
    ['query {', /Syntax Error/],
    ['query A { a } query B { b }', /no operation, or several/],
    ['{ __schema { description } }', /introspection/i],
  ])('that reads %s is said to be broken', (body, why) => {
    expect(check(body)[0]).toMatch(why);
  });
});
