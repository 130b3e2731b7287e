import type { ApolloServer } from '@apollo/server';
import { getOperationAST } from 'graphql';
import type { Clock } from '#kit/clock.ts';
import type { HttpRequest, HttpResponse } from '#kit/http-server.ts';
import type { Logger } from '#kit/log.ts';
import type { GatewayContext } from '../caller.ts';
import type { OperationLimits } from '../config.ts';
import { fault, presentError } from '../errors.ts';
import { isObject } from '../executor/subgraph-answer.ts';
import type { KnownOperations } from '../executor/known-operations.ts';
import type { Parameters } from '../http-parameters.ts';
import type { Clients } from './clients.ts';
import { executeOnce } from './execute-once.ts';
import { HttpStream } from './http-stream.ts';
import type { LiveStreams, SubscriptionRequest } from './live-streams.ts';
import { OperationErrors, parseOperation } from './operation.ts';
import { acceptsOnlyEvents, streamFormatOf } from './stream-formats.ts';

export interface HttpStreamSettings {
  readonly streams: LiveStreams;
  readonly clients: Clients;
  readonly apollo: ApolloServer<GatewayContext>;
  readonly known: KnownOperations;
  readonly limits: OperationLimits;
  /** Strangers may follow streams: an open gateway. */
  readonly open: boolean;
  readonly logger: Logger;
  readonly clock: Clock;
}

/** @returns undefined for requests that want no stream */
export type AnswerByStream = (
  request: HttpRequest,
  parameters: Parameters | undefined,
  context: GatewayContext,
) => HttpResponse | undefined;

/**
 * Subscriptions as answers to HTTP requests: Server-Sent Events, and Apollo's multipart responses.
 * Throws GraphQLError where the request cannot become a stream.
 */
export function createHttpStreams(settings: HttpStreamSettings): AnswerByStream {
  const { clients, limits, open } = settings;
  return ({ method, headers }, parameters, context) => {
    const format = streamFormatOf(headers);
    const request = format && requestOf(parameters);
    if (!format || !request) return undefined;
    const kind = kindOf(request, limits.tokens);
    if (kind !== 'subscription' && !acceptsOnlyEvents(headers)) return undefined;
    if (kind === 'mutation' && method !== 'POST') {
      throw fault('BAD_REQUEST', 'mutations travel by POST', { status: 405 });
    }
    if (kind === 'subscription' && context.identity.userId === null && !open) {
      throw fault('UNAUTHENTICATED', 'an access token is needed', { status: 401 });
    }
    return {
      status: 200,
      headers: {
        'content-type': format.contentType,
        'cache-control': 'no-store',
        // Proxies that gather answers before they pass them on would hold the events back.
        'x-accel-buffering': 'no',
      },
      body: '',
      stream(response) {
        const nowMs = settings.clock().getTime();
        const stream = new HttpStream(response, format, clients, context, nowMs);
        if (kind === 'subscription') follow(settings, request, stream);
        else void executeOnce(settings, request, context).then((result) => stream.answer(result));
      },
    };
  };
}

function follow(
  { streams, logger }: HttpStreamSettings,
  request: SubscriptionRequest,
  stream: HttpStream,
): void {
  const refuse = (errors: readonly unknown[]) =>
    stream.refused(errors.map((error) => presentError(error, logger)));
  const exceeded = stream.count();
  if (exceeded) return refuse([fault('TOO_MANY_SUBSCRIPTIONS', exceeded)]);
  try {
    stream.leave = streams.follow(request, stream);
  } catch (error) {
    refuse(error instanceof OperationErrors ? error.errors : [error]);
  }
  return undefined;
}

/** Undefined for what is not well formed: it is answered as every other request is. */
function requestOf(parameters: Parameters | undefined): SubscriptionRequest | undefined {
  if (!parameters) return undefined;
  const { query, operationName, variables } = parameters;
  if (typeof query !== 'string') return undefined;
  if (operationName != null && typeof operationName !== 'string') return undefined;
  if (variables != null && !isObject(variables)) return undefined;
  return { query, operationName: operationName ?? undefined, variables: variables ?? {} };
}

/** A document that cannot be read is a subscription to whoever accepts nothing but streams. */
function kindOf({ query, operationName }: SubscriptionRequest, maxTokens: number) {
  try {
    return getOperationAST(parseOperation(query, maxTokens), operationName)?.operation;
  } catch (error) {
    if (error instanceof OperationErrors) return undefined;
    throw error;
  }
}
