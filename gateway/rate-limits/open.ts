import { createRedis } from '#kit/pubsub.ts';
import type { Logger } from '#kit/log.ts';
import type { GatewayConfig } from '../config.ts';
import { createRateLimits, type RateLimits } from './rate-limits.ts';

export interface OpenRateLimits extends RateLimits {
  close(): void;
}

/** The rate limits of a gateway; an open one has none. */
export function openRateLimits(config: GatewayConfig, logger: Logger): OpenRateLimits {
  if (config.open) return { admit: async () => ({}), close: () => undefined };
  const { url, prefix } = config.redis;
  // A request does not wait for a Redis that is away: this process counts by itself meanwhile.
  const options = {
    keyPrefix: `${prefix}:`,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: 250,
  };
  const redis = url ? createRedis(url, logger, options) : null;
  const { admit } = createRateLimits(config.rateLimits, redis);
  return { admit, close: () => redis?.disconnect() };
}
