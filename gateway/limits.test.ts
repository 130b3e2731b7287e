import { describe, expect, test } from '@jest/globals';
import { buildSchema, parse, validate } from 'graphql';
import { limitOperations } from './limits.ts';

const schema = buildSchema('type Query { a: Query  b: Int }');
const limits = {
  bodyBytes: 1,
  depth: 3,
  height: 8,
  aliases: 2,
  rootFields: 2,
  tokens: 1,
  batch: 1,
  subscriptionsPerSocket: 1,
  subscriptionsPerUser: 1,
  connections: 1,
  connectionsPerUser: 1,
};
const exceeded = (query: string) =>
  validate(schema, parse(query), [limitOperations(limits)]).map(
    ({ extensions }) => extensions['limit'],
  );

describe('the limits of an operation', () => {
  test.each([
    ['{ a { a { b } } }', []],
    ['{ a { a { a { b } } } }', ['depth']],
    [
      '{ ...one } fragment one on Query { a { ...two } } fragment two on Query { a { a { b } } }',
      ['depth'],
    ],
    ['{ a { ... { ... { ... { b } } } } }', []],
    ['{ x: b y: b }', []],
    ['{ a { x: b y: b z: b } }', ['aliases']],
    ['{ a { ...f } ... { a { ...f } } } fragment f on Query { x: b y: b }', ['aliases']],
    ['{ a { b } b __typename }', []],
    ['{ a { x: __typename y: __typename z: __typename } }', ['aliases']],
    ['{ a { b } b ...f } fragment f on Query { a { b } }', ['rootFields']],
    ['{ a { a { b } b ...f } ...f } fragment f on Query { a { b a { b } } }', ['depth', 'height']],
    ['{ __schema { types { fields { type { ofType { ofType { name } } } } } } }', []],
  ])('of %s', (query, limit) => {
    expect(exceeded(query)).toEqual(limit);
  });

  test('are found in no time, however often fragments spread fragments', () => {
    const fragments = Array.from(
      { length: 60 },
      (_, n) => `fragment f${n} on Query { ...f${n + 1} ...f${n + 1} }`,
    );
    const query = `{ ...f0 } ${fragments.join(' ')} fragment f60 on Query { x: b }`;
    expect(exceeded(query)).toEqual(['height', 'aliases', 'rootFields']);
  });

  test('count what asks for nothing but types, which is as dear to plan', () => {
    const fragments = Array.from(
      { length: 60 },
      (_, n) => `fragment f${n} on Query { ...f${n + 1} ...f${n + 1} }`,
    );
    const query = `{ ...f0 } ${fragments.join(' ')} fragment f60 on Query { __typename }`;
    expect(exceeded(query)).toEqual(['height']);
  });

  test('end where a fragment spreads itself, which another rule refuses', () => {
    expect(exceeded('{ ...f } fragment f on Query { a { ...f } }')).toEqual([]);
  });
});
