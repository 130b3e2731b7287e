import type { GraphQLDataSource } from '@apollo/gateway';
import { Pool } from 'undici';
import { identityHeader, type Identity, type IdentitySigner } from '#kit/identity.ts';
import type { Logger } from '#kit/log.ts';
import { activeTraceparent, traceparentHeader } from '#kit/tracing.ts';
import type { Addresses } from './addresses.ts';
import type { GatewayContext } from './caller.ts';
import { fault } from './errors.ts';
import { postJson, TookTooLong } from './post-json.ts';
import type { SubgraphAnswer, SubgraphAsker, SubgraphRequest } from './executor/subgraph-answer.ts';

export interface DataSourceSettings {
  /** The subgraph's name, and the audience of its identity tokens. */
  readonly name: string;
  readonly addresses: Addresses;
  readonly signer: IdentitySigner;
  /** For one operation with all of its attempts. */
  readonly timeoutMs: number;
  readonly logger: Logger;
}

export interface SubgraphDataSource extends GraphQLDataSource, SubgraphAsker {
  /** Asks for `__typename`. @throws Error when no process answers */
  check(): Promise<void>;
  close(): Promise<void>;
}

/** One process of the subgraph. */
interface Process {
  readonly pool: Pool;
  readonly path: string;
}

/** What the gateway may retry, and whether its bytes can have arrived. */
interface Failure {
  readonly why: string;
  readonly nothingSent: boolean;
  readonly retriable: boolean;
  readonly late?: boolean;
}

const nobody: Identity = {
  userId: null,
  roles: [],
  sessionId: null,
  address: 'gateway',
  device: null,
};
const responseLimitBytes = 16 * 1024 * 1024;
const connectTimeoutMs = 2_000;
const connectionsPerAddress = 64;
const plainHeaders = { 'content-type': 'application/json', accept: 'application/json' };
/** A subgraph that is away fails many requests in a second, and says nothing new by it. */
const warnEveryMs = 5_000;

/**
 * Sends the planner's operations to one subgraph over kept connections. Queries move on to another
 * process (or try the same one again) when one is away; a mutation does so only if nothing of it was
 * sent, because it might have been done.
 */
export function createDataSource(settings: DataSourceSettings): SubgraphDataSource {
  const { name, addresses, signer, timeoutMs, logger } = settings;
  const processes = new Map<string, Process>();
  let silentUntilMs = 0;

  async function attempt(
    body: string,
    identity: Identity,
    mutation: boolean,
  ): Promise<SubgraphAnswer | Failure> {
    const untilMs = performance.now() + timeoutMs;
    const token = await signer.sign(identity, name);
    const order = addresses.candidates();
    // One more try for a kept connection that its subgraph closed at the same moment.
    const attempts = order.length > 1 ? order : [...order, ...order];
    let last: Failure = tookTooLong(true);
    for (const url of attempts) {
      const leftMs = untilMs - performance.now();
      if (leftMs <= 0) break;
      const answer = await send(processAt(url), body, token, leftMs);
      if (!('why' in answer)) {
        addresses.answered(url);
        return answer;
      }
      last = answer;
      addresses.failed(url);
      if (!answer.retriable || (mutation && !answer.nothingSent)) break;
    }
    if (Date.now() > silentUntilMs) {
      silentUntilMs = Date.now() + warnEveryMs;
      logger.warn({ subgraph: name, why: last.why }, 'a subgraph does not answer');
    }
    return last;
  }

  function processAt(url: string): Process {
    let process = processes.get(url);
    if (!process) {
      const { origin, pathname: path, search } = new URL(url);
      const pool = new Pool(origin, {
        connections: connectionsPerAddress,
        // Each request has a time-out of its own, for the whole of it.
        headersTimeout: 0,
        bodyTimeout: 0,
        maxResponseSize: responseLimitBytes,
        connect: { timeout: connectTimeoutMs },
      });
      process = { pool, path: path + search };
      processes.set(url, process);
    }
    return process;
  }

  async function ask({ body, mutation, context }: SubgraphRequest): Promise<SubgraphAnswer> {
    const answer = await attempt(body, context.identity ?? nobody, mutation);
    if (!('why' in answer)) return answer;
    const details = { service: name };
    if (!answer.late) throw fault('SERVICE_UNAVAILABLE', `${name} does not answer`, details);
    throw fault('SERVICE_TIMEOUT', `${name} did not answer within ${timeoutMs} ms`, details);
  }

  return {
    ask,
    async process({ request, context }) {
      const { query = '', variables, operationName } = request;
      const body = JSON.stringify({ query, variables, operationName });
      const mutation = query.trimStart().startsWith('mutation');
      const answer = await ask({ body, mutation, context: context as Partial<GatewayContext> });
      return answer as Awaited<ReturnType<GraphQLDataSource['process']>>;
    },
    async check() {
      const answer = await attempt('{"query":"{__typename}"}', nobody, false);
      if ('why' in answer || !answer.data) throw new Error(`${name} does not answer`);
    },
    async close() {
      await Promise.all([...processes.values()].map(({ pool }) => pool.close()));
    },
  };
}

async function send(
  { pool, path }: Process,
  body: string,
  token: string,
  withinMs: number,
): Promise<SubgraphAnswer | Failure> {
  try {
    const traceparent = activeTraceparent();
    const headers = {
      ...plainHeaders,
      ...(token === '' ? {} : { [identityHeader]: token }),
      ...(traceparent === undefined ? {} : { [traceparentHeader]: traceparent }),
    };
    const { status, text } = await postJson(pool, path, headers, body, withinMs);
    return read(status, text);
  } catch (error) {
    return classify(error);
  }
}

function read(status: number, text: string): SubgraphAnswer | Failure {
  const failure = (retriable: boolean) => ({
    why: `HTTP ${status}`,
    nothingSent: false,
    retriable,
  });
  if (status === 502 || status === 503 || status === 504) return failure(true);
  // It refused our own identity: a matter between operators, not for the caller.
  if (status === 401 || status === 403) return failure(false);
  const body = parseObject(text);
  return body && ('data' in body || 'errors' in body) ? body : failure(false);
}

function parseObject(text: string): SubgraphAnswer | undefined {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null ? body : undefined;
  } catch {
    return undefined;
  }
}

const neverConnected = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);
const connectionLost = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

const tookTooLong = (nothingSent: boolean): Failure => {
  return { why: 'it took too long', nothingSent, retriable: false, late: true };
};

function classify(error: unknown): Failure {
  if (error instanceof TookTooLong) return tookTooLong(error.nothingSent);
  const coded = typeof error === 'object' && error !== null && 'code' in error;
  const code = coded ? String(error.code) : '';
  const nothingSent = neverConnected.has(code);
  return {
    why: code || String(error),
    nothingSent,
    retriable: nothingSent || connectionLost.has(code),
  };
}
