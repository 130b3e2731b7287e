import { connect, type Socket } from 'node:net';

import { systemClock } from '#kit/clock.ts';
import { describeError } from '#kit/log.ts';

import { connectionOf, readMessages } from './connection.ts';
import { Session } from './session.ts';
import type { Initiator, InitiatorOptions } from './session-types.ts';

/** How often a session looks at its clock. */
export const tickMs = 200;

/** A TCP client that keeps one session connected. */
export function createInitiator(options: InitiatorOptions): Initiator {
  const session = new Session({ ...options, role: 'initiator' });
  const reconnecting = new Reconnecting(options, session);
  return {
    session,
    start: () => reconnecting.start(),
    stop: () => reconnecting.stop(),
  };
}

class Reconnecting {
  private readonly options: InitiatorOptions;
  private readonly session: Session;
  private readonly minimumMs: number;
  private readonly maximumMs: number;
  private running = false;
  private socket: Socket | undefined;
  private timer: NodeJS.Timeout | undefined;
  private delayMs: number;

  constructor(options: InitiatorOptions, session: Session) {
    this.options = options;
    this.session = session;
    this.minimumMs = options.reconnect?.minimumMs ?? 250;
    this.maximumMs = options.reconnect?.maximumMs ?? 15_000;
    this.delayMs = this.minimumMs;
  }

  start(): void {
    if (this.running) return;
    this.running = true;
    this.connect();
  }

  async stop(): Promise<void> {
    this.running = false;
    clearTimeout(this.timer);
    const { socket } = this;
    if (socket) {
      const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
      await this.session.logout();
      socket.destroy();
      await closed;
    }
    await this.session.idle();
  }

  private connect(): void {
    const { host, port, connectTimeoutMs = 5_000 } = this.options;
    const socket = connect({ host, port });
    this.socket = socket;
    let problem = 'the connection was closed';
    const timer = setTimeout(() => {
      problem = 'connecting took too long';
      socket.destroy();
    }, connectTimeoutMs);
    socket.on('error', (error) => {
      problem = error.message;
    });
    socket.once('connect', () => {
      clearTimeout(timer);
      void this.run(socket);
    });
    socket.once('close', () => {
      clearTimeout(timer);
      this.closed(problem);
    });
  }

  private async run(socket: Socket): Promise<void> {
    const { session } = this;
    const { logger, id } = this.options;
    const since = systemClock().getTime();
    const ticking = setInterval(() => session.tick(), tickMs);
    socket.once('close', () => {
      clearInterval(ticking);
      // A connection that outlived the last wait was a good one: the next wait is short again.
      if (systemClock().getTime() - since > this.delayMs) this.delayMs = this.minimumMs;
    });
    try {
      await session.attach(connectionOf(socket));
      readMessages(
        socket,
        (messages) => session.received(messages),
        (count) => logger.warn({ ...id, count }, 'FIX: garbled bytes were ignored'),
      );
    } catch (error) {
      logger.error({ ...id, ...describeError(error) }, 'FIX: the session could not be opened');
      socket.destroy();
    }
  }

  private closed(problem: string): void {
    const { logger, id } = this.options;
    this.socket = undefined;
    this.session.detached(problem);
    if (!this.running) return;
    // Full jitter on the upper half keeps many clients from coming back in step.
    const waitMs = Math.round(this.delayMs * (0.5 + Math.random() / 2));
    logger.info({ ...id, problem, waitMs }, 'FIX: connecting again');
    this.timer = setTimeout(() => this.connect(), waitMs);
    this.delayMs = Math.min(this.maximumMs, this.delayMs * 2);
  }
}
