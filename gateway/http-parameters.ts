import type { HttpRequest } from '#kit/http-server.ts';
import { fault } from './errors.ts';
import { isObject } from './executor/subgraph-answer.ts';

/** A GraphQL request as it came: nothing of it has been judged yet. */
export type Parameters = Readonly<Record<string, unknown>>;

/**
 * The parameters of a POST's body or of a GET's address; undefined where there are none, which
 * Apollo Server answers by itself.
 */
export function parametersOf(request: HttpRequest, body: unknown): Parameters | undefined {
  if (request.method === 'POST') return isObject(body) ? body : undefined;
  const { searchParams } = request.url;
  const values: Record<string, unknown> = {};
  for (const name of ['query', 'operationName', 'documentId']) {
    const value = searchParams.get(name);
    if (value !== null) values[name] = value;
  }
  for (const name of ['variables', 'extensions']) {
    const value = searchParams.get(name);
    if (value !== null && value !== '') values[name] = parse(name, value);
  }
  return values;
}

/** Writes parameters as a GET carries them. */
export function searchOf(parameters: Parameters): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value == null) continue;
    search.set(name, typeof value === 'string' ? value : JSON.stringify(value));
  }
  return `?${search}`;
}

function parse(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw fault('BAD_REQUEST', `the parameter \`${name}\` is not JSON`, { status: 400 });
  }
}
