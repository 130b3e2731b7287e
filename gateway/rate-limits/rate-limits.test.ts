import { describe, expect, test } from '@jest/globals';
import type { GraphQLError } from 'graphql';
import type { UserId } from '#kit/ids.ts';
import { silentLogger } from '#kit/log.ts';
import { createRedis } from '#kit/pubsub.ts';
import { describeWith, prefix, redisUrl } from '#tests/support/services.ts';
import type { ApiKey } from '../api-keys/key.ts';
import type { GatewayContext } from '../caller.ts';
import { createRateLimits, type RateLimits } from './rate-limits.ts';

const config = {
  perMinute: { stranger: 2, customer: 3, partner: 4, operator: 5 },
  keyPerDay: 6,
};
const stranger = (address: string): GatewayContext => ({
  identity: { userId: null, roles: [], sessionId: null, address, device: null },
});
const user = (id: string, device: string): GatewayContext => ({
  identity: {
    ...stranger('192.0.2.1').identity,
    userId: id as UserId,
    roles: ['CUSTOMER'],
    device,
  },
});
const key = (id: string, limits: Partial<ApiKey> = {}): GatewayContext => ({
  ...user('partner', 'till'),
  key: {
    id,
    userId: 'partner',
    roles: ['PARTNER'],
    scopes: [],
    level: 'LOG',
    requestsPerMinute: null,
    requestsPerDay: null,
    expiresAtMs: Infinity,
    live: true,
    operationsVersion: 0,
    ...limits,
  },
});

/** How many operations are let through, and what the first refused one says. */
async function exhaust(limits: RateLimits, context: GatewayContext) {
  for (let allowed = 0; allowed < 100; allowed += 1) {
    try {
      await limits.admit(context);
    } catch (error) {
      return { allowed, extensions: (error as GraphQLError).extensions };
    }
  }
  throw new Error('nothing was refused');
}

describe('rates in memory', () => {
  test('are of a network, of a user with all devices, and of each key', async () => {
    const limits = createRateLimits(config, null);
    expect((await exhaust(limits, stranger('2001:db8::1'))).allowed).toBe(2);
    expect((await exhaust(limits, stranger('2001:db8::2'))).allowed).toBe(0);
    expect((await exhaust(limits, stranger('192.0.2.9'))).allowed).toBe(2);
    expect((await exhaust(limits, user('ada', 'phone'))).allowed).toBe(3);
    expect((await exhaust(limits, user('ada', 'laptop'))).allowed).toBe(0);
    expect((await exhaust(limits, key('one'))).allowed).toBe(4);
    expect((await exhaust(limits, key('two', { requestsPerMinute: 1 }))).allowed).toBe(1);
  });

  test('say what is left and when to come again', async () => {
    const limits = createRateLimits(config, null);
    expect(await limits.admit(stranger('192.0.2.1'))).toEqual({
      'ratelimit-limit': '2',
      'ratelimit-remaining': '1',
      'ratelimit-reset': '60',
      'ratelimit-policy': '2;w=60',
    });
    const { extensions } = await exhaust(limits, stranger('192.0.2.1'));
    expect(extensions).toMatchObject({
      code: 'RATE_LIMITED',
      http: { status: 429, headers: { 'retry-after': '60', 'ratelimit-remaining': '0' } },
    });
  });

  test('of a key have a quota for the day', async () => {
    const limits = createRateLimits(config, null);
    const { allowed, extensions } = await exhaust(limits, key('k', { requestsPerMinute: 50 }));
    expect([allowed, extensions['code']]).toEqual([6, 'QUOTA_EXHAUSTED']);
  });
});

describeWith('redis', 'rates in Redis', () => {
  test('are counted for all gateways together', async () => {
    const keyPrefix = `${prefix('rates')}:`;
    const redis = createRedis(redisUrl() ?? '', silentLogger, { keyPrefix });
    try {
      const [one, two] = [createRateLimits(config, redis), createRateLimits(config, redis)];
      await one.admit(user('ada', 'phone'));
      expect((await exhaust(two, user('ada', 'phone'))).allowed).toBe(2);
    } finally {
      const left = await redis.keys(`${keyPrefix}*`);
      if (left.length > 0) await redis.del(left.map((name) => name.slice(keyPrefix.length)));
      await redis.quit();
    }
  });
});
