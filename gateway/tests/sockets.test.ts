import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { GRAPHQL_TRANSPORT_WS_PROTOCOL } from 'graphql-ws';
import WebSocket from 'ws';
import { ada, ben, openWorld, type World } from './world.ts';

let world: World;

beforeAll(async () => {
  world = await openWorld();
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

async function open(payload?: object, search = ''): Promise<WebSocket> {
  const url = world.gateway.url.replace('http', 'ws') + search;
  const socket = new WebSocket(url, GRAPHQL_TRANSPORT_WS_PROTOCOL);
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'connection_init', payload }));
  return socket;
}

async function closeCode(socket: WebSocket): Promise<number> {
  const [code] = (await once(socket, 'close')) as [number];
  return code;
}

async function firstMessage(socket: WebSocket): Promise<unknown> {
  const [data] = (await once(socket, 'message')) as [Buffer];
  return JSON.parse(String(data));
}

describe('a socket', () => {
  test('is acknowledged for either way of giving a token', async () => {
    const token = await world.token();
    for (const payload of [
      { authorization: `Bearer ${token}` },
      { Authorization: `Bearer ${token}` },
      { accessToken: token },
    ]) {
      const socket = await open(payload, `?user=${ada}`);
      expect(await firstMessage(socket)).toEqual({ type: 'connection_ack' });
      socket.close();
    }
  });

  test('is closed with 4403 for a stranger, an expired token and another user’s routing key', async () => {
    const expired = await world.token({ expiresIn: '-1s' });
    const adas = await world.token();
    expect(await closeCode(await open())).toBe(4403);
    expect(await closeCode(await open({ accessToken: expired }))).toBe(4403);
    expect(await closeCode(await open({ accessToken: adas }, `?user=${ben}`))).toBe(4403);
  });

  test('is closed with 4401 for a token that will never be good', async () => {
    const forged = await world.token({ forged: true });
    expect(await closeCode(await open({ accessToken: forged }))).toBe(4401);
    expect(await closeCode(await open({ authorization: 'nonsense' }))).toBe(4401);
  });

  test('is closed with 4403 when its token expires, and then serves no more', async () => {
    const socket = await open({ accessToken: await world.token({ expiresIn: '2s' }) });
    await firstMessage(socket);
    const id = '1';
    const payload = { query: 'subscription { pulses { count } }' };
    socket.send(JSON.stringify({ id, type: 'subscribe', payload }));
    expect(await firstMessage(socket)).toMatchObject({ type: 'next' });
    expect(await closeCode(socket)).toBe(4403);
  });

  test('is closed when it subscribes before it is acknowledged', async () => {
    const url = world.gateway.url.replace('http', 'ws');
    const socket = new WebSocket(url, GRAPHQL_TRANSPORT_WS_PROTOCOL);
    await once(socket, 'open');
    socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: '{ me }' } }));
    expect(await closeCode(socket)).toBe(4401);
  });

  test('is closed when a message is too large or is no message', async () => {
    const large = await open({ accessToken: await world.token() });
    await firstMessage(large);
    large.send('x'.repeat(300_000));
    expect(await closeCode(large)).toBe(1009);
    const odd = await open({ accessToken: await world.token() });
    await firstMessage(odd);
    odd.send('{"type":"nothing"}');
    expect(await closeCode(odd)).toBe(4400);
  });

  test('answers a document that is nested too deeply, and keeps its other streams', async () => {
    const socket = await open({ accessToken: await world.token() });
    await firstMessage(socket);
    const query = `subscription { ${'a { '.repeat(1_990)} b ${'} '.repeat(1_990)} }`;
    socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query } }));
    expect(await firstMessage(socket)).toMatchObject({
      id: '1',
      type: 'error',
      payload: [{ extensions: { code: expect.stringContaining('GRAPHQL_') } }],
    });
    expect(socket.readyState).toBe(socket.OPEN);
    socket.close();
  });

  test('is told to come back elsewhere (1012) when the gateway closes', async () => {
    await using other = await openWorld();
    const client = new WebSocket(
      other.gateway.url.replace('http', 'ws'),
      GRAPHQL_TRANSPORT_WS_PROTOCOL,
    );
    await once(client, 'open');
    const accessToken = await other.token();
    client.send(JSON.stringify({ type: 'connection_init', payload: { accessToken } }));
    await firstMessage(client);
    const closing = closeCode(client);
    await other.gateway.close();
    expect(await closing).toBe(1012);
  });
});
