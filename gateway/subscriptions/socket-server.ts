import { CloseCode, GRAPHQL_TRANSPORT_WS_PROTOCOL, handleProtocols } from 'graphql-ws';
import { WebSocketServer } from 'ws';
import { SocketSession } from './socket-session.ts';
import type { SocketServerSettings } from './socket-settings.ts';

export interface SocketServer {
  /**
   * Tells every client to reconnect elsewhere (1012), those with a query in hand after its answer,
   * and waits a moment for their goodbyes.
   */
  close(): Promise<void>;
}

const serviceRestart = 1012;
const tryAgainLater = 1013;
const goodbyeMs = 2_000;
/** How long queries in hand may take to finish. */
const queryPatienceMs = 10_000;

/** GraphQL over WebSocket at /graphql: subscriptions, and queries and mutations too. */
export function startSocketServer(settings: SocketServerSettings): SocketServer {
  const { server, limits, clients, logger } = settings;
  const sockets = new WebSocketServer({
    server,
    path: '/graphql',
    maxPayload: limits.bodyBytes,
    perMessageDeflate: false,
    handleProtocols,
  });
  let draining = false;
  sockets.on('connection', (socket, request) => {
    socket.on('error', (error) => logger.debug({ error: error.message }, 'a client socket'));
    if (draining) return socket.close(serviceRestart, 'restarting');
    if (socket.protocol !== GRAPHQL_TRANSPORT_WS_PROTOCOL) {
      return socket.close(CloseCode.SubprotocolNotAcceptable, 'Subprotocol not acceptable');
    }
    const session = new SocketSession(settings, socket, request);
    const exceeded = clients.open(session);
    if (exceeded) return socket.close(tryAgainLater, exceeded);
    socket.on('message', (data) => session.receive(String(data)));
    socket.on('pong', () => session.ponged());
    socket.once('close', () => session.closed());
    return undefined;
  });
  return {
    async close() {
      draining = true;
      const open = [...sockets.clients];
      clients.endAll('RESTARTING');
      const goodbye = setTimeout(() => {
        for (const socket of open) if (socket.readyState !== socket.OPEN) socket.terminate();
      }, goodbyeMs);
      const patience = setTimeout(() => {
        for (const socket of open) socket.terminate();
      }, queryPatienceMs);
      await new Promise<void>((resolve) => sockets.close(() => resolve()));
      clearTimeout(goodbye);
      clearTimeout(patience);
    },
  };
}
