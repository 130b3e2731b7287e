import type { EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { brokerTopology } from '#contracts/build.ts';
import { partitionCount } from '#contracts/topology.ts';
import { createPostgresStore, fixEntities, FixMigration } from '#fix/postgres-store.ts';
import { startConsumers } from '#kit/consumer.ts';
import { MessagingTables } from '#kit/messaging-tables.ts';
import { openOrm, openReadOnly } from '#kit/orm.ts';
import { startRelay } from '#kit/outbox.ts';
import type { Platform } from '#kit/platform.ts';
import { runService, type RunningService } from '#kit/run-service.ts';
import { readSchema, startSubgraphServer } from '#kit/subgraph-server.ts';
import { orderSessionId, startVenueLink } from './adapters/fix/venue-link.ts';
import { createVenueRoute } from './adapters/fix/venue-route.ts';
import { permissions } from './adapters/graphql/permissions.ts';
import { createResolvers } from './adapters/graphql/resolvers.ts';
import { createHandlers } from './adapters/messaging/handlers.ts';
import { entities } from './adapters/postgres/entities.ts';
import { Exchange0001, Exchange0002 } from './adapters/postgres/migrations.ts';
import { createOrderReader } from './adapters/postgres/reader.ts';
import { createVenueOrderStore } from './adapters/postgres/store.ts';
import type { Exchange } from './application/ports.ts';
import { readExchangeConfig, type ExchangeConfig } from './config.ts';

export { venueTrades, type VenueTrade } from './adapters/fix/venue-trades.ts';
export { auditExchange, listExecutions } from './application/audit.ts';
export type { AuditedExecution, Finding } from './application/audit.ts';

const venueNames = new Map([[orderSessionId.target, 'Sandbox exchange']]);

/** The way of orders to the venues, and of their executions and prices back. */
export async function start(config: ExchangeConfig, platform: Platform): Promise<RunningService> {
  const { broker, pubsub, clock } = platform;
  const logger = platform.logger('exchange');
  const databaseUrl = platform.databaseUrl('exchange');
  const orm = await openDatabase(databaseUrl);
  const store = createPostgresStore(orm.em, clock);
  const exchange: Exchange = {
    venue: orderSessionId.target,
    transaction: (work) => orm.em.fork().transactional((em) => work(em as EntityManager)),
    orders: createVenueOrderStore(),
    route: createVenueRoute(store, orderSessionId, clock),
    clock,
    logger,
    timing: config.timing,
  };
  const closers = [() => orm.close()];
  const close = async () => {
    for (const closeOne of closers.splice(0).toReversed()) await closeOne();
  };
  try {
    const relay = await startRelay({
      service: 'exchange',
      databaseUrl,
      orm,
      broker,
      pubsub,
      logger,
    });
    closers.push(relay.close);
    const { fix, tickMs, marketDataIntervalMs, reconnect } = config;
    const link = await startVenueLink({
      exchange,
      databaseUrl,
      orm,
      store,
      pubsub,
      fix,
      tickMs,
      marketDataIntervalMs,
      reconnect,
    });
    closers.push(link.close);
    const consumers = await startConsumers({
      group: 'exchange',
      partitions: partitionCount,
      databaseUrl,
      orm,
      broker,
      handlers: createHandlers(exchange),
      logger,
    });
    closers.push(consumers.close);
    const server = await startSubgraphServer({
      name: 'exchange',
      typeDefs: readSchema(import.meta.url),
      resolvers: createResolvers(createOrderReader(orm, clock), venueNames),
      permissions,
      identityPublicKey: config.identityPublicKey,
      host: config.host,
      port: config.port,
      logger,
      introspection: platform.local,
      metrics: platform.metrics,
      health: async () => {
        const [database] = await Promise.allSettled([orm.em.fork().execute('select 1')]);
        return [
          ...(database.status === 'rejected' ? ['PostgreSQL'] : []),
          ...(broker.healthy ? [] : ['the message broker']),
        ];
      },
    });
    closers.push(server.close);
    return { name: 'exchange', url: server.url, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The service's own database, migrated. */
export const openDatabase = (url: string): Promise<MikroORM> => openOrm(databaseAt(url));
/** The same for the audit: as it is. */
export const openReadOnlyDatabase = (url: string): Promise<MikroORM> =>
  openReadOnly(databaseAt(url));

const databaseAt = (url: string) => ({
  url,
  entities: [...entities, ...fixEntities],
  migrations: {
    '0001-messages': MessagingTables,
    '0002-fix': FixMigration,
    '0003-exchange': Exchange0001,
    '0004-exchange-trace': Exchange0002,
  },
});

if (import.meta.main) {
  await runService('exchange', brokerTopology, readExchangeConfig, start);
}
