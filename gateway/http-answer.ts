import { GraphQLError, type FormattedExecutionResult } from 'graphql';
import type { HttpRequest, HttpResponse } from '#kit/http-server.ts';
import type { Logger } from '#kit/log.ts';
import { presentError } from './errors.ts';

/** What to answer to the usual Accept headers; Apollo Server negotiates the others. */
const legacyType = 'application/json; charset=utf-8';
const graphqlType = 'application/graphql-response+json; charset=utf-8';
const answerTypes = new Map([
  ['*/*', legacyType],
  ['application/json', legacyType],
  ['application/json, text/plain, */*', legacyType],
  ['application/graphql-response+json', graphqlType],
  ['application/graphql-response+json, application/json', graphqlType],
  ['application/graphql-response+json,application/json;q=0.9', graphqlType],
  ['application/graphql-response+json, application/json;q=0.9', graphqlType],
]);

/** The type of the answer; undefined where Apollo Server has to negotiate. */
export const answerTypeOf = ({ headers }: HttpRequest): string | undefined =>
  answerTypes.get(headers.accept ?? '*/*');

/** For errors before Apollo Server is asked: the newer type for whoever knows it. */
export const errorTypeOf = (request: HttpRequest): string =>
  answerTypeOf(request) ??
  (request.headers.accept?.includes('application/graphql-response+json')
    ? graphqlType
    : legacyType);

export function answerJson(
  status: number,
  body: FormattedExecutionResult | readonly unknown[],
  type: string,
): HttpResponse {
  return {
    status,
    headers: { 'content-type': type, 'cache-control': 'no-store' },
    body: JSON.stringify(body),
  };
}

const refusedDocuments = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_LIMIT_EXCEEDED',
  'OPERATION_RESOLUTION_FAILURE',
  'BAD_USER_INPUT',
]);

/**
 * Whoever asks for application/json by name is of the time when each well-formed request was
 * answered by 200, whatever was wrong with its document (GraphQL over HTTP, 6.4.1).
 */
export function asLegacy({ headers }: HttpRequest, response: HttpResponse): HttpResponse {
  const legacy = headers.accept?.includes('application/json') ?? false;
  const type = response.headers['content-type'] ?? '';
  if (response.status !== 400 || !legacy || !type.startsWith('application/json')) return response;
  const { errors } = JSON.parse(response.body) as FormattedExecutionResult;
  const code = errors?.[0]?.extensions?.['code'];
  return refusedDocuments.has(String(code)) ? { ...response, status: 200 } : response;
}

/** The answer to what was thrown: errors carry their own status and headers. */
export function refuse(request: HttpRequest, error: unknown, logger: Logger): HttpResponse {
  const { http } = (error instanceof GraphQLError ? error.extensions : {}) as {
    http?: { status?: number; headers?: Readonly<Record<string, string>> };
  };
  const presented = presentError(error, logger);
  const masked = presented.extensions?.['code'] === 'INTERNAL_SERVER_ERROR';
  const status = http?.status ?? (masked ? 500 : 400);
  const answer = answerJson(status, { errors: [presented] }, errorTypeOf(request));
  return asLegacy(request, { ...answer, headers: { ...answer.headers, ...http?.headers } });
}
