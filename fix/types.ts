import type { EntityManager } from '@mikro-orm/postgresql';

/** One `tag=value` pair; the value is raw text as it stands on the wire. */
export type FixField = readonly [tag: number, value: string];

/**
 * A FIX 4.4 message without its session fields: BeginString, BodyLength, MsgSeqNum, CompIDs,
 * SendingTime and CheckSum are the session's. Repeating groups stay flat, in wire order.
 */
export interface FixMessage {
  /** MsgType (35). */
  readonly type: string;
  readonly fields: readonly FixField[];
}

/** An inbound application message with what the session knows of it. */
export interface InboundMessage extends FixMessage {
  readonly sequence: number;
  readonly possDup: boolean;
  readonly possResend: boolean;
  /** SendingTime (52). */
  readonly sentAt: Date;
}

/** An outbound message as it was persisted before it was sent. */
export interface StoredMessage extends FixMessage {
  readonly sequence: number;
  /** When it was first persisted. */
  readonly storedAt: Date;
}

/** The two ends of a session, from our point of view. */
export interface SessionId {
  /** SenderCompID (49) of what we send. */
  readonly sender: string;
  /** TargetCompID (56) of what we send. */
  readonly target: string;
}

/**
 * Sequence numbers and outbound messages, persisted before the socket sees them. An application
 * passes its own transaction, so that its state and the message are stored together or not at all.
 */
export interface FixStore {
  /** Reads the counters, creating the session at 1/1 when it is new. */
  open(session: SessionId): Promise<{ nextOutbound: number; nextInbound: number }>;
  /** Assigns the next numbers and persists, in the order given. */
  append(
    session: SessionId,
    messages: readonly FixMessage[],
    transaction?: EntityManager,
  ): Promise<readonly StoredMessage[]>;
  /** Outbound messages with `from <= sequence <= to`, in order, at most `limit`. */
  read(
    session: SessionId,
    from: number,
    to: number,
    limit: number,
  ): Promise<readonly StoredMessage[]>;
  setNextInbound(session: SessionId, next: number, transaction?: EntityManager): Promise<void>;
  /** Both counters back to 1, stored messages gone (ResetSeqNumFlag). */
  reset(session: SessionId): Promise<void>;
}
