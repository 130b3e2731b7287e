import { brokerTopology } from '#contracts/build.ts';
import { channels } from '#contracts/live.ts';
import { partitionCount } from '#contracts/topology.ts';
import { openOrm, openReadOnly } from '#kit/orm.ts';
import { startConsumers } from '#kit/consumer.ts';
import { startLease } from '#kit/lease.ts';
import { startRelay } from '#kit/outbox.ts';
import type { Platform } from '#kit/platform.ts';
import { runService, type RunningService } from '#kit/run-service.ts';
import { losslessStream } from '#kit/stream.ts';
import { readSchema, startSubgraphServer } from '#kit/subgraph-server.ts';
import { permissions } from './adapters/graphql/permissions.ts';
import { createResolvers } from './adapters/graphql/resolvers.ts';
import { createHandlers } from './adapters/messaging/handlers.ts';
import { entities } from './adapters/postgres/entities.ts';
import { createPostingDesk } from './adapters/postgres/posting-desk.ts';
import { createTransactional } from './adapters/postgres/transactional.ts';
import { migrations } from './adapters/postgres/migrations/index.ts';
import { createReader } from './adapters/postgres/reader.ts';
import { sealJournal } from './adapters/postgres/seal.ts';
import { keepLedger } from './application/keep-ledger.ts';
import { readWalletsConfig, type WalletsConfig } from './config.ts';

export { auditLedger, listFillTransactions, listLiveHolds } from './application/audit.ts';
export type { FillTransaction, Finding, LiveHold } from './application/audit.ts';

/** Wallets and the ledger under them: holds, settlements, deposits and each user's event log. */
export async function start(config: WalletsConfig, platform: Platform): Promise<RunningService> {
  const { broker, pubsub, clock } = platform;
  const logger = platform.logger('wallets');
  const databaseUrl = platform.databaseUrl('wallets');
  // Closes what is open when something after it fails; at the end, in reverse order.
  await using opened = new AsyncDisposableStack();
  const orm = opened.adopt(await openDatabase(databaseUrl), close);
  const reader = createReader(() => orm.em.fork());
  const transactional = createTransactional(() => orm.em.fork());
  const desk = createPostingDesk(() => orm.em.fork(), clock);
  const rules = {
    selfService: platform.local,
    limit: config.WALLETS_DEPOSIT_LIMIT,
    transferLimit: config.WALLETS_TRANSFER_LIMIT,
    withdrawalTtlMs: config.WALLETS_WITHDRAWAL_HOURS * 3_600_000,
  };
  const resolvers = createResolvers({
    reader,
    clock,
    rules,
    transactional,
    desk,
    walletEvents: (userId, after) =>
      losslessStream({
        pubsub,
        channel: channels.walletEvents(userId),
        after,
        readHead: () => reader.eventHead(userId),
        readLog: (sequence, limit) => reader.eventsAfter(userId, sequence, limit),
        logger,
      }),
  });
  const serving = startSubgraphServer({
    name: 'wallets',
    typeDefs: readSchema(import.meta.url),
    resolvers,
    permissions,
    identityPublicKey: config.IDENTITY_PUBLIC_KEY,
    host: config.HOST,
    port: config.WALLETS_PORT,
    logger,
    introspection: platform.local,
    metrics: platform.metrics,
    health: async () => {
      const database = await orm.em
        .fork()
        .execute('select 1')
        .then(
          () => true,
          () => false,
        );
      return [...(database ? [] : ['PostgreSQL']), ...(broker.healthy ? [] : ['the broker'])];
    },
  });
  const server = opened.adopt(await serving, close);
  opened.adopt(
    await startRelay({ service: 'wallets', databaseUrl, orm, broker, pubsub, logger }),
    close,
  );
  const consuming = startConsumers({
    group: 'wallets',
    partitions: partitionCount,
    databaseUrl,
    orm,
    broker,
    ...createHandlers(clock, logger),
    logger,
  });
  opened.adopt(await consuming, close);
  let keeping: Promise<void> = Promise.resolve();
  const keeper = startLease({
    databaseUrl,
    name: 'ledger-keeper',
    logger,
    onAcquired(lost) {
      const seal = (most: number) => sealJournal(orm.em.fork(), most);
      keeping = keepLedger({ transactional, clock, rules, seal, logger }, lost);
    },
    onLost: () => keeping,
  });
  opened.adopt(await keeper, close);
  const running = opened.move();
  return { name: 'wallets', url: server.url, close: () => running.disposeAsync() };
}

/** The service's own database, migrated. */
export const openDatabase = (url: string) => openOrm({ url, entities, migrations });
/** The same for the audit: as it is. */
export const openReadOnlyDatabase = (url: string) => openReadOnly({ url, entities, migrations });

const close = (thing: { close(): Promise<unknown> }) => thing.close().then(() => undefined);

if (import.meta.main) {
  await runService('wallets', brokerTopology, readWalletsConfig, start);
}
