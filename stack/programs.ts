import { readGatewayConfig } from '#gateway/config.ts';
import { start as startGateway } from '#gateway/main.ts';
import { checkTogether, type Environment } from '#kit/config.ts';
import type { Running } from '#kit/lifecycle.ts';
import { readPlatformConfig, type Platform } from '#kit/platform.ts';
import { readExchangeConfig } from '#subgraphs/exchange/config.ts';
import { start as startExchange } from '#subgraphs/exchange/main.ts';
import { readOrdersConfig } from '#subgraphs/orders/config.ts';
import { start as startOrders } from '#subgraphs/orders/main.ts';
import { readPricingConfig } from '#subgraphs/pricing/config.ts';
import { start as startPricing } from '#subgraphs/pricing/main.ts';
import { readUsersConfig } from '#subgraphs/users/config.ts';
import { start as startUsers } from '#subgraphs/users/main.ts';
import { readWalletsConfig } from '#subgraphs/wallets/config.ts';
import { start as startWallets } from '#subgraphs/wallets/main.ts';
import { readVenueConfig } from '#venue/config.ts';
import { start as startVenue } from '#venue/main.ts';
import { announce } from './announce.ts';
import { readStackConfig } from './config.ts';

const readers = [
  readStackConfig,
  readPlatformConfig,
  readVenueConfig,
  readExchangeConfig,
  readPricingConfig,
  readWalletsConfig,
  readOrdersConfig,
  readUsersConfig,
  readGatewayConfig,
];

/**
 * Reads every program's settings before anything is started.
 * @throws ConfigError naming what is missing or malformed in any of them
 */
export function checkSettings(settings: Environment): void {
  checkTogether(readers.map((read) => () => read(settings)));
}

export interface Programs {
  /** The gateway's address. */
  readonly graphqlUrl: string;
  /** Whether orders can be placed. */
  isMarketOpen(): Promise<boolean>;
}

/**
 * Starts the venue, the five subgraphs and the gateway in this process; each address goes to those
 * that need it, so that any port may be 0.
 * @param opened is told of each program as soon as it runs
 */
export async function startPrograms(
  settings: Environment,
  platform: Platform,
  opened: (program: Running) => void,
): Promise<Programs> {
  const run = async <Program extends Running & { readonly name: string }>(
    starting: Promise<Program>,
    where: (program: Program) => string,
  ): Promise<Program> => {
    const program = await starting;
    opened(program);
    announce(program.name, where(program));
    return program;
  };
  const url = (program: { readonly url: string }) => program.url;
  const venue = await run(
    startVenue(readVenueConfig(settings), platform),
    ({ host, port }) => `FIX 4.4 at ${host}:${port} (the sandbox exchange)`,
  );
  const fix = { FIX_PORT: String(venue.port) };
  const orders = await run(startOrders(readOrdersConfig(settings), platform), url);
  const wallets = await run(startWallets(readWalletsConfig(settings), platform), url);
  const pricing = await run(startPricing(readPricingConfig(settings), platform), url);
  const exchange = await run(
    startExchange(readExchangeConfig({ ...settings, ...fix }), platform),
    url,
  );
  const users = await run(startUsers(readUsersConfig(settings), platform), url);
  const addresses = {
    USERS_URL: users.url,
    WALLETS_URL: wallets.url,
    ORDERS_URL: orders.url,
    PRICING_URL: pricing.url,
    EXCHANGE_URL: exchange.url,
    USERS_JWKS_URL: new URL('/.well-known/jwks.json', users.url).href,
  };
  const { local, clock } = platform;
  const logger = platform.logger('gateway');
  const gateway = await run(
    startGateway(readGatewayConfig({ ...settings, ...addresses }), { local, logger, clock }),
    url,
  );
  return { graphqlUrl: gateway.url, isMarketOpen: orders.isMarketOpen };
}
