import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { Supergraph } from '@apollo/federation-internals';
import {
  isIntrospectionType,
  isSpecifiedScalarType,
  buildSchema,
  getVariableValues,
  Kind,
  parse,
  validate,
  type GraphQLSchema,
} from 'graphql';
import { exampleOf, type RootKind } from './example.ts';
import { renderDocs } from './page.ts';

const schema = Supergraph.build(readFileSync('supergraph.graphql', 'utf8'))
  .apiSchema()
  .toGraphQLJSSchema();

const roots = (of: GraphQLSchema): [RootKind, ReturnType<GraphQLSchema['getQueryType']>][] => [
  ['query', of.getQueryType()],
  ['mutation', of.getMutationType()],
  ['subscription', of.getSubscriptionType()],
];
const examples = roots(schema).flatMap(([kind, type]) =>
  Object.values(type?.getFields() ?? {}).map((field) => ({
    name: `${kind} ${field.name}`,
    ...exampleOf(kind, field),
  })),
);

describe('the API documentation', () => {
  const html = renderDocs(schema);
  const ids = [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);

  test.each(examples)('shows an example of the $name that is valid', ({ operation, variables }) => {
    const document = parse(operation);
    expect(validate(schema, document)).toEqual([]);
    const [definition] = document.definitions;
    if (definition?.kind !== Kind.OPERATION_DEFINITION) throw new Error('no operation');
    const given = variables ?? {};
    const values = getVariableValues(schema, definition.variableDefinitions ?? [], given);
    expect(values.errors).toBeUndefined();
  });

  test('describes every root field, type, field and value, and nothing of federation', () => {
    const types = Object.values(schema.getTypeMap()).filter(
      (type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type),
    );
    const rootTypes = roots(schema).map(([, type]) => type?.name);
    const expected = types
      .filter(({ name }) => !rootTypes.includes(name))
      .map(({ name }) => `type-${name}`);
    expect(ids).toEqual(expect.arrayContaining(expected));
    expect(ids).toEqual(expect.arrayContaining(examples.map(({ name }) => name.replace(' ', '-'))));
    expect(html).not.toMatch(/_entities|_Any|join__|@key/);
  });

  test('leads every link to a place on the page, and no id is there twice', () => {
    const links = [...html.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id);
    expect(links.filter((link) => !ids.includes(link))).toEqual([]);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
    expect(html).not.toMatch(/(src|href)="(https?:)?\/\//);
  });

  test('marks what is deprecated, with the reason, and lets no text break out', () => {
    const small = buildSchema(`
      "A <script> & co"
      type Query { old(x: Int = 3): Int @deprecated(reason: "use <new>") }`);
    const page = renderDocs(small);
    expect(page).toContain('deprecated: use &lt;new&gt;');
    expect(page).toContain('3 when left out');
    expect(page).not.toContain('<script> & co');
  });
});
