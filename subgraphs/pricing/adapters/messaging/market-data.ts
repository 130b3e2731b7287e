import { channels, MarketData } from '#contracts/live.ts';
import { startLease } from '#kit/lease.ts';
import type { LivePubSub, Unsubscribe } from '#kit/pubsub.ts';
import {
  watchMarket,
  type MarketWatch,
  type MarketWatchPorts,
} from '../../application/watch-market.ts';

export interface MarketDataSettings {
  readonly databaseUrl: string;
  readonly pubsub: LivePubSub;
  readonly ports: MarketWatchPorts;
}

/** Watches the market while it holds the lease: one process publishes, the others stand by. */
export async function startMarketData(
  settings: MarketDataSettings,
): Promise<{ close(): Promise<void> }> {
  const { pubsub, ports } = settings;
  let watch: MarketWatch | undefined;
  let unsubscribe: Unsubscribe | undefined;
  return startLease({
    databaseUrl: settings.databaseUrl,
    name: 'market data',
    logger: ports.logger,
    async onAcquired() {
      const market = await watchMarket(ports);
      watch = market;
      unsubscribe = await pubsub.subscribe(channels.marketData, (payload) => {
        const update = MarketData.safeParse(payload);
        if (update.success) market.take({ ...update.data, at: new Date(update.data.at) });
        else ports.logger.error({ issues: update.error.issues }, 'market data does not fit');
      });
    },
    async onLost() {
      const [leave, market] = [unsubscribe, watch];
      unsubscribe = undefined;
      watch = undefined;
      await leave?.();
      await market?.close();
    },
  });
}
