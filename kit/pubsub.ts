import { EventEmitter } from 'node:events';
import { RedisPubSub } from 'graphql-redis-subscriptions';
import { PubSub } from 'graphql-subscriptions';
import { Redis, type RedisOptions } from 'ioredis';
import type { Logger } from './log.ts';

/**
 * Live updates between processes: at most once, to whoever listens now. What must not be lost is
 * read from an event log (stream.ts); this only says when to look.
 */
export interface LivePubSub {
  publish(channel: string, payload: unknown): Promise<void>;
  /** Resolves when the subscription is in place. */
  subscribe(channel: string, onMessage: (payload: unknown) => void): Promise<Unsubscribe>;
  close(): Promise<void>;
}

export type Unsubscribe = () => Promise<void>;

/** The twin for one process. */
export function createMemoryPubSub(): LivePubSub {
  const eventEmitter = new EventEmitter().setMaxListeners(0);
  return wrap(new PubSub({ eventEmitter }), async () => undefined);
}

/** The twin for many processes. `keyPrefix` keeps the channels of several installations apart. */
export function createRedisPubSub(url: string, logger: Logger, keyPrefix = 'mammon:'): LivePubSub {
  const publisher = createRedis(url, logger);
  const subscriber = createRedis(url, logger);
  const engine = new RedisPubSub({ publisher, subscriber });
  return wrap(engine, () => engine.close().then(() => undefined), keyPrefix);
}

/** A Redis connection that reconnects for ever with a bounded pause and logs its faults. */
export function createRedis(url: string, logger: Logger, options: RedisOptions = {}): Redis {
  const redis = new Redis(url, {
    maxRetriesPerRequest: 3,
    retryStrategy: (attempt) => Math.min(attempt * 100, 2_000),
    ...options,
  });
  redis.on('error', (error: Error) => logger.warn({ error: error.message }, 'Redis connection'));
  return redis;
}

interface Engine {
  publish(channel: string, payload: unknown): Promise<void>;
  subscribe(
    channel: string,
    onMessage: (payload: unknown) => void,
    options: object,
  ): Promise<number>;
  unsubscribe(id: number): void;
}

function wrap(engine: Engine, close: () => Promise<void>, prefix = ''): LivePubSub {
  return {
    publish: (channel, payload) => engine.publish(prefix + channel, payload),
    async subscribe(channel, onMessage) {
      const id = await engine.subscribe(prefix + channel, onMessage, {});
      return async () => engine.unsubscribe(id);
    },
    close,
  };
}
