import { parseMessage, type Message, type SubscribePayload } from 'graphql-ws';
import type { GatewayContext } from '../caller.ts';
import { isObject } from '../executor/subgraph-answer.ts';
import type { PersistedQueries } from '../persisted-queries/resolve.ts';
import type { SubscriptionRequest } from './live-streams.ts';
import { guarded } from './operation.ts';

const byId = /"(documentId|persistedQuery)"/;

/**
 * graphql-ws knows no operation without its text: one that comes by id gets an empty one.
 * @throws Error when it is no message of the protocol
 */
export const readMessage = (text: string): Message =>
  parseMessage(text, byId.test(text) ? withQuery : undefined);

/** Puts the text in the place of an id. @throws OperationErrors */
export function requestOf(
  persisted: PersistedQueries,
  payload: SubscribePayload,
  context: GatewayContext,
): SubscriptionRequest {
  const { query } = guarded(() => persisted.resolve({ ...payload }, context));
  return {
    query: typeof query === 'string' ? query : '',
    operationName: payload.operationName ?? undefined,
    variables: payload.variables ?? {},
  };
}

function withQuery(this: unknown, key: string, value: unknown): unknown {
  if (key !== 'payload' || !isObject(value) || value['query'] !== undefined) return value;
  const { documentId, extensions } = value;
  const named = documentId !== undefined || (isObject(extensions) && extensions['persistedQuery']);
  return named ? { ...value, query: '' } : value;
}
