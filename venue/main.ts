import { createPostgresStore, fixEntities, FixMigration } from '#fix/postgres-store.ts';
import type { Acceptor } from '#fix/session-types.ts';
import { systemClock } from '#kit/clock.ts';
import { ConfigError, environment } from '#kit/config.ts';
import { runProgram } from '#kit/lifecycle.ts';
import { createLogger } from '#kit/log.ts';
import { openOrm, serviceDatabaseUrl } from '#kit/orm.ts';
import { type Platform, readPlatformConfig } from '#kit/platform.ts';
import { cannotListen } from '#kit/start-errors.ts';
import { createReports, createVenueAcceptor } from './adapters/fix/acceptor.ts';
import { ExecutionEntity, OrderEntity, VenueState } from './adapters/postgres/entities.ts';
import { VenueTables } from './adapters/postgres/migrations.ts';
import { openVenueStore } from './adapters/postgres/store.ts';
import { readReferenceRates } from './adapters/reference-rates.ts';
import { runMaker } from './application/run-maker.ts';
import { openVenue } from './application/venue.ts';
import { readVenueConfig, type VenueConfig } from './config.ts';
import { instruments } from './domain/instruments.ts';
import { createMaker } from './domain/maker.ts';

export interface RunningVenue {
  readonly name: 'venue';
  readonly host: string;
  readonly port: number;
  close(): Promise<void>;
}

/** The sandbox exchange: its books, its market maker and its FIX acceptor. */
export async function start(
  config: VenueConfig,
  platform: Pick<Platform, 'databaseUrl' | 'logger' | 'clock'>,
): Promise<RunningVenue> {
  const { clock } = platform;
  const { host, seed, tickMs, speed, fillDelayMs } = config;
  const logger = platform.logger('venue');
  const orm = await openOrm({
    url: config.databaseUrl ?? platform.databaseUrl('venue'),
    entities: [VenueState, OrderEntity, ExecutionEntity, ...fixEntities],
    migrations: { '0001-fix': FixMigration, '0002-venue': VenueTables },
  });
  const closers = [() => orm.close()];
  const close = async () => {
    for (const closeOne of closers.splice(0).toReversed()) await closeOne();
  };
  try {
    let acceptor: Acceptor | undefined;
    const fixStore = createPostgresStore(orm.em, clock);
    const reports = createReports(fixStore, () => acceptor);
    const store = await openVenueStore(orm, reports);
    const { flush } = reports;
    const venue = await openVenue({ store, flush, clock, logger, fillDelayMs });
    closers.push(() => venue.close());
    const currencies = instruments.flatMap(({ base, quote }) => [base, quote]);
    const reference = readReferenceRates([...new Set(currencies)]);
    const maker = createMaker(instruments, reference.rates, seed);
    // Quotes come before clients: an order must never meet an empty book by mere chance of time.
    const making = await runMaker({ venue, maker, tickMs, speed, logger });
    closers.push(() => making.close());
    acceptor = createVenueAcceptor({ ...config, venue, store, fixStore, clock, logger });
    closers.push(acceptor.close);
    const port = await acceptor.listen().catch((error: unknown) => {
      throw cannotListen(error, 'VENUE_FIX_PORT');
    });
    logger.info({ host, port, seed, reference: reference.date }, 'the sandbox venue trades');
    return { name: 'venue', host, port, close };
  } catch (error) {
    await close();
    throw error;
  }
}

if (import.meta.main) {
  await runProgram('venue', environment, async () => {
    const config = readVenueConfig(environment);
    const { DATABASE_URL: base, LOG_LEVEL: level } = readPlatformConfig(environment);
    const databaseUrl = (service: string) => {
      if (base) return serviceDatabaseUrl(base, service);
      throw new ConfigError('DATABASE_URL is not set (.env.example explains each variable)');
    };
    const logger = (program: string) => createLogger(program, level);
    const venue = await start(config, { databaseUrl, logger, clock: systemClock });
    process.stdout.write(`venue: FIX 4.4 at ${venue.host}:${venue.port} (seed ${config.seed})\n`);
    return venue;
  });
}
