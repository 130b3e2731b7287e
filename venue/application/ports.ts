import type { Execution, Order } from '../domain/order.ts';
import type { Plan } from '../domain/market.ts';
import type { Side } from '../domain/book.ts';

export interface Counters {
  readonly nextOrder: bigint;
  readonly nextExecution: bigint;
}

/** A trade of a client's order, with the order as it is now. */
export interface Trade {
  readonly number: bigint;
  readonly order: Order;
  readonly quantity: bigint;
  readonly price: bigint;
  readonly at: Date;
}

/** Which trades are asked for; what is absent does not restrict. */
export interface TradeFilter {
  readonly owner: string;
  readonly orderNumber?: bigint | undefined;
  readonly clOrdId?: string | undefined;
  readonly executionNumber?: bigint | undefined;
  readonly symbol?: string | undefined;
  readonly side?: Side | undefined;
  readonly from?: Date | undefined;
  /** Not included. */
  readonly before?: Date | undefined;
}

/** Orders and executions of clients, and the reports about them, stored together. */
export interface VenueStore {
  /** What works now. @throws Fault when another process has taken the venue over */
  load(): Promise<{ counters: Counters; working: readonly Order[] }>;
  /**
   * Stores orders, executions, counters and outbound reports in one transaction.
   * @throws Fault when another process has taken the venue over
   */
  save(plan: Plan): Promise<void>;
  findOrder(owner: string, clOrdId: string): Promise<Order | undefined>;
  /** Working now or changed since; the newest `limit`, oldest first. */
  listOrders(
    owner: string,
    filter: { readonly changedSince: Date; readonly symbol?: string | undefined },
    limit: number,
  ): Promise<readonly Order[]>;
  /** The oldest `limit`, oldest first. */
  listTrades(filter: TradeFilter, limit: number): Promise<readonly Trade[]>;
}

/** Tells owners what happened to their orders. */
export interface Reports<Transaction> {
  /** Stores reports in the transaction of what they report. */
  append(executions: readonly Execution[], transaction: Transaction): Promise<void>;
  /** Sends what is stored, after the commit. */
  flush(executions: readonly Execution[]): void;
}
