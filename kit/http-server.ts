import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { observeRequest } from './http-telemetry.ts';
import { describeError, type Logger } from './log.ts';
import { cannotListen } from './start-errors.ts';

export interface HttpRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** The network address of whoever connected; empty when the socket is gone already. */
  readonly remoteAddress: string;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Writes the body bit by bit, in the place of `body`, and ends the response at last. */
  readonly stream?: (response: ServerResponse) => void;
}

export interface HttpServerSettings {
  /** The program that answers, in metrics and traces. */
  readonly program: string;
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** The variable that sets the port: named when the port cannot be had. */
  readonly portVariable?: string;
  readonly logger: Logger;
  /** By exact path; everything else is 404. */
  readonly routes: Readonly<Record<string, (request: HttpRequest) => Promise<HttpResponse>>>;
  /** Bytes of a body at most; beyond it 413. */
  readonly bodyLimit?: number;
}

export interface HttpServer {
  readonly server: Server;
  readonly url: string;
  readonly port: number;
  /** Refuses new connections and waits for the requests in hand. */
  close(): Promise<void>;
}

const standardBodyLimit = 2 * 1024 * 1024;
const closeIdleEveryMs = 50;
const text = { 'content-type': 'text/plain; charset=utf-8' };

/** A small HTTP server with exact routes, bounded bodies and time-outs. */
export async function startHttpServer(settings: HttpServerSettings): Promise<HttpServer> {
  const { host, port, logger } = settings;
  const server = createServer({ requestTimeout: 30_000, headersTimeout: 10_000 });
  // Longer than a client pool's, so that the client is the one who closes an idle connection.
  server.keepAliveTimeout = 65_000;
  server.on('request', (request, response) => {
    observeRequest(settings, request, () => respond(settings, request))
      .then((answer) => send(response, answer))
      .catch((error: unknown) => {
        // A caller who hung up amid its body is no fault of ours and must not flood the log.
        if (request.destroyed && !request.complete) return;
        logger.error(describeError(error), 'a request failed');
        // An answer that has begun can only be broken off, so that nobody takes it for whole.
        if (response.headersSent) response.destroy();
        else send(response, { status: 500, headers: text, body: 'internal error' });
      });
  });
  await new Promise<void>((resolve, reject) => {
    const refuse = (error: unknown) => reject(cannotListen(error, settings.portVariable ?? 'PORT'));
    server.once('error', refuse);
    server.listen(port, host, () => {
      server.removeListener('error', refuse);
      resolve();
    });
  });
  const bound = (server.address() as AddressInfo).port;
  const name = host.includes(':') ? `[${host}]` : host;
  return {
    server,
    port: bound,
    url: `http://${name}:${bound}`,
    close: () =>
      new Promise((resolve) => {
        // A connection whose last answer is still on its way is kept alive after it: look again.
        const idle = setInterval(() => server.closeIdleConnections(), closeIdleEveryMs);
        server.close(() => {
          clearInterval(idle);
          resolve();
        });
        server.closeIdleConnections();
      }),
  };
}

async function respond(
  settings: HttpServerSettings,
  request: IncomingMessage,
): Promise<HttpResponse> {
  const address = request.url ?? '';
  const { routes } = settings;
  const path = Object.hasOwn(routes, address) ? address : parse(address)?.pathname;
  const route = path !== undefined && Object.hasOwn(routes, path) && routes[path];
  if (!route) return { status: 404, headers: text, body: 'not found' };
  const body = await readBody(request, settings.bodyLimit ?? standardBodyLimit);
  if (!body) return { status: 413, headers: { ...text, connection: 'close' }, body: 'too large' };
  const remoteAddress = request.socket.remoteAddress ?? '';
  return route({
    method: request.method ?? 'GET',
    // Parsed for those who look at it: most requests have nothing but the path.
    get url() {
      return new URL(address, base);
    },
    headers: request.headers,
    body,
    remoteAddress,
  });
}

const base = 'http://localhost';
const parse = (address: string) => URL.parse(address, base);
const noBytes = Buffer.alloc(0);

/**
 * The whole body, or undefined when it is larger than the limit. By events: an async iterator would
 * cost more than all else that is done here.
 */
function readBody(request: IncomingMessage, limit: number): Promise<Buffer | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > limit) return Promise.resolve(undefined);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) resolve(undefined);
      else chunks.push(chunk);
    });
    request.on('end', () => {
      resolve(
        chunks.length === 1 ? chunks[0] : chunks.length === 0 ? noBytes : Buffer.concat(chunks),
      );
    });
    request.on('error', reject);
    // Whoever hangs up amid the body sends no end.
    request.on('close', () => {
      if (!request.complete) reject(new Error('the caller hung up'));
    });
  });
}

function send(response: ServerResponse, answer: HttpResponse): void {
  if (response.headersSent || response.destroyed) return;
  if (answer.stream) {
    response.writeHead(answer.status, answer.headers);
    response.flushHeaders();
    return answer.stream(response);
  }
  const length = Buffer.byteLength(answer.body);
  response.writeHead(answer.status, { ...answer.headers, 'content-length': length });
  response.end(answer.body);
}
