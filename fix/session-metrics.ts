import { counter, gauge } from '#kit/metrics.ts';
import { MsgType } from './dictionary.ts';
import type { SessionId } from './types.ts';

const messages = counter(
  'mammon_fix_messages_total',
  'FIX messages that came in and went out, the session’s own among them',
  ['session', 'direction', 'type'],
);
const resends = counter(
  'mammon_fix_resends_total',
  'Ranges of messages that a counterparty asked for again',
  ['session'],
);
const established = gauge(
  'mammon_fix_session_established',
  'Whether a session is established in this process: 1 or 0',
  ['session'],
);

const names = new Map<string, string>(Object.entries(MsgType).map(([name, type]) => [type, name]));
const labelOf = ({ sender, target }: SessionId) => `${sender}>${target}`;

export function countMessage(id: SessionId, direction: 'in' | 'out', type: string): void {
  messages.inc({ session: labelOf(id), direction, type: names.get(type) ?? 'other' });
}

export function countResend(id: SessionId): void {
  resends.inc({ session: labelOf(id) });
}

export function tellEstablished(id: SessionId, isEstablished: boolean): void {
  established.set({ session: labelOf(id) }, Number(isEstablished));
}
