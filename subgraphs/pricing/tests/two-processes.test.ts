import { expect, test } from '@jest/globals';
import { silentLogger } from '#kit/log.ts';
import { createRedis, createRedisPubSub } from '#kit/pubsub.ts';
import { describeWith, prefix, redisUrl } from '#tests/support/services.ts';
import { eventually, startFixture, user } from './pricing-fixture.ts';

describeWith('redis', 'two pricing processes', () => {
  test('publish once, serve the same quotes, and stand in for each other', async () => {
    const keyPrefix = `${prefix('pricing')}:`;
    const redis = createRedis(redisUrl() ?? '', silentLogger, { keyPrefix });
    const pubsub = createRedisPubSub(redisUrl() ?? '', silentLogger, keyPrefix);
    const settings = { PRICING_PUBLISH_INTERVAL_MS: '400', PRICING_STALE_AFTER_MS: '1500' };
    const fixture = await startFixture(settings, { pubsub, redis });
    const other = await fixture.startAnother();
    try {
      await fixture.list('USD/NGN');
      let price = 1_520;
      const showing = setInterval(() => {
        price += 1;
        void fixture.show('USD/NGN', `${price}.00`, `${price + 1}.00`);
      }, 20);
      const told = () => fixture.published('quote-published');
      const bidAt = async (url: string) => {
        const { data } = await fixture.ask(user, '{ quotes { bid status } }', {}, url);
        return (data?.['quotes'] as { bid: string; status: string }[] | undefined)?.[0];
      };
      await eventually(() => told().length > 0);
      const before = told().length;
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      const perInterval = (told().length - before) / 5;
      expect(perInterval).toBeLessThan(1.5); // two publishers would make it two
      expect((await bidAt(other.url))?.status).toBe('LIVE');
      expect(await bidAt(fixture.service().url)).toBeDefined();
      await fixture.stop();
      const after = told().length;
      await eventually(() => told().length > after + 1);
      expect((await bidAt(other.url))?.status).toBe('LIVE');
      clearInterval(showing);
    } finally {
      await other.close();
      await fixture[Symbol.asyncDispose]();
      await redis.del('pricing:quotes');
      redis.disconnect();
      await pubsub.close();
    }
  });
});
