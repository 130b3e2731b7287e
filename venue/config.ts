import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { type Environment, readConfig, setting } from '#kit/config.ts';

/** What the venue reads of the environment. */
export const settings = {
  VENUE_FIX_HOST: setting.host(),
  VENUE_FIX_PORT: setting.port(9878),
  VENUE_FIX_PASSWORD: z.string().min(8, 'a password has at least 8 characters'),
  VENUE_DATABASE_URL: setting.databaseUrl().optional(),
  VENUE_SEED: z.string().max(100).optional(),
  VENUE_SPEED: z.coerce.number().int().min(0).max(1_000).default(1),
  VENUE_TICK_MS: setting.milliseconds(250),
  VENUE_MARKET_DATA_MS: setting.milliseconds(200),
  VENUE_FILL_DELAY_MS: z.coerce.number().int().min(0).max(600_000).default(0),
};

export interface VenueConfig {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly password: string;
  /** Undefined: the platform's `venue` database. */
  readonly databaseUrl: string | undefined;
  /** The market maker's: the same seed quotes the same path. */
  readonly seed: string;
  /** Seconds of market time in a second; 0 freezes the mid prices. */
  readonly speed: number;
  readonly tickMs: number;
  readonly marketDataIntervalMs: number;
  /** Between the acknowledgement of an order and its matching. */
  readonly fillDelayMs: number;
}

/** @throws ConfigError naming every variable that is missing or malformed */
export function readVenueConfig(environment: Environment): VenueConfig {
  const values = readConfig(settings, environment);
  return {
    host: values.VENUE_FIX_HOST,
    port: values.VENUE_FIX_PORT,
    password: values.VENUE_FIX_PASSWORD,
    databaseUrl: values.VENUE_DATABASE_URL,
    seed: values.VENUE_SEED ?? randomBytes(6).toString('hex'),
    speed: values.VENUE_SPEED,
    tickMs: values.VENUE_TICK_MS,
    marketDataIntervalMs: values.VENUE_MARKET_DATA_MS,
    fillDelayMs: values.VENUE_FILL_DELAY_MS,
  };
}
