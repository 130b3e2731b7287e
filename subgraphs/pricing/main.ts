import { brokerTopology } from '#contracts/build.ts';
import { partitionCount } from '#contracts/topology.ts';
import { startConsumers } from '#kit/consumer.ts';
import { MessagingTables } from '#kit/messaging-tables.ts';
import { openOrm } from '#kit/orm.ts';
import { startRelay } from '#kit/outbox.ts';
import type { Platform } from '#kit/platform.ts';
import { pingRedis } from '#kit/pubsub.ts';
import { runService, type RunningService } from '#kit/run-service.ts';
import { readSchema, startSubgraphServer } from '#kit/subgraph-server.ts';
import { permissions } from './adapters/graphql/permissions.ts';
import { createResolvers } from './adapters/graphql/resolvers.ts';
import { createMemoryQuoteCache } from './adapters/memory/quote-cache.ts';
import { createHandlers } from './adapters/messaging/handlers.ts';
import { createQuoteListeners } from './adapters/messaging/listeners.ts';
import { startMarketData } from './adapters/messaging/market-data.ts';
import { entities } from './adapters/postgres/entities.ts';
import { Pricing0001 } from './adapters/postgres/migrations.ts';
import { createInstrumentStore, createQuoteStore } from './adapters/postgres/store.ts';
import { createRedisQuoteCache } from './adapters/redis/quote-cache.ts';
import { republishInstruments } from './application/learn-instrument.ts';
import { createQuoteReader } from './application/read-quotes.ts';
import { readPricingConfig, type PricingConfig } from './config.ts';

/** Instruments and their live quotes. */
export async function start(config: PricingConfig, platform: Platform): Promise<RunningService> {
  const { broker, pubsub, redis, clock } = platform;
  const logger = platform.logger('pricing');
  const databaseUrl = platform.databaseUrl('pricing');
  const orm = await openOrm({
    url: databaseUrl,
    entities,
    migrations: { '0001-messages': MessagingTables, '0002-pricing': Pricing0001 },
  });
  const closers = [() => orm.close()];
  const close = async () => {
    for (const closeOne of closers.splice(0).toReversed()) await closeOne();
  };
  try {
    const instruments = createInstrumentStore(orm);
    const cache = redis ? createRedisQuoteCache(redis) : createMemoryQuoteCache();
    const relay = await startRelay({
      service: 'pricing',
      databaseUrl,
      orm,
      broker,
      pubsub,
      logger,
    });
    closers.push(relay.close);
    await orm.em.fork().transactional((em) => republishInstruments(instruments, clock, em));
    const consumers = await startConsumers({
      group: 'pricing',
      partitions: partitionCount,
      databaseUrl,
      orm,
      broker,
      handlers: createHandlers(instruments, clock),
      logger,
    });
    closers.push(consumers.close);
    const store = createQuoteStore(orm);
    const listeners = createQuoteListeners(broker, pubsub, clock);
    const { timing } = config;
    const ports = { instruments, cache, store, listeners, clock, logger, timing };
    const marketData = await startMarketData({ databaseUrl, pubsub, ports });
    closers.push(marketData.close);
    const quotes = createQuoteReader(cache, timing.staleAfterMs, clock);
    const server = await startSubgraphServer({
      name: 'pricing',
      typeDefs: readSchema(import.meta.url),
      resolvers: createResolvers({ instruments, quotes, pubsub, logger }),
      permissions,
      identityPublicKey: config.identityPublicKey,
      host: config.host,
      port: config.port,
      logger,
      introspection: platform.local,
      metrics: platform.metrics,
      health: async () => {
        const [database, redisAnswer] = await Promise.allSettled([
          orm.em.fork().execute('select 1'),
          redis ? pingRedis(redis) : undefined,
        ]);
        return [
          ...(database.status === 'rejected' ? ['PostgreSQL'] : []),
          ...(redisAnswer.status === 'rejected' ? ['Redis'] : []),
          ...(broker.healthy ? [] : ['the message broker']),
        ];
      },
    });
    closers.push(server.close);
    return { name: 'pricing', url: server.url, close };
  } catch (error) {
    await close();
    throw error;
  }
}

if (import.meta.main) {
  await runService('pricing', brokerTopology, readPricingConfig, start);
}
