import type { SessionKey, UserId } from '#kit/ids.ts';
import { AccountRefusal } from '../domain/account.ts';
import type { SessionStore } from './ports.ts';

/** Ends one session of a user. @throws AccountRefusal SESSION_NOT_FOUND, also for another's */
export async function endSession(
  sessions: SessionStore,
  user: UserId,
  id: SessionKey,
): Promise<number> {
  const session = await sessions.get(id);
  const isTheirs = session?.userId === user;
  if (isTheirs && (await sessions.end(id))) return 1;
  throw new AccountRefusal('SESSION_NOT_FOUND', 'no session of yours has this id');
}

/** Ends every session of a user; how many there were. */
export async function endAllSessions(
  sessions: SessionStore,
  user: UserId,
  now: Date,
): Promise<number> {
  const live = await sessions.list(user, now);
  const ended = await Promise.all(live.map((session) => sessions.end(session.id)));
  return ended.filter(Boolean).length;
}
