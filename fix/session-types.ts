import type { Clock } from '#kit/clock.ts';
import type { Logger } from '#kit/log.ts';
import type { EntityManager } from '@mikro-orm/postgresql';

import type { FixMessage, FixStore, InboundMessage, SessionId, StoredMessage } from './types.ts';

export type SessionPhase = 'disconnected' | 'logging-on' | 'established' | 'logging-out';

/** What a program does with a session. Only `onMessage` must be there. */
export interface SessionHandlers {
  /**
   * One application message at a time, in order, none missing. Its number is persisted after the
   * promise is fulfilled, so that a crash in between delivers it again: remember what was handled.
   * A rejection closes the connection; the message comes again after the next logon.
   */
  onMessage(message: InboundMessage, session: FixSession): Promise<void>;
  /** The session is established. `reset` is true when both sides began at 1 again. */
  onLogon?(session: FixSession, logon: { readonly reset: boolean }): void | Promise<void>;
  /** An established session ended, for whatever reason. */
  onDisconnected?(reason: string, session: FixSession): void;
  /** The counterparty refused a message of ours with Reject (3); RefSeqNum (45) says which. */
  onReject?(reject: InboundMessage, session: FixSession): void | Promise<void>;
  /**
   * Asked before a stored application message goes on the wire, the first time or again. On false
   * (an order past its `submitBy`, say) its number is gap filled instead. Always true if absent.
   */
  shouldResend?(stored: StoredMessage): boolean | Promise<boolean>;
}

/** Settings that both roles share; each has a standard value. */
export interface SessionSettings {
  /** HeartBtInt (108) that an initiator asks for; an acceptor takes what it is asked. 30. */
  readonly heartbeatSeconds?: number;
  /** Initiator: begin at 1 with ResetSeqNumFlag (141) at each logon. False. */
  readonly resetOnLogon?: boolean;
  /** Whether the counterparty may reset both sides with ResetSeqNumFlag. Acceptor: true. */
  readonly acceptReset?: boolean;
  /** Initiator: Username (553) and Password (554) of the Logon. */
  readonly username?: string;
  readonly password?: string;
  /** How far SendingTime (52) may be from our clock. 120_000; 0 turns the check off. */
  readonly sendingTimeAccuracyMs?: number;
  readonly logonTimeoutMs?: number;
  readonly logoutTimeoutMs?: number;
  /** Messages above a gap that are kept until it is filled; more are dropped and asked again. */
  readonly maximumQueued?: number;
  /** How long a ResendRequest may go unanswered before it is repeated, three times at most. */
  readonly resendTimeoutMs?: number;
  /** Stored messages that one read of a replay fetches. 200. */
  readonly replayChunk?: number;
}

/** A session outlives its connections. */
export interface FixSession {
  readonly id: SessionId;
  readonly state: SessionPhase;
  /** Persists, then sends if established; otherwise the counterparty gets it after its logon. */
  send(
    messages: readonly FixMessage[],
    transaction?: EntityManager,
  ): Promise<readonly StoredMessage[]>;
  /** Sends in order what an application appended to the store itself; call it after the commit. */
  flush(): void;
  /** Logout handshake; resolves when the connection is closed, at the latest after its time-out. */
  logout(text?: string): Promise<void>;
  /** Ends the connection at once. */
  disconnect(reason: string): void;
}

export interface InitiatorOptions {
  readonly host: string;
  readonly port: number;
  readonly id: SessionId;
  readonly store: FixStore;
  readonly handlers: SessionHandlers;
  readonly logger: Logger;
  readonly settings?: SessionSettings;
  /** Waits between attempts double from the first to the second figure. 250 and 15_000. */
  readonly reconnect?: { readonly minimumMs: number; readonly maximumMs: number };
  readonly connectTimeoutMs?: number;
  readonly clock?: Clock;
}

export interface Initiator {
  readonly session: FixSession;
  /** Connects, and connects again whenever the connection is lost, until `stop`. */
  start(): void;
  /** Logs out and stays disconnected; waits for a handler at work, so do not call it from one. */
  stop(): Promise<void>;
}

/** What an acceptor learns from a Logon before it answers. `id` is from the acceptor's side. */
export interface LogonRequest {
  readonly id: SessionId;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly message: FixMessage;
  readonly remoteAddress: string;
}

/** What one accepted session needs. */
export interface AcceptedSession {
  readonly store: FixStore;
  readonly handlers: SessionHandlers;
  readonly settings?: SessionSettings;
}

export interface AcceptorOptions {
  readonly host: string;
  /** 0 lets the system choose; `listen` says which. */
  readonly port: number;
  /** Our CompID: TargetCompID (56) of every Logon. */
  readonly compId: string;
  /** True lets in; false or a reason (for our log only) closes the connection unanswered. */
  authenticate(logon: LogonRequest): boolean | string | Promise<boolean | string>;
  /** Called once for each session id, after its first successful authentication. */
  sessionFor(id: SessionId): AcceptedSession | Promise<AcceptedSession>;
  readonly logger: Logger;
  readonly clock?: Clock;
  /** Connections that have not logged on yet, at most. 64. */
  readonly maximumPending?: number;
}

export interface Acceptor {
  /** Resolves with the port that was bound. */
  listen(): Promise<number>;
  /** The session with this id, if it logged on since the start; perhaps disconnected now. */
  session(id: SessionId): FixSession | undefined;
  sessions(): readonly FixSession[];
  /** Logs every session out and stops listening; waits for handlers at work. */
  close(): Promise<void>;
}
