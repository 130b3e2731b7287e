import { defineEntity, p, type InferEntity } from '@mikro-orm/core';
import type { ExecutionId, OrderId, UserId } from '#kit/ids.ts';
import type { IncidentKind, VenueOrderStatus } from '../../domain/venue-order.ts';
import type { FinalStatus } from '../../domain/venue-report.ts';

/** The mapping from our orders to the venue's, with the owner. */
export const VenueOrder = defineEntity({
  name: 'VenueOrder',
  tableName: 'venue_order',
  properties: {
    orderId: p.uuid().$type<OrderId>().primary(),
    userId: p.uuid().$type<UserId>(),
    venue: p.string(),
    clOrdId: p.string(),
    symbol: p.string(),
    side: p.string().$type<'BUY' | 'SELL'>(),
    quantity: p.decimal(),
    limitPrice: p.decimal(),
    timeInForce: p.string().$type<'GTC' | 'IOC'>(),
    submitBy: p.datetime(),
    traceparent: p.string().strictNullable(),
    status: p.string().$type<VenueOrderStatus>(),
    cumQuantity: p.decimal(),
    venueOrderId: p.string().strictNullable(),
    claimedStatus: p.string().$type<FinalStatus>().strictNullable(),
    claimedReason: p.string().strictNullable(),
    claimedCumQuantity: p.decimal().strictNullable(),
    sentAt: p.datetime().strictNullable(),
    cancelClOrdId: p.string().strictNullable(),
    cancelCount: p.integer(),
    cancelPending: p.boolean(),
    unknownAt: p.datetime().strictNullable(),
    absentProbes: p.integer(),
    probedAt: p.datetime().strictNullable(),
    tradesAbsentAt: p.datetime().strictNullable(),
    createdAt: p.datetime(),
    lastEventAt: p.datetime(),
  },
});
export type VenueOrder = InferEntity<typeof VenueOrder>;

/** Every report with an ExecID, once; those with a price are executions. */
export const ExecutionReport = defineEntity({
  name: 'ExecutionReport',
  tableName: 'execution_report',
  properties: {
    id: p.uuid().$type<ExecutionId>().primary(),
    venue: p.string(),
    tradeDate: p.string(),
    execId: p.string(),
    orderId: p.uuid().$type<OrderId>().strictNullable(),
    execType: p.string(),
    quantity: p.decimal().strictNullable(),
    price: p.decimal().strictNullable(),
    tradedAt: p.datetime().strictNullable(),
    receivedAt: p.datetime(),
  },
});
export type ExecutionReport = InferEntity<typeof ExecutionReport>;

/** Instruments as the venue listed them last. */
export const VenueInstrument = defineEntity({
  name: 'VenueInstrument',
  tableName: 'venue_instrument',
  properties: {
    venue: p.string().primary(),
    symbol: p.string().primary(),
    baseCurrency: p.string(),
    quoteCurrency: p.string(),
    tickSize: p.decimal(),
    priceScale: p.integer(),
    quantityScale: p.integer(),
    minimumQuantity: p.decimal(),
    maximumQuantity: p.decimal(),
  },
});

/** What people should look at. */
export const VenueIncident = defineEntity({
  name: 'VenueIncident',
  tableName: 'venue_incident',
  properties: {
    id: p.uuid().primary(),
    orderId: p.uuid().$type<OrderId>().strictNullable(),
    kind: p.string().$type<IncidentKind>(),
    detail: p.text(),
    at: p.datetime(),
  },
});

export const entities = [VenueOrder, ExecutionReport, VenueInstrument, VenueIncident];
