import { getNamedType, type GraphQLType } from 'graphql';

const builtIn = new Set(['ID', 'String', 'Int', 'Float', 'Boolean']);

/** Text made safe for HTML, in elements and in attributes. */
export function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** A description: text with `code` in it. */
export function prose(text: string | null | undefined): string {
  return escape(text ?? '').replaceAll(/`([^`]+)`/g, '<code>$1</code>');
}

/** A type as SDL writes it, linked to where it is described. */
export function typeLink(type: GraphQLType): string {
  const { name } = getNamedType(type);
  const text = escape(String(type));
  const link = `<a href="#type-${name}">${name}</a>`;
  return `<span class="type">${builtIn.has(name) ? text : text.replace(name, link)}</span>`;
}

/** GraphQL or JSON, with its parts coloured. */
export function highlight(code: string): string {
  const token =
    /("(?:[^"\\]|\\.)*"(?=\s*:))|("(?:[^"\\]|\\.)*")|(\$\w+)|\b(query|mutation|subscription|on|true|false|null)\b|(\b\d[\d.]*\b)|\b([A-Z]\w*)\b/g;
  const classes = ['key', 'string', 'variable', 'keyword', 'number', 'name'];
  let html = '';
  let end = 0;
  for (const match of code.matchAll(token)) {
    const kind = classes[match.slice(1).findIndex((group) => group !== undefined)] ?? 'name';
    html += escape(code.slice(end, match.index));
    html += `<span class="${kind}">${escape(match[0])}</span>`;
    end = match.index + match[0].length;
  }
  return html + escape(code.slice(end));
}
