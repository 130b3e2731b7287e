import type { Environment } from '#kit/config.ts';
import type { LocalSecrets } from './local-secrets.ts';

export const localOperatorEmail = 'operator@mammon.local';

/** Local mode's settings: what the user set, over what was generated; always on loopback. */
export function localEnvironment(given: Environment, secrets: LocalSecrets): Environment {
  const generated = {
    IDENTITY_PRIVATE_KEY: secrets.identityPrivateKey,
    IDENTITY_PUBLIC_KEY: secrets.identityPublicKey,
    ACCESS_TOKEN_PRIVATE_KEY: secrets.accessTokenPrivateKey,
    REFRESH_TOKEN_SECRET: secrets.refreshTokenSecret,
    FIX_PASSWORD: secrets.fixPassword,
    VENUE_FIX_PASSWORD: secrets.fixPassword,
    SEED_OPERATOR_EMAIL: localOperatorEmail,
    SEED_OPERATOR_PASSWORD: secrets.operatorPassword,
    // A person reads this terminal, and the start-up lines say what they need.
    LOG_LEVEL: 'warn',
  };
  const set = Object.entries(given).filter(([, value]) => value);
  const loopback = { HOST: '127.0.0.1', VENUE_FIX_HOST: '127.0.0.1', FIX_HOST: '127.0.0.1' };
  return { ...generated, ...Object.fromEntries(set), ...loopback };
}
