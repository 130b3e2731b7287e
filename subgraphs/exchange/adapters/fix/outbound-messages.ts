import {
  MsgType,
  OrdType,
  SecurityListRequestType,
  Side,
  SubscriptionRequestType,
  TimeInForce,
  TradeRequestType,
  MDEntryType,
  MDUpdateType,
} from '#fix/dictionary.ts';
import { formatTimestamp, Tag } from '#fix/fields.ts';
import type { FixMessage } from '#fix/types.ts';
import type { VenueOrderRecord } from '../../application/ports.ts';

const side = { BUY: Side.Buy, SELL: Side.Sell } as const;
const timeInForce = {
  GTC: TimeInForce.GoodTillCancel,
  IOC: TimeInForce.ImmediateOrCancel,
} as const;

/** The venue's tag for a W3C trace context: venue/README.md. */
const traceParentTag = 5003;

export const newOrderSingle = (order: VenueOrderRecord, now: Date): FixMessage => ({
  type: MsgType.NewOrderSingle,
  fields: [
    [Tag.ClOrdID, order.clOrdId],
    [Tag.Symbol, order.symbol],
    [Tag.Side, side[order.side]],
    [Tag.TransactTime, formatTimestamp(now)],
    [Tag.OrderQty, order.quantity],
    [Tag.OrdType, OrdType.Limit],
    [Tag.Price, order.limitPrice],
    [Tag.TimeInForce, timeInForce[order.timeInForce]],
    ...(order.traceparent === null ? [] : [[traceParentTag, order.traceparent] as const]),
  ],
});

export const orderCancelRequest = (
  order: VenueOrderRecord,
  cancelClOrdId: string,
  now: Date,
): FixMessage => ({
  type: MsgType.OrderCancelRequest,
  fields: [
    [Tag.OrigClOrdID, order.clOrdId],
    [Tag.ClOrdID, cancelClOrdId],
    [Tag.Symbol, order.symbol],
    [Tag.Side, side[order.side]],
    [Tag.TransactTime, formatTimestamp(now)],
    [Tag.OrderQty, order.quantity],
  ],
});

export const orderStatusRequest = (order: VenueOrderRecord): FixMessage => ({
  type: MsgType.OrderStatusRequest,
  fields: [
    [Tag.ClOrdID, order.clOrdId],
    [Tag.Symbol, order.symbol],
    [Tag.Side, side[order.side]],
  ],
});

/** The trades of one order; the request's id is the order's, so that its answer names the order. */
export const tradesOfOrder = (order: VenueOrderRecord): FixMessage => ({
  type: MsgType.TradeCaptureReportRequest,
  fields: [
    [Tag.TradeRequestID, order.clOrdId],
    [Tag.TradeRequestType, TradeRequestType.MatchedTrades],
    [Tag.ClOrdID, order.clOrdId],
  ],
});

/** All trades of these days, `YYYYMMDD`, both included. */
export const tradesOfDays = (requestId: string, from: string, to: string): FixMessage => ({
  type: MsgType.TradeCaptureReportRequest,
  fields: [
    [Tag.TradeRequestID, requestId],
    [Tag.TradeRequestType, TradeRequestType.MatchedTrades],
    [Tag.NoDates, '2'],
    [Tag.TradeDate, from],
    [Tag.TradeDate, to],
  ],
});

export const allTrades = (requestId: string): FixMessage => ({
  type: MsgType.TradeCaptureReportRequest,
  fields: [
    [Tag.TradeRequestID, requestId],
    [Tag.TradeRequestType, TradeRequestType.AllTrades],
  ],
});

export const securityListRequest = (requestId: string): FixMessage => ({
  type: MsgType.SecurityListRequest,
  fields: [
    [Tag.SecurityReqID, requestId],
    [Tag.SecurityListRequestType, SecurityListRequestType.AllSecurities],
  ],
});

/** A subscription to the best price of each side. */
export const marketDataRequest = (requestId: string, symbols: readonly string[]): FixMessage => ({
  type: MsgType.MarketDataRequest,
  fields: [
    [Tag.MDReqID, requestId],
    [Tag.SubscriptionRequestType, SubscriptionRequestType.Subscribe],
    [Tag.MarketDepth, '1'],
    [Tag.MDUpdateType, MDUpdateType.Incremental],
    [Tag.NoMDEntryTypes, '2'],
    [Tag.MDEntryType, MDEntryType.Bid],
    [Tag.MDEntryType, MDEntryType.Offer],
    [Tag.NoRelatedSym, String(symbols.length)],
    ...symbols.map((symbol) => [Tag.Symbol, symbol] as const),
  ],
});
