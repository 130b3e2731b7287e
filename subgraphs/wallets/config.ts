import { z } from 'zod';
import { readConfig, setting, type Environment } from '#kit/config.ts';

export const settings = {
  HOST: setting.host(),
  WALLETS_PORT: setting.port(4002),
  IDENTITY_PUBLIC_KEY: setting.publicKey(),
  /** The largest deposit, in whole units of its currency. */
  WALLETS_DEPOSIT_LIMIT: z
    .string()
    .regex(/^[1-9]\d{0,14}$/, 'must be a whole number above zero')
    .default('1000000000')
    .transform(BigInt),
};

export type WalletsConfig = ReturnType<typeof readWalletsConfig>;

/** @throws ConfigError */
export const readWalletsConfig = (environment: Environment) => readConfig(settings, environment);
