import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { GRAPHQL_TRANSPORT_WS_PROTOCOL } from 'graphql-ws';
import { WebSocketServer } from 'ws';
import { silentLogger } from '#kit/log.ts';
import { settled } from '../tests/settled.ts';
import { createUpstream } from './upstream.ts';

const open: (() => Promise<void>)[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((close) => close()));
});

/** A subgraph that answers the subscription `query` by the messages that its text is. */
async function startParrot(): Promise<string> {
  const server = new WebSocketServer({
    port: 0,
    host: '127.0.0.1',
    handleProtocols: () => GRAPHQL_TRANSPORT_WS_PROTOCOL,
  });
  server.on('connection', (socket) => {
    socket.on('message', (data) => {
      const { id, type, payload } = JSON.parse(String(data)) as {
        id: string;
        type: string;
        payload: { query: string };
      };
      if (type === 'connection_init') socket.send('{"type":"connection_ack"}');
      if (type !== 'subscribe') return;
      for (const one of JSON.parse(payload.query) as object[]) {
        socket.send(JSON.stringify({ id, type: 'next', payload: one }));
      }
    });
  });
  await once(server, 'listening');
  open.push(
    () =>
      new Promise((resolve) => {
        for (const socket of server.clients) socket.terminate();
        server.close(() => resolve());
      }),
  );
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function collect() {
  const heard: unknown[] = [];
  const sink = {
    next: (result: object) => void heard.push(result),
    failed: () => void heard.push('failed'),
    completed: () => void heard.push('completed'),
    lost: () => void heard.push('lost'),
  };
  return { heard, sink };
}

const good = { data: { ticks: 1 } };

test.each([
  ['errors that are no list', { data: null, errors: 'broken' }],
  ['an error that is none', { data: null, errors: [null] }],
  ['an error without a message', { data: null, errors: [{ text: 'broken' }] }],
  ['an error whose path is none', { errors: [{ message: 'broken', path: 7 }] }],
  ['data that are no object', { data: 'broken' }],
  ['a list of data', { data: [good] }],
])('an event with %s fails its stream, and no other', async (_what, broken) => {
  const upstream = createUpstream(await startParrot(), silentLogger);
  open.push(async () => upstream.close());
  const [first, other] = [collect(), collect()];
  upstream.subscribe({ query: JSON.stringify([good, broken, good]) }, first.sink);
  await settled(() => expect(first.heard).toEqual([good, 'failed']));
  upstream.subscribe({ query: JSON.stringify([good, good]) }, other.sink);
  await settled(() => expect(other.heard).toEqual([good, good]));
  expect(first.heard).toEqual([good, 'failed']);
});

test('an event whose errors are errors is handed on', async () => {
  const upstream = createUpstream(await startParrot(), silentLogger);
  open.push(async () => upstream.close());
  const { heard, sink } = collect();
  const events = [
    { data: null, errors: [{ message: 'no', path: ['ticks', 0] }] },
    { errors: [{ message: 'no', path: null, extensions: null }] },
    { data: {}, errors: null },
    { extensions: { mammonBeginning: 3 } },
  ];
  upstream.subscribe({ query: JSON.stringify(events) }, sink);
  await settled(() => expect(heard).toEqual(events));
});
