import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '#tests/support/eventually.ts';
import { servicesVariable } from '#tests/support/find-services.ts';
import { startProxy, type Proxy } from '#tests/support/proxy.ts';
import { describeWith, postgres, rabbitmqUrl, redisUrl } from '#tests/support/services.ts';
import { runTool, startProcesses, type System } from '#tests/support/system.ts';
import {
  balances,
  deposit,
  newUser,
  place,
  type TestOrder,
  type TestUser,
} from '#tests/support/users.ts';

const outageMs = 4_000;
const finalStates = ['FILLED', 'CANCELED', 'EXPIRED', 'DENIED', 'REJECTED'];

/** Every program on services behind networks that can be cut; slow fills, so that a cut meets some. */
describeWith(['rabbitmq', 'redis'], 'when what Mammon stands on is away for a while', () => {
  const found = process.env[servicesVariable];
  const proxies: Record<string, Proxy> = {};
  let system: System;
  let ada: TestUser;

  beforeAll(async () => {
    proxies['postgres'] = await startProxy((await postgres()).url);
    proxies['rabbitmq'] = await startProxy(rabbitmqUrl() ?? '');
    proxies['redis'] = await startProxy(redisUrl() ?? '');
    process.env[servicesVariable] = JSON.stringify(
      Object.fromEntries(Object.entries(proxies).map(([name, { url }]) => [name, url])),
    );
    system = await startProcesses({ VENUE_FILL_DELAY_MS: '400' });
    ada = await newUser(system);
    await deposit(system, ada, 'NGN', '10000000.00');
  }, 400_000);

  afterAll(async () => {
    await ada?.[Symbol.asyncDispose]();
    await system?.[Symbol.asyncDispose]();
    for (const proxy of Object.values(proxies)) await proxy[Symbol.asyncDispose]();
    process.env[servicesVariable] = found;
  });

  test.each(['rabbitmq', 'redis', 'postgres'])(
    'without %s orders wait, and end as they should, and no update is lost',
    async (service) => {
      const updates: { sequence: number; order: { status: string; instrument: unknown } }[] = [];
      const after = await headOf(ada);
      const stream = ada.client.watch<{ orderUpdates: (typeof updates)[number] }>(
        `subscription ($after: Int) {
          orderUpdates(after: $after) { sequence order { status instrument { symbol tickSize } } }
        }`,
        { after },
        ({ orderUpdates }) => void updates.push(orderUpdates),
      );
      const failures: unknown[] = [];
      stream.ended.catch((error: unknown) => failures.push(error));
      const ids = Array.from({ length: 12 }, (_, index) => `${service}-${index}`);
      const placing = ids.map(async (clientOrderId, index) => {
        await sleep(index * 100);
        const input = { clientOrderId, type: 'MARKET', quantity: '3.00' };
        return eventually(
          () => place(ada, input).catch(() => ({ order: null, refusal: null })),
          ({ order }) => order !== null,
          60_000,
        );
      });
      await sleep(500);
      proxies[service]?.cut();
      await sleep(outageMs);
      proxies[service]?.restore();
      await Promise.all(placing);
      const done = await allDone(ada, ids);
      expect(done.filter(({ status }) => status === 'FILLED').length).toBeGreaterThan(0);
      const head = await headOf(ada);
      await eventually(
        async () => ({ last: updates.at(-1)?.sequence, failures }),
        ({ last }) => last === head,
        30_000,
      );
      expect(failures).toEqual([]);
      stream.close();
      // Each of them whole: what could not be read meanwhile was waited for.
      expect(updates).toEqual(
        Array.from({ length: head - after }, (_, index) => ({
          sequence: after + index + 1,
          order: {
            status: expect.any(String),
            instrument: { symbol: expect.any(String), tickSize: expect.any(String) },
          },
        })),
      );
      await expectOrder(system, ada);
    },
    180_000,
  );

  test('without the venue what was not sent expires in time, and the rest is asked for', async () => {
    const placeFor = (clientOrderId: string) => {
      const submitBy = new Date(Date.now() + 2_000).toISOString();
      return place(ada, { clientOrderId, type: 'MARKET', quantity: '3.00', submitBy });
    };
    const early = Array.from({ length: 6 }, (_, index) => `early-${index}`);
    const late = Array.from({ length: 6 }, (_, index) => `late-${index}`);
    const placing = early.map(placeFor);
    await sleep(100);
    await system.kill('venue');
    await Promise.all([...placing, ...late.map(placeFor)]);
    // While the venue is still away.
    const ended = await allDone(ada, late);
    expect(ended.map(({ status }) => status)).toEqual(late.map(() => 'EXPIRED'));
    await system.restart('venue');
    await allDone(ada, early);
    await expectOrder(system, ada);
  }, 180_000);
});

async function headOf(user: TestUser): Promise<number> {
  let head = 0;
  const stream = user.client.watch<{ orderUpdates: { sequence: number } }>(
    'subscription { orderUpdates(after: 0) { sequence } }',
    {},
    ({ orderUpdates }) => (head = orderUpdates.sequence),
  );
  let before = -1;
  while (head !== before) {
    before = head;
    await sleep(700);
  }
  stream.close();
  return head;
}

async function allDone(user: TestUser, ids: readonly string[]): Promise<readonly TestOrder[]> {
  const done = await eventually(
    () => ordersOf(user, ids),
    (orders) =>
      orders.every(
        (order) =>
          order && finalStates.includes(order.status) && order.settlementStatus !== 'PENDING',
      ),
    120_000,
  );
  return done.filter((order) => order !== null);
}

async function ordersOf(user: TestUser, ids: readonly string[]): Promise<(TestOrder | null)[]> {
  const fields = ids.map(
    (id, index) =>
      `o${index}: orderByClientId(clientOrderId: "${id}") { id status settlementStatus filledQuantity }`,
  );
  const answer = await user.client.ask<Record<string, TestOrder | null>>(`{ ${fields.join(' ')} }`);
  return ids.map((_, index) => answer[`o${index}`] ?? null);
}

/** Nothing is held, and the books agree with the venue's. */
async function expectOrder(system: System, user: TestUser): Promise<void> {
  const { NGN } = await balances(user);
  expect(NGN?.held).toBe('0.00');
  // PostgreSQL may still keep what was cut off, and has no connection left for the audit then.
  await eventually(
    () => runTool('tools/audit.ts', system.environment),
    ({ output }) => output.includes('The audit is clean.'),
    60_000,
  );
}
