import type { GraphQLFormattedError } from 'graphql';
import { MessageType } from 'graphql-ws';
import type { GatewayContext } from '../caller.ts';
import type { Follower } from './follower.ts';
import type { ReadyBatch } from './ready-batch.ts';
import type { SocketSession } from './socket-session.ts';

/** One subscription on a socket; a class for its memory's sake, as its session is. */
export class SocketFollower implements Follower {
  readonly #session: SocketSession;
  readonly #id: Buffer;

  constructor(session: SocketSession, id: string) {
    this.#session = session;
    this.#id = Buffer.from(JSON.stringify(id));
  }

  get context(): GatewayContext {
    const { context } = this.#session;
    if (!context) throw new Error('a socket subscribed before it was admitted');
    return context;
  }

  get #name(): string {
    return JSON.parse(this.#id.toString()) as string;
  }

  next(batch: ReadyBatch): void {
    this.#session.write(batch.asFrames(this.#id));
  }

  failed(errors: readonly GraphQLFormattedError[]): void {
    const id = this.#name;
    this.#session.finished(id, { id, type: MessageType.Error, payload: errors });
  }

  completed(): void {
    const id = this.#name;
    this.#session.finished(id, { id, type: MessageType.Complete });
  }

  isBehind(): boolean {
    return this.#session.behind;
  }

  whenCaughtUp(then: () => void): void {
    this.#session.whenCaughtUp(then);
  }

  tooSlow(field: string, resumeAfter: number | null): void {
    this.#session.tooSlow(this.#name, field, resumeAfter);
  }
}
