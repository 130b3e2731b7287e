import { z } from 'zod';
import { ConfigError, readConfig, setting, type Environment } from '#kit/config.ts';

export const settings = {
  HOST: setting.host(),
  USERS_PORT: setting.port(4001),
  IDENTITY_PUBLIC_KEY: setting.publicKey(),
  ACCESS_TOKEN_PRIVATE_KEY: setting.privateKey(),
  ACCESS_TOKEN_LIFETIME_MS: setting.milliseconds(5 * 60_000),
  REFRESH_TOKEN_SECRET: setting.secret(),
  REFRESH_GRACE_MS: setting.milliseconds(10_000),
  SESSION_LIFETIME_MS: setting.milliseconds(30 * 24 * 3_600_000),
  LOGIN_LIMIT_PER_ADDRESS: setting.count(100),
  LOGIN_LIMIT_PER_ACCOUNT_AND_ADDRESS: setting.count(10),
  LOGIN_LIMIT_PER_ACCOUNT: setting.count(100),
  PASSWORD_HASH_CONCURRENCY: setting.count(2, 64),
  SEED_OPERATOR_EMAIL: z.string().optional(),
  SEED_OPERATOR_PASSWORD: z.string().optional(),
};

export type UsersConfig = ReturnType<typeof readUsersConfig>;

/** @throws ConfigError naming every variable that is missing or malformed */
export function readUsersConfig(environment: Environment) {
  const read = readConfig(settings, environment);
  const { SEED_OPERATOR_EMAIL: email, SEED_OPERATOR_PASSWORD: password } = read;
  if ((email === undefined) !== (password === undefined)) {
    throw new ConfigError('set both SEED_OPERATOR_EMAIL and SEED_OPERATOR_PASSWORD, or neither');
  }
  return {
    host: read.HOST,
    port: read.USERS_PORT,
    identityPublicKey: read.IDENTITY_PUBLIC_KEY,
    accessTokenPrivateKey: read.ACCESS_TOKEN_PRIVATE_KEY,
    accessTokenLifetimeMs: read.ACCESS_TOKEN_LIFETIME_MS,
    refreshTokenSecret: read.REFRESH_TOKEN_SECRET,
    refreshGraceMs: read.REFRESH_GRACE_MS,
    sessionLifetimeMs: read.SESSION_LIFETIME_MS,
    limits: {
      address: read.LOGIN_LIMIT_PER_ADDRESS,
      accountAndAddress: read.LOGIN_LIMIT_PER_ACCOUNT_AND_ADDRESS,
      account: read.LOGIN_LIMIT_PER_ACCOUNT,
    },
    hashConcurrency: read.PASSWORD_HASH_CONCURRENCY,
    /** Honoured in local mode only. */
    seedOperator: email && password ? { email, password } : undefined,
  };
}
