import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import { openWorld } from './tests/world.ts';
import { startUsersStub } from './tests/users-stub.ts';

const askAt = async (url: string) => {
  const response = await fetch(new URL('/health/ready', url));
  return { status: response.status, body: await response.json() };
};

/** Waits for what has been remembered for a second. */
const eventuallyAt = async (url: string, wanted: object) => {
  let last: object = {};
  for (const deadline = Date.now() + 10_000; Date.now() < deadline;) {
    last = await askAt(url);
    if (JSON.stringify(last) === JSON.stringify(wanted)) return last;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return last;
};

test('a gateway that never heard how to tell who asks is not ready', async () => {
  await using world = await openWorld({ USERS_JWKS_URL: 'http://127.0.0.1:9/jwks' });
  expect(await askAt(world.gateway.url)).toEqual({
    status: 503,
    body: { status: 'not ready', missing: ['keys of access tokens'] },
  });
});

test('a gateway that has not heard of API keys is not ready until users tells them', async () => {
  await using world = await openWorld({}, { usersUrl: 'http://127.0.0.1:9/graphql' });
  expect(await askAt(world.gateway.url)).toEqual({
    status: 503,
    body: { status: 'not ready', missing: ['API keys'] },
  });
});

test('a gateway stays ready without its subgraphs, users among them, and names them', async () => {
  const users = await startUsersStub();
  await using world = await openWorld({}, { usersUrl: users.url });
  const ready = { status: 200, body: { status: 'ready' } };
  expect(await eventuallyAt(world.gateway.url, ready)).toEqual(ready);
  await users[Symbol.asyncDispose]();
  world.marketNetwork.cut();
  const degraded = { status: 200, body: { status: 'ready', degraded: ['market', 'users'] } };
  expect(await eventuallyAt(world.gateway.url, degraded)).toEqual(degraded);
});

test('a subgraph that takes a connection and never answers delays nobody’s look at health', async () => {
  const silent = createServer(() => undefined);
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const { port } = silent.address() as AddressInfo;
  await using world = await openWorld({ ORDERS_URL: `http://127.0.0.1:${port}/graphql` });
  const startedAt = performance.now();
  expect(await askAt(world.gateway.url)).toEqual({
    status: 200,
    body: { status: 'ready', degraded: ['orders'] },
  });
  expect(performance.now() - startedAt).toBeLessThan(4_000);
  silent.closeAllConnections();
  silent.close();
});
