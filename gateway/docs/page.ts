import {
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isScalarType,
  isSpecifiedScalarType,
  isUnionType,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLNamedType,
  type GraphQLSchema,
} from 'graphql';
import { exampleOf, type RootKind } from './example.ts';
import { guide, guideLinks } from './guide.ts';
import { escape, highlight, prose, typeLink } from './html.ts';

type AnyField = GraphQLField<unknown, unknown>;

interface Group {
  readonly title: string;
  readonly entries: readonly Entry[];
}

/** One thing with a heading and a place in the navigation. */
interface Entry {
  readonly id: string;
  readonly name: string;
  readonly html: string;
  /** Found by the search, with where it leads. */
  readonly parts: readonly { readonly id: string; readonly name: string }[];
}

/** The API as one page, generated from the schema that clients see. */
export function renderDocs(schema: GraphQLSchema): string {
  const groups = [...rootGroups(schema), ...typeGroups(schema)].filter(
    ({ entries }) => entries.length > 0,
  );
  const sections = groups.map(
    ({ title, entries }) =>
      `<section><h2 id="${slug(title)}">${title}</h2>${entries.map(({ html }) => html).join('')}</section>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Mammon API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/api/docs.css">
<script src="/api/docs.js" defer></script>
</head>
<body>
<nav>
<a class="brand" href="#start">Mammon <span>API</span></a>
<input id="search" type="search" placeholder="Search ( / )" aria-label="Search" autocomplete="off">
<div id="links">${navigation(groups)}<p id="nothing" hidden>Nothing is called that.</p></div>
</nav>
<main>
<header>
<h1>Mammon API</h1>
<p>Wallets, conversion and exchange-traded foreign exchange behind one GraphQL schema.</p>
</header>
${guide}
${sections.join('\n')}
</main>
</body>
</html>
`;
}

function navigation(groups: readonly Group[]): string {
  const start = guideLinks.map(([id, name]) => `<li><a href="#${id}">${name}</a></li>`).join('');
  const lists = groups.map(({ title, entries }) => {
    const items = entries.map(({ id, name, parts }) => {
      const inner = parts.map((part) => {
        return `<li class="part"><a href="#${part.id}">${escape(part.name)}</a></li>`;
      });
      return `<li><a href="#${id}">${escape(name)}</a></li>${inner.join('')}`;
    });
    return `<h4>${title}</h4><ul>${items.join('')}</ul>`;
  });
  return `<h4>Guide</h4><ul>${start}</ul>${lists.join('')}`;
}

function rootGroups(schema: GraphQLSchema): readonly Group[] {
  const roots = [
    ['Queries', 'query', schema.getQueryType()],
    ['Mutations', 'mutation', schema.getMutationType()],
    ['Subscriptions', 'subscription', schema.getSubscriptionType()],
  ] as const;
  return roots.map(([title, kind, type]) => ({
    title,
    entries: Object.values(type?.getFields() ?? {}).map((field) => operationEntry(kind, field)),
  }));
}

function operationEntry(kind: RootKind, field: AnyField): Entry {
  const id = `${kind}-${field.name}`;
  const { operation, variables } = exampleOf(kind, field);
  const values = variables
    ? `<h5>Variables</h5><pre><code>${highlight(JSON.stringify(variables, null, 2))}</code></pre>`
    : '';
  const html = `<article id="${id}" class="operation">
<div class="about">
<h3><a href="#${id}">${field.name}</a> <span class="kind ${kind}">${kind}</span>${deprecated(field)}</h3>
<p>${prose(field.description)}</p>
<p class="returns">Returns ${typeLink(field.type)}</p>
${field.args.length > 0 ? `<h5>Arguments</h5>${inputs(id, field.args)}` : ''}
</div>
<div class="example"><h5>Example</h5><pre><code>${highlight(operation)}</code></pre>${values}</div>
</article>`;
  return { id, name: field.name, html, parts: [] };
}

function typeGroups(schema: GraphQLSchema): readonly Group[] {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  const types = Object.values(schema.getTypeMap())
    .filter((type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type))
    .filter((type) => !roots.some((root) => root === type))
    .toSorted((a, b) => a.name.localeCompare(b.name));
  const groups = [
    ['Objects', isObjectType],
    ['Interfaces', isInterfaceType],
    ['Unions', isUnionType],
    ['Inputs', isInputObjectType],
    ['Enums', isEnumType],
    ['Scalars', isScalarType],
  ] as const;
  return groups.map(([title, belongs]) => ({
    title,
    entries: types.filter((type) => belongs(type)).map(typeEntry),
  }));
}

function typeEntry(type: GraphQLNamedType): Entry {
  const id = `type-${type.name}`;
  const html = `<article id="${id}">
<h3><a href="#${id}">${type.name}</a></h3>
<p>${prose(type.description)}</p>
${typeBody(id, type)}
</article>`;
  const named = hasFields(type) ? Object.keys(type.getFields()) : [];
  const parts = named.map((name) => ({ id: `${id}.${name}`, name: `${type.name}.${name}` }));
  return { id, name: type.name, html, parts };
}

function typeBody(id: string, type: GraphQLNamedType): string {
  if (isObjectType(type) || isInterfaceType(type)) {
    const implemented = type.getInterfaces().map((one) => typeLink(one));
    const also = implemented.length > 0 ? `<p>Implements ${implemented.join(', ')}</p>` : '';
    return `${also}${fields(id, Object.values(type.getFields()))}`;
  }
  if (isInputObjectType(type)) return inputs(id, Object.values(type.getFields()));
  if (isUnionType(type)) {
    return `<p>One of ${type
      .getTypes()
      .map((one) => typeLink(one))
      .join(', ')}</p>`;
  }
  if (!isEnumType(type)) return '';
  const rows = type.getValues().map((value) => {
    const name = `<code>${value.name}</code>${deprecated(value)}`;
    return `<tr><td>${name}</td><td>${prose(value.description)}</td></tr>`;
  });
  return `<table class="values"><tbody>${rows.join('')}</tbody></table>`;
}

function fields(id: string, all: readonly AnyField[]): string {
  const rows = all.map((field) => {
    const args = field.args.length > 0 ? inputs(`${id}.${field.name}`, field.args) : '';
    return `<tr id="${id}.${field.name}"><td><code>${field.name}</code>${deprecated(field)}<br>${typeLink(field.type)}</td><td>${prose(field.description)}${args}</td></tr>`;
  });
  return `<table class="fields"><tbody>${rows.join('')}</tbody></table>`;
}

function inputs(id: string, all: readonly (GraphQLArgument | GraphQLInputField)[]): string {
  const rows = all.map((input) => {
    const standard: unknown = input.defaultValue;
    const otherwise =
      standard === undefined
        ? ''
        : ` <span class="default">${escape(JSON.stringify(standard))} when left out</span>`;
    return `<tr id="${id}.${input.name}"><td><code>${input.name}</code>${deprecated(input)}<br>${typeLink(input.type)}</td><td>${prose(input.description)}${otherwise}</td></tr>`;
  });
  return `<table class="fields"><tbody>${rows.join('')}</tbody></table>`;
}

function deprecated({ deprecationReason }: { deprecationReason?: string | null | undefined }) {
  if (deprecationReason == null) return '';
  return ` <span class="deprecated" title="${escape(deprecationReason)}">deprecated: ${prose(deprecationReason)}</span>`;
}

const hasFields = (type: GraphQLNamedType) =>
  isObjectType(type) || isInterfaceType(type) || isInputObjectType(type);

const slug = (title: string) => title.toLowerCase();
