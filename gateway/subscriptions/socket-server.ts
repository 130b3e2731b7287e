import type { IncomingMessage, Server } from 'node:http';
import type { ApolloServer } from '@apollo/server';
import { getOperationAST, GraphQLError, type ExecutionResult } from 'graphql';
import { CloseCode, handleProtocols, makeServer, type SubscribePayload } from 'graphql-ws';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Clock } from '#kit/clock.ts';
import { assert } from '#kit/errors.ts';
import { describeError, type Logger } from '#kit/log.ts';
import type { AccessTokens } from '../access-tokens.ts';
import type { GatewayContext } from '../caller.ts';
import type { OperationLimits } from '../config.ts';
import { fault, presentError } from '../errors.ts';
import type { KnownOperations } from '../executor/known-operations.ts';
import type { Supergraph } from '../supergraph.ts';
import { OperationErrors, parseOperation, type OperationPlanner } from './operation.ts';
import { admit, SocketRefusal } from './admission.ts';
import type { Subscriber } from './subscribe.ts';

export interface SocketServerSettings {
  readonly server: Server;
  readonly supergraph: () => Supergraph;
  readonly planner: OperationPlanner;
  readonly subscriber: Subscriber;
  readonly apollo: ApolloServer<GatewayContext>;
  readonly known: KnownOperations;
  /** Null where everybody is a stranger: an open gateway. */
  readonly tokens: AccessTokens | null;
  readonly limits: OperationLimits;
  readonly trustedProxies: number;
  readonly logger: Logger;
  readonly clock: Clock;
}

export interface SocketServer {
  /** Tells every client to reconnect elsewhere (1012), and waits a moment for their goodbyes. */
  close(): Promise<void>;
}

/** What a socket carries from its connection_init on. */
interface Extra {
  readonly socket: WebSocket;
  readonly request: IncomingMessage;
  context?: GatewayContext;
}

const serviceRestart = 1012;
const goodbyeMs = 2_000;
const pingIntervalMs = 15_000;

/** GraphQL over WebSocket at /graphql: subscriptions, and queries and mutations too. */
export function startSocketServer(settings: SocketServerSettings): SocketServer {
  const { server, limits, logger } = settings;
  const sockets = new WebSocketServer({
    server,
    path: '/graphql',
    maxPayload: limits.bodyBytes,
    perMessageDeflate: false,
    handleProtocols,
  });
  const protocol = createProtocol(settings);
  let draining = false;
  sockets.on('connection', (socket, request) => {
    socket.on('error', (error) => logger.debug({ error: error.message }, 'a client socket'));
    if (draining) return socket.close(serviceRestart, 'restarting');
    const stopPings = keepAlive(socket);
    const closed = protocol.opened(
      {
        protocol: socket.protocol,
        send: (text) => send(socket, text),
        close: (code, reason) => socket.close(code, reason),
        onMessage: (receive) =>
          void socket.on('message', (data) => {
            receive(String(data)).catch((error: unknown) => closeOn(socket, error, logger));
          }),
      },
      { socket, request },
    );
    socket.once('close', (code, reason) => {
      stopPings();
      void closed(code, String(reason));
    });
  });
  return {
    async close() {
      draining = true;
      const clients = [...sockets.clients];
      for (const socket of clients) socket.close(serviceRestart, 'restarting');
      const patience = setTimeout(() => {
        for (const socket of clients) socket.terminate();
      }, goodbyeMs);
      await new Promise<void>((resolve) => sockets.close(() => resolve()));
      clearTimeout(patience);
    },
  };
}

function createProtocol(settings: SocketServerSettings) {
  const { limits, logger } = settings;
  return makeServer<Record<string, unknown>, Extra>({
    async onConnect({ connectionParams, extra }) {
      const { context, expiresAtMs } = await admit(settings, extra.request, connectionParams);
      extra.context = context;
      closeAt(extra.socket, expiresAtMs - settings.clock().getTime());
    },
    onSubscribe(connection, _id, payload) {
      if (Object.keys(connection.subscriptions).length > limits.subscriptionsPerSocket) {
        const message = `a socket carries at most ${limits.subscriptionsPerSocket} operations`;
        return [fault('TOO_MANY_SUBSCRIPTIONS', message)];
      }
      try {
        return prepare(settings, payload, connection.extra.context);
      } catch (error) {
        if (error instanceof OperationErrors) return error.errors;
        throw error;
      }
    },
    subscribe: async (args) => {
      const { run } = args.contextValue as Prepared;
      return run();
    },
    execute: async (args) => {
      const { run } = args.contextValue as Prepared;
      return run();
    },
    // Results come formatted already; without this, errors would be asked for their toJSON.
    onNext: (_connection, _id, _payload, _args, result) => result,
    onError: (_connection, _id, _payload, errors) =>
      errors
        .flatMap((error): readonly unknown[] =>
          error.originalError instanceof OperationErrors ? error.originalError.errors : [error],
        )
        .map((error) => presentError(error, logger)),
  });
}

/** What onSubscribe leaves for the moment of execution. */
interface Prepared {
  run(): Promise<AsyncGenerator<ExecutionResult, void, void> | ExecutionResult>;
}

/** @throws OperationErrors */
function prepare(
  settings: SocketServerSettings,
  { query, operationName, variables }: SubscribePayload,
  context: GatewayContext | undefined,
) {
  if (!context) throw new Error('a socket subscribed before it was admitted');
  const document = parseOperation(query, settings.limits.tokens);
  const operation = getOperationAST(document, operationName)?.operation;
  if (!operation) throw new OperationErrors([unnamedOperation()]);
  const given = variables ?? {};
  const run: Prepared['run'] =
    operation === 'subscription'
      ? subscription(settings, query, operationName, given, context)
      : () => executeOnce(settings, { query, variables: given, operationName }, context);
  const contextValue: Prepared = { run };
  return { schema: settings.supergraph().apiSchema, document, operationName, contextValue };
}

const unnamedOperation = () =>
  fault(
    'OPERATION_RESOLUTION_FAILURE',
    'the document has no operation of this name, or several and no name was given',
  );

function subscription(
  { planner, subscriber }: SocketServerSettings,
  query: string,
  operationName: string | null | undefined,
  variables: Readonly<Record<string, unknown>>,
  context: GatewayContext,
): Prepared['run'] {
  const open = subscriber.prepare(planner.plan(query, operationName), variables, context);
  return async () => open() as AsyncGenerator<ExecutionResult, void, void>;
}

async function executeOnce(
  { apollo, known, logger }: SocketServerSettings,
  { query, variables, operationName }: SubscribePayload,
  contextValue: GatewayContext,
): Promise<ExecutionResult> {
  const request = {
    query,
    ...(variables ? { variables } : {}),
    ...(operationName ? { operationName } : {}),
  };
  try {
    const prepared = known.find(query, operationName ?? undefined);
    if (prepared) {
      const result = await known.execute(prepared, variables ?? {}, contextValue);
      return result as unknown as ExecutionResult;
    }
    const { body } = await apollo.executeOperation(request, { contextValue });
    assert(body.kind === 'single', 'the gateway does not defer');
    return body.singleResult as ExecutionResult;
  } catch (error) {
    // A fault of one operation must not cost the socket's other streams.
    return { errors: [presentError(error, logger)] } as unknown as ExecutionResult;
  }
}

/** Resolves when the bytes have left: that is what slows a stream down for a slow client. */
function send(socket: WebSocket, text: string): Promise<void> {
  if (socket.readyState !== socket.OPEN) return Promise.resolve();
  // A failing send is followed by the socket's close, which ends its streams.
  return new Promise((resolve) => socket.send(text, () => resolve()));
}

function keepAlive(socket: WebSocket): () => void {
  let alive = true;
  socket.on('pong', () => (alive = true));
  const timer = setInterval(() => {
    if (!alive) return socket.terminate();
    alive = false;
    socket.ping();
  }, pingIntervalMs);
  timer.unref();
  return () => clearInterval(timer);
}

/** An expired token ends its socket: the client comes again with a fresh one. */
function closeAt(socket: WebSocket, inMs: number): void {
  if (inMs === Infinity) return;
  const timer = setTimeout(
    () => socket.close(CloseCode.Forbidden, 'the access token has expired'),
    Math.min(Math.max(inMs, 0), 2 ** 31 - 1),
  );
  timer.unref();
  socket.once('close', () => clearTimeout(timer));
}

function closeOn(socket: WebSocket, error: unknown, logger: Logger): void {
  if (error instanceof SocketRefusal) return socket.close(error.closeCode, error.message);
  if (error instanceof GraphQLError) return socket.close(CloseCode.BadRequest, 'bad request');
  logger.error(describeError(error), 'a socket failed');
  socket.close(CloseCode.InternalServerError, 'internal error');
}
