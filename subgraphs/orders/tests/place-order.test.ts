import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { FundsHeld, HoldDenied } from '#contracts/orders.ts';
import { QuotePublished } from '#contracts/pricing.ts';
import { newId, type OrderId, type UserId } from '#kit/ids.ts';
import { createMemoryPubSub } from '#kit/pubsub.ts';
import { silentLogger } from '#kit/log.ts';
import { createOrderWatcher } from '../adapters/messaging/order-watcher.ts';
import { awaitDecision } from '../application/await-decision.ts';
import { placeOrder } from '../application/place-order.ts';
import type { OrderReader } from '../application/ports.ts';
import { listOrders } from '../application/view-orders.ts';
import type { Order } from '../domain/order.ts';
import { order as sample, policy, request } from './samples.ts';
import { answersTo, createWorld, quotePublished, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

const someone = () => newId<UserId>();

describe('a client order id', () => {
  test('gives the same order again, however the request is written and whatever became of it', async () => {
    const user = someone();
    const order = await world.place({}, user);
    expect(await world.place({ quantity: '100', timeInForce: 'GTC' }, user)).toEqual(order);
    await world.deliver(HoldDenied, answersTo(order).denied);
    const again = await world.place({}, user);
    expect(again).toMatchObject({ id: order.id, status: 'DENIED' });
  });

  test('answers a retry that the market would refuse by now', async () => {
    const user = someone();
    const order = await world.place({}, user);
    world.later(60_000);
    expect((await world.place({}, user)).id).toBe(order.id);
    const other = { clientOrderId: 'my-order-2' };
    await expect(world.place(other, user)).rejects.toMatchObject({ code: 'STALE_QUOTE' });
    await world.deliver(QuotePublished, quotePublished(world.clock()));
    // What was refused left no trace: its id is free.
    expect(await world.place(other, user)).toMatchObject({ status: 'RECEIVED' });
  });

  test('names no second order', async () => {
    const user = someone();
    await world.place({}, user);
    await expect(world.place({ quantity: '101' }, user)).rejects.toMatchObject({
      code: 'CLIENT_ORDER_ID_REUSED',
    });
    expect(await world.place({ quantity: '101' }, someone())).toMatchObject({ quantity: 101_00n });
  });

  test('gives one order to twenty who race, and one hold', async () => {
    const user = someone();
    const placed = await Promise.all(Array.from({ length: 20 }, () => world.place({}, user)));
    expect(new Set(placed.map((order) => order.id)).size).toBe(1);
    const [order] = placed;
    expect(await world.sent(order?.id as OrderId)).toHaveLength(1);
    expect(await world.store.readHead(user)).toBe(1);
  });
});

describe('placing', () => {
  test('keeps the limit of open orders, also in a race', async () => {
    const user = someone();
    const placed = await Promise.allSettled(
      Array.from({ length: 8 }, (_, index) => limited(user, `order-${index}`)),
    );
    expect(placed.filter((one) => one.status === 'fulfilled')).toHaveLength(3);
    for (const one of placed) {
      if (one.status === 'rejected') expect(one.reason.code).toBe('TOO_MANY_OPEN_ORDERS');
    }
    const [open] = await world.store.listOrders({
      userId: user,
      limit: 1,
      after: null,
      statuses: null,
    });
    await world.deliver(HoldDenied, answersTo(open as Order).denied);
    expect(await limited(user, 'one-more')).toMatchObject({ status: 'RECEIVED' });
  });

  test('numbers the events of a user without gaps while many happen at once', async () => {
    const user = someone();
    const orders = await Promise.all(
      Array.from({ length: 10 }, (_, index) => world.place({ clientOrderId: `o-${index}` }, user)),
    );
    await Promise.all(orders.map((order) => world.deliver(FundsHeld, answersTo(order).held)));
    const events = await world.store.readEvents(user, 0, 100);
    expect(events.map((event) => event.sequence)).toEqual(
      Array.from({ length: 30 }, (_, index) => index + 1),
    );
    expect(await world.store.readEvents(user, 28, 1)).toEqual([events[28]]);
  });

  function limited(user: UserId, clientOrderId: string) {
    return placeOrder(
      {
        store: world.store,
        watcher: { watch: async () => async () => undefined },
        clock: world.clock,
        policy: { ...policy, maximumOpenOrders: 3 },
        decision: { waitMs: 1, pollMs: 1 },
      },
      user,
      { ...request, clientOrderId },
    );
  }
});

describe('the caller of an order', () => {
  const held: Order = { ...sample, status: 'HELD' };
  const slow = { waitMs: 5_000, pollMs: 5_000 };

  test('is told at once by a live update, also one that comes before the commit is known', async () => {
    const pubsub = createMemoryPubSub();
    const watcher = createOrderWatcher(pubsub, silentLogger);
    const tell = () => pubsub.publish(`orders.changed.${sample.id}`, {});
    const place = async () => {
      await tell();
      return sample;
    };
    const since = performance.now();
    const awaited = { orderId: sample.id, place };
    expect(await awaitDecision(reading(held), watcher, slow, awaited)).toBe(held);
    setTimeout(() => void tell(), 20);
    expect(await awaitDecision(reading(sample, held), watcher, slow, awaited)).toBe(held);
    expect(performance.now() - since).toBeLessThan(2_000);
  });

  test('finds out by reading again when no live update comes', async () => {
    const deaf = createOrderWatcher(
      { ...createMemoryPubSub(), subscribe: () => Promise.reject(new Error('away')) },
      silentLogger,
    );
    const quick = { waitMs: 5_000, pollMs: 5 };
    expect(await awaitDecision(reading(sample, sample, held), deaf, quick, sample)).toBe(held);
  });

  test('is not kept waiting for ever', async () => {
    const watcher = createOrderWatcher(createMemoryPubSub(), silentLogger);
    const short = { waitMs: 50, pollMs: 10 };
    expect(await awaitDecision(reading(sample), watcher, short, sample)).toBe(sample);
  });

  /** A reader that finds these one after the other, and then always the last. */
  function reading(...orders: Order[]): OrderReader {
    const left = [...orders];
    const findOrders = async () => {
      const order = left.length > 1 ? left.shift() : left[0];
      return order ? [order] : [];
    };
    return { ...world.store, findOrders };
  }
});

describe('the list of orders', () => {
  test('is walked page by page while orders are placed, each once and the latest first', async () => {
    const user = someone();
    const place = (name: string) => world.place({ clientOrderId: name }, user);
    for (const name of ['a', 'b', 'c']) await place(name); // in the same millisecond
    world.later(1);
    for (const name of ['d', 'e']) await place(name);
    const seen: string[] = [];
    let after: string | null = null;
    for (let page = 0; page < 5; page += 1) {
      const found = await listOrders(world.store, user, { first: 2, after, statuses: null });
      expect(found.pageInfo.hasPreviousPage).toBe(after !== null);
      seen.push(...found.edges.map((edge) => edge.node.clientOrderId));
      world.later(1);
      await place(`meanwhile-${page}`);
      after = found.pageInfo.endCursor;
      if (!found.pageInfo.hasNextPage) break;
    }
    expect(seen).toEqual(['e', 'd', 'c', 'b', 'a']);
  });

  test('is filtered by status and refuses odd pages', async () => {
    const user = someone();
    const order = await world.place({}, user);
    await world.deliver(HoldDenied, answersTo(order).denied);
    const count = async (statuses: Order['status'][]) =>
      (await listOrders(world.store, user, { first: 100, after: null, statuses })).edges.length;
    expect(await count(['DENIED', 'HELD'])).toBe(1);
    expect(await count(['HELD'])).toBe(0);
    for (const odd of [{ first: 0 }, { first: 101 }, { after: 'nonsense' }]) {
      await expect(
        listOrders(world.store, user, { first: 1, after: null, statuses: null, ...odd }),
      ).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    }
  });
});
