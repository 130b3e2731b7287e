import { unreachable } from '#kit/errors.ts';
import { textOf, unitsOf } from './decimal.ts';
import type {
  EndedReport,
  FinalStatus,
  StatusReport,
  Trade,
  TradeReport,
  VenueReport,
} from './venue-report.ts';

/**
 * PENDING: stored for sending, perhaps sent; no answer yet. UNKNOWN: sent, and the answer is late.
 * WITHHELD: gap filled because `submitBy` passed, although earlier bytes may have arrived; the
 * venue's word on it is awaited. WORKING: the venue has it.
 */
export type VenueOrderStatus = 'PENDING' | 'UNKNOWN' | 'WITHHELD' | 'WORKING' | FinalStatus;

export interface VenueOrderState {
  readonly status: VenueOrderStatus;
  readonly quantity: string;
  readonly cumQuantity: string;
  readonly venueOrderId: string | null;
  /** How the venue says it ended, until all trades of `claimedCumQuantity` are here. */
  readonly claimedStatus: FinalStatus | null;
  readonly claimedReason: string | null;
  /** The largest CumQty that the venue named. */
  readonly claimedCumQuantity: string | null;
}

/** What goes out to other services. */
export type OrderFact =
  | { readonly kind: 'ACCEPTED'; readonly venueOrderId: string }
  | { readonly kind: 'EXECUTED'; readonly trade: Trade }
  | { readonly kind: 'CANCELED' }
  | { readonly kind: 'EXPIRED' }
  | { readonly kind: 'REJECTED'; readonly reason: string };

export const incidentKinds = [
  'OVERFILL',
  'LATE_TRADE',
  'AMENDED_TRADE',
  'ENDED_ORDER_WORKS',
  'ABSENT_ORDER',
  'FORGOTTEN_ORDER',
  'UNMAPPED_REPORT',
  'UNREADABLE_REPORT',
] as const;
export type IncidentKind = (typeof incidentKinds)[number];

export interface Incident {
  readonly kind: IncidentKind;
  readonly detail: string;
}

export interface Outcome {
  readonly order: VenueOrderState;
  readonly facts: readonly OrderFact[];
  readonly incidents: readonly Incident[];
  /** What to ask of the venue next: missing trades, the order's state, an end to a stray order. */
  readonly ask: 'TRADES' | 'STATUS' | 'CANCEL' | null;
}

/** Whether the venue has said nothing of the order yet. */
export const isUnanswered = (status: VenueOrderStatus): boolean =>
  status === 'PENDING' || status === 'UNKNOWN' || status === 'WITHHELD';

export const isFinal = (status: VenueOrderStatus): status is FinalStatus =>
  status === 'FILLED' || status === 'CANCELED' || status === 'REJECTED' || status === 'EXPIRED';

/**
 * Applies what the venue said. A trade must be new: its storage refuses a second one. An ABSENT
 * answer changes nothing here: absence needs more evidence than one word (judge-absence.ts).
 */
export function applyReport(order: VenueOrderState, report: VenueReport): Outcome {
  switch (report.kind) {
    case 'ACCEPTED':
      return finish(found(start(order), report.venueOrderId));
    case 'TRADE':
      return finish(traded(found(start(order), report.venueOrderId), report));
    case 'ENDED':
    case 'STATUS':
      return finish(claimed(start(order), report));
    case 'AMENDED':
      return finish({
        ...start(order),
        incidents: [{ kind: 'AMENDED_TRADE', detail: report.detail }],
      });
    case 'DUPLICATE':
      return { ...start(order), ask: 'STATUS' };
    case 'ABSENT':
      return start(order);
    default:
      return unreachable(report);
  }
}

const start = (order: VenueOrderState): Outcome => ({ order, facts: [], incidents: [], ask: null });

/** The venue shows that it has the order. */
function found(step: Outcome, venueOrderId: string): Outcome {
  const { order } = step;
  if (!isUnanswered(order.status)) {
    return order.venueOrderId ? step : { ...step, order: { ...order, venueOrderId } };
  }
  return {
    ...step,
    order: { ...order, status: 'WORKING', venueOrderId },
    facts: [...step.facts, { kind: 'ACCEPTED', venueOrderId }],
  };
}

function traded(step: Outcome, report: TradeReport): Outcome {
  const { order } = step;
  const { trade } = report;
  const cumulative = unitsOf(order.cumQuantity) + unitsOf(trade.quantity);
  const quantity = unitsOf(order.quantity);
  const incidents = [...step.incidents];
  if (cumulative > quantity) {
    incidents.push({ kind: 'OVERFILL', detail: `${textOf(cumulative)} of ${order.quantity}` });
  }
  if (isFinal(order.status)) {
    incidents.push({ kind: 'LATE_TRADE', detail: `${trade.execId} after ${order.status}` });
  }
  const status = order.status === 'WORKING' && cumulative >= quantity ? 'FILLED' : order.status;
  return {
    ...step,
    order: {
      ...order,
      status,
      cumQuantity: textOf(cumulative),
      claimedCumQuantity: larger(order.claimedCumQuantity, report.cumQuantity),
    },
    facts: [...step.facts, { kind: 'EXECUTED', trade }],
    incidents,
  };
}

/** The venue named a state and a CumQty. */
function claimed(step: Outcome, report: EndedReport | StatusReport): Outcome {
  const { status } = report;
  const refused = status === 'REJECTED' || report.venueOrderId === null;
  const next = refused ? step : found(step, report.venueOrderId ?? '');
  const { order } = next;
  if (isFinal(order.status)) {
    // Told as ended, and yet it works: it was given up too early, or by another hand.
    if (status !== 'WORKING') return next;
    const detail = `${order.status} here, working at the venue`;
    return { ...next, incidents: [{ kind: 'ENDED_ORDER_WORKS', detail }], ask: 'CANCEL' };
  }
  return {
    ...next,
    order: {
      ...order,
      claimedCumQuantity: larger(order.claimedCumQuantity, report.cumQuantity),
      ...(status === 'WORKING' ? {} : { claimedStatus: status, claimedReason: report.reason }),
    },
  };
}

/** Ends the order when the venue says so and no trade is missing; asks for those that are. */
function finish(step: Outcome): Outcome {
  const { order } = step;
  const missing =
    order.claimedCumQuantity !== null &&
    unitsOf(order.claimedCumQuantity) > unitsOf(order.cumQuantity);
  if (missing) return { ...step, ask: step.ask ?? 'TRADES' };
  if (order.claimedStatus === null || isFinal(order.status)) return step;
  const fact = endOf(order.claimedStatus, order.claimedReason ?? '');
  return {
    ...step,
    order: { ...order, status: order.claimedStatus },
    facts: fact ? [...step.facts, fact] : step.facts,
  };
}

/** FILLED says nothing of its own: the executions have said it. */
function endOf(status: FinalStatus, reason: string): OrderFact | null {
  switch (status) {
    case 'CANCELED':
    case 'EXPIRED':
      return { kind: status };
    case 'REJECTED':
      return { kind: 'REJECTED', reason };
    case 'FILLED':
      return null;
    default:
      return unreachable(status);
  }
}

function larger(known: string | null, named: string | null): string | null {
  if (named === null) return known;
  if (known === null) return named;
  return unitsOf(named) > unitsOf(known) ? named : known;
}
