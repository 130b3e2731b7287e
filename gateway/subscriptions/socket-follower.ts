import type { GraphQLFormattedError } from 'graphql';
import { MessageType, type Message } from 'graphql-ws';
import type { GatewayContext } from '../caller.ts';
import type { Follower } from './follower.ts';
import type { ReadyBatch } from './ready-batch.ts';

/** The socket that a follower writes to. */
export interface FollowedSocket {
  /** Undefined until it is admitted. */
  readonly context: GatewayContext | undefined;
  /** Whether it takes no more for now. */
  readonly behind: boolean;
  whenCaughtUp(then: () => void): void;
  write(frames: Buffer): void;
  /** Ends one subscription with its last message. */
  finished(id: string, last: Message): void;
  /** Closes the socket, telling from where to resume. */
  tooSlow(id: string, field: string, resumeAfter: number | null): void;
}

/** One subscription on a socket; a class for its memory's sake, as its session is. */
export class SocketFollower implements Follower {
  readonly #session: FollowedSocket;
  readonly #id: Buffer;

  constructor(session: FollowedSocket, id: string) {
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
