import type { AddressInfo } from 'node:net';
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import { WebSocketServer, type WebSocket } from 'ws';
import { quoteOf, symbols } from './world.ts';

/** A bare ws server that broadcasts ready bytes of the size of our messages. */
const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
server.on('connection', (socket) => socket.on('message', () => undefined));
await new Promise((resolve) => server.once('listening', resolve));

let step = 0;
function readyBytes(): Buffer {
  step += 1;
  const symbol = symbols[step % symbols.length] ?? '';
  const { instrument, ...rest } = quoteOf(symbol, step);
  const quotes = { instrument: { ...instrument, venue: 'SANDBOX' }, ...rest };
  const id = '8d8ac6f7-4e64-4b7c-8f4b-6b8c2a3f0d11';
  return Buffer.from(JSON.stringify({ id, type: 'next', payload: { data: { quotes } } }));
}

function broadcast(sockets: readonly WebSocket[]): void {
  const bytes = readyBytes();
  for (const socket of sockets) socket.send(bytes, { binary: false });
}

/** As fast as the clients take it: the next when nothing of the last one waits. */
async function flood(durationMs: number): Promise<number> {
  const sockets = [...server.clients];
  const until = performance.now() + durationMs;
  let events = 0;
  while (performance.now() < until) {
    broadcast(sockets);
    events += 1;
    await turn();
    while (sockets.some(({ bufferedAmount }) => bufferedAmount > 0)) await turn();
  }
  return events;
}

async function atRate(perSecond: number, durationMs: number): Promise<number> {
  const sockets = [...server.clients];
  const startedAt = performance.now();
  let events = 0;
  for (; performance.now() - startedAt < durationMs; events += 1) {
    await sleep(Math.max(0, startedAt + (events * 1_000) / perSecond - performance.now()));
    broadcast(sockets);
  }
  return events;
}

interface Question {
  readonly floodMs?: number;
  readonly perSecond?: number;
  readonly durationMs?: number;
  readonly settle?: boolean;
}

process.on('message', async ({ floodMs, perSecond, durationMs, settle }: Question) => {
  let events = 0;
  if (floodMs) events = await flood(floodMs);
  if (perSecond && durationMs) events = await atRate(perSecond, durationMs);
  const rounds = settle ? 3 : 0;
  for (let round = 0; round < rounds; round += 1) {
    global.gc?.();
    await sleep(300);
  }
  process.send?.({ events, cpu: process.cpuUsage(), ...memory() });
});
function memory() {
  const { rss, heapUsed, external } = process.memoryUsage();
  return { memoryBytes: rss, heapBytes: heapUsed + external };
}
process.on('disconnect', () => process.exit());
process.send?.({ port: (server.address() as AddressInfo).port });
