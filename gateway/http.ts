import { HeaderMap, type ApolloServer } from '@apollo/server';
import { assert } from '#kit/errors.ts';
import type { HttpRequest, HttpResponse } from '#kit/http-server.ts';
import type { Logger } from '#kit/log.ts';
import type { AccessTokens } from './access-tokens.ts';
import { identifyRequest, type GatewayContext } from './caller.ts';
import { fault, presentError } from './errors.ts';
import { findConditionalRoot } from './subscriptions/conditional-root.ts';

export interface GraphqlHttpSettings {
  readonly apollo: ApolloServer<GatewayContext>;
  readonly tokens: AccessTokens;
  readonly trustedProxies: number;
  readonly maxTokens: number;
  readonly logger: Logger;
}

/** GraphQL over HTTP: POST, and GET for queries. */
export function answerGraphql(
  settings: GraphqlHttpSettings,
): (request: HttpRequest) => Promise<HttpResponse> {
  const { apollo, tokens, trustedProxies, logger } = settings;
  return async (request) => {
    const body = readJson(request);
    if (body === malformed) {
      const error = fault('BAD_REQUEST', 'the body is not JSON');
      return json(400, { errors: [presentError(error, logger)] });
    }
    const conditional = findConditionalRoot(queryOf(request, body), settings.maxTokens);
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

function json(status: number, body: object): HttpResponse {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
