import {
  ExecType,
  MsgType,
  SubscriptionRequestType,
  TradeRequestResult,
  TradeRequestStatus,
  TradeRequestType,
} from '#fix/dictionary.ts';
import { compact, field, formatTimestamp, parseTimestamp, requireField, Tag } from '#fix/fields.ts';
import type { FixMessage } from '#fix/types.ts';
import { Refusal } from '#kit/errors.ts';
import type { Trade, TradeFilter, VenueStore } from '../../application/ports.ts';
import { findInstrument } from '../../domain/instruments.ts';
import {
  executionId,
  firm,
  listed,
  nameOf,
  numberOf,
  orderId,
  priceText,
  quantityText,
  sideCode,
  tradeDate,
} from './values.ts';

const maximumTrades = 10_000;
const dayMs = 86_400_000;

/** `code` is a TradeRequestResult (749). */
class TradeRefusal extends Refusal {}

/** AD -> AQ and one AE for each trade. */
export async function tradeCapture(
  request: FixMessage,
  store: VenueStore,
): Promise<readonly FixMessage[]> {
  try {
    const filter = filterOf(request);
    const trades = filter ? await store.listTrades(filter, maximumTrades + 1) : [];
    if (trades.length > maximumTrades) {
      const text = `more than ${maximumTrades} trades; narrow the dates`;
      throw new TradeRefusal(TradeRequestResult.Other, text);
    }
    const status = trades.length > 0 ? TradeRequestStatus.Accepted : TradeRequestStatus.Completed;
    return [
      acknowledgement(request, trades.length, TradeRequestResult.Successful, status),
      ...trades.map((trade, index) => tradeReport(request, trade, index, trades.length)),
    ];
  } catch (error) {
    if (!(error instanceof TradeRefusal)) throw error;
    const { Rejected } = TradeRequestStatus;
    return [acknowledgement(request, 0, error.code, Rejected, error.message)];
  }
}

/** Undefined when an id is asked for that cannot be ours. */
function filterOf(request: FixMessage): TradeFilter | undefined {
  const { Other, InvalidOrUnknownInstrument, TradeRequestTypeNotSupported } = TradeRequestResult;
  const type = field(request, Tag.TradeRequestType);
  if (type !== TradeRequestType.AllTrades && type !== TradeRequestType.MatchedTrades) {
    throw new TradeRefusal(TradeRequestTypeNotSupported, 'TradeRequestType must be 0 or 1');
  }
  const subscription = field(request, Tag.SubscriptionRequestType);
  if (subscription !== undefined && subscription !== SubscriptionRequestType.Snapshot) {
    throw new TradeRefusal(Other, 'trades cannot be subscribed to');
  }
  const symbol = field(request, Tag.Symbol);
  if (symbol !== undefined && !findInstrument(symbol)) {
    throw new TradeRefusal(InvalidOrUnknownInstrument, 'Symbol is not listed');
  }
  const askedOrder = field(request, Tag.OrderID);
  const askedExecution = field(request, Tag.ExecID);
  const askedSide = field(request, Tag.Side);
  const orderNumber = askedOrder === undefined ? undefined : numberOf(askedOrder, 'O');
  const executionNumber = askedExecution === undefined ? undefined : numberOf(askedExecution, 'E');
  const side = nameOf(sideCode, askedSide);
  const range = rangeOf(request);
  const isImpossible =
    (askedOrder !== undefined && orderNumber === undefined) ||
    (askedExecution !== undefined && executionNumber === undefined) ||
    (askedSide !== undefined && side === undefined);
  if (isImpossible) return undefined;
  const clOrdId = field(request, Tag.ClOrdID);
  return { owner: firm, orderNumber, executionNumber, clOrdId, symbol, side, ...range };
}

/** NoDates (580): one date, or two as the first and the last; a time stands for its millisecond. */
function rangeOf(request: FixMessage): { from?: Date; before?: Date } {
  const count = field(request, Tag.NoDates);
  if (count === undefined || count === '0') return {};
  const start = request.fields.findIndex(([tag]) => tag === Tag.NoDates);
  const dates = request.fields
    .slice(start + 1)
    .filter(([tag]) => tag === Tag.TradeDate || tag === Tag.TransactTime)
    .map(([tag, value]) => moment(tag, value));
  const [first, last = first] = dates;
  if (!first || !last || (count !== '1' && count !== '2') || dates.length !== Number(count)) {
    throw new TradeRefusal(TradeRequestResult.Other, 'NoDates must be 1 or 2, each a date or time');
  }
  return { from: first.from, before: last.before };
}

function moment(tag: number, value: string): { from: Date; before: Date } {
  const isDate = tag === Tag.TradeDate;
  const from = parseTimestamp(isDate ? `${value}-00:00:00` : value);
  if (!from) throw new TradeRefusal(TradeRequestResult.Other, `"${value}" is no date or time`);
  return { from, before: new Date(from.getTime() + (isDate ? dayMs : 1)) };
}

function acknowledgement(
  request: FixMessage,
  total: number,
  result: string,
  status: string,
  text?: string,
): FixMessage {
  return {
    type: MsgType.TradeCaptureReportRequestAck,
    fields: compact(
      [Tag.TradeRequestID, requireField(request, Tag.TradeRequestID)],
      [Tag.TradeRequestType, requireField(request, Tag.TradeRequestType)],
      [Tag.TotNumTradeReports, String(total)],
      [Tag.TradeRequestResult, result],
      [Tag.TradeRequestStatus, status],
      [Tag.Symbol, field(request, Tag.Symbol) ?? '[N/A]'],
      [Tag.Text, text],
    ),
  };
}

function tradeReport(request: FixMessage, trade: Trade, index: number, total: number): FixMessage {
  const { order } = trade;
  const instrument = listed(order.symbol);
  const id = executionId(trade.number);
  return {
    type: MsgType.TradeCaptureReport,
    fields: compact(
      [Tag.TradeReportID, id],
      [Tag.TradeReportTransType, '0'],
      [Tag.TradeRequestID, requireField(request, Tag.TradeRequestID)],
      [Tag.ExecType, ExecType.Trade],
      [Tag.TotNumTradeReports, String(total)],
      [Tag.LastRptRequested, index === total - 1 ? 'Y' : 'N'],
      [Tag.PreviouslyReported, 'N'],
      [Tag.ExecID, id],
      [Tag.Symbol, order.symbol],
      [Tag.LastQty, quantityText(trade.quantity, instrument)],
      [Tag.LastPx, priceText(trade.price, instrument)],
      [Tag.TradeDate, tradeDate(trade.at)],
      [Tag.TransactTime, formatTimestamp(trade.at)],
      [Tag.NoSides, '1'],
      [Tag.Side, sideCode[order.side]],
      [Tag.OrderID, orderId(order.number)],
      [Tag.ClOrdID, order.clOrdId],
      [Tag.Account, order.account ?? undefined],
    ),
  };
}
