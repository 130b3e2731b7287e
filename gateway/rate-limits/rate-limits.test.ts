import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { GraphQLError } from 'graphql';
import type { UserId } from '#kit/ids.ts';
import { silentLogger } from '#kit/log.ts';
import { createRedis } from '#kit/pubsub.ts';
import { startProxy } from '#tests/support/proxy.ts';
import { deleteKeys } from '#tests/support/redis.ts';
import { describeWith, prefix, redisUrl } from '#tests/support/services.ts';
import type { ApiKey } from '../api-keys/key.ts';
import type { GatewayContext } from '../caller.ts';
import { readGatewayConfig } from '../config.ts';
import { openRateLimits } from './open.ts';
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
      ratelimit: '"minute";r=1;t=60',
      'ratelimit-policy': '"minute";q=2;w=60',
      'ratelimit-limit': '2',
      'ratelimit-remaining': '1',
      'ratelimit-reset': '60',
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
    expect(extensions['http']).toMatchObject({
      status: 429,
      headers: {
        'retry-after': '86400',
        ratelimit: '"minute";r=43;t=60, "day";r=0;t=86400',
        'ratelimit-policy': '"minute";q=50;w=60, "day";q=6;w=86400',
        'ratelimit-limit': '6',
      },
    });
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
      const till = key('till', { requestsPerMinute: 50 });
      for (let time = 0; time < 4; time += 1) await one.admit(till);
      const { allowed, extensions } = await exhaust(two, till);
      expect([allowed, extensions['code']]).toEqual([2, 'QUOTA_EXHAUSTED']);
      await expect(one.admit(till)).rejects.toMatchObject({
        extensions: { code: 'QUOTA_EXHAUSTED' },
      });
    } finally {
      const left = await redis.keys(`${keyPrefix}*`);
      if (left.length > 0) await redis.del(left.map((name) => name.slice(keyPrefix.length)));
      await redis.quit();
    }
  });

  test('are counted by each gateway for itself while Redis is away, and nobody waits for it', async () => {
    await using network = await startProxy(redisUrl() ?? '');
    const name = prefix('rates');
    const settings = { REDIS_URL: network.url, MESSAGING_PREFIX: name, RATE_LIMIT_CUSTOMER: '3' };
    const IDENTITY_PRIVATE_KEY = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      .privateKey.export({ type: 'pkcs8', format: 'pem' })
      .toString();
    const gateway = readGatewayConfig({ ...settings, IDENTITY_PRIVATE_KEY });
    const limits = openRateLimits(gateway, silentLogger);
    try {
      await limits.admit(user('ada', 'phone'));
      network.cut();
      const cutAtMs = performance.now();
      expect((await exhaust(limits, user('ada', 'phone'))).allowed).toBeGreaterThanOrEqual(2);
      expect(performance.now() - cutAtMs).toBeLessThan(2_000);
    } finally {
      limits.close();
      await deleteKeys(redisUrl() ?? '', `${name}:`);
    }
  });
});
