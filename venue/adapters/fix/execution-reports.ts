import { CxlRejReason, CxlRejResponseTo, ExecType, MsgType, OrdStatus } from '#fix/dictionary.ts';
import { OrdRejReason } from '#fix/dictionary.ts';
import { compact, field, formatTimestamp, Tag } from '#fix/fields.ts';
import type { FixField, FixMessage } from '#fix/types.ts';
import { newId } from '#kit/ids.ts';
import { formatDecimal } from '#kit/money.ts';
import type { OrderRefusal } from '../../domain/check-order.ts';
import {
  averageDecimals,
  averagePrice,
  type Execution,
  type ExecutionKind,
  leavesOf,
  type Order,
} from '../../domain/order.ts';
import {
  executionId,
  listed,
  orderId,
  ordStatus,
  priceText,
  quantityText,
  rejectReason,
  sideCode,
  timeInForceCode,
  tradeDate,
  typeCode,
} from './values.ts';

const execType: Readonly<Record<ExecutionKind, string>> = {
  NEW: ExecType.New,
  TRADE: ExecType.Trade,
  CANCELED: ExecType.Canceled,
  EXPIRED: ExecType.Expired,
};

const unknownId = 'NONE';

/** 8 for something that happened. */
export function executionReport({ order, ...execution }: Execution): FixMessage {
  const instrument = listed(order.symbol);
  const isTrade = execution.kind === 'TRADE';
  const isRequested = execution.kind === 'CANCELED' && order.cancelClOrdId !== null;
  const { price } = execution;
  return report(
    order,
    [Tag.ClOrdID, isRequested ? (order.cancelClOrdId ?? undefined) : order.clOrdId],
    [Tag.OrigClOrdID, isRequested ? order.clOrdId : undefined],
    [Tag.ExecID, executionId(execution.number)],
    [Tag.ExecType, execType[execution.kind]],
    [Tag.LastQty, isTrade ? quantityText(execution.quantity, instrument) : undefined],
    [Tag.LastPx, isTrade && price !== null ? priceText(price, instrument) : undefined],
    [Tag.TransactTime, formatTimestamp(execution.at)],
    [Tag.TradeDate, isTrade ? tradeDate(execution.at) : undefined],
  );
}

/** 8 with ExecType=I: how an order stands. */
export function statusReport(order: Order, ...more: readonly FixField[]): FixMessage {
  return report(
    order,
    [Tag.ClOrdID, order.clOrdId],
    [Tag.ExecID, '0'],
    [Tag.ExecType, ExecType.OrderStatus],
    [Tag.TransactTime, formatTimestamp(order.changedAt)],
    ...more,
  );
}

/** 8 with ExecType=I for an order that we do not have. */
export function unknownStatusReport(
  request: {
    readonly clOrdId?: string | undefined;
    readonly symbol: string;
    readonly side: string;
  },
  at: Date,
  text: string,
  ...more: readonly FixField[]
): FixMessage {
  const { clOrdId, symbol, side } = request;
  return notAnOrder(
    [Tag.ClOrdID, clOrdId],
    [Tag.ExecID, '0'],
    [Tag.ExecType, ExecType.OrderStatus],
    [Tag.Symbol, symbol],
    [Tag.Side, side],
    [Tag.OrderQty, '0'],
    [Tag.TransactTime, formatTimestamp(at)],
    [Tag.OrdRejReason, OrdRejReason.UnknownOrder],
    [Tag.Text, text],
    ...more,
  );
}

/** 8 with ExecType=8 for an order that was refused; what it asked for is echoed. */
export function refusalReport(request: FixMessage, refusal: OrderRefusal, at: Date): FixMessage {
  const echoed = [Tag.ClOrdID, Tag.Account, Tag.Symbol, Tag.Side, Tag.OrderQty, Tag.OrdType];
  return notAnOrder(
    ...[...echoed, Tag.Price, Tag.TimeInForce].map((tag) => [tag, field(request, tag)] as const),
    // Refused orders are not kept, so that no counter names what happened to them.
    [Tag.ExecID, newId()],
    [Tag.ExecType, ExecType.Rejected],
    [Tag.TransactTime, formatTimestamp(at)],
    [Tag.OrdRejReason, rejectReason[refusal.code]],
    [Tag.Text, refusal.message],
  );
}

/** 9 for a cancel of an order that is unknown, another one, or over. */
export function cancelReject(
  request: { readonly clOrdId: string; readonly origClOrdId: string },
  order: Order | undefined,
  reason: 'UNKNOWN' | 'MISMATCH' | 'ENDED',
  at: Date,
): FixMessage {
  const { code, text } = cancelRefusals[reason];
  return {
    type: MsgType.OrderCancelReject,
    fields: [
      [Tag.OrderID, order ? orderId(order.number) : unknownId],
      [Tag.ClOrdID, request.clOrdId],
      [Tag.OrigClOrdID, request.origClOrdId],
      [Tag.OrdStatus, order ? ordStatus[order.status] : OrdStatus.Rejected],
      [Tag.TransactTime, formatTimestamp(at)],
      [Tag.CxlRejResponseTo, CxlRejResponseTo.Cancel],
      [Tag.CxlRejReason, code],
      [Tag.Text, text],
    ],
  };
}

const cancelRefusals = {
  UNKNOWN: { code: CxlRejReason.UnknownOrder, text: 'no such order' },
  MISMATCH: { code: CxlRejReason.Other, text: 'Symbol or Side is not the order’s' },
  ENDED: { code: CxlRejReason.TooLateToCancel, text: 'the order has ended' },
} as const;

type OptionalField = readonly [tag: number, value: string | undefined];

function report(order: Order, ...event: readonly OptionalField[]): FixMessage {
  const instrument = listed(order.symbol);
  const averageScale = instrument.priceScale + averageDecimals;
  return {
    type: MsgType.ExecutionReport,
    fields: compact(
      [Tag.OrderID, orderId(order.number)],
      ...event,
      [Tag.OrdStatus, ordStatus[order.status]],
      [Tag.Account, order.account ?? undefined],
      [Tag.Symbol, order.symbol],
      [Tag.Side, sideCode[order.side]],
      [Tag.OrderQty, quantityText(order.quantity, instrument)],
      [Tag.OrdType, typeCode[order.type]],
      [Tag.Price, order.price === null ? undefined : priceText(order.price, instrument)],
      [Tag.TimeInForce, timeInForceCode[order.timeInForce]],
      [Tag.LeavesQty, quantityText(leavesOf(order), instrument)],
      [Tag.CumQty, quantityText(order.filled, instrument)],
      [Tag.AvgPx, formatDecimal(averagePrice(order), averageScale)],
    ),
  };
}

function notAnOrder(...fields: readonly OptionalField[]): FixMessage {
  return {
    type: MsgType.ExecutionReport,
    fields: compact(
      [Tag.OrderID, unknownId],
      [Tag.OrdStatus, OrdStatus.Rejected],
      [Tag.LeavesQty, '0'],
      [Tag.CumQty, '0'],
      [Tag.AvgPx, '0'],
      ...fields,
    ),
  };
}
