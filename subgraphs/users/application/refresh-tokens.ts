import type { Identity } from '#kit/identity.ts';
import { AccountRefusal } from '../domain/account.ts';
import { barred } from '../domain/bar.ts';
import { judgeRefresh } from '../domain/session.ts';
import { issueTokens, type LogInPorts } from './log-in.ts';
import type { Tokens } from './ports.ts';

export interface RefreshPorts extends LogInPorts {
  /** How long a used refresh token still gets its successor: retries and two tabs. */
  readonly refreshGraceMs: number;
}

/** @throws AccountRefusal USER_BARRED; or INVALID_REFRESH_TOKEN: a reused one also ends its session */
export async function refresh(
  ports: RefreshPorts,
  refreshToken: string,
  caller: Identity,
): Promise<Tokens> {
  const { sessions, users, bars, clock, sessionLifetimeMs, refreshGraceMs } = ports;
  const claim = ports.refreshTokens.read(refreshToken);
  if (!claim) {
    // Only guesses are throttled: an honest client's refreshes are not attempts at anything.
    await ports.throttle.attempt(caller.address);
    throw invalid();
  }
  const now = clock();
  const session = await sessions.get(claim.session);
  if (!session && (await bars.endedSession(claim.session))) throw barred();
  if (!session || session.expiresAt <= now) throw invalid();
  const [user] = await users.byIds([session.userId]);
  if (!user) throw invalid();
  // A bar that comes later ends the session, and with it the tokens that are made here.
  if (user.bar) throw barred();
  const verdict = judgeRefresh(session, claim.generation, now, refreshGraceMs);
  if (verdict === 'reused') {
    await sessions.end(session.id);
    throw invalid();
  }
  if (verdict === 'repeat') return issueTokens(ports, user, session);
  const expiresAt = new Date(now.getTime() + sessionLifetimeMs);
  const rotated = await sessions.rotate(session.id, session.generation, now, expiresAt);
  if (rotated) return issueTokens(ports, user, { ...session, generation: session.generation + 1 });
  // Another request with the same token was first: this one gets the same successor.
  const latest = await sessions.get(session.id);
  if (latest?.generation === session.generation + 1) return issueTokens(ports, user, latest);
  throw invalid();
}

const invalid = (): AccountRefusal =>
  new AccountRefusal('INVALID_REFRESH_TOKEN', 'log in again: this refresh token is not good');
