import {
  GRAPHQL_TRANSPORT_WS_PROTOCOL,
  MessageType,
  parseMessage,
  stringifyMessage,
  type Message,
  type SubscribePayload,
} from 'graphql-ws';
import type { FormattedExecutionResult, GraphQLFormattedError } from 'graphql';
import WebSocket from 'ws';
import type { Logger } from '#kit/log.ts';
import { isObject } from '../executor/subgraph-answer.ts';

/** Receives one subscription's messages, in order; after failed, completed or lost none follows. */
export interface UpstreamSink {
  next(result: FormattedExecutionResult): void;
  failed(errors: readonly GraphQLFormattedError[]): void;
  completed(): void;
  /** The connection is gone. `sent` is false when the subgraph never heard of the subscription. */
  lost(sent: boolean): void;
}

/** One WebSocket to one process of a subgraph, shared by all streams; open while there are any. */
export interface Upstream {
  /** @returns ends the subscription, upstream too */
  subscribe(payload: SubscribePayload, sink: UpstreamSink): () => void;
  close(): void;
}

interface Subscription {
  readonly payload: SubscribePayload;
  readonly sink: UpstreamSink;
  sent: boolean;
}

export interface Upstreams {
  /** @param url the subgraph's address, with http:// or https:// */
  of(url: string): Upstream;
  close(): void;
}

/** One upstream for each address. */
export function createUpstreams(logger: Logger): Upstreams {
  const upstreams = new Map<string, Upstream>();
  return {
    of(url) {
      let upstream = upstreams.get(url);
      if (!upstream) {
        upstream = createUpstream(url.replace(/^http/, 'ws'), logger);
        upstreams.set(url, upstream);
      }
      return upstream;
    },
    close() {
      for (const upstream of upstreams.values()) upstream.close();
    },
  };
}

const connectTimeoutMs = 5_000;
const pingIntervalMs = 10_000;
const lingerMs = 1_000;
const payloadLimitBytes = 4 * 1024 * 1024;

/** @param url the subgraph's address, with ws:// or wss:// */
export function createUpstream(url: string, logger: Logger): Upstream {
  const subscriptions = new Map<string, Subscription>();
  let socket: WebSocket | undefined;
  let acknowledged = false;
  let lastId = 0;
  let linger: NodeJS.Timeout | undefined;

  function send(message: Message): void {
    socket?.send(stringifyMessage(message));
  }

  function sendSubscribe(id: string, subscription: Subscription): void {
    subscription.sent = true;
    send({ id, type: MessageType.Subscribe, payload: subscription.payload });
  }

  function open(): void {
    const opening = new WebSocket(url, GRAPHQL_TRANSPORT_WS_PROTOCOL, {
      handshakeTimeout: connectTimeoutMs,
      maxPayload: payloadLimitBytes,
      perMessageDeflate: false,
    });
    socket = opening;
    acknowledged = false;
    const watch = watchLife(opening, () => acknowledged);
    opening.on('open', () => send({ type: MessageType.ConnectionInit }));
    opening.on('message', (data) => receive(opening, String(data)));
    opening.on('error', (error) => logger.debug({ url, error: error.message }, 'upstream socket'));
    opening.on('close', (code) => {
      watch.end();
      if (socket === opening) abandon(code);
    });
  }

  function abandon(code: number): void {
    socket = undefined;
    const lost = [...subscriptions.values()];
    subscriptions.clear();
    if (lost.length > 0) logger.warn({ url, code, streams: lost.length }, 'lost a subgraph');
    for (const { sink, sent } of lost) sink.lost(sent);
  }

  function receive(from: WebSocket, text: string): void {
    if (from !== socket) return;
    const message = read(text);
    if (!message) return from.close(4400, 'unreadable message');
    if (message.type === MessageType.ConnectionAck) {
      acknowledged = true;
      for (const [id, subscription] of subscriptions) sendSubscribe(id, subscription);
    } else if (message.type === MessageType.Ping) {
      send({ type: MessageType.Pong });
    } else if (message.type === MessageType.Next) {
      if (isResult(message.payload)) subscriptions.get(message.id)?.sink.next(message.payload);
      else refuse(message.id);
    } else if (message.type === MessageType.Error) {
      finish(message.id)?.sink.failed(message.payload);
    } else if (message.type === MessageType.Complete) {
      finish(message.id)?.sink.completed();
    }
  }

  /** Those who read the event trust its form; the streams beside it go on. */
  function refuse(id: string): void {
    const refused = finish(id);
    if (!refused) return;
    send({ id, type: MessageType.Complete });
    refused.sink.failed([{ message: 'an event was no result' }]);
  }

  function finish(id: string): Subscription | undefined {
    const subscription = subscriptions.get(id);
    subscriptions.delete(id);
    clearTimeout(linger);
    if (subscriptions.size === 0) {
      // A moment's patience, because one stream often follows another.
      linger = setTimeout(() => {
        if (subscriptions.size === 0) hangUp();
      }, lingerMs);
      linger.unref();
    }
    return subscription;
  }

  function hangUp(): void {
    const closing = socket;
    socket = undefined;
    closing?.close(1000, 'no streams');
  }

  return {
    subscribe(payload, sink) {
      lastId += 1;
      const id = String(lastId);
      const subscription = { payload, sink, sent: false };
      subscriptions.set(id, subscription);
      if (!socket) open();
      else if (acknowledged) sendSubscribe(id, subscription);
      return () => {
        const ended = subscriptions.has(id) ? finish(id) : undefined;
        if (ended?.sent) send({ id, type: MessageType.Complete });
      };
    },
    close() {
      clearTimeout(linger);
      subscriptions.clear();
      hangUp();
    },
  };
}

/** Ends a socket that does not get acknowledged in time, or whose other end is silently gone. */
function watchLife(socket: WebSocket, acknowledged: () => boolean): { end(): void } {
  let alive = true;
  socket.on('pong', () => (alive = true));
  const patience = setTimeout(() => {
    if (!acknowledged()) socket.terminate();
  }, connectTimeoutMs);
  const pings = setInterval(() => {
    if (socket.readyState !== WebSocket.OPEN) return;
    if (!alive) return socket.terminate();
    alive = false;
    socket.ping();
  }, pingIntervalMs);
  patience.unref();
  pings.unref();
  return {
    end() {
      clearTimeout(patience);
      clearInterval(pings);
    },
  };
}

/** graphql-ws looks no further than that it is an object. Source: GraphQL specification, section 7.1. */
function isResult({ data, errors }: { readonly data?: unknown; readonly errors?: unknown }) {
  if (data != null && !isObject(data)) return false;
  return errors == null || (Array.isArray(errors) && errors.every(isError));
}

const isError = (error: unknown): boolean =>
  isObject(error) &&
  typeof error['message'] === 'string' &&
  (error['path'] == null || Array.isArray(error['path']));

function read(text: string): Message | undefined {
  try {
    return parseMessage(text);
  } catch {
    return undefined;
  }
}
