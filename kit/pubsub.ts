import { EventEmitter } from 'node:events';
import { RedisPubSub } from 'graphql-redis-subscriptions';
import { PubSub } from 'graphql-subscriptions';
import { Redis, type RedisOptions } from 'ioredis';
import type { Logger } from './log.ts';
import { pause } from './pause.ts';

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
  const subscriber = heedLeaving(createRedis(url, logger));
  const engine = new RedisPubSub({ publisher, subscriber });
  const subscribe: Engine['subscribe'] = (channel, onMessage, options) => {
    const subscribed = engine.subscribe(channel, onMessage, options);
    // The library lets this one go as well; whoever waits for it hears of the error all the same.
    engine['subsPendingRefsMap'].get(channel)?.pending.catch(() => undefined);
    return subscribed;
  };
  const close = async () => {
    // A goodbye needs Redis; without it the connections would try again for ever.
    await Promise.allSettled([publisher.quit(), subscriber.quit()]);
    for (const connection of [publisher, subscriber]) connection.disconnect();
  };
  return wrap(
    {
      subscribe,
      publish: (channel, payload) => engine.publish(channel, payload),
      unsubscribe: (id) => engine.unsubscribe(id),
    },
    close,
    keyPrefix,
  );
}

/**
 * The library lets the promises of these two go. While Redis is away they are rejected, and a
 * rejection that nobody hears ends the process. A channel that could not be left is only idle.
 */
function heedLeaving(subscriber: Redis): Redis {
  const { unsubscribe, punsubscribe } = subscriber;
  return Object.assign(subscriber, {
    unsubscribe: (channel: string) => unsubscribe.call(subscriber, channel).catch(() => undefined),
    punsubscribe: (pattern: string) =>
      punsubscribe.call(subscriber, pattern).catch(() => undefined),
  });
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

const pingWithinMs = 1_000;

/**
 * For health checks, which must not wait as long as a connection tries again.
 * @throws Error when Redis does not answer within a second
 */
export async function pingRedis(redis: Redis): Promise<void> {
  const answered = new AbortController();
  const late = pause(pingWithinMs, answered.signal).then(() => {
    throw new Error(`Redis did not answer within ${pingWithinMs} ms`);
  });
  try {
    await Promise.race([redis.ping(), late]);
  } finally {
    answered.abort();
  }
}
