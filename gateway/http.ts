import { HeaderMap, type ApolloServer } from '@apollo/server';
import { GraphQLError, type FormattedExecutionResult } from 'graphql';
import { assert } from '#kit/errors.ts';
import type { HttpRequest, HttpResponse } from '#kit/http-server.ts';
import type { Logger } from '#kit/log.ts';
import type { AccessTokens } from './access-tokens.ts';
import { identifyRequest, type GatewayContext } from './caller.ts';
import { fault, presentError } from './errors.ts';
import type { KnownOperations } from './executor/known-operations.ts';
import { isObject } from './executor/subgraph-answer.ts';
import { findConditionalRoot } from './subscriptions/conditional-root.ts';

export interface GraphqlHttpSettings {
  readonly apollo: ApolloServer<GatewayContext>;
  readonly known: KnownOperations;
  readonly tokens: AccessTokens;
  readonly trustedProxies: number;
  readonly maxTokens: number;
  readonly logger: Logger;
}

/** GraphQL over HTTP: POST, and GET for queries. */
export function answerGraphql(
  settings: GraphqlHttpSettings,
): (request: HttpRequest) => Promise<HttpResponse> {
  const { logger } = settings;
  return async (request) => {
    const body = readJson(request);
    if (body === malformed) {
      const error = fault('BAD_REQUEST', 'the body is not JSON');
      return json(400, { errors: [presentError(error, logger)] });
    }
    return (await answerKnown(settings, request, body)) ?? answerByApollo(settings, request, body);
  };
}

/** Answers a plain POST of an operation that came before; undefined for anything else. */
async function answerKnown(
  { known, tokens, trustedProxies, logger }: GraphqlHttpSettings,
  request: HttpRequest,
  body: unknown,
): Promise<HttpResponse | undefined> {
  if (!isObject(body)) return undefined;
  const { query, operationName, variables, extensions } = body;
  const type = answerTypes.get(request.headers.accept ?? '*/*');
  if (type === undefined || typeof query !== 'string') return undefined;
  if (operationName != null && typeof operationName !== 'string') return undefined;
  if (variables != null && !isObject(variables)) return undefined;
  if (extensions != null && (!isObject(extensions) || 'persistedQuery' in extensions)) {
    return undefined;
  }
  const prepared = known.find(query, operationName ?? undefined);
  if (!prepared) return undefined;
  try {
    const context = await identifyRequest(request, tokens, trustedProxies);
    const result = await known.execute(prepared, variables ?? {}, context);
    return json('data' in result ? 200 : 400, result, type);
  } catch (error) {
    const { http } = (error instanceof GraphQLError ? error.extensions : {}) as {
      http?: { status?: number };
    };
    return json(http?.status ?? 500, { errors: [presentError(error, logger)] }, type);
  }
}

/** What to answer to the usual Accept headers; Apollo Server negotiates the others. */
const jsonType = 'application/json; charset=utf-8';
const answerTypes = new Map([
  ['*/*', jsonType],
  ['application/json', jsonType],
  ['application/json, text/plain, */*', jsonType],
]);

async function answerByApollo(
  { apollo, tokens, trustedProxies, maxTokens, logger }: GraphqlHttpSettings,
  request: HttpRequest,
  body: unknown,
): Promise<HttpResponse> {
  const conditional = findConditionalRoot(queryOf(request, body), maxTokens);
  if (conditional) return json(400, { errors: [presentError(conditional, logger)] });
  const headers = new HeaderMap();
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers.set(name, [value].flat().join(', '));
  }
  const { method, url } = request;
  const response = await apollo.executeHTTPGraphQLRequest({
    httpGraphQLRequest: { method, headers, search: url.search, body },
    context: () => identifyRequest(request, tokens, trustedProxies),
  });
  assert(response.body.kind === 'complete', 'the gateway does not defer');
  return {
    status: response.status ?? 200,
    headers: Object.fromEntries(response.headers),
    body: response.body.string,
  };
}

const malformed = Symbol('malformed');

/** The parsed body; undefined where there is none, which Apollo Server answers by itself. */
function readJson({ method, headers, body }: HttpRequest): unknown {
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (method !== 'POST' || type !== 'application/json' || body.length === 0) return undefined;
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return malformed;
  }
}

function queryOf(request: HttpRequest, body: unknown): string {
  const query =
    typeof body === 'object' && body !== null && 'query' in body
      ? body.query
      : request.url.searchParams.get('query');
  return typeof query === 'string' ? query : '';
}

function json(status: number, body: FormattedExecutionResult, type = jsonType): HttpResponse {
  return {
    status,
    headers: { 'content-type': type, 'cache-control': 'no-store' },
    body: JSON.stringify(body),
  };
}
