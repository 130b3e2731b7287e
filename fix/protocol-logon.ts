import { admin } from './admin-messages.ts';
import type { DecodedMessage } from './decoded-message.ts';
import { MsgType } from './dictionary.ts';
import { field, Tag } from './fields.ts';
import { defectOf } from './message-rules.ts';
import {
  advance,
  close,
  logoutAndClose,
  queueAboveGap,
  send,
  type Turn,
  update,
} from './protocol.ts';

const maximumHeartbeatSeconds = 3600;

/** The first message of a connection; queues itself when it is above a gap. */
export function receiveLogon(turn: Turn, message: DecodedMessage, sequence: number): void {
  if (message.type !== MsgType.Logon) return refuseFirst(turn, message, sequence);
  const defect = defectOf(message);
  if (defect) return logoutAndClose(turn, `Logon refused: ${defect.text} (${defect.tag ?? '-'})`);
  const seconds = Number(field(message, Tag.HeartBtInt));
  if (seconds < 0 || seconds > maximumHeartbeatSeconds) {
    return logoutAndClose(turn, 'Logon refused: HeartBtInt is out of range');
  }
  if (field(message, Tag.EncryptMethod) !== '0') {
    return logoutAndClose(turn, 'Logon refused: EncryptMethod must be 0');
  }
  const reset = field(message, Tag.ResetSeqNumFlag) === 'Y';
  const refusal =
    reset || turn.state.resetAsked ? refusalOfReset(turn, reset, sequence) : undefined;
  if (refusal) return logoutAndClose(turn, `Logon refused: ${refusal}`);
  if (!reset && sequence < turn.state.nextInbound) {
    const expected = turn.state.nextInbound;
    return logoutAndClose(
      turn,
      `MsgSeqNum too low, expecting ${expected} but received ${sequence}`,
    );
  }
  establish(turn, seconds, reset);
  if (sequence > turn.state.nextInbound) queueAboveGap(turn, message, sequence);
  else if (sequence === turn.state.nextInbound) advance(turn);
}

function establish(turn: Turn, seconds: number, reset: boolean): void {
  const accepts = turn.rules.role === 'acceptor';
  if (accepts && reset) {
    turn.actions.push({ do: 'reset' });
    update(turn, { nextInbound: 1 });
  }
  if (accepts) {
    send(turn, admin.logon(seconds, reset));
    update(turn, { heartbeatMs: seconds * 1000 });
  }
  update(turn, { phase: 'established', since: turn.now });
  turn.actions.push({ do: 'established', reset });
}

/** A Logout or anything else instead of a Logon. */
function refuseFirst(turn: Turn, message: DecodedMessage, sequence: number): void {
  if (turn.rules.role === 'initiator' && sequence === turn.state.nextInbound) advance(turn);
  const text = field(message, Tag.Text) ?? `MsgType ${message.type}`;
  const refused = message.type === MsgType.Logout || message.type === MsgType.Reject;
  close(turn, refused ? `the logon was refused: ${text}` : `no Logon came first, but ${text}`);
}

function refusalOfReset(turn: Turn, reset: boolean, sequence: number): string | undefined {
  if (sequence !== 1) return 'a reset begins with MsgSeqNum 1';
  if (turn.rules.role === 'initiator') {
    if (!reset) return 'ResetSeqNumFlag was asked and not confirmed';
    return turn.state.resetAsked ? undefined : 'ResetSeqNumFlag was not asked';
  }
  return turn.rules.acceptReset ? undefined : 'this session is not reset at a logon';
}

/** A Logon with ResetSeqNumFlag inside an established session (24-hour trading). */
export function resetByLogon(turn: Turn, message: DecodedMessage, sequence: number): boolean {
  const asked =
    message.type === MsgType.Logon &&
    field(message, Tag.ResetSeqNumFlag) === 'Y' &&
    !message.possDup &&
    sequence === 1;
  if (!asked || turn.state.phase !== 'established') return false;
  if (turn.rules.role === 'initiator' || !turn.rules.acceptReset) {
    logoutAndClose(turn, 'this session is not reset by a Logon');
    return true;
  }
  update(turn, { queued: new Map(), gap: undefined, nextInbound: 1 });
  turn.actions.push({ do: 'reset' });
  send(turn, admin.logon(turn.state.heartbeatMs / 1000, true));
  turn.actions.push({ do: 'established', reset: true });
  advance(turn);
  return true;
}
