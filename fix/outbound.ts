import type { Clock } from '#kit/clock.ts';

import { admin } from './admin-messages.ts';
import { encode } from './codec.ts';
import type { Connection } from './connection.ts';
import { adminTypes, MsgType } from './dictionary.ts';
import { formatTimestamp } from './fields.ts';
import { countMessage } from './session-metrics.ts';
import type { FixMessage, FixStore, SessionId, StoredMessage } from './types.ts';

export interface OutboundOptions {
  readonly id: SessionId;
  readonly store: FixStore;
  readonly clock: Clock;
  readonly chunk: number;
  readonly shouldResend: (stored: StoredMessage) => boolean | Promise<boolean>;
  readonly onWritten: (now: number) => void;
  /** The store or the encoder failed, or too much waits to be written. */
  readonly onFailure: (error: unknown) => void;
}

const maximumWaiting = 10_000;
/** A bounded store dropped the oldest: better a new connection than a hole that nobody sees. */
const lostBeforeSent =
  'the counterparty is too slow: messages left the store before they were sent';
const highestSequence = 2_147_483_647;

/**
 * The way out of one session: tasks run one after the other, so that numbers leave in order, and
 * everything is in the store before it is on the wire.
 */
export class Outbound {
  private readonly options: OutboundOptions;
  private connection: Connection | undefined;
  private lane: Promise<void> = Promise.resolve();
  private waiting = 0;
  private flushing = false;
  /** Application messages are sent as they come: after the logon, until the logout. */
  private live = false;
  /** The highest number that went out on this connection or belongs to an earlier one. */
  private lastSent = 0;

  constructor(options: OutboundOptions) {
    this.options = options;
  }

  attach(connection: Connection, nextOutbound: number): void {
    this.connection = connection;
    this.lastSent = nextOutbound - 1;
    this.live = false;
    this.flushing = false;
  }

  detach(): void {
    this.connection = undefined;
    this.live = false;
  }

  /** Fulfilled when every task so far has ended. */
  settled(): Promise<void> {
    return this.lane;
  }

  /** One message of the session itself. */
  send(message: FixMessage): void {
    this.enqueue(async () => {
      const [stored] = await this.options.store.append(this.options.id, [message]);
      if (!stored) return;
      // What an application appended in between has lower numbers and goes first.
      if (this.live) await this.transmit(this.lastSent + 1, stored.sequence - 1, false);
      await this.write(message, stored.sequence);
      this.lastSent = stored.sequence;
      if (message.type === MsgType.Logout) this.live = false;
    });
  }

  /** Answers a ResendRequest; `to` may be Infinity. */
  resend(from: number, to: number): void {
    this.enqueue(() => this.transmit(from, Math.min(to, this.lastSent), true));
  }

  async reset(): Promise<void> {
    this.enqueue(async () => {
      await this.options.store.reset(this.options.id);
      this.lastSent = 0;
    });
    await this.lane;
  }

  goLive(): void {
    this.enqueue(async () => {
      this.live = true;
    });
    this.flush();
  }

  /** Sends what the store holds beyond the last number sent. */
  flush(): void {
    if (this.flushing || !this.connection) return;
    this.flushing = true;
    this.enqueue(async () => {
      this.flushing = false;
      if (this.live) await this.transmit(this.lastSent + 1, highestSequence, false);
    });
  }

  private enqueue(task: () => Promise<void>): void {
    const { connection } = this;
    if (!connection) return;
    if (this.waiting >= maximumWaiting) {
      this.options.onFailure(new Error('the counterparty does not read what it is sent'));
      return;
    }
    this.waiting += 1;
    this.lane = this.lane
      .then(() => (this.connection === connection ? task() : undefined))
      .catch((error: unknown) => {
        if (this.connection === connection) this.options.onFailure(error);
      })
      .finally(() => {
        this.waiting -= 1;
      });
  }

  /**
   * Writes the stored messages of a range. Numbers without one (the session's own messages, or what
   * must not go out any more) are gap filled. `again` marks them as possible duplicates.
   */
  private async transmit(from: number, to: number, again: boolean): Promise<void> {
    const { store, id, chunk } = this.options;
    const { connection } = this;
    let next = from;
    let seen = from - 1;
    let end = to === highestSequence ? from - 1 : to;
    for (let cursor = from; cursor <= to;) {
      const batch = await store.read(id, cursor, to, chunk);
      for (const stored of batch) {
        if (this.connection !== connection) return;
        if (!again && stored.sequence > seen + 1) throw new Error(lostBeforeSent);
        seen = stored.sequence;
        end = Math.max(end, stored.sequence);
        if (!(await this.goesOut(stored))) continue;
        if (stored.sequence > next) await this.writeGapFill(next, stored.sequence, again);
        await this.write(stored, stored.sequence, again ? stored.storedAt : undefined);
        next = stored.sequence + 1;
        this.lastSent = Math.max(this.lastSent, stored.sequence);
      }
      cursor = (batch.at(-1)?.sequence ?? to) + 1;
      if (batch.length < chunk) break;
    }
    if (!again && seen < end) throw new Error(lostBeforeSent);
    if (next <= end) await this.writeGapFill(next, end + 1, again);
    this.lastSent = Math.max(this.lastSent, end);
  }

  private async goesOut(stored: StoredMessage): Promise<boolean> {
    return !adminTypes.has(stored.type) && (await this.options.shouldResend(stored));
  }

  private writeGapFill(sequence: number, next: number, again: boolean): Promise<void> {
    return this.write(admin.gapFill(next), sequence, again ? this.options.clock() : undefined);
  }

  private async write(message: FixMessage, sequence: number, originally?: Date): Promise<void> {
    const { connection } = this;
    const now = this.options.clock();
    const original = originally && originally < now ? originally : now;
    const duplicate = { possDup: true, origSendingTime: formatTimestamp(original) };
    const bytes = encode(
      {
        id: this.options.id,
        sequence,
        sendingTime: formatTimestamp(now),
        ...(originally ? duplicate : {}),
      },
      message,
    );
    if (!connection) return;
    const room = connection.write(bytes);
    countMessage(this.options.id, 'out', message.type);
    this.options.onWritten(now.getTime());
    await room;
  }
}
