import { admin } from './admin-messages.ts';
import { beginString } from './codec.ts';
import type { DecodedMessage } from './decoded-message.ts';
import { MsgType, SessionRejectReason } from './dictionary.ts';
import { field, parseTimestamp, Tag } from './fields.ts';
import { defectOf, headerDefect, messageRules, validate } from './message-rules.ts';
import {
  advance,
  close,
  logoutAndClose,
  queueAboveGap,
  type ProtocolState,
  type Rules,
  send,
  type Step,
  type Turn,
  update,
} from './protocol.ts';
import { receiveLogon, resetByLogon } from './protocol-logon.ts';
import type { InboundMessage } from './types.ts';

/** One readable message came (FIX 4.4 volume 2, "Session protocol"). */
export function receive(
  rules: Rules,
  state: ProtocolState,
  message: DecodedMessage,
  now: number,
): Step {
  const turn: Turn = { rules, now, state, actions: [] };
  if (state.phase === 'disconnected') return turn;
  update(turn, { lastReceivedAt: now, testedAt: undefined });
  handle(turn, message);
  takeQueued(turn);
  return turn;
}

function handle(turn: Turn, message: DecodedMessage): void {
  const { state } = turn;
  if (message.beginString !== beginString) {
    return logoutAndClose(turn, 'incorrect BeginString');
  }
  if (message.sequence === undefined) return logoutAndClose(turn, 'MsgSeqNum missing');
  if (breaksHeader(turn, message, message.sequence)) return;
  if (state.phase === 'logging-on') return receiveLogon(turn, message, message.sequence);
  if (resetByLogon(turn, message, message.sequence)) return;
  if (message.type === MsgType.Logout) return receiveLogout(turn, message);
  if (isResetMode(message)) return resetSequence(turn, message);
  // Answered even above a gap: two sides that both miss messages would wait for each other.
  if (message.type === MsgType.ResendRequest) resendIfAsked(turn, message, message.sequence);
  if (message.sequence > state.nextInbound) return queueAboveGap(turn, message, message.sequence);
  if (message.sequence < state.nextInbound) return receiveTooLow(turn, message, message.sequence);
  apply(turn, message);
}

/** Wrong CompIDs or times end the session; the standard numbers their reasons 9 and 10. */
function breaksHeader(turn: Turn, message: DecodedMessage, sequence: number): boolean {
  const { id, sendingTimeAccuracyMs } = turn.rules;
  const fatal = (reason: string, tag: number, text: string): true => {
    if (turn.state.phase !== 'logging-on') send(turn, admin.reject(message, { reason, tag, text }));
    if (sequence === turn.state.nextInbound) advance(turn);
    logoutAndClose(turn, text);
    return true;
  };
  const { CompIdProblem, SendingTimeAccuracy } = SessionRejectReason;
  if (message.sender !== id.target) return fatal(CompIdProblem, Tag.SenderCompID, 'CompID problem');
  if (message.target !== id.sender) return fatal(CompIdProblem, Tag.TargetCompID, 'CompID problem');
  const sentAt = parseTimestamp(message.sendingTime ?? '')?.getTime();
  if (sentAt === undefined) return false;
  if (sendingTimeAccuracyMs > 0 && Math.abs(turn.now - sentAt) > sendingTimeAccuracyMs) {
    return fatal(SendingTimeAccuracy, Tag.SendingTime, 'SendingTime accuracy problem');
  }
  const originally = parseTimestamp(message.origSendingTime ?? '')?.getTime();
  if (message.possDup && originally !== undefined && originally > sentAt) {
    return fatal(SendingTimeAccuracy, Tag.OrigSendingTime, 'SendingTime accuracy problem');
  }
  return false;
}

/** Handles the message that is expected now. */
function apply(turn: Turn, message: DecodedMessage): void {
  const defect = defectOf(message);
  if (defect) {
    const known = Object.hasOwn(messageRules, message.type);
    send(turn, known ? admin.reject(message, defect) : admin.unsupported(message));
    return advance(turn);
  }
  switch (message.type) {
    case MsgType.TestRequest:
      send(turn, admin.heartbeat(field(message, Tag.TestReqID)));
      return advance(turn);
    case MsgType.SequenceReset:
      return fillGap(turn, message);
    case MsgType.Reject:
      turn.actions.push({ do: 'rejected', message: inbound(message) });
      return advance(turn);
    case MsgType.Heartbeat:
    case MsgType.ResendRequest:
    case MsgType.Logon:
      return advance(turn);
    default:
      turn.actions.push({ do: 'deliver', message: inbound(message) });
      return advance(turn);
  }
}

function inbound(message: DecodedMessage): InboundMessage {
  const { type, fields, sequence, possDup, possResend, sendingTime } = message;
  const sentAt = parseTimestamp(sendingTime ?? '') ?? new Date(Number.NaN);
  return { type, fields, sequence: sequence ?? 0, possDup, possResend, sentAt };
}

function fillGap(turn: Turn, message: DecodedMessage): void {
  const next = Number(field(message, Tag.NewSeqNo));
  if (next > turn.state.nextInbound) return advance(turn, next);
  rejectNewSeqNo(turn, message, `NewSeqNo ${next} is not above ${turn.state.nextInbound}`);
  advance(turn);
}

const isResetMode = (message: DecodedMessage): boolean =>
  message.type === MsgType.SequenceReset &&
  field(message, Tag.GapFillFlag) !== 'Y' &&
  !validate(message);

/** Reset mode: MsgSeqNum is ignored, and the number may only grow. */
function resetSequence(turn: Turn, message: DecodedMessage): void {
  const next = Number(field(message, Tag.NewSeqNo));
  const { nextInbound } = turn.state;
  if (next > nextInbound) return advance(turn, next);
  if (next === nextInbound) {
    turn.actions.push({ do: 'warn', text: `SequenceReset to ${next}, which was expected anyway` });
    return;
  }
  rejectNewSeqNo(turn, message, `NewSeqNo ${next} is below ${nextInbound}`);
}

function rejectNewSeqNo(turn: Turn, message: DecodedMessage, text: string): void {
  const reason = SessionRejectReason.ValueIncorrect;
  send(turn, admin.reject(message, { reason, tag: Tag.NewSeqNo, text }));
}

function receiveLogout(turn: Turn, message: DecodedMessage): void {
  // A Logout above a gap is not counted: the next logon asks for the gap, and for it.
  if (message.sequence === turn.state.nextInbound) advance(turn);
  const text = field(message, Tag.Text);
  const ours = turn.state.phase === 'logging-out';
  if (!ours) send(turn, admin.logout());
  close(turn, ours ? 'logged out' : `the counterparty logged out${text ? `: ${text}` : ''}`);
}

function resendIfAsked(turn: Turn, message: DecodedMessage, sequence: number): void {
  const defect = defectOf(message);
  if (defect || sequence < turn.state.nextInbound) return;
  const from = Number(field(message, Tag.BeginSeqNo));
  const to = Number(field(message, Tag.EndSeqNo));
  turn.actions.push({ do: 'resend', from: Math.max(1, from), to: to === 0 ? Infinity : to });
}

function receiveTooLow(turn: Turn, message: DecodedMessage, sequence: number): void {
  if (message.possDup) {
    const defect = headerDefect(message);
    if (defect) send(turn, admin.reject(message, defect));
    return;
  }
  const expected = turn.state.nextInbound;
  logoutAndClose(turn, `MsgSeqNum too low, expecting ${expected} but received ${sequence}`);
}

/** After a gap is filled: what waited above it, as far as it follows without another gap. */
function takeQueued(turn: Turn): void {
  const { queued } = turn.state;
  if (queued.size === 0 || turn.state.gap) return;
  const left = new Map(queued);
  for (const sequence of [...queued.keys()].toSorted((a, b) => a - b)) {
    const message = left.get(sequence);
    if (!message || turn.state.phase === 'disconnected') break;
    if (sequence > turn.state.nextInbound) break;
    left.delete(sequence);
    if (sequence === turn.state.nextInbound) apply(turn, message);
  }
  update(turn, { queued: left });
  const above = [...left.keys()].reduce((low, key) => Math.min(low, key), Infinity);
  const next = left.get(above);
  if (next && turn.state.phase !== 'disconnected') queueAboveGap(turn, next, above);
}
