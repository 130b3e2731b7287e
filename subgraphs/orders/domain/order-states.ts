import { finalStatuses, isFinal, type Order, type OrderStatus } from './order.ts';

/** What can happen to an order after it was received. */
export type OrderEvent =
  | 'FUNDS_HELD'
  | 'HOLD_DENIED'
  | 'DISPATCHED'
  | 'SUBMIT_BY_PASSED'
  | 'CANCEL_ASKED'
  | 'ACKNOWLEDGED'
  | 'VENUE_SILENT'
  | 'VENUE_REFUSED'
  | 'FILLED_IN_PART'
  | 'FILLED_WHOLE'
  | 'VENUE_CANCELED'
  | 'VENUE_EXPIRED'
  | 'CANCEL_REFUSED';

/**
 * What happens to the funds: `post` moves a fill's money out of the hold, `void` releases what is
 * left of it, `receivable` books a fill that no hold covers, which is an incident.
 */
export type Funds = 'none' | 'held' | 'kept' | 'post' | 'post+void' | 'void' | 'receivable';

export interface Transition {
  readonly status: OrderStatus;
  readonly pendingOperation: 'CANCEL' | null;
  readonly funds: Funds;
}

type Progress = Pick<Order, 'status' | 'pendingOperation'>;
type Pending = 'asked' | 'cleared' | undefined;
type Row = readonly [
  from: readonly OrderStatus[],
  event: OrderEvent,
  to: OrderStatus | 'same',
  funds: Funds,
  pendingCancel?: Pending,
];

/** The venue has it, or may have it. */
const working = ['SUBMITTED', 'ACCEPTED', 'UNKNOWN', 'PARTIALLY_FILLED'] as const;
/** Ended before it was whole: nothing is held for it any more. */
const ended = ['CANCELED', 'EXPIRED', 'REJECTED', 'DENIED'] as const;

const submittable = ['RECEIVED', 'HELD'] as const;
const unanswered = ['SUBMITTED', 'UNKNOWN'] as const;
const answered = ['ACCEPTED', 'PARTIALLY_FILLED'] as const;

/** The whole life of an order. What is not in this table is refused and counted. */
// prettier-ignore
export const stateTable: readonly Row[] = [
  // from          event               to                  funds         pending cancel
  [['RECEIVED'],   'FUNDS_HELD',       'HELD',             'held'],
  // The answer crossed a cancel or `submitBy`: what was held after all is released again.
  [ended,          'FUNDS_HELD',       'same',             'void'],
  [['RECEIVED'],   'HOLD_DENIED',      'DENIED',           'void'],
  [ended,          'HOLD_DENIED',      'same',             'none'],
  [['HELD'],       'DISPATCHED',       'SUBMITTED',        'kept'],
  [submittable,    'SUBMIT_BY_PASSED', 'EXPIRED',          'void'],
  [submittable,    'CANCEL_ASKED',     'CANCELED',         'void'],
  [working,        'CANCEL_ASKED',     'same',             'kept',       'asked'],

  [unanswered,     'ACKNOWLEDGED',     'ACCEPTED',         'kept'],
  // A fill, or the whole life, can overtake the acknowledgement; a reconnect repeats it.
  [answered,       'ACKNOWLEDGED',     'same',             'kept'],
  [finalStatuses,  'ACKNOWLEDGED',     'same',             'none'],
  [['SUBMITTED'],  'VENUE_SILENT',     'UNKNOWN',          'kept'],
  // The time-out and the answer crossed: the answer counts.
  [['UNKNOWN'],    'VENUE_SILENT',     'same',             'kept'],
  [answered,       'VENUE_SILENT',     'same',             'kept'],
  [finalStatuses,  'VENUE_SILENT',     'same',             'none'],
  // From ACCEPTED on when the venue turns out not to have it any more: no hold may hang.
  [working,        'VENUE_REFUSED',    'REJECTED',         'void',       'cleared'],

  // A fill can come before the acknowledgement and while a cancel is on its way: it counts.
  [working,        'FILLED_IN_PART',   'PARTIALLY_FILLED', 'post'],
  [working,        'FILLED_WHOLE',     'FILLED',           'post+void',  'cleared'],
  // Never dropped: beyond the quantity, or after the end.
  [['FILLED'],     'FILLED_WHOLE',     'same',             'receivable'],
  [ended,          'FILLED_IN_PART',   'same',             'receivable'],
  [ended,          'FILLED_WHOLE',     'same',             'receivable'],

  // Also unasked: the unfilled rest of an IOC order, or the venue's own decision.
  [working,        'VENUE_CANCELED',   'CANCELED',         'void',       'cleared'],
  [working,        'VENUE_EXPIRED',    'EXPIRED',          'void',       'cleared'],
  [working,        'CANCEL_REFUSED',   'same',             'kept',       'cleared'],
  // The cancel crossed the end: the venue has nothing left to cancel.
  [finalStatuses,  'CANCEL_REFUSED',   'same',             'none'],
];

const steps = new Map(
  stateTable.flatMap((row) => row[0].map((from) => [`${from} ${row[1]}`, row] as const)),
);

/** What an event makes of an order, or null when it is not in the table. */
export function transition(order: Progress, event: OrderEvent): Transition | null {
  const row = steps.get(`${order.status} ${event}`);
  if (!row) return null;
  const [, , to, funds, pending] = row;
  // A second cancel, and the refusal of a cancel that nobody asked for, are not in the table.
  if (event === 'CANCEL_ASKED' && order.pendingOperation) return null;
  if (event === 'CANCEL_REFUSED' && !isFinal(order.status) && !order.pendingOperation) return null;
  return {
    status: to === 'same' ? order.status : to,
    pendingOperation: nextPending(order, pending),
    funds,
  };
}

/** Whether a fill of that quantity leaves a rest. */
export function fillEvent(
  order: Pick<Order, 'quantity' | 'filled'>,
  quantity: bigint,
): 'FILLED_IN_PART' | 'FILLED_WHOLE' {
  return order.filled + quantity < order.quantity ? 'FILLED_IN_PART' : 'FILLED_WHOLE';
}

function nextPending(order: Progress, pending: Pending): 'CANCEL' | null {
  if (pending === 'asked') return 'CANCEL';
  return pending === 'cleared' ? null : order.pendingOperation;
}
