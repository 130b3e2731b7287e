import { composeServices } from '@apollo/composition';
import { Supergraph as FederatedGraph } from '@apollo/federation-internals';
import { expect, test } from '@jest/globals';
import { parse } from 'graphql';
import { buildSupergraph } from '../supergraph.ts';
import { createOperations } from './operations.ts';

const { supergraphSdl = '' } = composeServices([
  {
    name: 'one',
    url: 'http://one',
    typeDefs: parse('scalar Any type Query { sum(of: [Int!]!): Int odd(of: Any): Int }'),
  },
]);
const api = FederatedGraph.build(supergraphSdl).apiSchema().toGraphQLJSSchema();
const supergraph = buildSupergraph(api, supergraphSdl);

function open() {
  const operations = createOperations(() => supergraph);
  return (query: string) => {
    operations.prepare(query, parse(query), undefined);
    return () => operations.find(query, undefined) !== undefined;
  };
}

test('operations are remembered, and many more of those that clients have', () => {
  const prepare = open();
  const isKnown = Array.from({ length: 500 }, (_, n) => prepare(`query Q${n} { sum(of: [${n}]) }`));
  expect(isKnown.every((known) => known())).toBe(true);
});

test('operations with thousands of values, each of which is an object, do not fill the memory', () => {
  const prepare = open();
  const long = `{ sum(of: [${'1 '.repeat(3_900)}]) }`;
  const isKnown = Array.from({ length: 60 }, (_, n) => prepare(`query Q${n} ${long}`));
  const known = isKnown.filter((one) => one());
  expect(known.length).toBeGreaterThan(10);
  expect(known.length).toBeLessThan(50);
  expect(isKnown.at(-1)?.()).toBe(true);
});

test('a value of lists within lists is planned in no time', () => {
  const prepare = open();
  const beganAt = performance.now();
  prepare(`{ odd(of: ${'['.repeat(22)}${']'.repeat(22)}) }`);
  expect(performance.now() - beganAt).toBeLessThan(1_000);
});
