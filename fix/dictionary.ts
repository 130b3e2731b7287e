export const MsgType = {
  Heartbeat: '0',
  TestRequest: '1',
  ResendRequest: '2',
  Reject: '3',
  SequenceReset: '4',
  Logout: '5',
  ExecutionReport: '8',
  OrderCancelReject: '9',
  Logon: 'A',
  NewOrderSingle: 'D',
  OrderCancelRequest: 'F',
  OrderCancelReplaceRequest: 'G',
  OrderStatusRequest: 'H',
  MarketDataRequest: 'V',
  MarketDataSnapshotFullRefresh: 'W',
  MarketDataIncrementalRefresh: 'X',
  MarketDataRequestReject: 'Y',
  BusinessMessageReject: 'j',
  SecurityListRequest: 'x',
  SecurityList: 'y',
  TradeCaptureReportRequest: 'AD',
  TradeCaptureReport: 'AE',
  OrderMassStatusRequest: 'AF',
  TradeCaptureReportRequestAck: 'AQ',
} as const;

/** Session messages: never handed to an application, never replayed. */
export const adminTypes: ReadonlySet<string> = new Set(['0', '1', '2', '3', '4', '5', 'A']);

export const Side = { Buy: '1', Sell: '2' } as const;
export const OrdType = { Market: '1', Limit: '2', Stop: '3', StopLimit: '4' } as const;
export const TimeInForce = {
  Day: '0',
  GoodTillCancel: '1',
  ImmediateOrCancel: '3',
  FillOrKill: '4',
  GoodTillDate: '6',
} as const;
export const ExecType = {
  New: '0',
  Canceled: '4',
  Replaced: '5',
  PendingCancel: '6',
  Rejected: '8',
  PendingNew: 'A',
  Expired: 'C',
  Restated: 'D',
  PendingReplace: 'E',
  Trade: 'F',
  TradeCorrect: 'G',
  TradeCancel: 'H',
  OrderStatus: 'I',
} as const;
export const OrdStatus = {
  New: '0',
  PartiallyFilled: '1',
  Filled: '2',
  DoneForDay: '3',
  Canceled: '4',
  Replaced: '5',
  PendingCancel: '6',
  Rejected: '8',
  Suspended: '9',
  PendingNew: 'A',
  Expired: 'C',
  PendingReplace: 'E',
} as const;
export const OrdRejReason = {
  BrokerOption: '0',
  UnknownSymbol: '1',
  ExchangeClosed: '2',
  OrderExceedsLimit: '3',
  TooLateToEnter: '4',
  UnknownOrder: '5',
  DuplicateOrder: '6',
  UnsupportedOrderCharacteristic: '11',
  IncorrectQuantity: '13',
  Other: '99',
} as const;
export const CxlRejReason = {
  TooLateToCancel: '0',
  UnknownOrder: '1',
  BrokerOption: '2',
  AlreadyPending: '3',
  DuplicateClOrdID: '6',
  Other: '99',
} as const;
export const CxlRejResponseTo = { Cancel: '1', Replace: '2' } as const;
export const MDEntryType = { Bid: '0', Offer: '1', Trade: '2' } as const;
export const MDUpdateAction = { New: '0', Change: '1', Delete: '2' } as const;
export const SubscriptionRequestType = {
  Snapshot: '0',
  Subscribe: '1',
  Unsubscribe: '2',
} as const;
export const MDUpdateType = { FullRefresh: '0', Incremental: '1' } as const;
export const MDReqRejReason = {
  UnknownSymbol: '0',
  DuplicateMDReqID: '1',
  UnsupportedSubscriptionRequestType: '4',
  UnsupportedMarketDepth: '5',
  UnsupportedMDUpdateType: '6',
  UnsupportedMDEntryType: '8',
} as const;
export const MassStatusReqType = { Security: '1', AllOrders: '7' } as const;
export const TradeRequestType = { AllTrades: '0', MatchedTrades: '1' } as const;
export const TradeRequestResult = {
  Successful: '0',
  InvalidOrUnknownInstrument: '1',
  InvalidTypeOfTradeRequested: '2',
  TradeRequestTypeNotSupported: '8',
  Other: '99',
} as const;
export const TradeRequestStatus = { Accepted: '0', Completed: '1', Rejected: '2' } as const;
export const SecurityListRequestType = { Symbol: '0', AllSecurities: '4' } as const;
export const SecurityRequestResult = { Valid: '0', InvalidOrUnsupported: '1' } as const;
export const SessionRejectReason = {
  InvalidTagNumber: '0',
  RequiredTagMissing: '1',
  TagNotDefinedForMessageType: '2',
  TagWithoutValue: '4',
  ValueIncorrect: '5',
  IncorrectFormat: '6',
  CompIdProblem: '9',
  SendingTimeAccuracy: '10',
  InvalidMsgType: '11',
  IncorrectCountInGroup: '16',
  Other: '99',
} as const;
export const BusinessRejectReason = {
  Other: '0',
  UnknownId: '1',
  UnknownSecurity: '2',
  UnsupportedMessageType: '3',
  ApplicationNotAvailable: '4',
  ConditionallyRequiredFieldMissing: '5',
} as const;
