import { describe, expect, test } from '@jest/globals';
import { buildSchema as buildModel } from '@apollo/federation-internals';
import { parse, print } from 'graphql';
import { makeResumable } from './resume.ts';

const model = buildModel(`
  type Query { a: Int }
  type Update { sequence: Int!  text(length: Int): String }
  type Sometimes { sequence: Int }
  type Subscription {
    updates(after: Int, kind: String): Update!
    sometimes(after: Int): Sometimes!
    plain: Update!
  }
`);

describe('a resumable operation', () => {
  test('selects the sequence under its own name and takes `after` from a variable', () => {
    const made = makeResumable(
      'subscription S($from: Int, $n: Int) { u: updates(after: $from, kind: "x") { text(length: $n) } }',
      model,
    );
    expect(print(parse(made?.operation ?? ''))).toBe(
      print(
        parse(`subscription S($n: Int, $mammonAfter: Int) {
          u: updates(kind: "x", after: $mammonAfter) { text(length: $n) mammonSequence: sequence } }`),
      ),
    );
    expect(made?.initialAfter({ from: 7 })).toBe(7);
    expect(made?.initialAfter({})).toBeNull();
    expect(made?.sequenceOf({ data: { u: { mammonSequence: 9 } } })).toBe(9);
    expect(made?.sequenceOf({ data: null })).toBeNull();
  });

  test('keeps a variable that is used elsewhere too', () => {
    const made = makeResumable(
      'subscription ($n: Int) { updates(after: $n) { text(length: $n) } }',
      model,
    );
    expect(made?.operation).toContain('$n: Int, $mammonAfter: Int');
  });

  test('is none without `after`, or without a sequence on every event', () => {
    expect(makeResumable('subscription { plain { text } }', model)).toBeUndefined();
    expect(makeResumable('subscription { sometimes { sequence } }', model)).toBeUndefined();
    expect(makeResumable('subscription { updates { text } }', undefined)).toBeUndefined();
  });
});
