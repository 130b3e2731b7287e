import type { EntityManager } from '@mikro-orm/postgresql';
import { counter, startAtZero } from '#kit/metrics.ts';
import { judgeAbsence } from '../domain/judge-absence.ts';
import {
  applyReport,
  incidentKinds,
  isFinal,
  isUnanswered,
  type Incident,
} from '../domain/venue-order.ts';
import type { VenueReport } from '../domain/venue-report.ts';
import { sendCancel } from './cancel-order.ts';
import type { Exchange, VenueOrderRecord } from './ports.ts';
import { tellOrders } from './tell-orders.ts';
import { onVenueWord } from './trace-order.ts';

const incidents = counter(
  'mammon_venue_incidents_total',
  'What people should look at, of what venues said',
  ['kind'],
);
startAtZero(
  incidents,
  incidentKinds.map((kind) => ({ kind })),
);

/** A report with what makes it one of its kind. */
export interface ReceivedReport {
  /** The order's own ClOrdID. */
  readonly clOrdId: string;
  readonly report: VenueReport;
  /** The key of its storage; null for answers about a state, which have none. */
  readonly key: { readonly tradeDate: string; readonly execId: string } | null;
  /** FIX 150. */
  readonly execType: string;
}

/**
 * Takes one report: stored once by (venue, trade date, ExecID), applied to its order, and told to
 * the orders service, all in one transaction. A report that was taken before changes nothing.
 */
export function takeReport(exchange: Exchange, received: ReceivedReport): Promise<void> {
  return onVenueWord(exchange, 'ExecutionReport', received.clOrdId, async (em, order) => {
    if (!(await storeOnce(exchange, em, received, order))) return;
    if (!order) {
      const detail = `${received.execType} for ClOrdID ${received.clOrdId}`;
      return incident(exchange, em, null, { kind: 'UNMAPPED_REPORT', detail });
    }
    if (received.report.kind === 'ABSENT') return takeAbsence(exchange, em, order);
    await apply(exchange, em, order, received.report);
  });
}

/** The venue's trade history holds nothing of the order. */
export function takeNoTrades(exchange: Exchange, clOrdId: string): Promise<void> {
  return exchange.transaction(async (em) => {
    const order = await exchange.orders.lockByClOrdId(em, clOrdId);
    if (!order || isFinal(order.status)) return;
    await exchange.orders.update(em, order, { tradesAbsentAt: exchange.clock() });
  });
}

/** The venue could not read a message of ours, or would not process it. */
export function takeRefusal(exchange: Exchange, refused: RefusedMessage): Promise<void> {
  return onVenueWord(exchange, 'Reject', refused.clOrdId, async (em, order) => {
    if (!order) return;
    const { reason } = refused;
    if (refused.what === 'ORDER' && isUnanswered(order.status)) {
      const nothing = { cumQuantity: '0', venueOrderId: null };
      await apply(exchange, em, order, { kind: 'ENDED', status: 'REJECTED', reason, ...nothing });
    }
    if (refused.what === 'CANCEL' && order.cancelPending) {
      const now = exchange.clock();
      await exchange.orders.update(em, order, { cancelPending: false, lastEventAt: now });
      await tellOrders(em, order, [{ kind: 'CANCEL_REJECTED', reason }], now);
    }
  });
}

export interface RefusedMessage {
  readonly what: 'ORDER' | 'CANCEL';
  /** The message's own ClOrdID. */
  readonly clOrdId: string;
  readonly reason: string;
}

/**
 * A report that cannot be read: kept for people, and the venue is asked for the order's state, not
 * more often than probes are, because the answer may be as unreadable.
 */
export function takeUnreadable(
  exchange: Exchange,
  clOrdId: string | null,
  detail: string,
): Promise<void> {
  return onVenueWord(exchange, 'unreadable report', clOrdId, async (em, order) => {
    await incident(exchange, em, order, { kind: 'UNREADABLE_REPORT', detail });
    if (!order) return;
    const now = exchange.clock();
    if (order.status === 'PENDING') {
      await exchange.orders.update(em, order, { status: 'UNKNOWN', unknownAt: now });
      await tellOrders(em, order, [{ kind: 'UNKNOWN' }], now);
    }
    const quietMs = now.getTime() - (order.probedAt?.getTime() ?? 0);
    if (quietMs < exchange.timing.probeIntervalMs) return;
    await exchange.orders.update(em, order, { probedAt: now });
    await exchange.route.requestStatus(em, [order]);
  });
}

async function storeOnce(
  exchange: Exchange,
  em: EntityManager,
  received: ReceivedReport,
  order: VenueOrderRecord | null,
): Promise<boolean> {
  if (!received.key) return true;
  return exchange.orders.storeReport(em, {
    venue: exchange.venue,
    ...received.key,
    orderId: order?.orderId ?? null,
    execType: received.execType,
    trade: received.report.kind === 'TRADE' ? received.report.trade : null,
    receivedAt: exchange.clock(),
  });
}

async function apply(
  exchange: Exchange,
  em: EntityManager,
  order: VenueOrderRecord,
  report: VenueReport,
): Promise<void> {
  const now = exchange.clock();
  const outcome = applyReport(order, report);
  await exchange.orders.update(em, order, {
    ...outcome.order,
    absentProbes: 0,
    cancelPending: order.cancelPending && !isFinal(outcome.order.status),
    lastEventAt: now,
  });
  await tellOrders(em, order, outcome.facts, now);
  for (const event of outcome.incidents) await incident(exchange, em, order, event);
  switch (outcome.ask) {
    case 'TRADES':
      return exchange.route.requestTrades(em, [order]);
    case 'STATUS':
      return exchange.route.requestStatus(em, [order]);
    case 'CANCEL':
      return order.cancelPending ? undefined : sendCancel(exchange, em, order);
    default:
      return undefined;
  }
}

/** One more "unknown order": perhaps the last piece of evidence that was missing. */
async function takeAbsence(
  exchange: Exchange,
  em: EntityManager,
  order: VenueOrderRecord,
): Promise<void> {
  const now = exchange.clock();
  const absentProbes = order.absentProbes + 1;
  const verdict = judgeAbsence({ ...order, absentProbes }, exchange.timing.absence, now);
  if (!verdict) {
    await exchange.orders.update(em, order, { absentProbes });
    if (order.status !== 'WORKING' || absentProbes > 1) return;
    const detail = 'the venue worked the order and does not know it any more';
    return incident(exchange, em, order, { kind: 'FORGOTTEN_ORDER', detail });
  }
  await exchange.orders.update(em, order, {
    absentProbes,
    status: verdict,
    cancelPending: false,
    lastEventAt: now,
  });
  if (verdict === 'EXPIRED') {
    return tellOrders(em, order, [{ kind: 'EXPIRED', sent: false }], now);
  }
  const reason = 'the venue does not know the order';
  await tellOrders(em, order, [{ kind: 'REJECTED', reason, confirmed: false }], now);
  const detail = `${absentProbes} status requests and the trade history know nothing of it`;
  await incident(exchange, em, order, { kind: 'ABSENT_ORDER', detail });
}

async function incident(
  exchange: Exchange,
  em: EntityManager,
  order: VenueOrderRecord | null,
  event: Incident,
): Promise<void> {
  exchange.logger.warn({ orderId: order?.orderId, ...event }, 'an incident at the venue');
  incidents.inc({ kind: event.kind });
  await exchange.orders.storeIncident(em, order?.orderId ?? null, event, exchange.clock());
}
