import type { EntityManager } from '@mikro-orm/postgresql';
import type { Clock } from '#kit/clock.ts';
import type { OrderId, UserId } from '#kit/ids.ts';
import type { Logger } from '#kit/log.ts';
import type { ListedInstrument } from '../domain/instrument.ts';
import type { AbsenceRules } from '../domain/judge-absence.ts';
import type { Incident, VenueOrderState } from '../domain/venue-order.ts';
import type { Trade } from '../domain/venue-report.ts';

/** What every use case works with. */
export interface Exchange {
  /** The venue that orders go to. */
  readonly venue: string;
  /** Runs one database transaction. */
  transaction<Result>(work: (em: EntityManager) => Promise<Result>): Promise<Result>;
  readonly orders: VenueOrderStore;
  readonly route: VenueRoute;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly timing: ExchangeTiming;
}

export interface ExchangeTiming {
  /** How long a sent order may stay unanswered. */
  readonly acknowledgeMs: number;
  /** The pause between two status requests for one order. */
  readonly probeIntervalMs: number;
  readonly absence: AbsenceRules;
}

/** One row of the mapping from our orders to the venue's. */
export interface VenueOrderRecord extends VenueOrderState {
  readonly orderId: OrderId;
  readonly userId: UserId;
  readonly venue: string;
  /** Our id of it at the venue (FIX 11). */
  readonly clOrdId: string;
  readonly symbol: string;
  readonly side: 'BUY' | 'SELL';
  readonly limitPrice: string;
  readonly timeInForce: 'GTC' | 'IOC';
  readonly submitBy: Date;
  /** The trace that the order came with; its reports go on in it. */
  readonly traceparent: string | null;
  /** Set before the first byte leaves; null means that the venue cannot have it. */
  readonly sentAt: Date | null;
  readonly cancelClOrdId: string | null;
  readonly cancelCount: number;
  readonly cancelPending: boolean;
  readonly unknownAt: Date | null;
  readonly absentProbes: number;
  readonly probedAt: Date | null;
  readonly tradesAbsentAt: Date | null;
  readonly createdAt: Date;
  readonly lastEventAt: Date;
}

export type VenueOrderPatch = Partial<Omit<VenueOrderRecord, 'orderId' | 'userId' | 'clOrdId'>>;

/** A report as it is kept: every one that has an ExecID, once. */
export interface StoredReport {
  readonly venue: string;
  readonly tradeDate: string;
  readonly execId: string;
  readonly orderId: OrderId | null;
  /** FIX 150. */
  readonly execType: string;
  readonly trade: Trade | null;
  readonly receivedAt: Date;
}

export interface VenueOrderStore {
  insert(em: EntityManager, record: VenueOrderRecord): Promise<void>;
  /** Reads and locks a row until the transaction ends. */
  lock(em: EntityManager, orderId: OrderId): Promise<VenueOrderRecord | null>;
  /** By the order's own ClOrdID or by that of its latest cancel. */
  lockByClOrdId(em: EntityManager, clOrdId: string): Promise<VenueOrderRecord | null>;
  /** Orders that were sent before a time and have no answer, locked; at most `limit`. */
  lockUnanswered(em: EntityManager, before: Date, limit: number): Promise<VenueOrderRecord[]>;
  /** Orders whose `submitBy` was before a time and that were never sent, locked. */
  lockUnsent(em: EntityManager, before: Date, limit: number): Promise<VenueOrderRecord[]>;
  /** Orders to ask the venue about that were not asked about since a time, locked. */
  lockDoubtful(em: EntityManager, before: Date, limit: number): Promise<VenueOrderRecord[]>;
  /** Orders that may work at the venue, by id, not locked. */
  listOpen(em: EntityManager, after: OrderId | null, limit: number): Promise<VenueOrderRecord[]>;
  update(em: EntityManager, record: VenueOrderRecord, patch: VenueOrderPatch): Promise<void>;
  /** False when it is there already. */
  storeReport(em: EntityManager, report: StoredReport): Promise<boolean>;
  /** `YYYYMMDD` of the latest trade, or null. */
  lastTradeDate(em: EntityManager, venue: string): Promise<string | null>;
  storeIncident(
    em: EntityManager,
    orderId: OrderId | null,
    incident: Incident,
    at: Date,
  ): Promise<void>;
  listInstruments(em: EntityManager, venue: string): Promise<ListedInstrument[]>;
  saveInstrument(em: EntityManager, venue: string, instrument: ListedInstrument): Promise<void>;
}

/**
 * The way to the venue. Each call stores messages in em's transaction; they leave after it. It comes
 * last in a transaction: the session's numbers are locked from then on.
 */
export interface VenueRoute {
  submit(em: EntityManager, order: VenueOrderRecord): Promise<void>;
  cancel(em: EntityManager, order: VenueOrderRecord, cancelClOrdId: string): Promise<void>;
  requestStatus(em: EntityManager, orders: readonly VenueOrderRecord[]): Promise<void>;
  requestTrades(em: EntityManager, orders: readonly VenueOrderRecord[]): Promise<void>;
  /** All trades of these days, `YYYYMMDD`, both included. */
  requestTradesOfDays(em: EntityManager, from: string, to: string): Promise<void>;
}
