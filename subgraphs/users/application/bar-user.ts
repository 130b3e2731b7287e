import { Refusal } from '#kit/errors.ts';
import type { Identity } from '#kit/identity.ts';
import { idPattern, type UserId } from '#kit/ids.ts';
import type { Clock } from '#kit/clock.ts';
import type { Logger } from '#kit/log.ts';
import { AccountRefusal } from '../domain/account.ts';
import { checkReason } from '../domain/bar.ts';
import type { BarStore, SessionStore, StoredUser } from './ports.ts';

export interface BarPorts {
  readonly bars: BarStore;
  readonly sessions: SessionStore;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Bars a user, by an operator. Its sessions end here; gateways hear of them and of its API keys within
 * a second. Who is barred stays so with the first reason, and sessions that were left end all the same,
 * so that a call which failed halfway can be repeated.
 * @throws AccountRefusal CANNOT_BAR_ONESELF, INVALID_REASON or USER_NOT_FOUND
 */
export async function barUser(
  ports: BarPorts,
  caller: Identity,
  input: { readonly userId: string; readonly reason: string },
): Promise<StoredUser> {
  const by = requireOperator(caller);
  if (input.userId === by) {
    throw new AccountRefusal('CANNOT_BAR_ONESELF', 'another operator has to do this');
  }
  checkReason(input.reason);
  const id = readUserId(input.userId);
  const { reason } = input;
  const user = await ports.bars.bar(id, { reason, since: ports.clock(), by });
  if (!user) throw notFound();
  ports.logger.info({ user: id, by, reason }, 'a user was barred');
  await endSessionsOf(ports, id);
  return user;
}

/**
 * Lets a user in again, by an operator; who is not barred stays as it is.
 * @throws AccountRefusal USER_NOT_FOUND
 */
export async function unbarUser(
  ports: BarPorts,
  caller: Identity,
  userId: string,
): Promise<StoredUser> {
  const by = requireOperator(caller);
  const id = readUserId(userId);
  // What a bar that failed halfway has left must not come to life again.
  const [state] = await ports.bars.of([id]);
  if (state) await endSessionsOf(ports, id);
  const user = await ports.bars.lift(id, by);
  if (!user) throw notFound();
  ports.logger.info({ user: id, by }, 'a user was let in again');
  return user;
}

/** Shield has asked already; a rule that is forgotten there must not let a customer bar anybody. */
function requireOperator({ userId, roles }: Identity): UserId {
  if (userId !== null && roles.includes('OPERATOR')) return userId;
  throw new Refusal('FORBIDDEN', 'you may not do this');
}

/**
 * The bar stands already: who logs in meanwhile finds it after it has added its session, and ends
 * that itself. So this comes to an end, although a page of sessions is bounded.
 */
async function endSessionsOf({ bars, sessions, clock }: BarPorts, userId: UserId): Promise<void> {
  for (;;) {
    const live = await sessions.list(userId, clock());
    if (live.length === 0) return;
    const ids = live.map(({ id }) => id);
    await bars.rememberSessions(userId, ids);
    await Promise.all(ids.map((id) => sessions.end(id)));
  }
}

function readUserId(id: string): UserId {
  if (idPattern.test(id)) return id as UserId;
  throw notFound();
}

const notFound = () => new AccountRefusal('USER_NOT_FOUND', 'no user has this id');
