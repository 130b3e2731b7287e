import type { DecodedMessage, Defect } from './decoded-message.ts';
import { MsgType, SessionRejectReason } from './dictionary.ts';
import { entriesOf, field, parseTimestamp, Tag } from './fields.ts';
import type { FixMessage } from './types.ts';

/** What a message type must hold (FIX 4.4 volumes 2 to 5, required = Y). */
interface MessageRule {
  readonly required: readonly number[];
  /** Count tag and first tag of each repeating group whose count is checked. */
  readonly groups?: readonly (readonly [count: number, first: number])[];
}

const parties = [Tag.NoPartyIDs, Tag.PartyID] as const;

export const messageRules: Readonly<Record<string, MessageRule>> = {
  [MsgType.Heartbeat]: { required: [] },
  [MsgType.TestRequest]: { required: [Tag.TestReqID] },
  [MsgType.ResendRequest]: { required: [Tag.BeginSeqNo, Tag.EndSeqNo] },
  [MsgType.Reject]: { required: [Tag.RefSeqNum] },
  [MsgType.SequenceReset]: { required: [Tag.NewSeqNo] },
  [MsgType.Logout]: { required: [] },
  [MsgType.Logon]: { required: [Tag.EncryptMethod, Tag.HeartBtInt] },
  [MsgType.NewOrderSingle]: {
    required: [Tag.ClOrdID, Tag.Symbol, Tag.Side, Tag.TransactTime, Tag.OrdType],
    groups: [parties],
  },
  [MsgType.OrderCancelRequest]: {
    required: [Tag.OrigClOrdID, Tag.ClOrdID, Tag.Symbol, Tag.Side, Tag.TransactTime],
  },
  [MsgType.OrderCancelReplaceRequest]: {
    required: [Tag.OrigClOrdID, Tag.ClOrdID, Tag.Symbol, Tag.Side, Tag.TransactTime, Tag.OrdType],
  },
  [MsgType.OrderStatusRequest]: { required: [Tag.ClOrdID, Tag.Symbol, Tag.Side] },
  [MsgType.OrderMassStatusRequest]: { required: [Tag.MassStatusReqID, Tag.MassStatusReqType] },
  [MsgType.ExecutionReport]: {
    required: [
      Tag.OrderID,
      Tag.ExecID,
      Tag.ExecType,
      Tag.OrdStatus,
      Tag.Symbol,
      Tag.Side,
      Tag.LeavesQty,
      Tag.CumQty,
      Tag.AvgPx,
    ],
    groups: [parties],
  },
  [MsgType.OrderCancelReject]: {
    required: [Tag.OrderID, Tag.ClOrdID, Tag.OrigClOrdID, Tag.OrdStatus, Tag.CxlRejResponseTo],
  },
  [MsgType.TradeCaptureReportRequest]: { required: [Tag.TradeRequestID, Tag.TradeRequestType] },
  [MsgType.TradeCaptureReport]: {
    required: [
      Tag.TradeReportID,
      Tag.PreviouslyReported,
      Tag.Symbol,
      Tag.LastQty,
      Tag.LastPx,
      Tag.TradeDate,
      Tag.TransactTime,
      Tag.NoSides,
    ],
    groups: [[Tag.NoSides, Tag.Side]],
  },
  [MsgType.TradeCaptureReportRequestAck]: {
    required: [
      Tag.TradeRequestID,
      Tag.TradeRequestType,
      Tag.TradeRequestResult,
      Tag.TradeRequestStatus,
    ],
  },
  [MsgType.MarketDataRequest]: {
    required: [
      Tag.MDReqID,
      Tag.SubscriptionRequestType,
      Tag.MarketDepth,
      Tag.NoMDEntryTypes,
      Tag.NoRelatedSym,
    ],
    groups: [
      [Tag.NoMDEntryTypes, Tag.MDEntryType],
      [Tag.NoRelatedSym, Tag.Symbol],
    ],
  },
  [MsgType.MarketDataSnapshotFullRefresh]: {
    required: [Tag.Symbol, Tag.NoMDEntries],
    groups: [[Tag.NoMDEntries, Tag.MDEntryType]],
  },
  [MsgType.MarketDataIncrementalRefresh]: {
    required: [Tag.NoMDEntries],
    groups: [[Tag.NoMDEntries, Tag.MDUpdateAction]],
  },
  [MsgType.MarketDataRequestReject]: { required: [Tag.MDReqID] },
  [MsgType.SecurityListRequest]: {
    required: [Tag.SecurityReqID, Tag.SecurityListRequestType],
  },
  [MsgType.SecurityList]: {
    required: [Tag.SecurityReqID, Tag.SecurityResponseID, Tag.SecurityRequestResult],
    groups: [[Tag.NoRelatedSym, Tag.Symbol]],
  },
  [MsgType.BusinessMessageReject]: { required: [Tag.RefMsgType, Tag.BusinessRejectReason] },
};

const format = {
  integer: /^-?\d{1,18}$/,
  count: /^\d{1,9}$/,
  decimal: /^-?(?:\d{1,30}(?:\.\d{0,30})?|\.\d{1,30})$/,
  boolean: /^[YN]$/,
  date: /^\d{4}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])$/,
};

/** The form of a value; a tag that is not named here is free text. */
const formats: ReadonlyMap<number, RegExp> = new Map([
  ...withFormat(format.decimal, [
    Tag.AvgPx,
    Tag.CumQty,
    Tag.LastPx,
    Tag.LastQty,
    Tag.LeavesQty,
    Tag.OrderQty,
    Tag.Price,
    Tag.StopPx,
    Tag.MDEntryPx,
    Tag.MDEntrySize,
    Tag.RoundLot,
    Tag.MinTradeVol,
    Tag.MinPriceIncrement,
    Tag.MaxTradeVol,
    Tag.Quantity,
  ]),
  ...withFormat(format.integer, [
    Tag.HeartBtInt,
    Tag.RefTagID,
    Tag.SessionRejectReason,
    Tag.BusinessRejectReason,
    Tag.OrdRejReason,
    Tag.CxlRejReason,
    Tag.TradeRequestType,
    Tag.TradeRequestResult,
    Tag.MassStatusReqType,
    Tag.TotNumReports,
    Tag.TotNumTradeReports,
    Tag.EncryptMethod,
  ]),
  ...withFormat(format.count, [
    Tag.BeginSeqNo,
    Tag.EndSeqNo,
    Tag.NewSeqNo,
    Tag.RefSeqNum,
    Tag.RptSeq,
    Tag.MarketDepth,
    Tag.NoMDEntries,
    Tag.NoMDEntryTypes,
    Tag.NoRelatedSym,
    Tag.NoSides,
    Tag.NoPartyIDs,
  ]),
  ...withFormat(format.boolean, [
    Tag.GapFillFlag,
    Tag.ResetSeqNumFlag,
    Tag.PossResend,
    Tag.PreviouslyReported,
    Tag.LastRptRequested,
    Tag.LastFragment,
    Tag.AggregatedBook,
  ]),
  ...withFormat(format.date, [Tag.TradeDate, Tag.ExpireDate, Tag.MDEntryDate]),
]);

/** The values that FIX 4.4 names; what we do not trade with is the application's to refuse. */
const values: ReadonlyMap<number, RegExp> = new Map([
  [Tag.Side, /^[1-9A-G]$/],
  [Tag.OrdType, /^[1-9D-Q]$/],
  [Tag.TimeInForce, /^[0-7]$/],
  [Tag.ExecType, /^[03-9A-I]$/],
  [Tag.OrdStatus, /^[0-9A-E]$/],
  [Tag.CxlRejResponseTo, /^[12]$/],
  [Tag.SubscriptionRequestType, /^[0-2]$/],
  [Tag.MDUpdateType, /^[01]$/],
  [Tag.MDUpdateAction, /^[0-2]$/],
  [Tag.MDEntryType, /^[0-9A-C]$/],
  [Tag.EncryptMethod, /^[0-6]$/],
]);

const timestamps: ReadonlySet<number> = new Set([Tag.TransactTime, Tag.ExpireTime]);

/** The first thing wrong with a message: its header, its fields as such, then its type's rules. */
export function defectOf(message: DecodedMessage): Defect | undefined {
  return headerDefect(message) ?? message.defect ?? validate(message);
}

/** SendingTime must be there, and OrigSendingTime in a PossDup. */
export function headerDefect(message: DecodedMessage): Defect | undefined {
  const { RequiredTagMissing, IncorrectFormat } = SessionRejectReason;
  const missing = (tag: number) => ({
    reason: RequiredTagMissing,
    tag,
    text: 'required tag missing',
  });
  const malformed = (tag: number) => ({ reason: IncorrectFormat, tag, text: 'incorrect format' });
  if (message.sendingTime === undefined) return missing(Tag.SendingTime);
  if (!parseTimestamp(message.sendingTime)) return malformed(Tag.SendingTime);
  if (!message.possDup) return undefined;
  if (message.origSendingTime === undefined) return missing(Tag.OrigSendingTime);
  return parseTimestamp(message.origSendingTime) ? undefined : malformed(Tag.OrigSendingTime);
}

/** The first rule that a message breaks, as the answer's SessionRejectReason; none: undefined. */
export function validate(message: FixMessage): Defect | undefined {
  const rule = messageRules[message.type];
  const { InvalidMsgType, RequiredTagMissing, ValueIncorrect } = SessionRejectReason;
  if (!rule) return { reason: InvalidMsgType, text: 'unsupported message type' };
  for (const tag of rule.required) {
    if (field(message, tag) === undefined) {
      return { reason: RequiredTagMissing, tag, text: 'required tag missing' };
    }
  }
  for (const [tag, value] of message.fields) {
    const form = formats.get(tag);
    if ((form && !form.test(value)) || (timestamps.has(tag) && !parseTimestamp(value))) {
      const { IncorrectFormat } = SessionRejectReason;
      return { reason: IncorrectFormat, tag, text: 'incorrect data format for value' };
    }
    if (values.get(tag)?.test(value) === false) {
      return { reason: ValueIncorrect, tag, text: 'value is incorrect for this tag' };
    }
  }
  return countDefect(message, rule);
}

function countDefect(message: FixMessage, rule: MessageRule): Defect | undefined {
  for (const [count, first] of rule.groups ?? []) {
    const stated = field(message, count);
    if (stated === undefined) continue;
    if (entriesOf(message, count, first).length !== Number(stated)) {
      const reason = SessionRejectReason.IncorrectCountInGroup;
      return { reason, tag: count, text: 'incorrect NumInGroup count for repeating group' };
    }
  }
  return undefined;
}

function withFormat(form: RegExp, tags: readonly number[]): (readonly [number, RegExp])[] {
  return tags.map((tag) => [tag, form] as const);
}
