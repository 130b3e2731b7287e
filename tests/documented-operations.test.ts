import { describe, expect, test } from '@jest/globals';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Supergraph } from '@apollo/federation-internals';
import { Kind, parse, validate, type DocumentNode } from 'graphql';

const root = fileURLToPath(new URL('..', import.meta.url));
const pages = [
  'README.md',
  ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`),
].filter((name) => name.endsWith('.md'));
const schema = Supergraph.build(readFileSync(join(root, 'supergraph.graphql'), 'utf8'))
  .apiSchema()
  .toGraphQLJSSchema();

/** Whoever pastes an operation from a page must not be the first to run it. */
describe('the operations that the documentation shows', () => {
  const shown = pages.flatMap((page) =>
    operationsOf(readFileSync(join(root, page), 'utf8')).map((text) => [page, text] as const),
  );

  test('are there', () => expect(shown.length).toBeGreaterThanOrEqual(2));

  test.each(shown)('in %s fit the schema (operation %#)', (_page, text) => {
    const errors = parse(text).definitions.flatMap((definition) => {
      // Each operation alone: a page shows several without names.
      const document: DocumentNode = { kind: Kind.DOCUMENT, definitions: [definition] };
      return validate(schema, document);
    });
    expect(errors.map(({ message }) => message)).toEqual([]);
  });
});

/** The graphql blocks of a page, and the queries of its curl commands. */
function operationsOf(page: string): string[] {
  const blocks = [...page.matchAll(/```graphql\n([^`]*)```/g)].map((match) => match[1] ?? '');
  const bodies = [...page.matchAll(/-d '(\{[^']*\})'/g)].map((match) => match[1] ?? '');
  return [...blocks, ...bodies.map((body) => (JSON.parse(body) as { query: string }).query)];
}
