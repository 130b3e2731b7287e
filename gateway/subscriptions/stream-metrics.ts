import { counter } from '#kit/metrics.ts';
import type { PlannedSubscription } from './operation.ts';

const delivered = counter(
  'mammon_gateway_events_total',
  'Events of streams that went to their readers, each once however many read it',
  ['delivery'],
);
const held = counter(
  'mammon_gateway_events_held_total',
  'Times that an event was held back because a subgraph was away that its joins need',
  ['delivery'],
);
const closed = counter(
  'mammon_gateway_socket_closures_total',
  'Sockets that were closed, by code',
  ['code'],
);

const deliveryOf = ({ resumable, conflated }: PlannedSubscription) =>
  resumable ? 'lossless' : conflated ? 'conflated' : 'plain';

export function countEvents(plan: PlannedSubscription, ready: number, heldBack: number): void {
  const delivery = deliveryOf(plan);
  if (ready > 0) delivered.inc({ delivery }, ready);
  if (heldBack > 0) held.inc({ delivery }, heldBack);
}

/** @param code ours: a client's own is not counted */
export function countClosure(code: number): void {
  closed.inc({ code: String(code) });
}
