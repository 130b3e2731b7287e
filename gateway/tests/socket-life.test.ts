import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { GRAPHQL_TRANSPORT_WS_PROTOCOL } from 'graphql-ws';
import WebSocket from 'ws';
import { settled } from './settled.ts';
import { ada, ben, openWorld, type World } from './world.ts';

interface Message {
  readonly id?: string;
  readonly type: string;
  readonly payload?: unknown;
}

async function connect(world: World, accessToken: string) {
  const socket = new WebSocket(
    world.gateway.url.replace('http', 'ws'),
    GRAPHQL_TRANSPORT_WS_PROTOCOL,
  );
  const messages: Message[] = [];
  const closed: { code?: number; reason?: string } = {};
  socket.on('message', (data) => void messages.push(JSON.parse(String(data)) as Message));
  socket.on(
    'close',
    (code, reason) => void Object.assign(closed, { code, reason: String(reason) }),
  );
  await once(socket, 'open');
  const send = (message: object) => socket.send(JSON.stringify(message));
  send({ type: 'connection_init', payload: { accessToken } });
  await settled(() => expect(messages.length + (closed.code ?? 0)).toBeGreaterThan(0));
  const subscribe = (id: string, query: string) =>
    send({ id, type: 'subscribe', payload: { query } });
  return { socket, messages, closed, send, subscribe };
}

describe('the token of a socket', () => {
  test('is renewed by a ping, so that the socket outlives the one that it began with', async () => {
    await using world = await openWorld();
    const { messages, closed, send, subscribe } = await connect(
      world,
      await world.token({ expiresIn: '2s' }),
    );
    subscribe('1', 'subscription { pulses { count } }');
    await settled(() => expect(messages).toHaveLength(2));
    send({ type: 'ping', payload: { accessToken: await world.token({ expiresIn: '5s' }) } });
    await settled(() =>
      expect(messages.at(-1)).toEqual({
        type: 'pong',
        payload: { expiresAt: expect.stringMatching(/^\d{4}-.*Z$/) },
      }),
    );
    await sleep(2_500);
    expect(closed.code).toBeUndefined();
    await world.orders.pulse(5);
    await settled(() => expect(messages.at(-1)).toMatchObject({ id: '1', type: 'next' }));
    await settled(() => expect(closed.code).toBe(4403));
  }, 20_000);

  test.each([
    ['another user’s', { userId: ben }, 4403],
    ['an expired one', { expiresIn: '-1s' }, 4403],
    ['a forged one', { forged: true }, 4401],
  ])('is not renewed by %s: the socket is closed', async (_which, options, code) => {
    await using world = await openWorld();
    const { closed, send } = await connect(world, await world.token());
    send({ type: 'ping', payload: { authorization: `Bearer ${await world.token(options)}` } });
    await settled(() => expect(closed.code).toBe(code));
  });

  test('is no part of a plain ping, which is answered as it came', async () => {
    await using world = await openWorld();
    const { messages, send } = await connect(world, await world.token());
    send({ type: 'ping', payload: { mine: 1 } });
    await settled(() => expect(messages.at(-1)).toEqual({ type: 'pong', payload: { mine: 1 } }));
    send({ type: 'ping' });
    await settled(() => expect(messages.at(-1)).toEqual({ type: 'pong' }));
  });
});

describe('a gateway', () => {
  test('carries so many connections of one user and so many at all, and says so', async () => {
    await using world = await openWorld({ MAX_CONNECTIONS: '3', MAX_CONNECTIONS_PER_USER: '2' });
    const first = await connect(world, await world.token());
    await connect(world, await world.token());
    const third = await connect(world, await world.token());
    await settled(() => expect(third.closed.code).toBe(4429));
    expect(third.closed.reason).toBe('a user has at most 2 connections');
    const bens = await connect(world, await world.token({ userId: ben }));
    expect(bens.messages[0]).toEqual({ type: 'connection_ack' });
    const fourth = await connect(world, await world.token({ userId: ben }));
    await settled(() => expect(fourth.closed.code).toBe(1013));
    expect(fourth.closed.reason).toBe('this gateway carries 3 connections');
    first.socket.close();
    await settled(() => expect(first.closed.code).toBeDefined());
    await sleep(50);
    const again = await connect(world, await world.token());
    expect(again.messages[0]).toEqual({ type: 'connection_ack' });
  });

  test('carries so many subscriptions of one user, over all of its sockets', async () => {
    await using world = await openWorld({ MAX_SUBSCRIPTIONS_PER_USER: '3' });
    const sockets = [
      await connect(world, await world.token()),
      await connect(world, await world.token()),
    ];
    const query = 'subscription { pulses { count } }';
    for (const id of ['1', '2']) sockets[0]?.subscribe(id, query);
    for (const id of ['1', '2']) sockets[1]?.subscribe(id, query);
    await settled(() =>
      expect(sockets.flatMap(({ messages }) => messages)).toContainEqual({
        id: '2',
        type: 'error',
        payload: [
          {
            message: 'a user has at most 3 subscriptions',
            extensions: { code: 'TOO_MANY_SUBSCRIPTIONS' },
          },
        ],
      }),
    );
    sockets[0]?.send({ id: '1', type: 'complete' });
    await settled(() => expect(world.orders.open.count).toBe(2));
    sockets[1]?.subscribe('3', query);
    await settled(() => expect(world.orders.open.count).toBe(3));
  });

  test('that drains lets the queries of its sockets finish, and refuses new work', async () => {
    await using world = await openWorld();
    const busy = await connect(world, await world.token());
    const idle = await connect(world, await world.token());
    const release = world.market.hold();
    busy.subscribe('1', '{ instruments { symbol } }');
    await settled(() => expect(world.market.held.count).toBe(1));
    const closing = world.gateway.close();
    await settled(() => expect(idle.closed.code).toBe(1012));
    expect(busy.closed.code).toBeUndefined();
    busy.subscribe('2', '{ me }');
    await sleep(50);
    release();
    await settled(() => expect(busy.closed.code).toBe(1012));
    expect(busy.messages.slice(1).map(({ id, type }) => [id, type])).toEqual([
      ['2', 'error'],
      ['1', 'next'],
      ['1', 'complete'],
    ]);
    await closing;
  });

  test('that drains finishes requests and ends streams over HTTP, and refuses new ones', async () => {
    await using world = await openWorld();
    const token = await world.token();
    const release = world.market.hold();
    const busy = world.ask('{ instruments { symbol } }', { token });
    await settled(() => expect(world.market.held.count).toBe(1));
    // A socket with a query in hand keeps the gateway up for a while.
    const socket = await connect(world, token);
    socket.subscribe('1', '{ instruments { price } }');
    await settled(() => expect(world.market.held.count).toBe(2));
    const streamed = () =>
      fetch(world.gateway.url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'text/event-stream',
          authorization: `Bearer ${token}`,
        },
        body: JSON.stringify({ query: 'subscription { pulses { count } }' }),
      });
    const stream = await streamed();
    await settled(() => expect(world.orders.open.count).toBe(1));
    const closing = world.gateway.close();
    expect(await stream.text()).toContain('SERVICE_RESTARTING');
    const refused = await world.ask('{ me }', { token });
    expect([refused.status, refused.body]).toEqual([
      503,
      {
        errors: [
          {
            message: 'the gateway restarts; connect again',
            extensions: { code: 'SERVICE_RESTARTING' },
          },
        ],
      },
    ]);
    const { status, headers } = await streamed();
    expect([status, headers.get('retry-after')]).toEqual([503, '1']);
    expect((await fetch(new URL('/health/ready', world.gateway.url))).status).toBe(503);
    release();
    expect((await busy).body.data?.['instruments']).toHaveLength(2);
    await closing;
  });

  test('that waits for a connection_init in vain closes the socket with 4408', async () => {
    await using world = await openWorld();
    const socket = new WebSocket(
      world.gateway.url.replace('http', 'ws'),
      GRAPHQL_TRANSPORT_WS_PROTOCOL,
    );
    const [code] = (await once(socket, 'close')) as [number];
    expect(code).toBe(4408);
    const second = await connect(world, await world.token({ userId: ada }));
    second.send({ type: 'connection_init' });
    await settled(() => expect(second.closed.code).toBe(4429));
  });
});
