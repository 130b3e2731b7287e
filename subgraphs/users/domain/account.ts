import { Refusal } from '#kit/errors.ts';

export type AccountRefusalCode =
  | 'INVALID_EMAIL'
  | 'WEAK_PASSWORD'
  | 'EMAIL_TAKEN'
  | 'INVALID_CREDENTIALS'
  | 'TOO_MANY_ATTEMPTS'
  | 'INVALID_REFRESH_TOKEN'
  | 'SESSION_NOT_FOUND'
  | 'USER_NOT_FOUND'
  | 'USER_BARRED'
  | 'CANNOT_BAR_ONESELF'
  | 'INVALID_REASON'
  | 'NOT_A_PARTNER'
  | 'API_KEY_NOT_FOUND'
  | 'INVALID_API_KEY'
  | 'TOO_MANY_API_KEYS'
  | 'INVALID_MANIFEST';

export class AccountRefusal extends Refusal<AccountRefusalCode> {
  /** When another attempt makes sense, for TOO_MANY_ATTEMPTS. */
  readonly retryAfterSeconds: number | undefined;

  constructor(code: AccountRefusalCode, message: string, retryAfterSeconds?: number) {
    super(code, message);
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

const passwordLength = { minimum: 12, maximum: 256 };

/** The long ones of the published lists of leaked passwords: what length alone lets through. */
const wellKnown = new Set([
  '123456789012',
  '1234567890123',
  '12345678901234567890',
  '111111111111',
  '000000000000',
  'abcdefghijkl',
  'abc123abc123',
  'adminadminadmin',
  'changemechangeme',
  'iloveyouiloveyou',
  'letmeinletmein',
  'passwordpassword',
  'password1234',
  'password12345',
  'password123456',
  'password123!',
  'p@ssw0rd1234',
  'qwertyuiop12',
  'qwertyuiop123',
  'qwertyuiop[]',
  'qwertyqwerty',
  'qwerty123456',
  '1q2w3e4r5t6y',
  '1qaz2wsx3edc',
  'welcome12345',
]);

/** No characters that cannot be seen (controls, zero-width ones, halves of pairs): a look-alike. */
const addressPattern = /^[^\s\p{Cc}\p{Cf}\p{Cs}@<>"(),:;\\[\]]{1,64}@[a-z0-9-]+(\.[a-z0-9-]+)+$/u;

/**
 * The address in the one form that is stored: trimmed, in lower case, composed (NFC).
 * @throws AccountRefusal INVALID_EMAIL
 */
export function normaliseEmail(text: string): string {
  const email = text.trim().toLowerCase().normalize('NFC');
  const isAddress = addressPattern.test(email);
  if (email.length > 254 || !isAddress) {
    throw new AccountRefusal('INVALID_EMAIL', 'this is not an e-mail address');
  }
  return email;
}

/**
 * NIST SP 800-63B: length and a list of well-known ones, no rules about kinds of characters.
 * @throws AccountRefusal WEAK_PASSWORD
 */
export function checkPassword(password: string): void {
  const { minimum, maximum } = passwordLength;
  if (password.length < minimum || password.length > maximum) {
    throw new AccountRefusal('WEAK_PASSWORD', `a password has ${minimum} to ${maximum} characters`);
  }
  if (wellKnown.has(password.toLowerCase()) || new Set(password).size < 4) {
    throw new AccountRefusal('WEAK_PASSWORD', 'this password is well known or too simple');
  }
}
