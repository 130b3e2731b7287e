import type { Clock } from '#kit/clock.ts';
import type { Identity, Role } from '#kit/identity.ts';
import { newId, type UserId } from '#kit/ids.ts';
import { AccountRefusal, checkPassword, normaliseEmail } from '../domain/account.ts';
import type { PasswordHasher, StoredUser, Throttle, UserStore } from './ports.ts';

export interface Credentials {
  readonly email: string;
  readonly password: string;
}

export interface RegisterPorts {
  readonly users: UserStore;
  readonly hasher: PasswordHasher;
  readonly throttle: Throttle;
  readonly clock: Clock;
}

/** @throws AccountRefusal INVALID_EMAIL, WEAK_PASSWORD, TOO_MANY_ATTEMPTS or EMAIL_TAKEN */
export async function register(
  ports: RegisterPorts,
  credentials: Credentials,
  caller: Identity,
): Promise<StoredUser> {
  normaliseEmail(credentials.email);
  checkPassword(credentials.password);
  await ports.throttle.attempt(caller.address);
  return addUser(ports, credentials, ['CUSTOMER']);
}

/** @throws AccountRefusal INVALID_EMAIL, WEAK_PASSWORD or EMAIL_TAKEN */
export async function addUser(
  { users, hasher, clock }: Pick<RegisterPorts, 'users' | 'hasher' | 'clock'>,
  credentials: Credentials,
  roles: readonly Role[],
): Promise<StoredUser> {
  const email = normaliseEmail(credentials.email);
  checkPassword(credentials.password);
  const passwordHash = await hasher.hash(credentials.password);
  const made = { id: newId<UserId>(), email, passwordHash, roles, createdAt: clock() };
  const user: StoredUser = { ...made, bar: null };
  if (await users.add(user)) return user;
  throw new AccountRefusal('EMAIL_TAKEN', 'somebody registered with this address before');
}
