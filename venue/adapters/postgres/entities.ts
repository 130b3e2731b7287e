import { defineEntity, type InferEntity, p } from '@mikro-orm/core';
import type { Side } from '../../domain/book.ts';
import type { ExecutionKind, OrderStatus, OrderType, TimeInForce } from '../../domain/order.ts';

/** One row: the counters, and the number of the process that may write. */
export const VenueState = defineEntity({
  name: 'VenueState',
  tableName: 'venue_state',
  properties: {
    id: p.integer().primary(),
    epoch: p.bigint(),
    nextOrder: p.bigint(),
    nextExecution: p.bigint(),
  },
});

/** Quantities and prices are units of the instrument's scales. */
export const OrderEntity = defineEntity({
  name: 'VenueOrder',
  tableName: 'venue_order',
  properties: {
    number: p.bigint().primary().autoincrement(false),
    owner: p.text(),
    clOrdId: p.text(),
    account: p.text().nullable(),
    symbol: p.text(),
    side: p.text().$type<Side>(),
    type: p.text().$type<OrderType>(),
    timeInForce: p.text().$type<TimeInForce>(),
    quantity: p.bigint(),
    price: p.bigint().nullable(),
    status: p.text().$type<OrderStatus>(),
    matched: p.boolean(),
    filled: p.bigint(),
    notional: p.bigint(),
    acceptedAt: p.datetime(),
    changedAt: p.datetime(),
    cancelClOrdId: p.text().nullable(),
  },
});

export const ExecutionEntity = defineEntity({
  name: 'VenueExecution',
  tableName: 'venue_execution',
  properties: {
    number: p.bigint().primary().autoincrement(false),
    order: () => p.manyToOne(OrderEntity).fieldName('order_number'),
    kind: p.text().$type<ExecutionKind>(),
    quantity: p.bigint(),
    price: p.bigint().nullable(),
    at: p.datetime(),
  },
});

export type OrderRow = InferEntity<typeof OrderEntity>;
export type ExecutionRow = InferEntity<typeof ExecutionEntity>;
