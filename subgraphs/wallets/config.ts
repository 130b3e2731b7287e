import { z } from 'zod';
import { readConfig, setting, type Environment } from '#kit/config.ts';

export const settings = {
  HOST: setting.host(),
  WALLETS_PORT: setting.port(4002),
  IDENTITY_PUBLIC_KEY: setting.publicKey(),
  /** The largest deposit, in whole units of its currency. */
  WALLETS_DEPOSIT_LIMIT: wholeUnits(),
  /** The most that leaves a wallet at once by a transfer or a withdrawal, in whole units. */
  WALLETS_TRANSFER_LIMIT: wholeUnits(),
  /** How many hours a withdrawal holds its amount before somebody sends it; then it fails. */
  WALLETS_WITHDRAWAL_HOURS: z.coerce.number().int().min(1).max(8_760).default(168),
};

function wholeUnits() {
  return z
    .string()
    .regex(/^[1-9]\d{0,14}$/, 'must be a whole number above zero')
    .default('1000000000')
    .transform(BigInt);
}

export type WalletsConfig = ReturnType<typeof readWalletsConfig>;

/** @throws ConfigError */
export const readWalletsConfig = (environment: Environment) => readConfig(settings, environment);
