import { messageOf } from '#contracts/build.ts';
import type { Contract } from '#contracts/message.ts';
import { InstrumentPublished, QuotePublished } from '#contracts/pricing.ts';
import type { BrokerMessage } from '#kit/broker.ts';
import { Fault } from '#kit/errors.ts';
import { deterministicId, type ExecutionId, type OrderId } from '#kit/ids.ts';
import { silentLogger } from '#kit/log.ts';
import type { EntityManager } from '#kit/orm.ts';
import { createDatabase } from '#tests/support/services.ts';
import { messageHandlers } from '../adapters/messaging/handlers.ts';
import { openDatabase } from '../adapters/postgres/open-database.ts';
import { createOrderStore } from '../adapters/postgres/order-store.ts';
import { orderWork } from '../adapters/postgres/order-work.ts';
import { placeOrder } from '../application/place-order.ts';
import type { OrderRequest } from '../domain/order-terms.ts';
import type { Order } from '../domain/order.ts';
import { now as start, policy, request, userId } from './samples.ts';

/** What pricing publishes of the samples' instrument and quote. */
export const usdNgnPublished = {
  symbol: 'USD/NGN',
  baseCurrency: 'USD',
  quoteCurrency: 'NGN',
  tickSize: '0.25',
  priceScale: 2,
  quantityScale: 2,
  minimumQuantity: '1',
  maximumQuantity: '1000000',
};
export const quotePublished = (at: Date) => {
  return { symbol: 'USD/NGN', bid: '1500.00', ask: '1501.00', at: at.toISOString() };
};

/**
 * Orders on a database of its own and a clock that the test moves; messages are handed to the
 * handlers one by one, and what orders sends stays in the outbox to be looked at.
 */
export async function createWorld() {
  const database = await createDatabase('orders');
  const orm = await openDatabase(database.url);
  const store = createOrderStore(orm, silentLogger);
  let time = start;
  const clock = () => time;
  const handlers = messageHandlers((em: EntityManager) => orderWork(em, silentLogger), clock);
  const sql = <Row extends object>(query: string, values: unknown[] = []) =>
    orm.em.fork().execute<Row[]>(query, values);

  async function deliver<Body>(contract: Contract<string, Body>, body: Body): Promise<void> {
    const message = messageOf(contract, 'key', body, time);
    const handler = handlers.get(message.name);
    if (!handler) throw new Fault(`no handler of ${message.name}`);
    await orm.em.fork().transactional((em) => handler(em, message));
  }

  async function place(changes: Partial<OrderRequest> = {}, owner = userId): Promise<Order> {
    const dependencies = {
      store,
      watcher: { watch: async () => async () => undefined },
      clock,
      policy: { ...policy, maximumOpenOrders: 200 },
      decision: { waitMs: 1, pollMs: 1 },
    };
    return placeOrder(dependencies, owner, { ...request, ...changes });
  }

  async function find(id: OrderId): Promise<Order> {
    const [order] = await store.findOrders([id]);
    if (!order) throw new Fault('no such order');
    return order;
  }

  await deliver(InstrumentPublished, usdNgnPublished);
  await deliver(QuotePublished, quotePublished(start));
  return {
    orm,
    store,
    clock,
    sql,
    deliver,
    place,
    find,
    later(ms: number) {
      time = new Date(time.getTime() + ms);
    },
    /** Messages sent so far about an order, the oldest first. */
    async sent(orderId: OrderId): Promise<BrokerMessage[]> {
      const rows = await sql<{ message: BrokerMessage }>('select message from outbox order by id');
      return rows.map((row) => row.message).filter((message) => message.key === orderId);
    },
    async kinds(order: Order): Promise<string[]> {
      const events = await store.readEvents(order.userId, 0, 1_000);
      return events.filter((event) => event.orderId === order.id).map((event) => event.kind);
    },
    incidents: (orderId: OrderId) =>
      sql<{ kind: string }>('select kind from order_incident where order_id = ?', [orderId]),
    async [Symbol.asyncDispose]() {
      await orm.close(true);
      await database[Symbol.asyncDispose]();
    },
  };
}

export type World = Awaited<ReturnType<typeof createWorld>>;

export const executionIdOf = (execId: string) =>
  deterministicId<ExecutionId>('execution', 'SANDBOX', execId);

export function execution(order: Order, execId: string, quantity: string, price = '1500.00') {
  return {
    orderId: order.id,
    userId: order.userId,
    venue: 'SANDBOX',
    executionId: executionIdOf(execId),
    execId,
    quantity,
    price,
    tradedAt: start.toISOString(),
  };
}

/** The answers of wallets and exchange to an order. */
export function answersTo(order: Order) {
  const named = { orderId: order.id, userId: order.userId };
  const atVenue = { ...named, venue: 'SANDBOX', at: start.toISOString() };
  const buys = order.side === 'BUY';
  return {
    named,
    atVenue,
    held: {
      ...named,
      currency: buys ? order.quoteCurrency : order.baseCurrency,
      amount: order.heldAmount.toString(),
    },
    denied: { ...named, code: 'INSUFFICIENT_FUNDS' as const, message: 'not enough' },
    accepted: { ...atVenue, venueOrderId: 'V1' },
    released: { ...named, released: '0' },
  };
}
