import { createClient, type Client } from 'graphql-ws';
import WebSocket from 'ws';

export interface GraphqlError {
  readonly message: string;
  readonly extensions?: { readonly code?: string };
}

/** A request that the endpoint did not answer with data alone. */
export class RequestFailed extends Error {
  readonly errors: readonly GraphqlError[];

  constructor(errors: readonly GraphqlError[]) {
    super(errors.map(({ message, extensions }) => `${extensions?.code}: ${message}`).join('; '));
    this.errors = errors;
  }
}

export interface GraphqlClient {
  /** @throws RequestFailed when the answer has errors */
  ask<Data>(query: string, variables?: Record<string, unknown>): Promise<Data>;
  /** Calls back for each event until it is closed; a stream that fails rejects `ended`. */
  watch<Data>(
    query: string,
    variables: Record<string, unknown>,
    onEvent: (data: Data) => void,
  ): { close(): void; ended: Promise<void> };
  close(): Promise<void>;
}

/** A client of the GraphQL endpoint, over HTTP and graphql-ws, as one user or as a stranger. */
export function createGraphqlClient(url: string, accessToken?: string): GraphqlClient {
  const authorization: Record<string, string> = accessToken
    ? { authorization: `Bearer ${accessToken}` }
    : {};
  let socket: Client | undefined;
  const connect = () =>
    (socket ??= createClient({
      url: url.replace(/^http/, 'ws'),
      webSocketImpl: WebSocket,
      connectionParams: authorization,
      lazy: true,
      retryAttempts: 100,
      retryWait: () => new Promise((resolve) => void setTimeout(resolve, 250)),
      shouldRetry: () => true,
    }));
  return {
    async ask<Data>(query: string, variables: Record<string, unknown> = {}): Promise<Data> {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...authorization },
        body: JSON.stringify({ query, variables }),
      });
      const answer = (await response.json()) as { data?: Data; errors?: GraphqlError[] };
      if (answer.errors) throw new RequestFailed(answer.errors);
      return answer.data as Data;
    },
    watch<Data>(query: string, variables: Record<string, unknown>, onEvent: (data: Data) => void) {
      let close = () => undefined as void;
      const ended = new Promise<void>((resolve, reject) => {
        close = connect().subscribe<Data>(
          { query, variables },
          {
            next: ({ data, errors }) => {
              if (errors) reject(new RequestFailed(errors as readonly GraphqlError[]));
              else if (data) onEvent(data);
            },
            error: (error) => {
              reject(Array.isArray(error) ? new RequestFailed(error) : asError(error));
            },
            complete: resolve,
          },
        );
      });
      // Whoever cares awaits it; a stream that fails after its use must not end the program.
      ended.catch(() => undefined);
      return { close: () => close(), ended };
    },
    async close() {
      await socket?.dispose();
    },
  };
}

/** graphql-ws reports a closed socket by its CloseEvent. */
function asError(event: unknown): Error {
  if (event instanceof Error) return event;
  const { code, reason } = event as { code?: number; reason?: string };
  return new Error(`the socket was closed: ${code} ${reason}`);
}
