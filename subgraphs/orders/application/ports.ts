import type { BrokerMessage } from '#kit/broker.ts';
import type { ExecutionId, OrderId, TransactionId, UserId } from '#kit/ids.ts';
import type { Market } from '../domain/order-terms.ts';
import type { Instrument, Order, OrderEventKind, OrderStatus } from '../domain/order.ts';

/** One fill as it was counted; quantity and price are units of the order's scales. */
export interface RecordedFill {
  readonly executionId: ExecutionId;
  readonly orderId: OrderId;
  readonly userId: UserId;
  readonly venue: string;
  readonly execId: string;
  readonly quantity: bigint;
  readonly price: bigint;
  readonly baseAmount: bigint;
  readonly quoteAmount: bigint;
  readonly venueQuoteAmount: bigint;
  /** It came after the order's end. */
  readonly late: boolean;
  readonly tradedAt: Date;
}

/** What people must look at; `REFUSED_EVENT` is what the state table does not know. */
export const incidentKinds = [
  'REFUSED_EVENT',
  'LATE_FILL',
  'OVERFILL',
  'FILL_BEYOND_LIMIT',
  'UNCONFIRMED_REJECTION',
] as const;
export type IncidentKind = (typeof incidentKinds)[number];

export interface Incident {
  readonly kind: IncidentKind;
  readonly detail: string;
  readonly at: Date;
}

export interface NewEvent {
  readonly kind: OrderEventKind;
  readonly at: Date;
  readonly executionId?: ExecutionId | undefined;
}

/** Everything that one database transaction may do; it is done when the transaction commits. */
export interface OrderWork {
  /** Keeps every other transaction that writes the user's event log waiting. */
  lockUserLog(userId: UserId): Promise<void>;
  /** The order with its row locked until the end of the transaction. */
  lockOrder(orderId: OrderId): Promise<Order | null>;
  /** One order that waits to be submitted since `submitBy`, locked; others' locked ones left out. */
  lockOverdueOrder(now: Date): Promise<Order | null>;
  findByClientOrderId(userId: UserId, clientOrderId: string): Promise<Order | null>;
  findMarket(symbol: string): Promise<Market>;
  /** At most `limit`, since nobody needs to know more. */
  countOpenOrders(userId: UserId, limit: number): Promise<number>;
  insertOrder(order: Order): Promise<void>;
  saveOrder(order: Order): Promise<void>;
  hasFill(executionId: ExecutionId): Promise<boolean>;
  insertFill(fill: RecordedFill): Promise<void>;
  /** Whether the fill was there and not settled before. */
  settleFill(executionId: ExecutionId, transactionId: TransactionId): Promise<boolean>;
  /** Gives the event the user's next sequence and tells the listeners after the commit. */
  appendEvent(order: Order, event: NewEvent): Promise<void>;
  recordIncident(order: Order, incident: Incident): Promise<void>;
  send(messages: readonly BrokerMessage[]): Promise<void>;
  /** Older facts than the known ones change nothing. */
  saveInstrument(instrument: Instrument, publishedAt: Date): Promise<void>;
  saveQuote(quote: PublishedQuote): Promise<void>;
}

/** A quote as it is published: plain decimals, since its instrument may not be known yet. */
export interface PublishedQuote {
  readonly symbol: string;
  readonly bid: string;
  readonly ask: string;
  readonly at: Date;
}

export interface OrderTransactions {
  transaction<Result>(run: (work: OrderWork) => Promise<Result>): Promise<Result>;
}

/** Where a page of orders begins: after this one, in the order of time, the latest first. */
export interface OrderPosition {
  readonly createdAt: Date;
  readonly id: OrderId;
}

export interface OrderPage {
  readonly userId: UserId;
  readonly limit: number;
  readonly after: OrderPosition | null;
  readonly statuses: readonly OrderStatus[] | null;
}

/** One step of one order as the user's event log keeps it. */
export interface LoggedEvent {
  readonly sequence: number;
  readonly orderId: OrderId;
  readonly kind: OrderEventKind;
  readonly at: Date;
  readonly status: OrderStatus;
  /** A plain decimal. */
  readonly filledQuantity: string;
}

/** One fill as the user's event log keeps it. */
export interface LoggedFill {
  readonly sequence: number;
  readonly orderId: OrderId;
  readonly executionId: ExecutionId;
  /** Plain decimals. */
  readonly quantity: string;
  readonly price: string;
  readonly at: Date;
}

/** Reads, each for itself. */
export interface OrderReader {
  findOrders(ids: readonly OrderId[]): Promise<readonly Order[]>;
  findByClientOrderId(userId: UserId, clientOrderId: string): Promise<Order | null>;
  listOrders(page: OrderPage): Promise<readonly Order[]>;
  /** The sequence of the user's latest event, 0 before the first. */
  readHead(userId: UserId): Promise<number>;
  /** At most `limit` events after that sequence, in order. */
  readEvents(userId: UserId, after: number, limit: number): Promise<LoggedEvent[]>;
  readFills(userId: UserId, after: number, limit: number): Promise<LoggedFill[]>;
}

/** Says that an order's row changed; may miss some. */
export interface OrderWatcher {
  /** Resolves when the watch is in place. */
  watch(orderId: OrderId, onChange: () => void): Promise<() => Promise<void>>;
}
