import type { Clock } from '#kit/clock.ts';
import type { Identity } from '#kit/identity.ts';
import { newId } from '#kit/ids.ts';
import { AccountRefusal, normaliseEmail } from '../domain/account.ts';
import { barred } from '../domain/bar.ts';
import type { Session } from '../domain/session.ts';
import type {
  AccessTokens,
  BarStore,
  PasswordHasher,
  RefreshTokens,
  SessionStore,
  StoredUser,
  Throttle,
  Tokens,
  UserStore,
} from './ports.ts';
import type { Credentials } from './register.ts';

export interface LogInPorts {
  readonly users: UserStore;
  readonly bars: BarStore;
  readonly sessions: SessionStore;
  readonly hasher: PasswordHasher;
  readonly throttle: Throttle;
  readonly accessTokens: AccessTokens;
  readonly refreshTokens: RefreshTokens;
  readonly clock: Clock;
  /** How long a session lives after its last refresh. */
  readonly sessionLifetimeMs: number;
}

/**
 * @throws AccountRefusal TOO_MANY_ATTEMPTS; INVALID_CREDENTIALS, whichever of the two was wrong; or
 *   USER_BARRED, to whoever knows the password
 */
export async function logIn(
  ports: LogInPorts,
  credentials: Credentials,
  caller: Identity,
): Promise<{ user: StoredUser; tokens: Tokens }> {
  const email = normaliseEmail(credentials.email);
  const attempt = await ports.throttle.logIn(email, caller.address);
  const user = await whoHas(ports, email, credentials.password).catch(async (error: unknown) => {
    await attempt.undecided();
    throw error;
  });
  if (!user) {
    throw new AccountRefusal('INVALID_CREDENTIALS', 'no user has this address and password');
  }
  await attempt.succeeded();
  const now = ports.clock();
  const session: Session = {
    id: newId(),
    userId: user.id,
    generation: 1,
    createdAt: now,
    lastUsedAt: now,
    expiresAt: new Date(now.getTime() + ports.sessionLifetimeMs),
    device: caller.device,
  };
  await ports.sessions.add(session);
  // Only now: a bar that comes later sees the session, and ends it.
  if ((await ports.bars.of([user.id])).length > 0) {
    await ports.sessions.end(session.id);
    throw barred();
  }
  return { user, tokens: await issueTokens(ports, user, session) };
}

async function whoHas(
  { users, hasher }: Pick<LogInPorts, 'users' | 'hasher'>,
  email: string,
  password: string,
): Promise<StoredUser | null> {
  const user = await users.byEmail(email);
  return (await hasher.verify(user?.passwordHash, password)) ? user : null;
}

/** The pair of tokens of a session's present generation. */
export async function issueTokens(
  { accessTokens, refreshTokens }: Pick<LogInPorts, 'accessTokens' | 'refreshTokens'>,
  user: StoredUser,
  session: Session,
): Promise<Tokens> {
  const { token, expiresAt } = await accessTokens.sign(user, session);
  return {
    accessToken: token,
    accessTokenExpiresAt: expiresAt,
    refreshToken: refreshTokens.make(session.id, session.generation),
  };
}
