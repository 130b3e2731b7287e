import { createServer, type Server, type Socket } from 'node:net';

import { describeError } from '#kit/log.ts';

import { connectionOf, readMessages } from './connection.ts';
import type { DecodedMessage } from './decoded-message.ts';
import { MsgType } from './dictionary.ts';
import { field, Tag } from './fields.ts';
import { tickMs } from './initiator.ts';
import { Session } from './session.ts';
import type { Acceptor, AcceptorOptions, LogonRequest } from './session-types.ts';
import type { SessionId } from './types.ts';

/** A TCP server; the first message of a connection says which session it is. */
export function createAcceptor(options: AcceptorOptions): Acceptor {
  const accepting = new Accepting(options);
  return {
    listen: () => accepting.listen(),
    session: (id) => accepting.sessions.get(keyOf(id)),
    sessions: () => [...accepting.sessions.values()],
    close: () => accepting.close(),
  };
}

const firstMessageTimeoutMs = 10_000;
const keyOf = (id: SessionId): string => `${id.sender}\u0001${id.target}`;

class Accepting {
  readonly sessions = new Map<string, Session>();
  private readonly options: AcceptorOptions;
  private readonly server: Server;
  private readonly pending = new Set<Socket>();
  /** Sessions that have a connection: a second one is refused. */
  private readonly live = new Map<string, Socket>();

  constructor(options: AcceptorOptions) {
    this.options = options;
    this.server = createServer((socket) => this.accept(socket));
  }

  listen(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(this.options.port, this.options.host, () => {
        this.server.off('error', reject);
        this.server.on('error', (error) => {
          this.options.logger.error({ ...describeError(error) }, 'FIX: listening failed');
        });
        const address = this.server.address();
        resolve(typeof address === 'object' && address ? address.port : this.options.port);
      });
    });
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    for (const socket of this.pending) socket.destroy();
    await Promise.all([...this.sessions.values()].map((session) => session.logout('closing')));
    for (const socket of this.live.values()) socket.destroy();
    await closed;
    await Promise.all([...this.sessions.values()].map((session) => session.idle()));
  }

  private accept(socket: Socket): void {
    const { logger, maximumPending = 64 } = this.options;
    socket.on('error', (error) => {
      logger.debug({ error: error.message }, 'FIX: a connection failed');
    });
    if (this.pending.size >= maximumPending) {
      socket.destroy();
      return;
    }
    this.pending.add(socket);
    const timer = setTimeout(() => socket.destroy(), firstMessageTimeoutMs);
    const settle = (): void => {
      clearTimeout(timer);
      this.pending.delete(socket);
    };
    socket.once('close', settle);
    const early: DecodedMessage[] = [];
    let session: Session | undefined;
    const admit = async (): Promise<void> => {
      // Nothing more is read until it is clear who speaks.
      socket.pause();
      session = await this.identify(socket, early[0]);
      settle();
      if (!session) return void socket.destroy();
      session.received(early.splice(0));
      socket.resume();
    };
    readMessages(
      socket,
      (messages) => {
        if (session) return session.received(messages);
        const first = early.length === 0;
        early.push(...messages);
        return first ? void admit() : undefined;
      },
      (count) => logger.warn({ count }, 'FIX: garbled bytes were ignored'),
    );
  }

  /** The session of a connection, attached to it; undefined closes it unanswered. */
  private async identify(
    socket: Socket,
    first: DecodedMessage | undefined,
  ): Promise<Session | undefined> {
    const { logger } = this.options;
    const request = this.requestOf(socket, first);
    if (typeof request === 'string') {
      logger.warn({ from: socket.remoteAddress, reason: request }, 'FIX logon refused');
      return undefined;
    }
    const { id } = request;
    try {
      const verdict = await this.options.authenticate(request);
      const reason = verdict === true ? this.refusalOf(socket, id) : verdict || 'not authenticated';
      if (reason !== undefined) {
        logger.warn({ ...id, from: request.remoteAddress, reason }, 'FIX logon refused');
        return undefined;
      }
      this.live.set(keyOf(id), socket);
      return await this.attach(socket, id);
    } catch (error) {
      logger.error({ ...id, ...describeError(error) }, 'FIX: the session could not be opened');
      return undefined;
    }
  }

  private refusalOf(socket: Socket, id: SessionId): string | undefined {
    if (socket.destroyed) return 'the connection was closed';
    if (!this.server.listening) return 'closing';
    return this.live.has(keyOf(id)) ? 'the session has a live connection' : undefined;
  }

  private requestOf(socket: Socket, first: DecodedMessage | undefined): LogonRequest | string {
    if (first?.type !== MsgType.Logon) return 'the first message is no Logon';
    if (first.target !== this.options.compId) return `TargetCompID is not ${this.options.compId}`;
    if (!first.sender) return 'SenderCompID is missing';
    return {
      id: { sender: this.options.compId, target: first.sender },
      username: field(first, Tag.Username),
      password: field(first, Tag.Password),
      message: { type: first.type, fields: first.fields },
      remoteAddress: socket.remoteAddress ?? 'unknown',
    };
  }

  private async attach(socket: Socket, id: SessionId): Promise<Session> {
    const key = keyOf(id);
    let ticking: NodeJS.Timeout | undefined;
    socket.once('close', () => {
      clearInterval(ticking);
      this.sessions.get(key)?.detached('the connection was closed');
      if (this.live.get(key) === socket) this.live.delete(key);
    });
    const session = this.sessions.get(key) ?? (await this.newSession(id));
    this.sessions.set(key, session);
    if (socket.destroyed) throw new Error('the connection was closed');
    await session.attach(connectionOf(socket));
    ticking = setInterval(() => session.tick(), tickMs);
    if (socket.destroyed) clearInterval(ticking);
    return session;
  }

  private async newSession(id: SessionId): Promise<Session> {
    const { store, handlers, settings } = await this.options.sessionFor(id);
    const { logger, clock } = this.options;
    return new Session({ id, role: 'acceptor', store, handlers, logger, settings, clock });
  }
}
