import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createClient,
  GRAPHQL_TRANSPORT_WS_PROTOCOL,
  type Client,
  type SubscribePayload,
} from 'graphql-ws';
import WebSocket from 'ws';
import { eventually } from '#tests/support/eventually.ts';
import { startUsersStub, type StubKey, type UsersStub } from './users-stub.ts';
import { openWorld, type Answer, type World } from './world.ts';

export const inFolder = 'query InFolder { me }';

/** A gateway whose callers come with API keys. */
export interface PartnersWorld extends AsyncDisposable {
  readonly users: UsersStub;
  readonly world: World;
  /** What OPERATIONS_FOLDER names; one document for everybody is in it. */
  readonly folder: string;
  post(body: object, key?: StubKey, headers?: Record<string, string>): Promise<Answer>;
  /** A key that the gateway knows already. */
  newKey(settings?: Partial<StubKey>): Promise<StubKey>;
  /** A graphql-ws client that comes with a key. */
  client(key: StubKey): Client;
  /** The first answer to a message that graphql-ws' own client would not send: it has no text. */
  firstFromRawSocket(secret: string, payload: object): Promise<unknown>;
}

export async function openPartnersWorld(
  settings: Record<string, string> = {},
): Promise<PartnersWorld> {
  const users = await startUsersStub();
  const folder = mkdtempSync(join(tmpdir(), 'operations-'));
  writeFileSync(join(folder, 'app.graphql'), inFolder);
  const world = await openWorld(
    {
      PARTNERS_REFRESH_MS: '50',
      SUPERGRAPH_WATCH_MS: '20',
      OPERATIONS_FOLDER: folder,
      MAX_BATCH: '3',
      ...settings,
    },
    { usersUrl: users.url },
  );
  const socketUrl = world.gateway.url.replace('http', 'ws');
  const clients: Client[] = [];

  const post: PartnersWorld['post'] = async (
    body,
    key,
    headers = key ? { 'x-api-key': key.secret } : {},
  ) => {
    const response = await fetch(world.gateway.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as Answer['body'] };
  };

  return {
    users,
    world,
    folder,
    post,
    async newKey(own = {}) {
      const key = users.key(own);
      if (key.operations.length > 0) users.publish(key, key.operations);
      await eventually(
        () => post({ query: '{ me }' }, key),
        ({ status }) => status !== 401,
      );
      return key;
    },
    client(key) {
      const client = createClient({
        url: socketUrl,
        webSocketImpl: WebSocket,
        retryAttempts: 0,
        connectionParams: { apiKey: key.secret },
      });
      clients.push(client);
      return client;
    },
    async firstFromRawSocket(secret, payload) {
      const socket = new WebSocket(socketUrl, GRAPHQL_TRANSPORT_WS_PROTOCOL);
      const messages: { type: string; payload?: unknown }[] = [];
      socket.on('message', (data) => messages.push(JSON.parse(String(data)) as { type: string }));
      await new Promise((resolve) => socket.once('open', resolve));
      socket.send(JSON.stringify({ type: 'connection_init', payload: { apiKey: secret } }));
      await eventually(
        () => messages.length,
        (length) => length > 0,
      );
      socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload }));
      const found = await eventually(
        () => messages.find(({ type }) => type === 'next' || type === 'error'),
        (message) => message !== undefined,
      );
      socket.close();
      return found?.payload;
    },
    async [Symbol.asyncDispose]() {
      for (const client of clients) await client.dispose();
      await world[Symbol.asyncDispose]();
      await users[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true });
    },
  };
}

export const codeOf = ({ body }: Answer) => body.errors?.[0]?.extensions['code'];

export async function first(client: Client, payload: SubscribePayload): Promise<unknown> {
  for await (const result of client.iterate(payload)) return result;
  throw new Error('it ended without a result');
}
