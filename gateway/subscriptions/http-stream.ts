import type { ServerResponse } from 'node:http';
import type { FormattedExecutionResult, GraphQLFormattedError } from 'graphql';
import type { GatewayContext } from '../caller.ts';
import type { Client, ClientEnd, Clients } from './clients.ts';
import type { Follower } from './follower.ts';
import type { ReadyBatch } from './ready-batch.ts';
import { tooSlowError } from './stream-ends.ts';
import { endingOf, type StreamFormat } from './stream-formats.ts';

/** How long a client may take nothing before it is given up. */
const goneMs = 60_000;
/** How long it may take to read the end, once that is written. */
const goodbyeMs = 30_000;

/** One subscription's answer to one HTTP request: its own connection and its own follower. */
export class HttpStream implements Client, Follower {
  readonly context: GatewayContext;
  readonly expiresAtMs: number;
  /** What ends the stream when the client leaves. */
  leave: () => void = () => undefined;
  readonly #response: ServerResponse;
  readonly #format: StreamFormat;
  readonly #clients: Clients;
  #beatAtMs: number;
  #takenAtMs: number;
  #taken = 0;
  #ended = false;
  #counted = false;

  constructor(
    response: ServerResponse,
    format: StreamFormat,
    clients: Clients,
    context: GatewayContext,
    nowMs: number,
  ) {
    this.context = context;
    this.expiresAtMs = context.expiresAtMs ?? Infinity;
    this.#response = response;
    this.#format = format;
    this.#clients = clients;
    this.#beatAtMs = nowMs;
    this.#takenAtMs = nowMs;
    response.once('close', () => this.#close());
    response.write(format.opening);
  }

  /** Counts it among its user's connections and subscriptions. @returns what it exceeds */
  count(): string | undefined {
    const clients = this.#clients;
    const exceeded = clients.open(this) ?? clients.identified(this) ?? clients.subscribed(this);
    this.#counted = exceeded === undefined;
    return exceeded;
  }

  next(batch: ReadyBatch): void {
    if (!this.#ended) this.#response.write(this.#format.results(batch));
  }

  /** The answer of a query or mutation, and its end. */
  answer(result: FormattedExecutionResult): void {
    this.#finish(this.#format.result(result));
  }

  /** An operation that was refused: its errors are its only result. */
  refused(errors: readonly GraphQLFormattedError[]): void {
    this.#finish(this.#format.result({ errors }));
  }

  failed(errors: readonly GraphQLFormattedError[]): void {
    this.#finish(this.#format.failure(errors));
  }

  completed(): void {
    this.#finish('');
  }

  isBehind(): boolean {
    return this.#response.writableNeedDrain;
  }

  whenCaughtUp(then: () => void): void {
    this.#response.once('drain', then);
  }

  tooSlow(field: string, resumeAfter: number | null): void {
    this.failed([tooSlowError(field, resumeAfter)]);
  }

  end(why: ClientEnd): void {
    this.failed([endingOf(why)]);
  }

  tick(nowMs: number): void {
    const taken =
      (this.#response.socket?.bytesWritten ?? 0) - (this.#response.socket?.writableLength ?? 0);
    if (taken !== this.#taken || this.#response.writableLength === 0) {
      this.#taken = taken;
      this.#takenAtMs = nowMs;
    } else if (nowMs - this.#takenAtMs > goneMs) {
      this.#response.destroy();
    }
    if (nowMs - this.#beatAtMs < this.#format.heartbeatMs || this.isBehind()) return;
    this.#beatAtMs = nowMs;
    this.#response.write(this.#format.heartbeat);
  }

  #finish(last: string): void {
    if (this.#ended) return;
    const response = this.#response;
    response.end(last + this.#format.closing);
    // It counts no more among the connections, so that nobody else would end it.
    const patience = setTimeout(() => response.destroy(), goodbyeMs);
    patience.unref();
    response.once('close', () => clearTimeout(patience));
    this.#close();
  }

  #close(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.leave();
    if (this.#counted) this.#clients.unsubscribed(this);
    this.#clients.closed(this);
  }
}
