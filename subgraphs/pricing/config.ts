import { readConfig, setting, type Environment } from '#kit/config.ts';

export const settings = {
  HOST: setting.host(),
  PRICING_PORT: setting.port(4004),
  IDENTITY_PUBLIC_KEY: setting.publicKey(),
  PRICING_STALE_AFTER_MS: setting.milliseconds(5_000),
  PRICING_LIVE_INTERVAL_MS: setting.milliseconds(200),
  PRICING_PUBLISH_INTERVAL_MS: setting.milliseconds(1_000),
  PRICING_SAVE_INTERVAL_MS: setting.milliseconds(10_000),
};

export type PricingConfig = ReturnType<typeof readPricingConfig>;

/** @throws ConfigError naming every variable that is missing or malformed */
export function readPricingConfig(environment: Environment) {
  const read = readConfig(settings, environment);
  return {
    host: read.HOST,
    port: read.PRICING_PORT,
    identityPublicKey: read.IDENTITY_PUBLIC_KEY,
    timing: {
      staleAfterMs: read.PRICING_STALE_AFTER_MS,
      liveIntervalMs: read.PRICING_LIVE_INTERVAL_MS,
      publishIntervalMs: read.PRICING_PUBLISH_INTERVAL_MS,
      saveIntervalMs: read.PRICING_SAVE_INTERVAL_MS,
    },
  };
}
