import { z } from 'zod';
import { type Environment, readConfig, setting } from '#kit/config.ts';

/** What the orders service reads of the environment, besides the platform's variables. */
export const settings = {
  HOST: setting.host(),
  ORDERS_PORT: setting.port(4003),
  IDENTITY_PUBLIC_KEY: setting.publicKey(),
  /** How far beyond the quote a MARKET order may go, in hundredths of a percent. */
  ORDERS_MARKET_COLLAR_BPS: z.coerce.number().int().min(0).max(5_000).default(100),
  /** How far from the market a LIMIT price may be, in hundredths of a percent. */
  ORDERS_PRICE_BAND_BPS: z.coerce.number().int().min(1).max(9_999).default(2_000),
  ORDERS_QUOTE_MAX_AGE_MS: setting.milliseconds(10_000),
  /** How many open orders one user may have. */
  ORDERS_MAX_OPEN: setting.count(200, 100_000),
  /** How long placeOrder waits for the funds to be held or denied. */
  ORDERS_DECISION_WAIT_MS: setting.milliseconds(2_000),
  /** How often orders that were not submitted in time are looked for. */
  ORDERS_EXPIRY_INTERVAL_MS: setting.milliseconds(1_000),
};

export type OrdersConfig = ReturnType<typeof readOrdersConfig>;

/** @throws ConfigError naming every variable that is missing or malformed */
export const readOrdersConfig = (environment: Environment) => readConfig(settings, environment);
