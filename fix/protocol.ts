import { admin } from './admin-messages.ts';
import type { DecodedMessage } from './decoded-message.ts';
import type { SessionPhase, SessionSettings } from './session-types.ts';
import type { FixMessage, InboundMessage, SessionId } from './types.ts';

/** What never changes in the life of a session. */
export interface Rules extends Required<Omit<SessionSettings, 'username' | 'password'>> {
  readonly id: SessionId;
  readonly role: 'initiator' | 'acceptor';
  readonly username?: string | undefined;
  readonly password?: string | undefined;
}

/** What a session knows at one moment; times are in milliseconds. */
export interface ProtocolState {
  readonly phase: SessionPhase;
  /** When the phase began. */
  readonly since: number;
  /** The number that the next inbound message in order has. */
  readonly nextInbound: number;
  readonly heartbeatMs: number;
  readonly lastSentAt: number;
  readonly lastReceivedAt: number;
  /** When a TestRequest was sent that nothing answered yet. */
  readonly testedAt?: number | undefined;
  /** Messages above a gap, by number. */
  readonly queued: ReadonlyMap<number, DecodedMessage>;
  /** The numbers up to `to` are missing and were asked for. */
  readonly gap?: { readonly to: number; readonly askedAt: number; readonly attempts: number };
  readonly resetAsked: boolean;
}

/** What the session is to do, in this order. */
export type Action =
  | { readonly do: 'send'; readonly message: FixMessage }
  | { readonly do: 'resend'; readonly from: number; readonly to: number }
  /** Both counters back to 1; awaited before what follows. */
  | { readonly do: 'reset' }
  | { readonly do: 'established'; readonly reset: boolean }
  | { readonly do: 'deliver'; readonly message: InboundMessage }
  | { readonly do: 'rejected'; readonly message: InboundMessage }
  /** Everything below `next` is dealt with. */
  | { readonly do: 'received'; readonly next: number }
  | { readonly do: 'warn'; readonly text: string }
  | { readonly do: 'close'; readonly reason: string };

/** One step under way: the rules read and replace `state` and add to `actions`. */
export interface Turn {
  readonly rules: Rules;
  readonly now: number;
  state: ProtocolState;
  readonly actions: Action[];
}

export interface Step {
  readonly state: ProtocolState;
  readonly actions: readonly Action[];
}

export function initialState(nextInbound: number): ProtocolState {
  return {
    phase: 'disconnected',
    since: 0,
    nextInbound,
    heartbeatMs: 0,
    lastSentAt: 0,
    lastReceivedAt: 0,
    queued: new Map(),
    resetAsked: false,
  };
}

/** A connection is there: an initiator logs on, an acceptor waits for the Logon. */
export function connected(rules: Rules, nextInbound: number, now: number): Step {
  const turn: Turn = { rules, now, state: initialState(nextInbound), actions: [] };
  const heartbeatMs = rules.heartbeatSeconds * 1000;
  update(turn, { phase: 'logging-on', since: now, lastReceivedAt: now, heartbeatMs });
  if (rules.role === 'acceptor') return turn;
  if (rules.resetOnLogon) {
    turn.actions.push({ do: 'reset' });
    update(turn, { nextInbound: 1, resetAsked: true });
  }
  send(turn, admin.logon(rules.heartbeatSeconds, rules.resetOnLogon, rules));
  return turn;
}

/** The application asks for a Logout. */
export function logOut(rules: Rules, state: ProtocolState, now: number, text?: string): Step {
  const turn: Turn = { rules, now, state, actions: [] };
  if (state.phase === 'logging-on') close(turn, text ?? 'logged out before the logon');
  if (state.phase !== 'established') return turn;
  send(turn, admin.logout(text));
  update(turn, { phase: 'logging-out', since: now });
  return turn;
}

/** Time has passed: time-outs, heartbeats, and the repetition of an unanswered ResendRequest. */
export function tick(rules: Rules, state: ProtocolState, now: number): Step {
  const turn: Turn = { rules, now, state, actions: [] };
  const waited = now - state.since;
  if (state.phase === 'disconnected') return turn;
  if (state.phase === 'logging-on') {
    if (waited >= rules.logonTimeoutMs) close(turn, 'the logon was not answered in time');
    return turn;
  }
  if (state.phase === 'logging-out' && waited >= rules.logoutTimeoutMs) {
    close(turn, 'the logout was not answered in time');
    return turn;
  }
  watchCounterparty(turn);
  if (turn.state.phase === 'disconnected') return turn;
  if (state.heartbeatMs > 0 && now - turn.state.lastSentAt >= state.heartbeatMs) {
    send(turn, admin.heartbeat());
  }
  repeatResendRequest(turn);
  return turn;
}

/** HeartBtInt "plus some reasonable transmission time" (FIX 4.4 volume 2) is a fifth more here. */
function watchCounterparty(turn: Turn): void {
  const { heartbeatMs, lastReceivedAt, testedAt } = turn.state;
  if (heartbeatMs === 0) return;
  const patience = heartbeatMs * 1.2;
  if (testedAt !== undefined) {
    if (turn.now - testedAt >= patience) close(turn, 'heartbeat time-out');
  } else if (turn.now - lastReceivedAt >= patience) {
    send(turn, admin.testRequest(`TEST-${turn.now}`));
    update(turn, { testedAt: turn.now });
  }
}

const maximumAttempts = 3;

function repeatResendRequest(turn: Turn): void {
  const { gap, nextInbound } = turn.state;
  if (!gap || turn.now - gap.askedAt < turn.rules.resendTimeoutMs) return;
  if (gap.attempts >= maximumAttempts) {
    logoutAndClose(turn, `messages from ${nextInbound} to ${gap.to} were not resent`);
    return;
  }
  update(turn, { gap: { to: gap.to, askedAt: turn.now, attempts: gap.attempts + 1 } });
  send(turn, admin.resendRequest(nextInbound, gap.to));
}

export function update(turn: Turn, change: Partial<ProtocolState>): void {
  turn.state = { ...turn.state, ...change };
}

export function send(turn: Turn, message: FixMessage): void {
  turn.actions.push({ do: 'send', message });
  update(turn, { lastSentAt: turn.now });
}

export function close(turn: Turn, reason: string): void {
  turn.actions.push({ do: 'close', reason });
  update(turn, { phase: 'disconnected', since: turn.now });
}

export function logoutAndClose(turn: Turn, text: string): void {
  send(turn, admin.logout(text));
  close(turn, text);
}

/** The message that was expected is dealt with; so is a gap that ends with it. */
export function advance(turn: Turn, next = turn.state.nextInbound + 1): void {
  const { gap } = turn.state;
  const rest = gap && gap.to >= next ? { ...gap, askedAt: turn.now, attempts: 1 } : undefined;
  update(turn, { nextInbound: next, gap: rest });
  turn.actions.push({ do: 'received', next });
}

/** Keeps a message until the ones before it came, and asks for those once. */
export function queueAboveGap(turn: Turn, message: DecodedMessage, sequence: number): void {
  const { queued, gap, nextInbound } = turn.state;
  if (queued.size < turn.rules.maximumQueued) {
    update(turn, { queued: new Map(queued).set(sequence, message) });
  }
  if (gap) return;
  update(turn, { gap: { to: sequence - 1, askedAt: turn.now, attempts: 1 } });
  send(turn, admin.resendRequest(nextInbound, sequence - 1));
}
