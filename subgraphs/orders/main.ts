import { brokerTopology } from '#contracts/build.ts';
import { partitionCount } from '#contracts/topology.ts';
import { startConsumers } from '#kit/consumer.ts';
import type { HealthCheck } from '#kit/health.ts';
import type { EntityManager } from '#kit/orm.ts';
import { startRelay } from '#kit/outbox.ts';
import type { Platform } from '#kit/platform.ts';
import { runService, type RunningService } from '#kit/run-service.ts';
import { readSchema, startSubgraphServer } from '#kit/subgraph-server.ts';
import { permissions } from './adapters/graphql/permissions.ts';
import { createResolvers } from './adapters/graphql/resolvers.ts';
import { messageHandlers } from './adapters/messaging/handlers.ts';
import { createOrderWatcher } from './adapters/messaging/order-watcher.ts';
import { openDatabase } from './adapters/postgres/open-database.ts';
import { isMarketOpen } from './adapters/postgres/market.ts';
import { createOrderStore } from './adapters/postgres/order-store.ts';
import { orderWork } from './adapters/postgres/order-work.ts';
import { expireOrders } from './application/expire-orders.ts';
import { repeat } from './adapters/messaging/repeat.ts';
import { type OrdersConfig, readOrdersConfig } from './config.ts';

export { openDatabase, openReadOnlyDatabase } from './adapters/postgres/open-database.ts';
export { auditOrders, listAuditedFills, listAuditedOrders } from './application/audit.ts';
export type { AuditedFill, AuditedOrder, Finding } from './application/audit.ts';

const name = 'orders';
const decisionPollMs = 250;

export interface RunningOrders extends RunningService {
  /** Whether orders of every instrument can be placed: their quotes have come, and are fresh. */
  isMarketOpen(): Promise<boolean>;
}

/** Starts the orders service: its database, its messages, its sweeper and its GraphQL server. */
export async function start(config: OrdersConfig, platform: Platform): Promise<RunningOrders> {
  const { broker, pubsub, clock } = platform;
  const logger = platform.logger(name);
  const databaseUrl = platform.databaseUrl(name);
  const orm = await openDatabase(databaseUrl);
  // Closed in the opposite order, also when the start fails half-way.
  const parts: { close(): Promise<unknown> }[] = [{ close: () => orm.close() }];
  const close = async () => {
    for (const part of parts.splice(0).toReversed()) await part.close();
  };
  try {
    const store = createOrderStore(orm, logger);
    const workOf = (em: EntityManager) => orderWork(em, logger);
    const handlers = messageHandlers(workOf, clock);
    parts.push(await startRelay({ service: 'orders', databaseUrl, orm, broker, pubsub, logger }));
    parts.push(
      await startConsumers({
        group: name,
        partitions: partitionCount,
        databaseUrl,
        orm,
        broker,
        handlers,
        logger,
      }),
    );
    parts.push(repeat(() => expireOrders(store, clock), config.ORDERS_EXPIRY_INTERVAL_MS, logger));
    const health: HealthCheck = async () => [
      ...((await orm.isConnected()) ? [] : ['database']),
      ...(broker.healthy ? [] : ['broker']),
    ];
    const server = await startSubgraphServer({
      name,
      typeDefs: readSchema(import.meta.url),
      resolvers: createResolvers({
        store,
        watcher: createOrderWatcher(pubsub, logger),
        pubsub,
        clock,
        logger,
        policy: {
          marketCollarBps: config.ORDERS_MARKET_COLLAR_BPS,
          priceBandBps: config.ORDERS_PRICE_BAND_BPS,
          quoteMaxAgeMs: config.ORDERS_QUOTE_MAX_AGE_MS,
          maximumOpenOrders: config.ORDERS_MAX_OPEN,
        },
        decision: { waitMs: config.ORDERS_DECISION_WAIT_MS, pollMs: decisionPollMs },
      }),
      permissions,
      identityPublicKey: config.IDENTITY_PUBLIC_KEY,
      host: config.HOST,
      port: config.ORDERS_PORT,
      logger,
      introspection: platform.local,
      metrics: platform.metrics,
      health,
    });
    parts.push(server);
    const oldest = () => new Date(clock().getTime() - config.ORDERS_QUOTE_MAX_AGE_MS);
    return {
      name,
      url: server.url,
      isMarketOpen: () => isMarketOpen(orm.em.fork(), oldest()),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

if (import.meta.main) await runService(name, brokerTopology, readOrdersConfig, start);
