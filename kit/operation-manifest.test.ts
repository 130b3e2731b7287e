import { describe, expect, test } from '@jest/globals';
import { canonicalText, readManifest, sha256 } from './operation-manifest.ts';
import { parse } from 'graphql';

const one = 'query One { me { id } }';
const two = 'mutation Two { logOut { ended } }';

describe('a manifest', () => {
  test('of Apollo’s compiler has ids of its own', () => {
    const manifest = {
      format: 'apollo-persisted-query-manifest',
      version: 1,
      operations: [
        { id: sha256(one), name: 'One', type: 'query', body: one },
        { id: 'two', name: 'Two', type: 'mutation', body: two },
      ],
    };
    expect(readManifest('APOLLO', JSON.stringify(manifest))).toEqual([
      { id: sha256(one), name: 'One', body: one },
      { id: 'two', name: 'Two', body: two },
    ]);
  });

  test('of Relay’s compiler is a text by its id', () => {
    expect(readManifest('RELAY', JSON.stringify({ a1: one, b2: '{ me { id } }' }))).toEqual([
      { id: 'a1', name: 'One', body: one },
      { id: 'b2', name: null, body: '{ me { id } }' },
    ]);
  });

  test('that is one operation keeps its text, so that its hash is the client’s', () => {
    const text = `# shown at the start\n${one}\n`;
    expect(readManifest('GRAPHQL', text)).toEqual([{ id: sha256(text), name: 'One', body: text }]);
  });

  test('that is a document gives each operation the fragments that it uses, and no others', () => {
    const text = `query A { me { ...Id } } query B { me { ...Both } }
      fragment Id on User { id } fragment Both on User { ...Id email }`;
    const [a, b] = readManifest('GRAPHQL', text);
    expect([a?.name, b?.name]).toEqual(['A', 'B']);
    expect(a?.body).toContain('fragment Id');
    expect(a?.body).not.toContain('fragment Both');
    expect(b?.body).toMatch(/fragment Both[^]*fragment Id|fragment Id[^]*fragment Both/);
    expect(a?.id).toBe(sha256(a?.body ?? ''));
  });

  test.each([
    ['APOLLO', '{"format":"apollo-persisted-query-manifest","version":2,"operations":[]}'],
    ['APOLLO', '{"operations":[]}'],
    ['APOLLO', 'not JSON'],
    ['RELAY', '{}'],
    ['RELAY', '{"a": 1}'],
    ['RELAY', '{"a": "query A { a } query B { b }"}'],
    ['RELAY', '{"": "{ a }"}'],
    ['GRAPHQL', '{ a } query B { b }'],
    ['GRAPHQL', 'fragment F on User { id }'],
    ['GRAPHQL', 'query {'],
  ] as const)('in the form %s that reads %s is refused', (format, text) => {
    expect(() => readManifest(format, text)).toThrow(
      expect.objectContaining({ code: 'INVALID_MANIFEST' }),
    );
  });
});

test('white space and the order of definitions do not make another operation, names do', () => {
  const text = (source: string) => canonicalText(parse(source));
  const fragment = 'fragment F on User { id }';
  expect(text(`query A { me { ...F } } ${fragment}`)).toBe(
    text(`${fragment}\n\nquery A {\n  me { ...F }\n}`),
  );
  expect(text('query A { me { id } }')).not.toBe(text('query B { me { id } }'));
  expect(text('query A { a: me { id } }')).not.toBe(text('query A { me { id } }'));
});
