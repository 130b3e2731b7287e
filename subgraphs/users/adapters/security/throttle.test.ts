import { afterAll, describe, expect, test } from '@jest/globals';
import type { Redis } from 'ioredis';
import { silentLogger } from '#kit/log.ts';
import { networkOf } from '#kit/network.ts';
import { createRedis } from '#kit/pubsub.ts';
import { describeWith, prefix, redisUrl } from '#tests/support/services.ts';
import type { Throttle } from '../../application/ports.ts';
import { createThrottle, type ThrottleLimits } from './throttle.ts';

test('the addresses of one IPv6 network count as one, those of IPv4 each for itself', () => {
  const same = ['2001:db8:0:7::1', '2001:db8:0:7:ffff:1:2:3', '2001:0DB8::7:0:0:0:9'];
  expect(same.map(networkOf)).toEqual(same.map(() => '2001:db8:0:7::/64'));
  expect(networkOf('2001:db8:0:8::1')).toBe('2001:db8:0:8::/64');
  expect(networkOf('::1')).toBe('0:0:0:0::/64');
  expect(networkOf('fe80::1%eth0')).toBe('fe80:0:0:0::/64');
  expect(networkOf('::ffff:192.0.2.1')).toBe('192.0.2.1');
  expect(networkOf('192.0.2.1')).toBe('192.0.2.1');
  expect(networkOf('')).toBe('');
});

const limits = { address: 100, accountAndAddress: 3, account: 8 };
const tooMany = { code: 'TOO_MANY_ATTEMPTS', retryAfterSeconds: expect.any(Number) };

/** How many log-ins fail from an address before one is refused. */
async function guess(throttle: Throttle, account: string, address: string): Promise<number> {
  for (let failed = 0; failed < 200; failed += 1) {
    try {
      await throttle.logIn(account, address);
    } catch (error) {
      expect(error).toMatchObject(tooMany);
      return failed;
    }
  }
  throw new Error('nothing was refused');
}

const logIn = async (throttle: Throttle, account: string, address: string) =>
  (await throttle.logIn(account, address)).succeeded();

function suite(create: (limits: ThrottleLimits) => Throttle): void {
  test('guesses from many addresses of one network are throttled together', async () => {
    const throttle = create({ ...limits, address: 3 });
    for (const host of ['1', '2', '3']) await throttle.attempt(`2001:db8::${host}`);
    await expect(throttle.attempt('2001:db8::4')).rejects.toMatchObject(tooMany);
    await throttle.attempt('2001:db8:0:1::1');
  });

  test('a stranger who guesses keeps out itself, not the owner of the account', async () => {
    const throttle = create(limits);
    expect(await guess(throttle, 'ada', '192.0.2.66')).toBe(3);
    await logIn(throttle, 'ada', '192.0.2.1');
    await throttle.logIn('ben', '192.0.2.66');
  });

  test('many strangers keep out networks that are new, and never those that are known', async () => {
    const throttle = create(limits);
    await logIn(throttle, 'ada', '192.0.2.1');
    const guesses: number[] = [];
    for (const host of [60, 61, 62, 63]) {
      guesses.push(await guess(throttle, 'ada', `192.0.2.${host}`));
    }
    expect(guesses).toEqual([3, 3, 2, 0]);
    await expect(throttle.logIn('ada', '192.0.2.64')).rejects.toMatchObject(tooMany);
    await logIn(throttle, 'ada', '192.0.2.1');
    expect(await guess(throttle, 'ada', '192.0.2.1')).toBe(3);
  });

  test('log-ins that come to no verdict keep nobody out afterwards', async () => {
    const throttle = create(limits);
    for (let times = 0; times < 20; times += 1) {
      await (await throttle.logIn('ada', '192.0.2.1')).undecided();
    }
    expect(await guess(throttle, 'ada', '192.0.2.1')).toBe(3);
    expect(await guess(throttle, 'ada', '192.0.2.2')).toBe(3);
  });

  test('log-ins that succeed use nothing up, wherever they come from', async () => {
    const throttle = create(limits);
    for (let host = 1; host <= 20; host += 1) await logIn(throttle, 'ada', `192.0.2.${host}`);
    for (let times = 0; times < 20; times += 1) await logIn(throttle, 'ada', '192.0.2.1');
    expect(await guess(throttle, 'ada', '192.0.2.77')).toBe(3);
  });
}

describe('attempts counted in memory', () => suite((own) => createThrottle(null, own)));

describeWith('redis', 'attempts counted in Redis', () => {
  const opened: { readonly redis: Redis; readonly keyPrefix: string }[] = [];
  afterAll(async () => {
    for (const { redis, keyPrefix } of opened) {
      const left = await redis.keys(`${keyPrefix}*`);
      if (left.length > 0) await redis.del(left.map((key) => key.slice(keyPrefix.length)));
      await redis.quit();
    }
  });
  suite((own) => {
    const keyPrefix = `${prefix('throttle')}:`;
    const redis = createRedis(redisUrl() ?? '', silentLogger, { keyPrefix });
    opened.push({ redis, keyPrefix });
    return createThrottle(redis, own);
  });
});
