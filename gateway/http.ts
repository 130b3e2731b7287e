import { HeaderMap, type ApolloServer } from '@apollo/server';
import { assert } from '#kit/errors.ts';
import type { HttpRequest, HttpResponse } from '#kit/http-server.ts';
import type { Logger } from '#kit/log.ts';
import type { GatewayContext, Identify } from './caller.ts';
import { fault } from './errors.ts';
import type { KnownOperations } from './executor/known-operations.ts';
import { isObject } from './executor/subgraph-answer.ts';
import { answerJson, answerTypeOf, asLegacy, errorTypeOf, refuse } from './http-answer.ts';
import { parametersOf, searchOf, type Parameters } from './http-parameters.ts';
import type { PersistedQueries } from './persisted-queries/resolve.ts';
import type { RateLimits } from './rate-limits/rate-limits.ts';
import type { AnswerByStream } from './subscriptions/http-streams.ts';
import { findConditionalRoot } from './subscriptions/conditional-root.ts';
import { streamFormatOf } from './subscriptions/stream-formats.ts';

export interface GraphqlHttpSettings {
  readonly apollo: ApolloServer<GatewayContext>;
  readonly known: KnownOperations;
  readonly identify: Identify;
  readonly persisted: PersistedQueries;
  readonly rates: RateLimits;
  readonly answerByStream: AnswerByStream;
  readonly maxTokens: number;
  /** How many operations one POST may bring as a list; 1: no lists. */
  readonly maxBatch: number;
  readonly logger: Logger;
}

/** GraphQL over HTTP: POST, and GET for queries. */
export function answerGraphql(
  settings: GraphqlHttpSettings,
): (request: HttpRequest) => Promise<HttpResponse> {
  return async (request) => {
    try {
      const body = readJson(request);
      return Array.isArray(body)
        ? await answerBatch(settings, request, body)
        : await answerOne(settings, request, body);
    } catch (error) {
      return refuse(request, error, settings.logger);
    }
  };
}

async function answerOne(
  settings: GraphqlHttpSettings,
  request: HttpRequest,
  body: unknown,
  inList = false,
): Promise<HttpResponse> {
  const context = await settings.identify(request);
  const rateHeaders = await settings.rates.admit(context);
  const response = await answerAdmitted(settings, request, body, context, inList).catch(
    (error: unknown) => refuse(request, error, settings.logger),
  );
  return { ...response, headers: { ...response.headers, ...rateHeaders } };
}

async function answerAdmitted(
  settings: GraphqlHttpSettings,
  request: HttpRequest,
  body: unknown,
  context: GatewayContext,
  inList: boolean,
): Promise<HttpResponse> {
  const given = parametersOf(request, body);
  const parameters = given && settings.persisted.resolve(given, context);
  const streamed =
    inList || !streamFormatOf(request.headers)
      ? undefined
      : // A session that ended while its rate was counted has no stream that its end could reach.
        settings.answerByStream(request, parameters, await settings.identify(request));
  if (streamed && isForeignPage(request)) {
    throw fault('BAD_REQUEST', 'a page of another site must send `apollo-require-preflight`', {
      status: 400,
    });
  }
  if (streamed) return streamed;
  return asLegacy(
    request,
    (await answerKnown(settings, request, parameters, context)) ??
      (await answerByApollo(settings, request, body, parameters, context)),
  );
}

/** The operations of a list, one after another as their sender wrote them. */
async function answerBatch(
  settings: GraphqlHttpSettings,
  request: HttpRequest,
  bodies: readonly unknown[],
): Promise<HttpResponse> {
  const { maxBatch, logger } = settings;
  if (bodies.length > maxBatch || bodies.length === 0 || maxBatch === 1) {
    const most = maxBatch === 1 ? 'lists of operations are not served' : `at most ${maxBatch}`;
    throw fault('BAD_REQUEST', `${bodies.length} operations in one request: ${most}`, {
      status: 400,
    });
  }
  const answers: unknown[] = [];
  let rateHeaders: HttpResponse['headers'] = {};
  for (const body of bodies) {
    const answer = await answerOne(settings, request, body, true).catch((error: unknown) =>
      refuse(request, error, logger),
    );
    answers.push(JSON.parse(answer.body));
    // Those of the last one say what is left after all of them.
    rateHeaders = onlyRates(answer.headers);
  }
  const { headers, ...answer } = answerJson(200, answers, errorTypeOf(request));
  return { ...answer, headers: { ...headers, ...rateHeaders } };
}

const onlyRates = (headers: HttpResponse['headers']): HttpResponse['headers'] =>
  Object.fromEntries(
    Object.entries(headers).filter(
      ([name]) => name.startsWith('ratelimit') || name === 'retry-after',
    ),
  );

/** Answers a plain POST of an operation that came before; undefined for anything else. */
async function answerKnown(
  { known }: GraphqlHttpSettings,
  request: HttpRequest,
  parameters: Parameters | undefined,
  context: GatewayContext,
): Promise<HttpResponse | undefined> {
  const type = answerTypeOf(request);
  if (!parameters || type === undefined || request.method !== 'POST') return undefined;
  const { query, operationName, variables, extensions } = parameters;
  if (typeof query !== 'string') return undefined;
  if (operationName != null && typeof operationName !== 'string') return undefined;
  if (variables != null && !isObject(variables)) return undefined;
  if (extensions != null && !isObject(extensions)) return undefined;
  const prepared = known.find(query, operationName ?? undefined);
  if (!prepared) return undefined;
  const result = await known.execute(prepared, variables ?? {}, context);
  return answerJson('data' in result ? 200 : 400, result, type);
}

async function answerByApollo(
  { apollo, maxTokens }: GraphqlHttpSettings,
  request: HttpRequest,
  body: unknown,
  parameters: Parameters | undefined,
  context: GatewayContext,
): Promise<HttpResponse> {
  const query = parameters?.['query'];
  const conditional = typeof query === 'string' ? findConditionalRoot(query, maxTokens) : undefined;
  if (conditional) throw conditional;
  const headers = new HeaderMap();
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers.set(name, [value].flat().join(', '));
  }
  if (isDeliberate(request)) headers.set('apollo-require-preflight', 'true');
  const { method } = request;
  const response = await apollo.executeHTTPGraphQLRequest({
    httpGraphQLRequest: {
      method,
      headers,
      search: method === 'GET' && parameters ? searchOf(parameters) : request.url.search,
      body: method === 'POST' && parameters ? parameters : body,
    },
    context: async () => context,
  });
  assert(response.body.kind === 'complete', 'the gateway does not defer');
  return {
    status: response.status ?? 200,
    headers: Object.fromEntries(response.headers),
    body: response.body.string,
  };
}

/**
 * No page of another site makes a GET that accepts GraphQL by name without its browser saying from
 * where it comes (Fetch Metadata); any other program may.
 */
function isDeliberate({ method, headers }: HttpRequest): boolean {
  const accept = headers.accept ?? '';
  const site = headers['sec-fetch-site'];
  return (
    method === 'GET' &&
    (accept.includes('application/graphql-response+json') || accept === 'application/json') &&
    headers.origin === undefined &&
    (site === undefined || site === 'same-origin' || site === 'none')
  );
}

/** A GET of another site's page, which its browser sent without asking us first (EventSource). */
function isForeignPage({ method, headers }: HttpRequest): boolean {
  if (method !== 'GET' || headers['apollo-require-preflight'] !== undefined) return false;
  const site = headers['sec-fetch-site'];
  const ownSite =
    site === undefined ? headers.origin === undefined : /^(same-origin|none)$/.test(site);
  return !ownSite;
}

/** The parsed body; undefined where there is none, which Apollo Server answers by itself. */
function readJson({ method, headers, body }: HttpRequest): unknown {
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (method !== 'POST' || type !== 'application/json' || body.length === 0) return undefined;
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw fault('BAD_REQUEST', 'the body is not JSON', { status: 400 });
  }
}
