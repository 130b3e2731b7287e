import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { expect, test } from '@jest/globals';
import { silentLogger } from './log.ts';
import { createRedis, pingRedis } from './pubsub.ts';

test('a health check hears within a second that Redis does not answer', async () => {
  const sockets: Socket[] = [];
  await using mute = createServer((socket) => void sockets.push(socket)).listen(0, '127.0.0.1');
  await once(mute, 'listening');
  const { port } = mute.address() as AddressInfo;
  const redis = createRedis(`redis://127.0.0.1:${port}`, silentLogger, {
    disconnectTimeout: 0,
  });
  const startedAt = performance.now();
  try {
    await expect(pingRedis(redis)).rejects.toThrow('did not answer within 1000 ms');
    expect(performance.now() - startedAt).toBeLessThan(3_000);
  } finally {
    redis.disconnect();
    for (const socket of sockets) socket.destroy();
  }
});
