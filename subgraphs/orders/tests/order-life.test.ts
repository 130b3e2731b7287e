import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  CancelRejected,
  OrderAccepted,
  OrderCanceled,
  OrderExecuted,
  OrderExpired,
  OrderRejected,
  OrderUnknown,
} from '#contracts/exchange.ts';
import { FillSettled, FundsHeld, HoldDenied, HoldReleased } from '#contracts/orders.ts';
import { InstrumentPublished, QuotePublished } from '#contracts/pricing.ts';
import { deterministicId, type OrderId } from '#kit/ids.ts';
import { auditOrders, listAuditedFills, listAuditedOrders } from '../application/audit.ts';
import { cancelOrder } from '../application/cancel-order.ts';
import { expireOrders } from '../application/expire-orders.ts';
import type { Order } from '../domain/order.ts';
import { otherUserId, userId } from './samples.ts';
import {
  answersTo,
  createWorld,
  execution,
  executionIdOf,
  quotePublished,
  usdNgnPublished,
  type World,
} from './world.ts';

let world: World;
let count = 0;

beforeAll(async () => {
  world = await createWorld();
});
afterAll(async () => {
  // Whatever the tests did, the books of the service fit together.
  const findings = await auditOrders(world.orm.em.fork());
  await world[Symbol.asyncDispose]();
  expect(findings).toEqual([]);
});

const place = (changes: Parameters<World['place']>[0] = {}) =>
  world.place({ clientOrderId: `order-${(count += 1)}`, ...changes });
const names = async (order: Order) => (await world.sent(order.id)).map((message) => message.name);
const settled = (order: Order, execId: string) => ({
  orderId: order.id,
  userId: order.userId,
  executionId: executionIdOf(execId),
  transactionId: deterministicId('transaction', execId),
});

async function submitted(changes: Parameters<World['place']>[0] = {}): Promise<Order> {
  const order = await place(changes);
  await world.deliver(FundsHeld, answersTo(order).held);
  return world.find(order.id);
}

async function cancel(order: Order, by = userId) {
  const result = await cancelOrder(world.store, world.clock, by, order.id);
  return result.refusal?.code ?? result.order?.status;
}

describe('an order', () => {
  test('is stored with its command to hold the worst-case cost', async () => {
    const order = await place();
    expect(order).toMatchObject({ status: 'RECEIVED', settlementStatus: 'NONE' });
    expect(await world.sent(order.id)).toMatchObject([
      {
        name: 'hold-funds',
        key: order.id,
        body: { orderId: order.id, userId, currency: 'NGN', amount: '15000000' },
      },
    ]);
    expect(await world.find(order.id)).toEqual(order);
  });

  test('goes from held funds to its settled fills', async () => {
    const order = await submitted();
    expect(order.status).toBe('SUBMITTED');
    const answers = answersTo(order);
    await world.deliver(OrderAccepted, answers.accepted);
    await world.deliver(OrderExecuted, execution(order, 'L1', '40', '1499.75'));
    expect(await world.find(order.id)).toMatchObject({
      status: 'PARTIALLY_FILLED',
      filled: 40_00n,
      settlementStatus: 'PENDING',
    });
    await world.deliver(FillSettled, settled(order, 'L1'));
    expect((await world.find(order.id)).settlementStatus).toBe('SETTLED');
    await world.deliver(OrderExecuted, execution(order, 'L2', '60.00', '1500'));
    await world.deliver(FillSettled, settled(order, 'L2'));
    expect(await world.find(order.id)).toMatchObject({
      status: 'FILLED',
      holdStatus: 'RELEASING',
      settlementStatus: 'PENDING',
    });
    await world.deliver(HoldReleased, answers.released);
    expect(await world.find(order.id)).toMatchObject({
      status: 'FILLED',
      filled: 100_00n,
      overfill: 0n,
      notional: 40_00n * 1499_75n + 60_00n * 1500_00n,
      settlementStatus: 'SETTLED',
    });
    const messages = await world.sent(order.id);
    expect(messages.map((message) => message.name)).toEqual([
      'hold-funds',
      'submit-order',
      'fill-recorded',
      'fill-recorded',
      'release-hold',
    ]);
    expect(messages[1]?.body).toMatchObject({ quantity: '100.00', limitPrice: '1500.00' });
    expect(messages[2]?.body).toMatchObject({
      baseAmount: '4000',
      quoteAmount: '5999000',
      venueQuoteAmount: '5999000',
    });
    expect(await world.kinds(order)).toEqual([
      'RECEIVED',
      'HELD',
      'SUBMITTED',
      'ACCEPTED',
      'FILLED',
      'SETTLED',
      'FILLED',
      'SETTLED',
      'SETTLED',
    ]);
    expect(await world.incidents(order.id)).toEqual([]);
  });

  test('is denied without funds, and gives its hold up all the same', async () => {
    const order = await place();
    await world.deliver(HoldDenied, answersTo(order).denied);
    expect(await world.find(order.id)).toMatchObject({
      status: 'DENIED',
      refusalCode: 'INSUFFICIENT_FUNDS',
      settlementStatus: 'NONE',
    });
    expect(await names(order)).toEqual(['hold-funds', 'release-hold']);
    await world.deliver(HoldReleased, answersTo(order).released);
    expect((await world.find(order.id)).settlementStatus).toBe('NONE');
  });

  test('counts a fill that overtakes the acknowledgement, and each execution once', async () => {
    const order = await submitted();
    await world.deliver(OrderExecuted, execution(order, 'O1', '10'));
    await world.deliver(OrderExecuted, execution(order, 'O1', '10'));
    await world.deliver(OrderAccepted, answersTo(order).accepted);
    expect(await world.find(order.id)).toMatchObject({
      status: 'PARTIALLY_FILLED',
      filled: 10_00n,
      fillCount: 1,
    });
    expect(await names(order)).toEqual(['hold-funds', 'submit-order', 'fill-recorded']);
  });

  test('that is too late when its funds are held expires instead of being sent', async () => {
    const submitBy = new Date(world.clock().getTime() + 1_000);
    const order = await place({ submitBy });
    world.later(1_001);
    await world.deliver(FundsHeld, answersTo(order).held);
    expect((await world.find(order.id)).status).toBe('EXPIRED');
    expect(await names(order)).toEqual(['hold-funds', 'release-hold']);
    await world.deliver(QuotePublished, quotePublished(world.clock()));
  });

  test('whose funds nobody answers for expires by the sweep, and a late hold is released', async () => {
    const submitBy = new Date(world.clock().getTime() + 1_000);
    const overdue = await Promise.all([place({ submitBy }), place({ submitBy })]);
    const waiting = await place();
    expect(await expireOrders(world.store, world.clock)).toBe(0);
    world.later(1_001);
    const sweeps = [1, 2, 3].map(() => expireOrders(world.store, world.clock));
    expect((await Promise.all(sweeps)).reduce((sum, one) => sum + one, 0)).toBe(2);
    for (const order of overdue) {
      expect((await world.find(order.id)).status).toBe('EXPIRED');
      await world.deliver(FundsHeld, answersTo(order).held);
      expect(await names(order)).toEqual(['hold-funds', 'release-hold', 'release-hold']);
      expect(await world.kinds(order)).toEqual(['RECEIVED', 'EXPIRED']);
      await world.deliver(HoldReleased, answersTo(order).released);
      await world.deliver(HoldReleased, answersTo(order).released);
      expect((await world.find(order.id)).settlementStatus).toBe('SETTLED');
      expect(await world.kinds(order)).toEqual(['RECEIVED', 'EXPIRED', 'SETTLED']);
    }
    expect((await world.find(waiting.id)).status).toBe('RECEIVED');
    await world.deliver(QuotePublished, quotePublished(world.clock()));
  });

  test('is canceled at once before it left, and a hold that comes later is released', async () => {
    const order = await place();
    expect(await cancel(order, otherUserId)).toBe('ORDER_NOT_FOUND');
    expect(await cancel(order)).toBe('CANCELED');
    expect(await cancel(order)).toBe('ORDER_NOT_OPEN');
    await world.deliver(FundsHeld, answersTo(order).held);
    expect(await names(order)).toEqual(['hold-funds', 'release-hold', 'release-hold']);
    expect((await world.find(order.id)).status).toBe('CANCELED');
  });

  test('at the venue is canceled by the venue, and what fills meanwhile counts', async () => {
    const order = await submitted();
    expect(await cancel(order)).toBe('SUBMITTED');
    expect(await cancel(order)).toBe('CANCEL_PENDING');
    expect((await world.find(order.id)).pendingOperation).toBe('CANCEL');
    await world.deliver(OrderExecuted, execution(order, 'C1', '1'));
    expect(await world.find(order.id)).toMatchObject({
      status: 'PARTIALLY_FILLED',
      pendingOperation: 'CANCEL',
    });
    await world.deliver(OrderCanceled, answersTo(order).atVenue);
    expect(await world.find(order.id)).toMatchObject({
      status: 'CANCELED',
      pendingOperation: null,
      filled: 1_00n,
    });
    expect((await names(order)).slice(2)).toEqual([
      'cancel-venue-order',
      'fill-recorded',
      'release-hold',
    ]);
  });

  test('lives on when the venue refuses its cancel', async () => {
    const order = await submitted();
    await cancel(order);
    const rejected = { ...answersTo(order).atVenue, reason: 'too late' };
    await world.deliver(CancelRejected, rejected);
    expect(await world.find(order.id)).toMatchObject({
      status: 'SUBMITTED',
      pendingOperation: null,
    });
    await world.deliver(CancelRejected, rejected);
    expect(await world.incidents(order.id)).toEqual([{ kind: 'REFUSED_EVENT' }]);
    expect(await cancel(order)).toBe('SUBMITTED');
  });

  test('books a late fill, an overfill and one beyond its limit, and tells people', async () => {
    const order = await submitted();
    await world.deliver(OrderCanceled, answersTo(order).atVenue);
    await world.deliver(OrderExecuted, execution(order, 'T1', '5'));
    expect(await world.find(order.id)).toMatchObject({
      status: 'CANCELED',
      filled: 5_00n,
      settlementStatus: 'PENDING',
    });
    expect(await world.incidents(order.id)).toEqual([{ kind: 'LATE_FILL' }]);
    const over = await submitted();
    await world.deliver(OrderExecuted, execution(over, 'T2', '99'));
    await world.deliver(OrderExecuted, execution(over, 'T3', '3', '1500.25'));
    expect(await world.find(over.id)).toMatchObject({
      status: 'FILLED',
      filled: 102_00n,
      overfill: 2_00n,
    });
    expect(await world.incidents(over.id)).toEqual([
      { kind: 'OVERFILL' },
      { kind: 'FILL_BEYOND_LIMIT' },
    ]);
    expect((await names(over)).slice(2)).toEqual([
      'fill-recorded',
      'fill-recorded',
      'release-hold',
    ]);
  });

  test('is unknown while the venue is silent, until it is found or known to be absent', async () => {
    const found = await submitted();
    await world.deliver(OrderUnknown, answersTo(found).atVenue);
    expect((await world.find(found.id)).status).toBe('UNKNOWN');
    await world.deliver(OrderAccepted, answersTo(found).accepted);
    await world.deliver(OrderUnknown, answersTo(found).atVenue);
    expect((await world.find(found.id)).status).toBe('ACCEPTED');
    const absent = await submitted();
    await world.deliver(OrderUnknown, answersTo(absent).atVenue);
    const rejected = { ...answersTo(absent).atVenue, reason: 'not there', confirmed: false };
    await world.deliver(OrderRejected, rejected);
    expect(await world.find(absent.id)).toMatchObject({
      status: 'REJECTED',
      refusalCode: 'VENUE_REJECTED',
      refusalMessage: 'not there',
    });
    expect(await world.incidents(absent.id)).toEqual([{ kind: 'UNCONFIRMED_REJECTION' }]);
  });

  test('that exchange did not send in time has expired', async () => {
    const order = await submitted();
    await world.deliver(OrderExpired, { ...answersTo(order).atVenue, sent: false });
    expect((await world.find(order.id)).status).toBe('EXPIRED');
  });

  test('takes no message that names another owner, amount or no order', async () => {
    const order = await place();
    const { held } = answersTo(order);
    await expect(world.deliver(FundsHeld, { ...held, userId: otherUserId })).rejects.toThrow();
    await expect(world.deliver(FundsHeld, { ...held, amount: '1' })).rejects.toThrow();
    const orderId = otherUserId as string as OrderId;
    await expect(world.deliver(FundsHeld, { ...held, orderId })).rejects.toThrow();
    expect((await world.find(order.id)).status).toBe('RECEIVED');
  });
});

describe('the market', () => {
  test('is followed forwards only', async () => {
    const symbol = 'EUR/USD';
    const dollars = { ...usdNgnPublished, symbol, baseCurrency: 'EUR', quoteCurrency: 'USD' };
    const at = world.clock();
    const older = new Date(at.getTime() - 1);
    await world.deliver(QuotePublished, { ...quotePublished(at), symbol, bid: '1.07' });
    await world.deliver(QuotePublished, { ...quotePublished(older), symbol, bid: '1.06' });
    expect(await market(symbol)).toEqual({ instrument: null, quote: null });
    await world.deliver(InstrumentPublished, dollars);
    world.later(-1);
    await world.deliver(InstrumentPublished, { ...dollars, tickSize: '0.5' });
    world.later(2);
    expect(await market(symbol)).toMatchObject({
      instrument: { tickSize: 25n },
      quote: { bid: 1_07n, at },
    });
    await world.deliver(InstrumentPublished, { ...dollars, tickSize: '0.01' });
    expect(await market(symbol)).toMatchObject({ instrument: { tickSize: 1n } });
  });

  const market = (symbol: string) => world.store.transaction((work) => work.findMarket(symbol));
});

describe('the audit', () => {
  test('lists orders and fills by pages', async () => {
    const em = world.orm.em.fork();
    const orders = await listAuditedOrders(em, null);
    const [first, second] = orders;
    expect(await listAuditedOrders(em, first?.id ?? null, 1)).toEqual([second]);
    expect(orders.length).toBeGreaterThan(5);
    const fills = await listAuditedFills(em, null);
    expect(fills.find((fill) => fill.execId === 'L1')).toMatchObject({
      quantity: 40_00n,
      quoteAmount: 59_990_00n,
      transactionId: deterministicId('transaction', 'L1'),
    });
    expect(await listAuditedFills(em, fills.at(-1)?.executionId ?? null)).toEqual([]);
  });

  test.each([
    ['is filled between', 'update orders set overfill = overfill + 1'],
    ['sum of its recorded fills', 'update order_fill set quantity = quantity + 1'],
    ['sum of its recorded fills', 'update orders set settled_count = 0'],
    [
      'counts once',
      'update order_fill set exec_id = $$X$$, order_id = (select id from orders limit 1)',
    ],
    ['one event', `delete from order_event where kind = 'FILLED'`],
    ['one event', 'delete from order_fill'],
    ['no gaps', 'delete from order_event where sequence = 3'],
    ['no gaps', 'update order_log set head = head + 1'],
    ['whose first event', `delete from order_event where kind = 'RECEIVED'`],
    ['fits its fills', `update orders set status = 'FILLED' where status = 'RECEIVED'`],
    ['fits its fills', `update orders set pending_operation = 'CANCEL'`],
    ['its last event', `update orders set status = 'UNKNOWN' where status = 'RECEIVED'`],
  ])('finds a breach of "%s" after %s', async (invariant, tampering) => {
    const em = world.orm.em.fork();
    await em.begin();
    try {
      await em.execute(tampering);
      const found = (await auditOrders(em)).map((finding) => finding.invariant);
      expect(found).toContainEqual(expect.stringContaining(invariant));
    } finally {
      await em.rollback();
    }
  });
});
