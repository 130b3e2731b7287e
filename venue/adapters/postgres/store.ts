import type { MikroORM } from '@mikro-orm/postgresql';
import { Fault } from '#kit/errors.ts';
import type { EntityManager } from '#kit/orm.ts';
import type { Reports, Trade, TradeFilter, VenueStore } from '../../application/ports.ts';
import type { Plan } from '../../domain/market.ts';
import type { Execution, Order } from '../../domain/order.ts';
import { ExecutionEntity, OrderEntity, type OrderRow, VenueState } from './entities.ts';

/**
 * Takes the venue over: from now on a process that had it before cannot store anything, so that two
 * books are never live at once.
 */
export async function openVenueStore(
  orm: MikroORM,
  reports: Reports<EntityManager>,
): Promise<VenueStore> {
  const taken: readonly { epoch: string }[] = await orm.em
    .fork()
    .execute('update venue_state set epoch = epoch + 1 where id = 1 returning epoch');
  const epoch = BigInt(taken[0]?.epoch ?? 0);
  return {
    async load() {
      const em = orm.em.fork();
      const state = await em.findOne(VenueState, { id: 1, epoch });
      if (!state) throw takenOver();
      const working = await em.find(
        OrderEntity,
        { status: { $in: ['NEW', 'PARTIALLY_FILLED'] } },
        { orderBy: { number: 'asc' } },
      );
      const { nextOrder, nextExecution } = state;
      return { counters: { nextOrder, nextExecution }, working: working.map(orderOf) };
    },
    save: (plan) => orm.em.fork().transactional((em) => savePlan(em, plan, epoch, reports)),
    async findOrder(owner, clOrdId) {
      const row = await orm.em.fork().findOne(OrderEntity, { owner, clOrdId });
      return row ? orderOf(row) : undefined;
    },
    async listOrders(owner, { changedSince, symbol }, limit) {
      const isRecent = { changedAt: { $gte: changedSince } };
      const isWorking = { status: { $in: ['NEW' as const, 'PARTIALLY_FILLED' as const] } };
      const rows = await orm.em
        .fork()
        .find(
          OrderEntity,
          { owner, $or: [isRecent, isWorking], ...(symbol && { symbol }) },
          { orderBy: { number: 'desc' }, limit },
        );
      return rows.toReversed().map(orderOf);
    },
    listTrades: (filter, limit) => findTrades(orm.em.fork(), filter, limit),
  };
}

async function savePlan(
  em: EntityManager,
  plan: Plan,
  epoch: bigint,
  reports: Reports<EntityManager>,
): Promise<void> {
  const { nextOrder, nextExecution } = plan;
  const updated = await em.nativeUpdate(VenueState, { id: 1, epoch }, { nextOrder, nextExecution });
  if (updated !== 1) throw takenOver();
  await em.upsertMany(OrderEntity, plan.orders.map(rowOf));
  if (plan.executions.length === 0) return;
  await em.insertMany(ExecutionEntity, plan.executions.map(executionRowOf));
  await reports.append(plan.executions, em);
}

async function findTrades(
  em: EntityManager,
  filter: TradeFilter,
  limit: number,
): Promise<readonly Trade[]> {
  const { owner, orderNumber, clOrdId, executionNumber, symbol, side, from, before } = filter;
  const rows = await em.find(
    ExecutionEntity,
    {
      kind: 'TRADE',
      ...(executionNumber !== undefined && { number: executionNumber }),
      ...((from || before) && {
        at: { ...(from && { $gte: from }), ...(before && { $lt: before }) },
      }),
      order: {
        owner,
        ...(orderNumber !== undefined && { number: orderNumber }),
        ...(clOrdId !== undefined && { clOrdId }),
        ...(symbol !== undefined && { symbol }),
        ...(side && { side }),
      },
    },
    { populate: ['order'], orderBy: { number: 'asc' }, limit },
  );
  return rows.map(({ number, order, quantity, price, at }) => ({
    number,
    order: orderOf(order as OrderRow),
    quantity,
    price: price ?? 0n,
    at,
  }));
}

function orderOf(row: OrderRow): Order {
  return {
    number: row.number,
    owner: row.owner,
    clOrdId: row.clOrdId,
    account: row.account ?? null,
    symbol: row.symbol,
    side: row.side,
    type: row.type,
    timeInForce: row.timeInForce,
    quantity: row.quantity,
    price: row.price ?? null,
    status: row.status,
    matched: row.matched,
    filled: row.filled,
    notional: row.notional,
    acceptedAt: row.acceptedAt,
    changedAt: row.changedAt,
    cancelClOrdId: row.cancelClOrdId ?? null,
  };
}

const rowOf = (order: Order) => ({ ...order });

function executionRowOf({ number, kind, order, quantity, price, at }: Execution) {
  return { number, kind, order: order.number, quantity, price, at };
}

function takenOver(): Fault {
  return new Fault('another process has taken this venue over (same database)');
}
