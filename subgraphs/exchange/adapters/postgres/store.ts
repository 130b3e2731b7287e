import { LockMode } from '@mikro-orm/core';
import type { EntityManager } from '@mikro-orm/postgresql';
import { newId, type OrderId } from '#kit/ids.ts';
import type { StoredReport, VenueOrderStore } from '../../application/ports.ts';
import { executionId } from '../../application/tell-orders.ts';
import type { VenueOrderStatus } from '../../domain/venue-order.ts';
import { ExecutionReport, VenueIncident, VenueInstrument, VenueOrder } from './entities.ts';

const locked = { lockMode: LockMode.PESSIMISTIC_WRITE } as const;
/** Rows that another transaction works on are left to it: they will come up again. */
const lockedIfFree = { lockMode: LockMode.PESSIMISTIC_PARTIAL_WRITE } as const;
const open: VenueOrderStatus[] = ['PENDING', 'UNKNOWN', 'WITHHELD', 'WORKING'];

export function createVenueOrderStore(): VenueOrderStore {
  return {
    insert: async (em, record) => {
      await em.insert(VenueOrder, { ...record });
    },
    lock: (em, orderId) => em.findOne(VenueOrder, { orderId }, locked),
    lockByClOrdId: (em, clOrdId) =>
      em.findOne(VenueOrder, { $or: [{ clOrdId }, { cancelClOrdId: clOrdId }] }, locked),
    lockUnanswered: (em, before, limit) =>
      em.find(
        VenueOrder,
        { status: 'PENDING', sentAt: { $lte: before } },
        { ...lockedIfFree, orderBy: { orderId: 'asc' }, limit },
      ),
    lockUnsent: (em, before, limit) =>
      em.find(
        VenueOrder,
        { status: 'PENDING', sentAt: null, submitBy: { $lt: before } },
        { ...lockedIfFree, orderBy: { orderId: 'asc' }, limit },
      ),
    lockDoubtful,
    listOpen: (em, after, limit) =>
      em.find(
        VenueOrder,
        {
          status: { $in: open },
          sentAt: { $ne: null },
          ...(after === null ? {} : { orderId: { $gt: after } }),
        },
        { orderBy: { orderId: 'asc' }, limit },
      ),
    async update(em, record, patch) {
      em.assign(record as VenueOrder, patch);
      await em.flush();
    },
    storeReport,
    async lastTradeDate(em, venue) {
      const [latest] = await em.find(
        ExecutionReport,
        { venue, price: { $ne: null } },
        { orderBy: { tradeDate: 'desc' }, limit: 1 },
      );
      return latest?.tradeDate ?? null;
    },
    async storeIncident(em, orderId, { kind, detail }, at) {
      await em.insert(VenueIncident, { id: newId(), orderId, kind, detail, at });
    },
    listInstruments: (em, venue) => em.find(VenueInstrument, { venue }),
    async saveInstrument(em, venue, instrument) {
      await em.upsert(VenueInstrument, { venue, ...instrument });
    },
  };
}

/** Unanswered orders, and working ones whose venue counted more than it told. */
async function lockDoubtful(em: EntityManager, before: Date, limit: number) {
  const rows = await em.execute<{ order_id: OrderId }[]>(
    `select order_id from venue_order
     where (status in ('UNKNOWN', 'WITHHELD')
         or status = 'WORKING' and claimed_cum_quantity > cum_quantity)
       and (probed_at is null or probed_at < ?)
     order by order_id limit ? for update skip locked`,
    [before, limit],
  );
  const orderIds = rows.map((row) => row.order_id);
  return em.find(VenueOrder, { orderId: { $in: orderIds } }, { orderBy: { orderId: 'asc' } });
}

async function storeReport(em: EntityManager, report: StoredReport): Promise<boolean> {
  const { venue, tradeDate, execId, orderId, execType, trade, receivedAt } = report;
  const rows = await em.execute<{ id: string }[]>(
    `insert into execution_report
       (id, venue, trade_date, exec_id, order_id, exec_type, quantity, price, traded_at, received_at)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     on conflict (venue, trade_date, exec_id) do nothing returning id`,
    [
      executionId(venue, tradeDate, execId),
      venue,
      tradeDate,
      execId,
      orderId,
      execType,
      trade?.quantity ?? null,
      trade?.price ?? null,
      trade?.tradedAt ?? null,
      receivedAt,
    ],
  );
  return rows.length > 0;
}
