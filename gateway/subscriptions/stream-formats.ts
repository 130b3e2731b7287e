import type { IncomingHttpHeaders } from 'node:http';
import type { FormattedExecutionResult, GraphQLFormattedError } from 'graphql';
import type { ClientEnd } from './clients.ts';
import type { ReadyBatch } from './ready-batch.ts';

/** How a stream is written into an HTTP response. */
export interface StreamFormat {
  readonly contentType: string;
  readonly opening: string;
  results(batch: ReadyBatch): Buffer;
  result(result: FormattedExecutionResult): string;
  /** Errors that end the stream. */
  failure(errors: readonly GraphQLFormattedError[]): string;
  readonly heartbeat: string;
  readonly heartbeatMs: number;
  readonly closing: string;
}

/**
 * GraphQL over Server-Sent Events, "distinct connections mode".
 * Source: github.com/enisdenjo/graphql-sse, PROTOCOL.md
 */
const serverSentEvents: StreamFormat = {
  contentType: 'text/event-stream; charset=utf-8',
  opening: ':\n\n',
  results: (batch) => batch.asServerSentEvents(),
  result: (result) => `event: next\ndata: ${JSON.stringify(result)}\n\n`,
  failure: (errors) => `event: next\ndata: ${JSON.stringify({ errors })}\n\n`,
  heartbeat: ':\n\n',
  heartbeatMs: 12_000,
  closing: 'event: complete\ndata: \n\n',
};

const part = (body: object) =>
  `\r\ncontent-type: application/json\r\n\r\n${JSON.stringify(body)}\r\n--graphql`;

/**
 * Apollo's multipart protocol for subscriptions. A part counts once the next boundary has come, so
 * each is sent with it. Source: Apollo's documentation, "Multipart protocol for GraphQL subscriptions"
 */
const multipart: StreamFormat = {
  contentType: 'multipart/mixed;boundary="graphql";subscriptionSpec=1.0',
  opening: '\r\n--graphql',
  results: (batch) => batch.asMultipart(),
  result: (result) => part({ payload: result }),
  failure: (errors) => part({ payload: null, errors }),
  heartbeat: part({}),
  heartbeatMs: 5_000,
  closing: '--\r\n',
};

/** What a client wants a subscription in; undefined for one that knows no streams. */
export function streamFormatOf({ accept }: IncomingHttpHeaders): StreamFormat | undefined {
  if (accept?.includes('text/event-stream')) return serverSentEvents;
  return accept?.includes('multipart/mixed') && /subscriptionSpec="?1\.0/.test(accept)
    ? multipart
    : undefined;
}

/** Whether queries too are wanted as a stream, because nothing else is accepted. */
export const acceptsOnlyEvents = ({ accept }: IncomingHttpHeaders): boolean =>
  accept?.trim() === 'text/event-stream';

/** Why a connection that had been let in is ended. */
export function endingOf(why: ClientEnd): GraphQLFormattedError {
  const endings: Record<ClientEnd, GraphQLFormattedError> = {
    EXPIRED: {
      message: 'the access token has expired',
      extensions: { code: 'UNAUTHENTICATED' },
    },
    SESSION_ENDED: { message: 'the session has ended', extensions: { code: 'UNAUTHENTICATED' } },
    RESTARTING: {
      message: 'the gateway restarts; subscribe again',
      extensions: { code: 'SERVICE_RESTARTING' },
    },
  };
  return endings[why];
}
