import { type Clock, systemClock } from '#kit/clock.ts';
import { describeError, type Logger } from '#kit/log.ts';
import type { EntityManager } from '@mikro-orm/postgresql';

import type { Connection } from './connection.ts';
import type { DecodedMessage } from './decoded-message.ts';
import { Outbound } from './outbound.ts';
import {
  type Action,
  connected,
  initialState,
  logOut,
  type ProtocolState,
  type Rules,
  type Step,
  tick,
} from './protocol.ts';
import { receive } from './protocol-receive.ts';
import { countMessage, countResend, tellEstablished } from './session-metrics.ts';
import type {
  FixSession,
  SessionHandlers,
  SessionPhase,
  SessionSettings,
} from './session-types.ts';
import type { FixMessage, FixStore, SessionId, StoredMessage } from './types.ts';

export interface SessionOptions {
  readonly id: SessionId;
  readonly role: 'initiator' | 'acceptor';
  readonly store: FixStore;
  readonly handlers: SessionHandlers;
  readonly logger: Logger;
  readonly settings?: SessionSettings | undefined;
  readonly clock?: Clock | undefined;
}

/** Inbound messages that wait for the handler before the connection is read no further. */
const highWater = 256;
/** How many handled messages may pass before their number is persisted under load. */
const persistEvery = 100;

/**
 * Carries out what the protocol decides: one inbound message at a time, the outbound ones beside it.
 * A transport attaches connections, one at a time, and calls `tick` several times a second.
 */
export class Session implements FixSession {
  readonly id: SessionId;
  private readonly rules: Rules;
  private readonly options: SessionOptions;
  private readonly clock: Clock;
  private readonly outbound: Outbound;
  private protocol: ProtocolState = initialState(1);
  private connection: Connection | undefined;
  private inbox: DecodedMessage[] = [];
  private working: Promise<void> | undefined;
  private toPersist: number | undefined;
  private established = false;
  private closeReason: string | undefined;
  private readonly onDetached = new Set<() => void>();

  constructor(options: SessionOptions) {
    this.id = options.id;
    this.options = options;
    this.clock = options.clock ?? systemClock;
    this.rules = rulesOf(options);
    this.outbound = new Outbound({
      id: options.id,
      store: options.store,
      clock: this.clock,
      chunk: this.rules.replayChunk,
      shouldResend: (stored) => options.handlers.shouldResend?.(stored) ?? true,
      onWritten: (now) => {
        this.protocol = { ...this.protocol, lastSentAt: now };
      },
      onFailure: (error) => this.fail('sending failed', error),
    });
    tellEstablished(this.id, false);
  }

  get state(): SessionPhase {
    return this.protocol.phase;
  }

  async send(
    messages: readonly FixMessage[],
    transaction?: EntityManager,
  ): Promise<readonly StoredMessage[]> {
    const stored = await this.options.store.append(this.id, messages, transaction);
    if (!transaction) this.flush();
    return stored;
  }

  flush(): void {
    this.outbound.flush();
  }

  async logout(text?: string): Promise<void> {
    if (!this.connection) return;
    if (this.state === 'disconnected') this.disconnect('logged out');
    const closed = new Promise<void>((resolve) => this.onDetached.add(resolve));
    this.performAtOnce(logOut(this.rules, this.protocol, this.now(), text));
    await closed;
  }

  disconnect(reason: string): void {
    this.closeReason ??= reason;
    this.protocol = { ...this.protocol, phase: 'disconnected' };
    this.connection?.destroy();
  }

  /** Takes a new connection, once what the last one left is done. */
  async attach(connection: Connection): Promise<void> {
    if (this.connection) throw new Error('the session has a live connection');
    this.connection = connection;
    this.closeReason = undefined;
    await this.idle();
    const { nextInbound, nextOutbound } = await this.options.store.open(this.id);
    if (this.connection !== connection) return;
    this.outbound.attach(connection, nextOutbound);
    const step = connected(this.rules, nextInbound, this.now());
    this.protocol = step.state;
    for (const action of step.actions) await this.perform(action);
  }

  /** What the connection brought. */
  received(messages: readonly DecodedMessage[]): void {
    if (!this.connection) return;
    this.inbox.push(...messages);
    for (const { type } of messages) countMessage(this.id, 'in', type);
    this.protocol = { ...this.protocol, lastReceivedAt: this.now(), testedAt: undefined };
    if (this.inbox.length > highWater) this.connection.pause();
    this.working ??= this.work(this.connection).finally(() => {
      this.working = undefined;
    });
  }

  tick(): void {
    if (!this.connection) return;
    // While the handler is behind, the counterparty's silence is our own doing.
    if (this.inbox.length > 0) {
      this.protocol = { ...this.protocol, lastReceivedAt: this.now(), testedAt: undefined };
    }
    this.performAtOnce(tick(this.rules, this.protocol, this.now()));
  }

  /** The connection is closed. */
  detached(reason: string): void {
    const was = this.connection;
    const ended = this.closeReason ?? reason;
    this.connection = undefined;
    this.outbound.detach();
    this.inbox = [];
    this.protocol = { ...this.protocol, phase: 'disconnected' };
    if (was) this.options.logger.info({ ...this.id, reason: ended }, 'FIX connection ended');
    for (const resolve of this.onDetached) resolve();
    this.onDetached.clear();
    if (!this.established) return;
    this.established = false;
    tellEstablished(this.id, false);
    this.options.handlers.onDisconnected?.(ended, this);
  }

  /** Fulfilled when nothing of the last connection is at work any more, the handler included. */
  async idle(): Promise<void> {
    await this.working;
    await this.outbound.settled();
  }

  private now(): number {
    return this.clock().getTime();
  }

  private isActive(connection: Connection): boolean {
    return this.connection === connection && this.closeReason === undefined;
  }

  private async work(connection: Connection): Promise<void> {
    try {
      for (let handled = 1; this.isActive(connection); handled += 1) {
        const message = this.inbox.shift();
        if (!message) break;
        if (this.inbox.length === highWater / 2) connection.resume();
        const step = receive(this.rules, this.protocol, message, this.now());
        this.protocol = step.state;
        await this.performAll(step.actions, connection);
        if (handled % persistEvery === 0 || this.inbox.length === 0) await this.persist();
      }
      await this.persist();
    } catch (error) {
      this.fail('handling a message failed', error);
      await this.persist().catch((cause: unknown) => this.fail('persisting failed', cause));
    }
  }

  private async performAll(actions: readonly Action[], connection: Connection): Promise<void> {
    for (const action of actions) {
      // A message that was handled while the connection was lost still counts as handled.
      if (!this.isActive(connection) && action.do !== 'received') return;
      await this.perform(action);
    }
  }

  /** For steps that only send and close. */
  private performAtOnce(step: Step): void {
    this.protocol = step.state;
    for (const action of step.actions) {
      void this.perform(action).catch((error: unknown) =>
        this.fail('a session step failed', error),
      );
    }
  }

  private async perform(action: Action): Promise<void> {
    const { handlers, logger } = this.options;
    switch (action.do) {
      case 'send':
        return this.outbound.send(action.message);
      case 'resend':
        logger.info({ ...this.id, from: action.from, to: action.to }, 'FIX messages are resent');
        countResend(this.id);
        return this.outbound.resend(action.from, action.to);
      case 'reset':
        this.toPersist = undefined;
        return this.outbound.reset();
      case 'established':
        this.established = true;
        tellEstablished(this.id, true);
        this.outbound.goLive();
        logger.info({ ...this.id, reset: action.reset }, 'FIX session established');
        return handlers.onLogon?.(this, { reset: action.reset });
      case 'deliver':
        return handlers.onMessage(action.message, this);
      case 'rejected':
        logger.warn({ ...this.id, fields: action.message.fields }, 'a FIX message was rejected');
        return handlers.onReject?.(action.message, this);
      case 'received':
        this.toPersist = action.next;
        return;
      case 'warn':
        return logger.warn({ ...this.id }, action.text);
      case 'close':
        return this.close(action.reason);
    }
  }

  private async persist(): Promise<void> {
    const next = this.toPersist;
    if (next === undefined) return;
    this.toPersist = undefined;
    await this.options.store.setNextInbound(this.id, next);
  }

  private close(reason: string): void {
    this.closeReason ??= reason;
    this.connection?.end(this.outbound.settled());
  }

  private fail(what: string, error: unknown): void {
    this.options.logger.error({ ...this.id, ...describeError(error) }, `FIX: ${what}`);
    this.disconnect(what);
  }
}

function rulesOf(options: SessionOptions): Rules {
  const { settings = {} } = options;
  return {
    id: options.id,
    role: options.role,
    username: settings.username,
    password: settings.password,
    heartbeatSeconds: settings.heartbeatSeconds ?? 30,
    resetOnLogon: settings.resetOnLogon ?? false,
    acceptReset: settings.acceptReset ?? true,
    sendingTimeAccuracyMs: settings.sendingTimeAccuracyMs ?? 120_000,
    logonTimeoutMs: settings.logonTimeoutMs ?? 10_000,
    logoutTimeoutMs: settings.logoutTimeoutMs ?? 5_000,
    maximumQueued: settings.maximumQueued ?? 2_000,
    resendTimeoutMs: settings.resendTimeoutMs ?? 10_000,
    replayChunk: settings.replayChunk ?? 200,
  };
}
