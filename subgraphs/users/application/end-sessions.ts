import { idPattern, type SessionKey, type UserId } from '#kit/ids.ts';
import { AccountRefusal } from '../domain/account.ts';
import type { SessionStore } from './ports.ts';

/** Ends one session of a user. @throws AccountRefusal SESSION_NOT_FOUND, also for another's */
export async function endSession(
  sessions: SessionStore,
  user: UserId,
  id: string,
): Promise<number> {
  const session = idPattern.test(id) ? await sessions.get(id as SessionKey) : null;
  if (session?.userId === user && (await sessions.end(session.id))) return 1;
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
