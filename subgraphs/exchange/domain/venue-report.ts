/** What a venue says of one order, freed of its wire format. */
export type VenueReport =
  | AcceptedReport
  | TradeReport
  | EndedReport
  | StatusReport
  | AbsentReport
  | DuplicateReport
  | AmendedReport;

export type FinalStatus = 'FILLED' | 'CANCELED' | 'REJECTED' | 'EXPIRED';

/** The venue works the order. */
export interface AcceptedReport {
  readonly kind: 'ACCEPTED';
  readonly venueOrderId: string;
}

/** A trade, as it happened or as a later answer to a trade capture request. */
export interface TradeReport {
  readonly kind: 'TRADE';
  readonly trade: Trade;
  readonly venueOrderId: string;
  /** CumQty after it, where the message says so: a larger one than ours means missing trades. */
  readonly cumQuantity: string | null;
}

export interface Trade {
  /** Unique for the venue and trade date. */
  readonly execId: string;
  /** `YYYYMMDD` of the venue's calendar. */
  readonly tradeDate: string;
  /** Plain decimals, as the venue wrote them. */
  readonly quantity: string;
  readonly price: string;
  readonly tradedAt: Date;
}

/** The order ended: canceled, refused, expired. */
export interface EndedReport {
  readonly kind: 'ENDED';
  readonly status: FinalStatus;
  readonly reason: string;
  readonly cumQuantity: string;
  readonly venueOrderId: string | null;
}

/** The answer to a status request. */
export interface StatusReport {
  readonly kind: 'STATUS';
  readonly status: 'WORKING' | FinalStatus;
  readonly reason: string;
  readonly cumQuantity: string;
  readonly venueOrderId: string | null;
}

/** The answer to a status request: the venue does not know the order. */
export interface AbsentReport {
  readonly kind: 'ABSENT';
}

/**
 * A second copy of the order was refused. It says nothing of the first one but that there is one:
 * never the end of the order.
 */
export interface DuplicateReport {
  readonly kind: 'DUPLICATE';
}

/** A bust or correction of an earlier trade: for people to look at, never applied blindly. */
export interface AmendedReport {
  readonly kind: 'AMENDED';
  readonly detail: string;
}
