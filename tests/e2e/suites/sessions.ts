import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { GRAPHQL_TRANSPORT_WS_PROTOCOL } from 'graphql-ws';
import WebSocket from 'ws';
import { accessTokenOf, newUser, password, type TestUser } from '#tests/support/users.ts';
import type { System } from '#tests/support/system.ts';

/** What remains of a session that was ended while its access token is still young. */
export function sessions(of: () => System): void {
  let system: System;
  let user: TestUser;

  beforeAll(async () => {
    system = of();
    user = await newUser(system);
  });

  afterAll(async () => {
    await user?.[Symbol.asyncDispose]();
  });

  const logIn = () => accessTokenOf(system, user.email, password);

  async function ask(query: string, token: string) {
    const response = await fetch(system.graphqlUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query }),
    });
    const body = (await response.json()) as { readonly errors?: unknown };
    return { status: response.status, body };
  }

  async function connect(accessToken: string) {
    const socket = new WebSocket(
      system.graphqlUrl.replace('http', 'ws'),
      GRAPHQL_TRANSPORT_WS_PROTOCOL,
    );
    await once(socket, 'open');
    socket.send(JSON.stringify({ type: 'connection_init', payload: { accessToken } }));
    await once(socket, 'message');
    const query = 'subscription { orderUpdates { sequence } }';
    socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query } }));
    return socket;
  }

  test.each([
    ['logOut', 'mutation { logOut { ended } }'],
    ['endAllSessions', 'mutation { endAllSessions { ended } }'],
  ])('%s ends its sockets and its access token within a second', async (_which, mutation) => {
    const token = await logIn();
    const socket = await connect(token);
    const other = mutation.includes('logOut') ? await logIn() : undefined;
    const closed = once(socket, 'close') as Promise<[number, Buffer]>;
    expect((await ask('{ me { id } }', token)).status).toBe(200);
    const endedAt = performance.now();
    expect((await ask(mutation, token)).body.errors).toBeUndefined();
    const [code, reason] = await closed;
    expect([code, String(reason)]).toEqual([4403, 'the session has ended']);
    // Twice the promise, because the machine that tests this may be busy with much else.
    expect(performance.now() - endedAt).toBeLessThan(2_000);
    const { status, body } = await ask('{ me { id } }', token);
    expect(status).toBe(401);
    expect(body.errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
    if (other) expect((await ask('{ me { id } }', other)).status).toBe(200);
  });
}
