import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { GRAPHQL_TRANSPORT_WS_PROTOCOL } from 'graphql-ws';
import WebSocket from 'ws';
import { settled } from './settled.ts';
import { ada, ben, openWorld, type World } from './world.ts';

let world: World;
const padding = 'x'.repeat(64 * 1024);

beforeAll(async () => {
  world = await openWorld({ STREAM_STALL_MS: '1500' });
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

interface Message {
  readonly type: string;
  readonly payload: { readonly data: Readonly<Record<string, never>> };
}

/** A client that can stop reading. */
async function connect(userId: string, query: string) {
  const socket = new WebSocket(
    world.gateway.url.replace('http', 'ws'),
    GRAPHQL_TRANSPORT_WS_PROTOCOL,
  );
  const messages: Message[] = [];
  const closed: { code?: number; reason?: string } = {};
  socket.on('message', (data) => void messages.push(JSON.parse(String(data))));
  socket.on(
    'close',
    (code, reason) => void Object.assign(closed, { code, reason: String(reason) }),
  );
  await once(socket, 'open');
  const accessToken = await world.token({ userId });
  socket.send(JSON.stringify({ type: 'connection_init', payload: { accessToken } }));
  await settled(() => expect(messages).toHaveLength(1));
  socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query } }));
  const events = <Event>(field: string) =>
    messages.flatMap(({ type, payload }) =>
      type === 'next' ? [payload.data[field] as unknown as Event] : [],
    );
  return { socket, messages, closed, events };
}

const ping = JSON.stringify({ type: 'ping', payload: { padding: 'x'.repeat(10_000) } });
/** 200 MB, which no socket's buffers take. */
const most = 20_000;
const ticks = 'subscription { ticks { count padding instrument { symbol } } }';

describe('a client that reads slowly', () => {
  test('cannot ask on before it reads its answers', async () => {
    const { socket } = await connect(ada, ticks);
    await settled(() => expect(world.orders.open.count).toBe(1));
    let answers = 0;
    socket.on('message', () => void (answers += 1));
    socket.pause();
    let asked = 0;
    // Until the buffers of both ends are full: of what was sent nothing leaves any more.
    let still = 0;
    for (let before = 0; still < 5 && asked < most; before = socket.bufferedAmount) {
      if (socket.bufferedAmount === 0) {
        for (let turn = 0; turn < 100; turn += 1) socket.send(ping);
        asked += 100;
      }
      await sleep(50);
      still = socket.bufferedAmount > 0 && socket.bufferedAmount === before ? still + 1 : 0;
    }
    expect(asked).toBeLessThan(most);
    expect(socket.bufferedAmount).toBeGreaterThan(0);
    socket.resume();
    await settled(() => expect(answers).toBe(asked));
    socket.close();
    await settled(() => expect(world.orders.open.count).toBe(0));
  }, 60_000);

  test('gets the latest of each key and not what was in between, and costs nobody else anything', async () => {
    const slow = await connect(ada, ticks);
    const quick = await connect(ben, ticks);
    await settled(() => expect(world.orders.open.count).toBe(1));
    const count = (client: typeof slow) =>
      client.events<{ count: number }>('ticks').map((tick) => tick.count);
    await world.orders.tick('A', 0);
    await settled(() => expect(count(slow)).toContain(0));
    slow.socket.pause();
    for (let turn = 1; turn <= 400; turn += 1) {
      await world.orders.tick(turn % 2 === 0 ? 'A' : 'B', turn, padding);
      await settled(() => expect(count(quick)).toContain(turn));
    }
    // Longer than a lossless stream may stall.
    await sleep(2_000);
    expect(slow.closed.code).toBeUndefined();
    slow.socket.resume();
    await settled(() => expect(count(slow)).toEqual(expect.arrayContaining([399, 400])));
    expect(count(slow).length).toBeLessThan(390);
    // Each key's in their order; of two that wait, the one that has waited longer comes first.
    for (const odd of [0, 1]) {
      const ofKey = count(slow).filter((turn) => turn % 2 === odd);
      expect(ofKey).toEqual(ofKey.toSorted((a, b) => a - b));
    }
    await world.orders.tick('A', 401);
    await settled(() => expect(count(slow)).toContain(401));
    slow.socket.close();
    quick.socket.close();
    await settled(() => expect(world.orders.open.count).toBe(0));
  }, 40_000);

  test.each([
    ['a stream of its own', 'updates'],
    ['a shared stream', 'tape'],
  ])(
    'loses nothing of %s if it catches up in time',
    async (_which, field) => {
      const selection = field === 'tape' ? 'sequence padding' : 'sequence order { id }';
      const happen = () =>
        field === 'tape' ? world.orders.trade(padding) : world.orders.happen(ada, padding);
      const client = await connect(ada, `subscription { ${field} { ${selection} } }`);
      await settled(() => expect(world.orders.open.count).toBe(1));
      await sleep(100);
      const first = await happen();
      client.socket.pause();
      for (let turn = 1; turn < 150; turn += 1) await happen();
      await sleep(500);
      client.socket.resume();
      const sequences = () =>
        client.events<{ sequence: number }>(field).map(({ sequence }) => sequence);
      await settled(() => expect(sequences()).toHaveLength(150));
      expect(sequences()).toEqual(Array.from({ length: 150 }, (_, index) => first + index));
      client.socket.close();
      await settled(() => expect(world.orders.open.count).toBe(0));
    },
    30_000,
  );

  test.each([
    ['a stream of its own', 'updates'],
    ['a shared stream', 'tape'],
  ])(
    'is closed with 1013 when it stalls on %s, and told where to resume',
    async (_which, field) => {
      const selection = field === 'tape' ? 'sequence padding' : 'sequence order { id }';
      const happen = () =>
        field === 'tape' ? world.orders.trade(padding) : world.orders.happen(ben, padding);
      const client = await connect(ben, `subscription { ${field} { ${selection} } }`);
      await settled(() => expect(world.orders.open.count).toBe(1));
      await sleep(100);
      client.socket.pause();
      for (let turn = 0; turn < 150; turn += 1) await happen();
      await settled(() => expect(world.orders.open.count).toBe(0));
      client.socket.resume();
      await settled(() => expect(client.closed.code).toBe(1013));
      const last = client.events<{ sequence: number }>(field).at(-1)?.sequence;
      expect(last).toEqual(expect.any(Number));
      expect(client.closed.reason).toBe(`too slow for ${field}; resume after: ${last}`);
      expect(client.messages.at(-1)).toMatchObject({
        type: 'error',
        payload: [{ extensions: { code: 'TOO_SLOW', resumeAfter: last } }],
      });
    },
    30_000,
  );

  test('of a log over HTTP is told where to resume, too', async () => {
    const accessToken = await world.token({ userId: ben });
    const request = httpRequest(world.gateway.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'text/event-stream',
        authorization: `Bearer ${accessToken}`,
      },
    });
    request.end(JSON.stringify({ query: 'subscription { updates { sequence order { id } } }' }));
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    await settled(() => expect(world.orders.open.count).toBe(1));
    await sleep(100);
    // Nobody reads the response until the gateway has given up.
    for (let turn = 0; turn < 150; turn += 1) await world.orders.happen(ben, padding);
    await settled(() => expect(world.orders.open.count).toBe(0));
    let text = '';
    for await (const chunk of response) text += String(chunk);
    const sequences = [...text.matchAll(/"sequence":(\d+)/g)].map(([, sequence]) => sequence);
    expect(text).toContain(
      `"code":"TOO_SLOW","resumeAfter":${sequences.at(-1)}}}]}\n\nevent: complete`,
    );
  }, 30_000);
});
