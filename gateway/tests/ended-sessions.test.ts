import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startUsersStub, type UsersStub } from './users-stub.ts';
import { ben, openWorld, type World } from './world.ts';

let users: UsersStub;
let world: World;

beforeAll(async () => {
  users = await startUsersStub();
  world = await openWorld({ SESSIONS_REFRESH_MS: '50' }, { usersUrl: users.url });
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await users[Symbol.asyncDispose]();
});

test('when sessions end, as all do of a user who is barred, their tokens, sockets and streams do', async () => {
  const phone = await world.token({ sessionId: 'phone' });
  const laptop = await world.token({ sessionId: 'laptop' });
  const bens = await world.token({ userId: ben, sessionId: 'bens' });
  const query = 'subscription { pulses { count } }';
  const follow = async (token: string) => {
    const client = world.client(token);
    const closed = new Promise((resolve) => client.on('closed', resolve));
    const events = client.iterate({ query });
    await events.next();
    return { closed, events };
  };
  const sockets = [await follow(phone), await follow(laptop)];
  const other = await follow(bens);
  const response = await fetch(world.gateway.url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'text/event-stream',
      authorization: `Bearer ${phone}`,
    },
    body: JSON.stringify({ query }),
  });
  expect((await world.ask('{ me }', { token: phone })).status).toBe(200);

  users.endSession('phone');
  users.endSession('laptop');
  const endedAtMs = performance.now();
  for (const { closed } of sockets) {
    expect(await closed).toMatchObject({ code: 4403, reason: 'the session has ended' });
  }
  expect(await response.text()).toContain('UNAUTHENTICATED');
  expect(performance.now() - endedAtMs).toBeLessThan(1_000);
  for (const token of [phone, laptop]) {
    const answer = await world.ask('{ me }', { token });
    expect(answer.status).toBe(401);
    expect(answer.body.errors?.[0]?.extensions).toEqual({ code: 'UNAUTHENTICATED' });
  }
  expect((await world.ask('{ me }', { token: bens })).body.data).toEqual({ me: ben });
  await world.orders.pulse(7);
  expect((await other.events.next()).value).toEqual({ data: { pulses: { count: 7 } } });
});
