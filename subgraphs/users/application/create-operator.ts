import type { Clock } from '#kit/clock.ts';
import type { PasswordHasher, StoredUser, UserStore } from './ports.ts';
import { addUser, type Credentials } from './register.ts';

/**
 * Makes somebody who runs Mammon. Only who reaches the users database can call it.
 * @throws AccountRefusal INVALID_EMAIL, WEAK_PASSWORD or EMAIL_TAKEN
 */
export const createOperator = (
  ports: { readonly users: UserStore; readonly hasher: PasswordHasher; readonly clock: Clock },
  credentials: Credentials,
): Promise<StoredUser> => addUser(ports, credentials, ['OPERATOR']);
