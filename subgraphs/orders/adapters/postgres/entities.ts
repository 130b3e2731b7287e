import { defineEntity, p } from '@mikro-orm/core';
import type { ExecutionId, OrderId, TransactionId, UserId } from '#kit/ids.ts';
import type { Currency } from '#kit/money.ts';
import type { IncidentKind } from '../../application/ports.ts';
import type {
  HoldStatus,
  Order,
  OrderEventKind,
  OrderRefusalCode,
  OrderStatus,
  OrderType,
  SettlementStatus,
  Side,
  TimeInForce,
} from '../../domain/order.ts';

/** numeric in the database, bigint here: units of a scale that stands beside them. */
const units = () => p.bigint().columnType('numeric(60,0)');
const time = () => p.datetime(3);
const currency = () => p.string().$type<Currency>();

export const OrderEntity = defineEntity({
  name: 'Order',
  tableName: 'orders',
  properties: {
    id: p.uuid().$type<OrderId>().primary(),
    userId: p.uuid().$type<UserId>(),
    clientOrderId: p.string(),
    fingerprint: p.uuid(),
    symbol: p.string(),
    baseCurrency: currency(),
    quoteCurrency: currency(),
    priceScale: p.integer(),
    quantityScale: p.integer(),
    side: p.string().$type<Side>(),
    type: p.string().$type<OrderType>(),
    timeInForce: p.string().$type<TimeInForce>(),
    quantity: units(),
    limitPrice: units(),
    status: p.string().$type<OrderStatus>(),
    pendingOperation: p.string().$type<NonNullable<Order['pendingOperation']>>().strictNullable(),
    settlementStatus: p.string().$type<SettlementStatus>(),
    holdStatus: p.string().$type<HoldStatus>(),
    heldAmount: units(),
    filled: units(),
    overfill: units(),
    notional: units(),
    fillCount: p.integer(),
    settledCount: p.integer(),
    refusalCode: p.string().$type<OrderRefusalCode>().strictNullable(),
    refusalMessage: p.string().strictNullable(),
    submitBy: time(),
    traceparent: p.string().strictNullable(),
    createdAt: time(),
    updatedAt: time(),
  },
});

export const OrderFillEntity = defineEntity({
  name: 'OrderFill',
  tableName: 'order_fill',
  properties: {
    executionId: p.uuid().$type<ExecutionId>().primary(),
    orderId: p.uuid().$type<OrderId>(),
    userId: p.uuid().$type<UserId>(),
    venue: p.string(),
    execId: p.string(),
    quantity: units(),
    price: units(),
    baseAmount: units(),
    quoteAmount: units(),
    venueQuoteAmount: units(),
    late: p.boolean(),
    tradedAt: time(),
    transactionId: p.uuid().$type<TransactionId>().nullable(),
  },
});

export const OrderEventEntity = defineEntity({
  name: 'OrderEvent',
  tableName: 'order_event',
  properties: {
    userId: p.uuid().$type<UserId>().primary(),
    sequence: p.integer().primary(),
    orderId: p.uuid().$type<OrderId>(),
    kind: p.string().$type<OrderEventKind>(),
    at: time(),
    status: p.string().$type<OrderStatus>(),
    filledQuantity: p.string(),
    executionId: p.uuid().$type<ExecutionId>().nullable(),
  },
});

export const OrderIncidentEntity = defineEntity({
  name: 'OrderIncident',
  tableName: 'order_incident',
  properties: {
    id: p.uuid().primary(),
    orderId: p.uuid().$type<OrderId>(),
    userId: p.uuid().$type<UserId>(),
    kind: p.string().$type<IncidentKind>(),
    detail: p.string(),
    at: time(),
  },
});

export const InstrumentEntity = defineEntity({
  name: 'Instrument',
  tableName: 'instrument',
  properties: {
    symbol: p.string().primary(),
    baseCurrency: currency(),
    quoteCurrency: currency(),
    priceScale: p.integer(),
    quantityScale: p.integer(),
    tickSize: units(),
    minimumQuantity: units(),
    maximumQuantity: units(),
    publishedAt: time(),
  },
});

export const QuoteEntity = defineEntity({
  name: 'Quote',
  tableName: 'quote',
  properties: {
    symbol: p.string().primary(),
    bid: p.decimal('string').columnType('numeric'),
    ask: p.decimal('string').columnType('numeric'),
    at: time(),
  },
});

export const entities = [
  OrderEntity,
  OrderFillEntity,
  OrderEventEntity,
  OrderIncidentEntity,
  InstrumentEntity,
  QuoteEntity,
];
