import { ExecType, OrdRejReason, OrdStatus } from '#fix/dictionary.ts';
import { field, formatTimestamp, requireField, Tag } from '#fix/fields.ts';
import type { FixMessage } from '#fix/types.ts';
import type { ReceivedReport } from '../../application/take-report.ts';
import type { FinalStatus, Trade, VenueReport } from '../../domain/venue-report.ts';
import { dayOf, decimalOf, idOf, positiveOf, timeOf, Unreadable } from './read-fields.ts';

/** OrderID of what a venue does not have. */
const none = 'NONE';

/**
 * What an ExecutionReport says; null when it says nothing that matters (a pending state).
 * @throws Unreadable, MissingField
 */
export function readExecutionReport(message: FixMessage): ReceivedReport | null {
  const execType = requireField(message, Tag.ExecType);
  const report = reportOf(message, execType);
  if (!report) return null;
  const isAnswer = execType === ExecType.OrderStatus;
  const key = isAnswer
    ? null
    : { tradeDate: tradeDateOf(message), execId: idOf(message, Tag.ExecID) };
  return { clOrdId: clOrdIdOf(message), report, key, execType };
}

/** A trade of an answer to a trade capture request. @throws Unreadable, MissingField */
export function readTradeCapture(message: FixMessage): ReceivedReport {
  const trade = tradeOf(message);
  return {
    clOrdId: idOf(message, Tag.ClOrdID),
    report: { kind: 'TRADE', trade, venueOrderId: idOf(message, Tag.OrderID), cumQuantity: null },
    key: { tradeDate: trade.tradeDate, execId: trade.execId },
    execType: ExecType.Trade,
  };
}

/** The order's own ClOrdID, also in a message about its cancel. */
export const clOrdIdOf = (message: FixMessage): string =>
  field(message, Tag.OrigClOrdID) ?? requireField(message, Tag.ClOrdID);

function reportOf(message: FixMessage, execType: string): VenueReport | null {
  switch (execType) {
    case ExecType.New:
      return { kind: 'ACCEPTED', venueOrderId: idOf(message, Tag.OrderID) };
    case ExecType.Trade:
      return {
        kind: 'TRADE',
        trade: tradeOf(message),
        venueOrderId: idOf(message, Tag.OrderID),
        cumQuantity: decimalOf(message, Tag.CumQty),
      };
    case ExecType.Canceled:
      return ended(message, 'CANCELED');
    case ExecType.Expired:
      return ended(message, 'EXPIRED');
    case ExecType.Rejected:
      return field(message, Tag.OrdRejReason) === OrdRejReason.DuplicateOrder
        ? { kind: 'DUPLICATE' }
        : ended(message, 'REJECTED');
    case ExecType.OrderStatus:
      return statusOf(message);
    case ExecType.PendingNew:
    case ExecType.PendingCancel:
    case ExecType.PendingReplace:
      return null;
    case ExecType.TradeCancel:
    case ExecType.TradeCorrect: {
      const reference = field(message, Tag.ExecRefID) ?? 'no ExecRefID';
      return { kind: 'AMENDED', detail: `${execType} of ${reference}` };
    }
    default:
      throw new Unreadable(`ExecType ${execType}`);
  }
}

function statusOf(message: FixMessage): VenueReport {
  const status = requireField(message, Tag.OrdStatus);
  const unknown = field(message, Tag.OrdRejReason) === OrdRejReason.UnknownOrder;
  if (status === OrdStatus.Rejected && unknown) return { kind: 'ABSENT' };
  const known = statuses.get(status);
  if (!known) throw new Unreadable(`OrdStatus ${status}`);
  const { reason, cumQuantity, venueOrderId } = ended(message, 'REJECTED');
  return { kind: 'STATUS', status: known, reason, cumQuantity, venueOrderId };
}

const statuses: ReadonlyMap<string, 'WORKING' | FinalStatus> = new Map([
  [OrdStatus.New, 'WORKING'],
  [OrdStatus.PartiallyFilled, 'WORKING'],
  [OrdStatus.PendingNew, 'WORKING'],
  [OrdStatus.PendingCancel, 'WORKING'],
  [OrdStatus.PendingReplace, 'WORKING'],
  [OrdStatus.Filled, 'FILLED'],
  [OrdStatus.Canceled, 'CANCELED'],
  [OrdStatus.Rejected, 'REJECTED'],
  [OrdStatus.Expired, 'EXPIRED'],
]);

function ended(message: FixMessage, status: FinalStatus) {
  const venueOrderId = idOf(message, Tag.OrderID);
  return {
    kind: 'ENDED' as const,
    status,
    reason: field(message, Tag.Text) ?? `reason ${field(message, Tag.OrdRejReason) ?? 'not given'}`,
    cumQuantity: decimalOf(message, Tag.CumQty),
    venueOrderId: venueOrderId === none ? null : venueOrderId,
  };
}

function tradeOf(message: FixMessage): Trade {
  return {
    execId: idOf(message, Tag.ExecID),
    tradeDate: tradeDateOf(message),
    quantity: positiveOf(message, Tag.LastQty),
    price: positiveOf(message, Tag.LastPx),
    tradedAt: timeOf(message, Tag.TransactTime),
  };
}

/** The venue's trade date, or else the UTC day of the event. */
function tradeDateOf(message: FixMessage): string {
  if (field(message, Tag.TradeDate) !== undefined) return dayOf(message, Tag.TradeDate);
  return formatTimestamp(timeOf(message, Tag.TransactTime)).slice(0, 8);
}
