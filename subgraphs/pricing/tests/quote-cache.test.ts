import { expect, test } from '@jest/globals';
import { silentLogger } from '#kit/log.ts';
import { createRedis } from '#kit/pubsub.ts';
import { describeWith, prefix, redisUrl } from '#tests/support/services.ts';
import { createMemoryQuoteCache } from '../adapters/memory/quote-cache.ts';
import { createRedisQuoteCache } from '../adapters/redis/quote-cache.ts';
import type { QuoteCache } from '../application/ports.ts';

const quote = (symbol: string, bid: string) => ({
  symbol,
  bid,
  ask: '1521.00',
  bidQuantity: '1.00',
  askQuantity: '1.00',
  status: 'LIVE' as const,
  at: new Date('2026-03-01T12:00:00.000Z'),
});

async function contract(cache: QuoteCache): Promise<void> {
  expect(await cache.all()).toEqual([]);
  expect(await cache.get(['USD/NGN'])).toEqual([null]);
  expect(await cache.get([])).toEqual([]);
  await cache.put([]);
  await cache.put([quote('USD/NGN', '1520.00'), quote('EUR/USD', '1.08')]);
  await cache.put([quote('USD/NGN', '1520.50')]);
  expect(await cache.get(['EUR/USD', 'XXX/YYY', 'USD/NGN'])).toEqual([
    quote('EUR/USD', '1.08'),
    null,
    quote('USD/NGN', '1520.50'),
  ]);
  expect(await cache.all()).toHaveLength(2);
}

test('the cache in memory keeps the latest quote of each instrument', () =>
  contract(createMemoryQuoteCache()));

describeWith('redis', 'the cache in Redis', () => {
  test('keeps the latest quote of each instrument, and passes over what it cannot read', async () => {
    const keyPrefix = `${prefix('quotes')}:`;
    const redis = createRedis(redisUrl() ?? '', silentLogger, { keyPrefix });
    try {
      await contract(createRedisQuoteCache(redis));
      await redis.hset('pricing:quotes', 'EUR/USD', '{"broken');
      expect(await createRedisQuoteCache(redis).get(['EUR/USD'])).toEqual([null]);
    } finally {
      await redis.del('pricing:quotes');
      redis.disconnect();
    }
  });
});
