import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { GRAPHQL_TRANSPORT_WS_PROTOCOL } from 'graphql-ws';
import WebSocket from 'ws';
import { createGraphqlClient, type GraphqlClient } from '#tools/graphql-client.ts';
import { eventually } from '#tests/support/eventually.ts';
import type { Program } from '#tests/support/program.ts';
import { startSecondGateway } from '#tests/support/second-gateway.ts';
import { startEmbedded, type System } from '#tests/support/system.ts';
import { accessTokenOf, newUser, password, type TestUser } from '#tests/support/users.ts';

const operatorPassword = 'a long enough passphrase';
let system: System;
let second: Program;
let operator: GraphqlClient;
let user: TestUser;
let other: TestUser;
/** Of the gateway in the system and of one beside it. */
let gateways: readonly string[];
let apiKey: string;

beforeAll(async () => {
  system = await startEmbedded({
    SEED_OPERATOR_EMAIL: 'operator@example.com',
    SEED_OPERATOR_PASSWORD: operatorPassword,
  });
  const beside = await startSecondGateway(system);
  second = beside.program;
  gateways = [system.graphqlUrl, beside.url];
  user = await newUser(system);
  other = await newUser(system);
  const token = await accessTokenOf(system, 'operator@example.com', operatorPassword);
  operator = createGraphqlClient(system.graphqlUrl, token);
  await operator.ask(
    'mutation ($id: ID!) { setPartner(userId: $id, partner: true) { user { id } } }',
    {
      id: user.id,
    },
  );
  const { created } = await user.client.ask<{ created: { secret: string } }>(
    'mutation { created: createApiKey(input: { name: "till", scopes: ["read"] }) { secret } }',
  );
  apiKey = created.secret;
  for (const url of gateways) {
    await eventually(
      () => ask(url, { 'x-api-key': apiKey }),
      ({ status }) => status === 200,
    );
  }
}, 400_000);

afterAll(async () => {
  await user?.[Symbol.asyncDispose]();
  await other?.[Symbol.asyncDispose]();
  await operator?.close();
  await second?.stop();
  await system?.[Symbol.asyncDispose]();
});

async function ask(url: string, headers: Record<string, string>, query = '{ me { id } }') {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query }),
  });
  const { data } = (await response.json()) as { data?: Record<string, unknown> };
  return { status: response.status, data };
}

const subscription = 'subscription { orderUpdates { sequence } }';

/** A live socket; `closed` is its close code, and when it came. */
async function connect(url: string, payload: object) {
  const socket = new WebSocket(url.replace('http', 'ws'), GRAPHQL_TRANSPORT_WS_PROTOCOL);
  await once(socket, 'open');
  const closed = once(socket, 'close').then(([code]) => ({
    code: code as number,
    atMs: performance.now(),
  }));
  socket.send(JSON.stringify({ type: 'connection_init', payload }));
  await Promise.race([once(socket, 'message'), closed]);
  socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: subscription } }));
  return { socket, closed };
}

/** A stream over HTTP; `ended` is when its answer came to its end. */
async function stream(url: string, headers: Record<string, string>) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream', ...headers },
    body: JSON.stringify({ query: subscription }),
  });
  expect(response.status).toBe(200);
  return { ended: response.text().then((text) => ({ text, atMs: performance.now() })) };
}

const barring = (userId: string) =>
  operator.ask<{ barUser: { user: object; refusal: object | null } }>(
    `mutation ($userId: ID!) { barUser(input: { userId: $userId, reason: "a stolen phone" }) {
       user { bar { reason } } refusal { code } } }`,
    { userId },
  );

const logIn = async (url: string, { email }: TestUser) => {
  const { data } = await ask(
    url,
    {},
    `mutation { logIn(input: { email: "${email}", password: "${password}" }) {
       tokens { accessToken } refusal { code } } }`,
  );
  return data?.['logIn'] as {
    tokens: { accessToken: string } | null;
    refusal: { code: string } | null;
  };
};

test('a barred user loses every socket and stream at every gateway within a second, and none comes back', async () => {
  const token = user.accessToken;
  const bearer = { authorization: `Bearer ${token}` };
  const byKey = { 'x-api-key': apiKey };
  const sockets = await Promise.all(
    gateways.flatMap((url) => [connect(url, { accessToken: token }), connect(url, { apiKey })]),
  );
  const streams = await Promise.all(
    gateways.flatMap((url) => [stream(url, bearer), stream(url, byKey)]),
  );
  const others = await connect(gateways[1] ?? '', { accessToken: other.accessToken });

  expect((await barring(user.id)).barUser).toEqual({
    user: { bar: { reason: 'a stolen phone' } },
    refusal: null,
  });
  const barredAtMs = performance.now();
  for (const { closed } of sockets) {
    const { code, atMs } = await closed;
    expect(code).toBe(4403);
    expect(atMs - barredAtMs).toBeLessThan(1_000);
  }
  for (const { ended } of streams) {
    const { text, atMs } = await ended;
    expect(text).toContain('UNAUTHENTICATED');
    expect(atMs - barredAtMs).toBeLessThan(1_000);
  }
  for (const url of gateways) {
    expect((await ask(url, bearer)).status).toBe(401);
    expect((await ask(url, byKey)).status).toBe(401);
    expect(await logIn(url, user)).toEqual({ tokens: null, refusal: { code: 'USER_BARRED' } });
    for (const payload of [{ accessToken: token }, { apiKey }]) {
      expect((await (await connect(url, payload)).closed).code).toBe(4401);
    }
  }
  expect(others.socket.readyState).toBe(WebSocket.OPEN);
  expect(
    (await ask(gateways[1] ?? '', { authorization: `Bearer ${other.accessToken}` })).status,
  ).toBe(200);
  others.socket.close();

  const { unbarUser } = await operator.ask<{ unbarUser: object }>(
    'mutation ($userId: ID!) { unbarUser(userId: $userId) { user { bar { reason } } refusal { code } } }',
    { userId: user.id },
  );
  expect(unbarUser).toEqual({ user: { bar: null }, refusal: null });
  for (const url of gateways) {
    const { tokens } = await logIn(url, user);
    const again = { authorization: `Bearer ${tokens?.accessToken}` };
    expect((await ask(url, again)).data).toEqual({ me: { id: user.id } });
    expect((await ask(url, bearer)).status).toBe(401);
    const { socket } = await connect(url, { accessToken: tokens?.accessToken });
    expect(socket.readyState).toBe(WebSocket.OPEN);
    socket.close();
    await eventually(
      () => ask(url, byKey),
      ({ status }) => status === 200,
    );
  }
}, 60_000);
