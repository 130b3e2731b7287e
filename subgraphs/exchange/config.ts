import { z } from 'zod';
import { readConfig, setting, type Environment } from '#kit/config.ts';

export const settings = {
  HOST: setting.host(),
  EXCHANGE_PORT: setting.port(4005),
  IDENTITY_PUBLIC_KEY: setting.publicKey(),
  FIX_HOST: setting.host(),
  FIX_PORT: setting.port(9878),
  FIX_PASSWORD: z.string().min(8, 'a password has at least 8 characters'),
  EXCHANGE_ACK_TIMEOUT_MS: setting.milliseconds(5_000),
  EXCHANGE_PROBE_INTERVAL_MS: setting.milliseconds(2_000),
  EXCHANGE_ABSENCE_PROBES: setting.count(3, 100),
  EXCHANGE_ABSENCE_HORIZON_MS: setting.milliseconds(30_000),
  EXCHANGE_TICK_MS: setting.milliseconds(500),
  EXCHANGE_MARKET_DATA_INTERVAL_MS: setting.milliseconds(100),
  EXCHANGE_RECONNECT_MINIMUM_MS: setting.milliseconds(250),
  EXCHANGE_RECONNECT_MAXIMUM_MS: setting.milliseconds(5_000),
};

export type ExchangeConfig = ReturnType<typeof readExchangeConfig>;

/** @throws ConfigError naming every variable that is missing or malformed */
export function readExchangeConfig(environment: Environment) {
  const read = readConfig(settings, environment);
  return {
    host: read.HOST,
    port: read.EXCHANGE_PORT,
    identityPublicKey: read.IDENTITY_PUBLIC_KEY,
    fix: { host: read.FIX_HOST, port: read.FIX_PORT, password: read.FIX_PASSWORD },
    timing: {
      acknowledgeMs: read.EXCHANGE_ACK_TIMEOUT_MS,
      probeIntervalMs: read.EXCHANGE_PROBE_INTERVAL_MS,
      absence: {
        probes: read.EXCHANGE_ABSENCE_PROBES,
        horizonMs: read.EXCHANGE_ABSENCE_HORIZON_MS,
      },
    },
    tickMs: read.EXCHANGE_TICK_MS,
    marketDataIntervalMs: read.EXCHANGE_MARKET_DATA_INTERVAL_MS,
    reconnect: {
      minimumMs: read.EXCHANGE_RECONNECT_MINIMUM_MS,
      maximumMs: read.EXCHANGE_RECONNECT_MAXIMUM_MS,
    },
  };
}
