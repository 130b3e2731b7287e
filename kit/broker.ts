import type { MessageId } from './ids.ts';

/** A message between services as it travels; the body is plain JSON. */
export interface BrokerMessage {
  /** The inbox's key: a redelivery carries the same id. */
  readonly id: MessageId;
  readonly name: string;
  readonly version: number;
  /** Messages with the same key keep their order; usually an order's id. */
  readonly key: string;
  readonly body: unknown;
  /** ISO 8601 UTC. */
  readonly occurredAt: string;
  /** ISO 8601 UTC; after it an undelivered message may be dropped. */
  readonly expiresAt?: string | undefined;
  /** The W3C trace context of the work that sent it, where that was traced. */
  readonly traceparent?: string | undefined;
}

/** What a queue group hears: message names by group, and how many partitions each group has. */
export interface Topology {
  readonly groups: Readonly<Record<string, readonly string[]>>;
  readonly partitions: number;
}

/** Handles several messages of one queue at once, in their order: all of them or none. */
export interface Together {
  /** Messages at most. */
  readonly limit: number;
  handle(messages: readonly BrokerMessage[]): Promise<void>;
}

export interface Subscription {
  /** Resolves when the message in hand is finished; the rest stays queued. */
  close(): Promise<void>;
}

/**
 * Durable queues with two twins: RabbitMQ, and tables in PostgreSQL for one process. Each group has
 * `partitions` queues; a message goes to the queue `hash(key) mod partitions` of each group bound
 * to its name.
 */
export interface Broker {
  /** Resolves when every bound queue has durably accepted all of them, in the order given. */
  publish(messages: readonly BrokerMessage[]): Promise<void>;
  /**
   * Delivers one message at a time, in order. A handler that throws is called again after a pause,
   * without limit while `isTransient(error)`, else at most `redeliveryLimit` times; then the message
   * goes to the queue's dead letters and the next one follows. A message whose consumer died is
   * delivered again, counted.
   *
   * With `together`, messages that wait are first handed to it, several at once. When it throws,
   * and for messages that were delivered before, all is as above: one at a time.
   */
  consume(
    group: string,
    partition: number,
    handler: (message: BrokerMessage) => Promise<void>,
    together?: Together,
  ): Promise<Subscription>;
  /** How many messages wait, and how many are dead, in all partitions of a group. */
  depth(group: string): Promise<{ waiting: number; dead: number }>;
  /** Whether publish can succeed now. */
  readonly healthy: boolean;
  close(): Promise<void>;
}
