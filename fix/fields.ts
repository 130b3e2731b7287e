import type { FixField, FixMessage } from './types.ts';

/** Tags of FIX 4.4, by the names that the standard gives them. */
export const Tag = {
  Account: 1,
  AvgPx: 6,
  BeginSeqNo: 7,
  BeginString: 8,
  BodyLength: 9,
  CheckSum: 10,
  ClOrdID: 11,
  CumQty: 14,
  Currency: 15,
  EndSeqNo: 16,
  ExecID: 17,
  ExecInst: 18,
  ExecRefID: 19,
  MsgSeqNum: 34,
  MsgType: 35,
  NewSeqNo: 36,
  OrderID: 37,
  OrderQty: 38,
  OrdStatus: 39,
  OrdType: 40,
  OrigClOrdID: 41,
  PossDupFlag: 43,
  Price: 44,
  RefSeqNum: 45,
  SecurityID: 48,
  SenderCompID: 49,
  SendingTime: 52,
  Quantity: 53,
  Side: 54,
  Symbol: 55,
  TargetCompID: 56,
  Text: 58,
  TimeInForce: 59,
  TransactTime: 60,
  TradeDate: 75,
  RptSeq: 83,
  RawDataLength: 95,
  RawData: 96,
  PossResend: 97,
  EncryptMethod: 98,
  StopPx: 99,
  CxlRejReason: 102,
  OrdRejReason: 103,
  SecurityDesc: 107,
  HeartBtInt: 108,
  TestReqID: 112,
  OrigSendingTime: 122,
  GapFillFlag: 123,
  ExpireTime: 126,
  ResetSeqNumFlag: 141,
  NoRelatedSym: 146,
  ExecType: 150,
  LeavesQty: 151,
  SecurityType: 167,
  SecondaryOrderID: 198,
  MDReqID: 262,
  SubscriptionRequestType: 263,
  MarketDepth: 264,
  MDUpdateType: 265,
  AggregatedBook: 266,
  NoMDEntryTypes: 267,
  NoMDEntries: 268,
  MDEntryType: 269,
  MDEntryPx: 270,
  MDEntrySize: 271,
  MDEntryDate: 272,
  MDEntryTime: 273,
  MDEntryID: 278,
  MDUpdateAction: 279,
  MDReqRejReason: 281,
  MDEntryPositionNo: 290,
  SecurityReqID: 320,
  SecurityResponseID: 322,
  TradingSessionID: 336,
  LastPx: 31,
  LastQty: 32,
  NoOrders: 73,
  NumberOfOrders: 346,
  EncodedTextLen: 354,
  RefTagID: 371,
  RefMsgType: 372,
  SessionRejectReason: 373,
  ExecRestatementReason: 378,
  BusinessRejectRefID: 379,
  BusinessRejectReason: 380,
  TotNoRelatedSym: 393,
  ExpireDate: 432,
  CxlRejResponseTo: 434,
  PartyID: 448,
  NoPartyIDs: 453,
  TradeReportTransType: 487,
  Username: 553,
  Password: 554,
  NoSides: 552,
  SecurityListRequestType: 559,
  SecurityRequestResult: 560,
  RoundLot: 561,
  MinTradeVol: 562,
  TradeRequestID: 568,
  TradeRequestType: 569,
  PreviouslyReported: 570,
  TradeReportID: 571,
  MassStatusReqID: 584,
  MassStatusReqType: 585,
  NoDates: 580,
  TotNumTradeReports: 748,
  TradeRequestResult: 749,
  TradeRequestStatus: 750,
  NextExpectedMsgSeqNum: 789,
  OrdStatusReqID: 790,
  TotNumReports: 911,
  LastRptRequested: 912,
  LastFragment: 893,
  MinPriceIncrement: 969,
  MaxTradeVol: 1140,
} as const;

/** The first value of a tag, outside or inside groups. */
export function field(message: Pick<FixMessage, 'fields'>, tag: number): string | undefined {
  return message.fields.find(([candidate]) => candidate === tag)?.[1];
}

/** @throws MissingField, which the session answers with a Reject before an application sees it */
export function requireField(message: Pick<FixMessage, 'fields'>, tag: number): string {
  const value = field(message, tag);
  if (value === undefined) throw new MissingField(tag);
  return value;
}

export class MissingField extends Error {
  readonly tag: number;

  constructor(tag: number) {
    super(`required tag ${tag} is missing`);
    this.name = 'MissingField';
    this.tag = tag;
  }
}

/**
 * The entries of a repeating group, each as the fields from `firstTag` to the next `firstTag`. The
 * last one holds what follows in the message too, unless `memberTags` says what belongs to it.
 * @throws GroupMismatch when there are fewer or more entries than counted
 */
export function groups(
  message: Pick<FixMessage, 'fields'>,
  countTag: number,
  firstTag: number,
  memberTags?: ReadonlySet<number>,
): FixField[][] {
  const entries = entriesOf(message, countTag, firstTag, memberTags);
  if (entries.length !== Number(field(message, countTag) ?? 0)) throw new GroupMismatch(countTag);
  return entries;
}

/** The entries as they stand, whether or not they are as many as counted. */
export function entriesOf(
  message: Pick<FixMessage, 'fields'>,
  countTag: number,
  firstTag: number,
  memberTags?: ReadonlySet<number>,
): FixField[][] {
  const start = message.fields.findIndex(([tag]) => tag === countTag);
  const entries: FixField[][] = [];
  if (start < 0) return entries;
  for (const entry of message.fields.slice(start + 1)) {
    if (entry[0] === firstTag) entries.push([entry]);
    else if (entries.length === 0 || memberTags?.has(entry[0]) === false) break;
    else entries.at(-1)?.push(entry);
  }
  return entries;
}

export class GroupMismatch extends Error {
  readonly tag: number;

  constructor(tag: number) {
    super(`tag ${tag} does not count the entries of its group`);
    this.name = 'GroupMismatch';
    this.tag = tag;
  }
}

/** Fields of an object of tags, without the undefined ones, in the order given. */
export function compact(
  ...fields: readonly (readonly [tag: number, value: string | undefined])[]
): FixField[] {
  return fields.filter((entry): entry is FixField => entry[1] !== undefined);
}

/** UTCTimestamp with milliseconds: `20260728-09:30:00.123`. */
export function formatTimestamp(time: Date): string {
  const text = time.toISOString();
  return `${text.slice(0, 4)}${text.slice(5, 7)}${text.slice(8, 10)}-${text.slice(11, 23)}`;
}

const timestampPattern = /^(\d{4})(\d{2})(\d{2})-(\d{2}):(\d{2}):(\d{2})(?:\.(\d{3})\d{0,6})?$/;

/** The time of a UTCTimestamp, cut to milliseconds; undefined when it is malformed. */
export function parseTimestamp(text: string): Date | undefined {
  const match = timestampPattern.exec(text);
  if (!match) return undefined;
  const [, year, month, day, hour, minute, second, milliseconds] = match;
  // A leap second is written :60; the last millisecond before it is the nearest that Date has.
  const leap = second === '60';
  const rest = leap ? '59.999' : `${second}.${milliseconds ?? '000'}`;
  const time = new Date(`${year}-${month}-${day}T${hour}:${minute}:${rest}Z`);
  const known = !Number.isNaN(time.getTime()) && time.getUTCDate() === Number(day);
  return known ? time : undefined;
}
