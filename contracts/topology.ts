import * as exchange from './exchange.ts';
import * as orders from './orders.ts';
import * as pricing from './pricing.ts';
import type { Contract } from './message.ts';

/**
 * Every queue group and the messages bound to it: the one place that says who hears what. Publishers
 * and consumers both declare it all, so that no message is sent before its queues exist.
 */
export const topology = {
  wallets: [orders.HoldFunds, orders.FillRecorded, orders.ReleaseHold],
  orders: [
    orders.FundsHeld,
    orders.HoldDenied,
    orders.FillSettled,
    orders.HoldReleased,
    exchange.OrderAccepted,
    exchange.OrderRejected,
    exchange.OrderExecuted,
    exchange.OrderCanceled,
    exchange.CancelRejected,
    exchange.OrderExpired,
    exchange.OrderUnknown,
    pricing.InstrumentPublished,
    pricing.QuotePublished,
  ],
  exchange: [orders.SubmitOrder, orders.CancelVenueOrder],
  pricing: [exchange.InstrumentListed],
} satisfies Record<string, readonly Contract[]>;

export type QueueGroup = keyof typeof topology;

/** How many partitions each group has; messages with one key stay in one partition, in order. */
export const partitionCount = 8;
