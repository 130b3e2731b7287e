import { createHash, randomBytes } from 'node:crypto';
import type { NewSecret } from '../../application/ports.ts';

const shownCharacters = 12;

/** `mammon_` and 256 random bits: no dictionary has it, so its SHA-256 tells nothing. */
export const newSecret: NewSecret = () => {
  const secret = `mammon_${randomBytes(32).toString('base64url')}`;
  const hash = createHash('sha256').update(secret).digest('hex');
  return { secret, hash, prefix: secret.slice(0, shownCharacters) };
};
