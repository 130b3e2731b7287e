import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

import { afterEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { silentLogger } from '#kit/log.ts';
import { frame, toWire } from '#tests/support/fix-script.ts';

import { createAcceptor } from './acceptor.ts';
import { field, formatTimestamp } from './fields.ts';
import { createInitiator } from './initiator.ts';
import { createMemoryStore } from './memory-store.ts';
import type { AcceptorOptions, SessionHandlers } from './session-types.ts';
import type { FixMessage, FixStore } from './types.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

const host = '127.0.0.1';
const venue = { sender: 'VENUE', target: 'CLIENT' };
const client = { sender: 'CLIENT', target: 'VENUE' };
const news = (id: string): FixMessage => ({
  type: 'j',
  fields: [
    [372, 'D'],
    [380, '0'],
    [379, id],
  ],
});

describe('an acceptor', () => {
  test('lets a session in by its CompIDs and password', async () => {
    const { port } = await acceptor();
    const peer = await rawClient(port);
    peer.write('35=A|49=CLIENT|56=VENUE|34=1|52=now|98=0|108=30|553=u|554=right');
    expect(await peer.next()).toMatch(/35=A\|49=VENUE\|56=CLIENT\|34=1\|.*98=0\|108=30/);
    peer.write('35=1|49=CLIENT|56=VENUE|34=2|52=now|112=x');
    expect(await peer.next()).toMatch(/35=0\|.*34=2\|.*112=x/);
  });

  test.each([
    ['a wrong password', '35=A|49=CLIENT|56=VENUE|34=1|52=now|98=0|108=30|554=wrong'],
    ['a wrong TargetCompID', '35=A|49=CLIENT|56=OTHER|34=1|52=now|98=0|108=30|554=right'],
    ['no Logon', '35=0|49=CLIENT|56=VENUE|34=1|52=now'],
  ])('closes a connection with %s, unanswered', async (_, first) => {
    const { port, store } = await acceptor();
    const peer = await rawClient(port);
    peer.write(first);
    expect(await peer.rest()).toBe('');
    expect(await store.open(venue)).toEqual({ nextOutbound: 1, nextInbound: 1 });
  });

  test('refuses a second connection while the session is live, and takes it afterwards', async () => {
    const { port } = await acceptor();
    const first = await rawClient(port);
    first.write('35=A|49=CLIENT|56=VENUE|34=1|52=now|98=0|108=30|554=right');
    await first.next();
    const second = await rawClient(port);
    second.write('35=A|49=CLIENT|56=VENUE|34=2|52=now|98=0|108=30|554=right');
    expect(await second.rest()).toBe('');
    first.write('35=1|49=CLIENT|56=VENUE|34=2|52=now|112=still here');
    expect(await first.next()).toContain('112=still here');
    first.socket.destroy();
    await sleep(100);
    const third = await rawClient(port);
    third.write('35=A|49=CLIENT|56=VENUE|34=3|52=now|98=0|108=30|554=right');
    expect(await third.next()).toContain('35=A|');
  });

  test('handles what comes in one piece with the Logon, after it', async () => {
    const seen: string[] = [];
    const { port } = await acceptor({
      onMessage: async (message) => void seen.push(field(message, 379) ?? ''),
    });
    const peer = await rawClient(port);
    peer.write(
      '35=A|49=CLIENT|56=VENUE|34=1|52=now|98=0|108=30|554=right',
      '35=j|49=CLIENT|56=VENUE|34=2|52=now|372=D|380=0|379=a',
      '35=1|49=CLIENT|56=VENUE|34=3|52=now|112=x',
    );
    expect(await peer.next()).toContain('35=A|');
    expect(await peer.next()).toContain('112=x');
    expect(seen).toEqual(['a']);
  });

  test('logs its sessions out when it closes', async () => {
    const { port, close } = await acceptor();
    const peer = await rawClient(port);
    peer.write('35=A|49=CLIENT|56=VENUE|34=1|52=now|98=0|108=30|554=right');
    await peer.next();
    const closing = close();
    expect(await peer.next()).toMatch(/35=5\|.*58=closing/);
    peer.write('35=5|49=CLIENT|56=VENUE|34=2|52=now');
    await closing;
  });
});

describe('an initiator', () => {
  test('comes back after a lost connection, and replays what was appended meanwhile', async () => {
    const server = await rawServer();
    const store = createMemoryStore();
    const initiator = startInitiator(server.port, store);
    const first = await server.accept();
    expect(await first.next()).toMatch(/35=A\|49=CLIENT\|56=VENUE\|34=1\|/);
    first.write('35=A|49=VENUE|56=CLIENT|34=1|52=now|98=0|108=30');
    await initiator.session.send([news('a')]);
    expect(await first.next()).toMatch(/35=j\|.*34=2\|.*379=a/);
    first.socket.destroy();
    while (initiator.session.state !== 'disconnected') await sleep(5);
    await initiator.session.send([news('b'), news('c')]);
    const second = await server.accept();
    expect(await second.next()).toMatch(/35=A\|.*34=5\|/);
    second.write('35=A|49=VENUE|56=CLIENT|34=2|52=now|98=0|108=30');
    second.write('35=2|49=VENUE|56=CLIENT|34=3|52=now|7=3|16=0');
    expect(await second.next()).toMatch(/35=j\|.*34=3\|43=Y\|.*122=.*379=b/);
    expect(await second.next()).toMatch(/35=j\|.*34=4\|43=Y\|.*122=.*379=c/);
    expect(await second.next()).toMatch(/35=4\|.*34=5\|43=Y\|.*123=Y\|36=6/);
    await initiator.session.send([news('d')]);
    expect(await second.next()).toMatch(/35=j\|.*34=6\|52=[^|]*\|372=D\|380=0\|379=d/);
  });

  test('keeps trying, with growing waits, while nobody listens', async () => {
    const free = await rawServer();
    await new Promise((resolve) => free.server.close(resolve));
    const initiator = startInitiator(free.port, createMemoryStore());
    await sleep(200);
    const server = await rawServer(free.port);
    expect(await (await server.accept()).next()).toContain('35=A|');
    expect(initiator.session.state).toBe('logging-on');
  });

  test('logs out when it is stopped, and does not come back', async () => {
    const server = await rawServer();
    const initiator = startInitiator(server.port, createMemoryStore());
    const peer = await server.accept();
    await peer.next();
    peer.write('35=A|49=VENUE|56=CLIENT|34=1|52=now|98=0|108=30');
    while (initiator.session.state !== 'established') await sleep(5);
    const stopped = initiator.stop();
    expect(await peer.next()).toContain('35=5|');
    peer.write('35=5|49=VENUE|56=CLIENT|34=2|52=now');
    await stopped;
    expect(initiator.session.state).toBe('disconnected');
    await sleep(150);
    expect(server.waiting()).toBe(0);
  });
});

describe('both ends over a line that is cut again and again', () => {
  test('every message arrives once and in order, in both directions', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 20, max: 3000 }), { maxLength: 4 }), cutAndCount),
      { numRuns: 12, endOnFailure: true },
    );
  });
});

/** Cuts the line after so many bytes each time, and expects 60 messages each way all the same. */
async function cutAndCount(cuts: readonly number[]): Promise<void> {
  const [atVenue, atClient]: [string[], string[]] = [[], []];
  const [venueStore, clientStore] = [createMemoryStore(), createMemoryStore()];
  const accepting = await acceptor(collect(atVenue), venueStore);
  const line = await cuttingProxy(accepting.port, cuts);
  const initiator = startInitiator(line.port, clientStore, collect(atClient));
  for (let index = 0; index < 60; index += 1) {
    await initiator.session.send([news(`c${index}`)]);
    await venueStore.append(venue, [news(`v${index}`)]);
    accepting.acceptor.session(venue)?.flush();
    if (index % 10 === 0) await sleep(10);
  }
  const deadline = Date.now() + 20_000;
  while ((atVenue.length < 60 || atClient.length < 60) && Date.now() < deadline) await sleep(10);
  await initiator.stop();
  await accepting.close();
  const wanted = (prefix: string) => Array.from({ length: 60 }, (_, index) => `${prefix}${index}`);
  expect(atVenue).toEqual(wanted('c'));
  expect(atClient).toEqual(wanted('v'));
}

const collect = (into: string[]): SessionHandlers => ({
  onMessage: async (message) => {
    await sleep(0);
    into.push(field(message, 379) ?? '?');
  },
});

async function acceptor(
  handlers: SessionHandlers = { onMessage: async () => undefined },
  store: FixStore = createMemoryStore(),
) {
  const options: AcceptorOptions = {
    host,
    port: 0,
    compId: 'VENUE',
    logger: silentLogger,
    authenticate: (logon) => logon.password === 'right' || 'wrong password',
    sessionFor: () => ({ store, handlers }),
  };
  const created = createAcceptor(options);
  const port = await created.listen();
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => (closing ??= created.close());
  closers.push(close);
  return { acceptor: created, port, store, close };
}

function startInitiator(port: number, store: FixStore, handlers?: SessionHandlers) {
  const initiator = createInitiator({
    host,
    port,
    id: client,
    store,
    logger: silentLogger,
    handlers: handlers ?? { onMessage: async () => undefined },
    settings: { password: 'right', logoutTimeoutMs: 500 },
    reconnect: { minimumMs: 20, maximumMs: 100 },
  });
  initiator.start();
  closers.push(() => initiator.stop());
  return initiator;
}

/** The counterparty, written without the engine. */
class Peer {
  readonly socket: Socket;
  private text = '';

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      this.text += chunk.toString().replaceAll('\u0001', '|');
    });
  }

  write(...messages: readonly string[]): void {
    const now = formatTimestamp(new Date());
    this.socket.write(
      Buffer.concat(messages.map((text) => frame(text.replace('52=now', `52=${now}`)))),
    );
  }

  /** The next whole message; a test that waits in vain fails after five seconds. */
  async next(): Promise<string> {
    const deadline = Date.now() + 5_000;
    for (;;) {
      const match = /^8=FIX\.4\.4\|9=\d+\|(.*?\|)10=\d{3}\|/.exec(this.text);
      if (match) {
        this.text = this.text.slice(match[0].length);
        expect(frame((match[1] ?? '').slice(0, -1)).equals(toWire(match[0]))).toBe(true);
        return match[1] ?? '';
      }
      if (Date.now() > deadline) throw new Error(`nothing came but "${this.text}"`);
      await sleep(5);
    }
  }

  /** What came until the other side closed. */
  async rest(): Promise<string> {
    if (!this.socket.closed) await once(this.socket, 'close');
    return this.text;
  }
}

async function rawClient(port: number): Promise<Peer> {
  const socket = connect({ host, port });
  closers.push(() => socket.destroy());
  const peer = new Peer(socket);
  await once(socket, 'connect');
  return peer;
}

async function rawServer(port = 0) {
  const peers: Peer[] = [];
  const server = createServer((socket) => peers.push(new Peer(socket)));
  await listening(server, port);
  closers.push(() => peers.forEach((peer) => peer.socket.destroy()));
  return {
    server,
    port: portOf(server),
    waiting: () => peers.length,
    accept: async (): Promise<Peer> => {
      const deadline = Date.now() + 5_000;
      while (peers.length === 0 && Date.now() < deadline) await sleep(5);
      const peer = peers.shift();
      if (!peer) throw new Error('nobody connected');
      return peer;
    },
  };
}

/** Passes bytes on in both directions; each connection dies after as many as its cut says. */
async function cuttingProxy(target: number, cuts: readonly number[]): Promise<{ port: number }> {
  let connections = 0;
  const server = createServer((near) => {
    let left = cuts[connections] ?? Infinity;
    connections += 1;
    const far = connect({ host, port: target });
    closers.push(() => far.destroy());
    const pass = (from: Socket, to: Socket): void => {
      from.on('error', () => undefined);
      from.on('close', () => to.destroy());
      from.on('data', (chunk: Buffer) => {
        to.write(chunk.subarray(0, Math.min(chunk.length, left)));
        left -= chunk.length;
        if (left > 0) return;
        near.end(() => near.destroy());
        far.end(() => far.destroy());
      });
    };
    pass(near, far);
    pass(far, near);
  });
  await listening(server, 0);
  return { port: portOf(server) };
}

async function listening(server: Server, port: number): Promise<void> {
  server.listen(port, host);
  await once(server, 'listening');
  closers.push(() => void server.close());
}

function portOf(server: Server): number {
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('the server is not bound');
  return address.port;
}
