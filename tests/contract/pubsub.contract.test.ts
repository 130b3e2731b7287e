import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { silentLogger } from '#kit/log.ts';
import { createMemoryPubSub, createRedisPubSub, type LivePubSub } from '#kit/pubsub.ts';
import { eventually } from '#tests/support/eventually.ts';
import { startProxy } from '#tests/support/proxy.ts';
import { describeWith, prefix, redisUrl } from '#tests/support/services.ts';

const keyPrefix = `${prefix('pubsub')}:`;
const openRedis = (url = redisUrl() ?? '') => createRedisPubSub(url, silentLogger, keyPrefix);

describe('pub/sub in memory', () => {
  contract(() => {
    const pubsub = createMemoryPubSub();
    return [pubsub, pubsub];
  });
});

describeWith('redis', 'pub/sub on Redis', () => {
  contract(() => [openRedis(), openRedis()]);

  test('installations with other prefixes hear nothing of each other', async () => {
    const [mine, other] = [openRedis(), createRedisPubSub(redisUrl() ?? '', silentLogger, 'x:')];
    const heard: unknown[] = [];
    await mine.subscribe('channel', (payload) => heard.push(payload));
    await other.publish('channel', { from: 'other' });
    await mine.publish('channel', { from: 'mine' });
    await eventually(() => expect(heard).toEqual([{ from: 'mine' }]));
    await Promise.all([mine.close(), other.close()]);
  });

  test('subscriptions are there again after the connection was lost', async () => {
    await using proxy = await startProxy(redisUrl() ?? '');
    const [publisher, subscriber] = [openRedis(), openRedis(proxy.url)];
    const heard: unknown[] = [];
    await subscriber.subscribe('channel', (payload) => heard.push(payload));
    proxy.cut();
    await sleep(50);
    proxy.restore();
    await eventually(async () => {
      await publisher.publish('channel', { number: 1 });
      expect(heard).toContainEqual({ number: 1 });
    });
    await Promise.all([publisher.close(), subscriber.close()]);
  });

  test('coming, leaving and closing while Redis is away rejects at most whoever asked', async () => {
    const unheard: unknown[] = [];
    const hear = (error: unknown) => void unheard.push(error);
    process.on('unhandledRejection', hear);
    await using proxy = await startProxy(redisUrl() ?? '');
    const pubsub = openRedis(proxy.url);
    const unsubscribe = await pubsub.subscribe('channel', () => undefined);
    proxy.cut();
    const coming = pubsub.subscribe('another', () => undefined);
    await unsubscribe();
    await expect(coming).rejects.toThrow();
    await expect(pubsub.publish('channel', 1)).rejects.toThrow();
    await pubsub.close();
    await sleep(100);
    process.off('unhandledRejection', hear);
    expect(unheard).toEqual([]);
  });
});

/** `open` gives the pub/sub of a publisher and of a listener, which may be in other processes. */
function contract(open: () => [publisher: LivePubSub, listener: LivePubSub]): void {
  let publisher: LivePubSub;
  let listener: LivePubSub;

  beforeAll(() => {
    [publisher, listener] = open();
  });
  afterAll(async () => {
    for (const each of new Set([publisher, listener])) await each.close();
  });

  async function listen(channel: string) {
    const heard: unknown[] = [];
    const unsubscribe = await listener.subscribe(channel, (payload) => heard.push(payload));
    return { heard, unsubscribe };
  }

  test('every listener of a channel hears what is published, in order', async () => {
    const [one, two] = [await listen('orders.1'), await listen('orders.1')];
    const payloads = Array.from({ length: 100 }, (_, number) => ({ number, text: `ü ' "` }));
    await Promise.all(payloads.map((payload) => publisher.publish('orders.1', payload)));
    await eventually(() => expect(one.heard).toEqual(payloads));
    await eventually(() => expect(two.heard).toEqual(payloads));
  });

  test('another channel hears nothing', async () => {
    const [one, other] = [await listen('orders.2'), await listen('orders.20')];
    await publisher.publish('orders.2', { sequence: 1 });
    await eventually(() => expect(one.heard).toHaveLength(1));
    expect(other.heard).toEqual([]);
  });

  test('who has left hears nothing more, and the others still do', async () => {
    const [leaving, staying] = [await listen('orders.3'), await listen('orders.3')];
    await publisher.publish('orders.3', 1);
    await eventually(() => expect([leaving.heard, staying.heard]).toEqual([[1], [1]]));
    await leaving.unsubscribe();
    await publisher.publish('orders.3', 2);
    await eventually(() => expect(staying.heard).toEqual([1, 2]));
    expect(leaving.heard).toEqual([1]);
  });

  test('what was published before anybody listened is gone', async () => {
    await publisher.publish('orders.4', 'early');
    const late = await listen('orders.4');
    await publisher.publish('orders.4', 'in time');
    await eventually(() => expect(late.heard).toEqual(['in time']));
  });

  test('a subscription is in place when subscribe resolves', async () => {
    for (let round = 0; round < 20; round++) {
      const { heard, unsubscribe } = await listen(`rounds.${round}`);
      await publisher.publish(`rounds.${round}`, round);
      await eventually(() => expect(heard).toEqual([round]));
      await unsubscribe();
    }
  });
}
