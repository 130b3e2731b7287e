import { createDatabase } from '#tests/support/services.ts';
import { systemClock } from '#kit/clock.ts';
import { silentLogger } from '#kit/log.ts';
import { readVenueConfig, type VenueConfig } from '../config.ts';
import { type RunningVenue, start } from '../main.ts';
import { RawClient, timestamp } from './raw-client.ts';

export const password = 'venue-test-password';

/** A venue on a database of its own that can be restarted. */
export class TestVenue implements AsyncDisposable {
  readonly databaseUrl: string;
  readonly #drop: () => Promise<void>;
  readonly #clients: RawClient[] = [];
  #running: RunningVenue | undefined;

  static async start(changes: Partial<VenueConfig> = {}): Promise<TestVenue> {
    const database = await createDatabase('venue');
    const venue = new TestVenue(database.url, async () => database[Symbol.asyncDispose]());
    await venue.start(changes);
    return venue;
  }

  private constructor(databaseUrl: string, drop: () => Promise<void>) {
    this.databaseUrl = databaseUrl;
    this.#drop = drop;
  }

  get port(): number {
    return this.#running?.port ?? 0;
  }

  async start(changes: Partial<VenueConfig> = {}): Promise<void> {
    const config = { ...readVenueConfig(environmentOf(this.databaseUrl)), ...changes };
    const databaseUrl = () => this.databaseUrl;
    const logger = () => silentLogger;
    this.#running = await start(config, { databaseUrl, logger, clock: systemClock });
  }

  async stop(): Promise<void> {
    await this.#running?.close();
    this.#running = undefined;
  }

  /** Connected, not yet logged on. */
  async connect(sender: string): Promise<RawClient> {
    const client = await RawClient.connect(this.port, sender);
    this.#clients.push(client);
    return client;
  }

  /** Logged on; all but the order session reset their numbers. */
  async client(sender: string, sequence = 1): Promise<RawClient> {
    const client = await this.connect(sender);
    client.sequence = sequence;
    await client.logon(password, sender === 'MAMMON' ? '' : '141=Y');
    return client;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients) await client[Symbol.asyncDispose]();
    await this.stop();
    await this.#drop();
  }
}

/** The mids stand still, so that a test knows what crosses. */
export function environmentOf(databaseUrl: string): Record<string, string> {
  return {
    VENUE_FIX_PORT: '0',
    VENUE_FIX_PASSWORD: password,
    VENUE_DATABASE_URL: databaseUrl,
    VENUE_SEED: 'test',
    VENUE_SPEED: '0',
    VENUE_TICK_MS: '50',
    VENUE_MARKET_DATA_MS: '50',
  };
}

/** The body of a NewOrderSingle on USD/NGN; a limit of 5000 crosses, one of 500 rests. */
export function orderBody(
  clOrdId: string,
  changes: {
    side?: string;
    quantity?: string;
    type?: string;
    price?: string;
    tif?: string;
    symbol?: string;
  } = {},
): string {
  const { side = '1', quantity = '100', type = '2', price = '5000', tif = '1' } = changes;
  const limit = type === '2' ? `44=${price}|` : '';
  const { symbol = 'USD/NGN' } = changes;
  const terms = `54=${side}|38=${quantity}|40=${type}|${limit}59=${tif}`;
  return `11=${clOrdId}|55=${symbol}|${terms}|60=${timestamp()}`;
}
