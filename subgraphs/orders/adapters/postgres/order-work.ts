import { LockMode } from '@mikro-orm/core';
import { channels } from '#contracts/live.ts';
import { assert } from '#kit/errors.ts';
import { newId, type UserId } from '#kit/ids.ts';
import type { Logger } from '#kit/log.ts';
import { counter, startAtZero } from '#kit/metrics.ts';
import { formatDecimal, parseDecimal } from '#kit/money.ts';
import type { EntityManager } from '#kit/orm.ts';
import { enqueue, enqueueLive } from '#kit/outbox.ts';
import {
  type Incident,
  incidentKinds,
  type NewEvent,
  type OrderWork,
  type PublishedQuote,
} from '../../application/ports.ts';
import { type Instrument, openStatuses, type Order } from '../../domain/order.ts';
import {
  InstrumentEntity,
  OrderEntity,
  OrderEventEntity,
  OrderFillEntity,
  OrderIncidentEntity,
  QuoteEntity,
} from './entities.ts';

/** Rows are read as they are and written by statements: nothing is tracked, nothing is flushed. */
export const untracked = { disableIdentityMap: true } as const;
const locked = { ...untracked, lockMode: LockMode.PESSIMISTIC_WRITE } as const;

/** What one transaction may do. @param em inside a transaction */
export function orderWork(em: EntityManager, logger: Logger): OrderWork {
  return {
    async lockUserLog(userId) {
      await moveHead(em, userId, 0);
    },
    lockOrder: async (id) => copy(await em.findOne(OrderEntity, { id }, locked)),
    lockOverdueOrder: async (now) =>
      copy(
        await em.findOne(
          OrderEntity,
          { status: { $in: ['RECEIVED', 'HELD'] }, submitBy: { $lt: now } },
          { ...locked, lockMode: LockMode.PESSIMISTIC_PARTIAL_WRITE, orderBy: { submitBy: 'asc' } },
        ),
      ),
    findByClientOrderId: async (userId, clientOrderId) =>
      copy(await em.findOne(OrderEntity, { userId, clientOrderId }, untracked)),
    async findMarket(symbol) {
      const instrument = await em.findOne(InstrumentEntity, { symbol }, untracked);
      const quote = await em.findOne(QuoteEntity, { symbol }, untracked);
      if (!instrument || !quote) return { instrument, quote: null };
      const bid = parseDecimal(quote.bid, instrument.priceScale);
      const ask = parseDecimal(quote.ask, instrument.priceScale);
      return { instrument, quote: { bid, ask, at: quote.at } };
    },
    async countOpenOrders(userId, limit) {
      const where = { userId, status: { $in: openStatuses } };
      const rows = await em.find(OrderEntity, where, { ...untracked, fields: ['id'], limit });
      return rows.length;
    },
    insertOrder: async (order) => void (await em.insert(OrderEntity, order)),
    async saveOrder(order) {
      const changed = await em.nativeUpdate(OrderEntity, { id: order.id }, changeable(order));
      assert(changed === 1, `order ${order.id} is there to be changed`);
    },
    hasFill: async (executionId) => (await em.count(OrderFillEntity, { executionId })) > 0,
    insertFill: async (fill) => void (await em.insert(OrderFillEntity, fill)),
    async settleFill(executionId, transactionId) {
      const where = { executionId, transactionId: null };
      return (await em.nativeUpdate(OrderFillEntity, where, { transactionId })) === 1;
    },
    appendEvent: (order, event) => appendEvent(em, order, event),
    recordIncident: (order, incident) => recordIncident(em, logger, order, incident),
    send: (messages) => enqueue(em, messages),
    saveInstrument: (instrument, publishedAt) => saveInstrument(em, instrument, publishedAt),
    saveQuote: (quote) => saveQuote(em, quote),
  };
}

/**
 * The user's counter row is locked until the commit, so that sequences have no gaps and become
 * visible in their order.
 */
async function appendEvent(em: EntityManager, order: Order, event: NewEvent): Promise<void> {
  const { id: orderId, userId, status } = order;
  const sequence = await moveHead(em, userId, 1);
  await em.insert(OrderEventEntity, {
    userId,
    sequence,
    orderId,
    kind: event.kind,
    at: event.at,
    status,
    filledQuantity: formatDecimal(order.filled, order.quantityScale),
    executionId: event.executionId ?? null,
  });
  await enqueueLive(em, channels.orderEvents(userId), { sequence });
  await enqueueLive(em, channels.orderChanged(orderId), { orderId, status });
}

async function moveHead(em: EntityManager, userId: UserId, by: 0 | 1): Promise<number> {
  const [row] = await em.execute<{ head: number }[]>(
    `insert into order_log (user_id, head) values (?, ?)
     on conflict (user_id) do update set head = order_log.head + excluded.head returning head`,
    [userId, by],
  );
  assert(row !== undefined, 'an upsert returns its row');
  return row.head;
}

const incidents = counter(
  'mammon_order_incidents_total',
  'What went wrong with orders; REFUSED_EVENT is what the state table does not know',
  ['kind'],
);
startAtZero(
  incidents,
  incidentKinds.map((kind) => ({ kind })),
);

async function recordIncident(
  em: EntityManager,
  logger: Logger,
  order: Order,
  incident: Incident,
): Promise<void> {
  const { kind, detail, at } = incident;
  const { id: orderId, userId } = order;
  await em.insert(OrderIncidentEntity, { id: newId(), orderId, userId, kind, detail, at });
  incidents.inc({ kind });
  const isAlarming = kind !== 'REFUSED_EVENT';
  logger[isAlarming ? 'error' : 'warn']({ orderId, kind, detail }, 'an incident of an order');
}

async function saveInstrument(
  em: EntityManager,
  instrument: Instrument,
  publishedAt: Date,
): Promise<void> {
  await em.upsert(
    InstrumentEntity,
    { ...instrument, publishedAt },
    {
      ...untracked,
      onConflictFields: ['symbol'],
      onConflictWhere: { publishedAt: { $lt: publishedAt } },
    },
  );
}

async function saveQuote(em: EntityManager, { symbol, bid, ask, at }: PublishedQuote) {
  await em.execute(
    `insert into quote (symbol, bid, ask, at) values (?, ?, ?, ?)
     on conflict (symbol) do update set bid = excluded.bid, ask = excluded.ask, at = excluded.at
     where quote.at < excluded.at`,
    [symbol, bid, ask, at],
  );
}

/** What may change of an order after it was placed. */
const changeable = (order: Order) => ({
  status: order.status,
  pendingOperation: order.pendingOperation,
  settlementStatus: order.settlementStatus,
  holdStatus: order.holdStatus,
  filled: order.filled,
  overfill: order.overfill,
  notional: order.notional,
  fillCount: order.fillCount,
  settledCount: order.settledCount,
  refusalCode: order.refusalCode,
  refusalMessage: order.refusalMessage,
  updatedAt: order.updatedAt,
});

/** A plain object of the row, so that nothing that is spread from it is an entity. */
export const copy = (row: Order | null): Order | null => (row ? { ...row } : null);
