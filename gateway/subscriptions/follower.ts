import type { GraphQLFormattedError } from 'graphql';
import type { GatewayContext } from '../caller.ts';
import type { ReadyBatch } from './ready-batch.ts';

/** Who receives one subscription's results, by whichever transport. */
export interface Follower {
  readonly context: GatewayContext;
  next(batch: ReadyBatch): void;
  /** The stream has ended with errors; nothing follows. */
  failed(errors: readonly GraphQLFormattedError[]): void;
  /** The stream has ended; nothing follows. */
  completed(): void;
  /** Whether bytes wait here because the client does not take them. */
  isBehind(): boolean;
  /** Calls back once, as soon as it has caught up. */
  whenCaughtUp(then: () => void): void;
  /**
   * Ends its connection: it did not keep up with a stream that must lose nothing.
   * @param field the stream's root field
   * @param resumeAfter the last sequence that was sent; null for streams without sequences
   */
  tooSlow(field: string, resumeAfter: number | null): void;
}
