import { Client } from 'pg';
import { createLogger, describeError, type Logger } from './log.ts';
import { backOffMs, pause } from './pause.ts';

export interface HeldConnectionSettings {
  readonly databaseUrl: string;
  /** What it is for; PostgreSQL shows it as application_name. */
  readonly name: string;
  readonly logger?: Logger | undefined;
  /**
   * Works on the connection until `over` is aborted: the connection is lost, or close() was called
   * and the connection still stands.
   */
  session(client: Client, over: AbortSignal): Promise<void>;
}

/** How often a held connection shows that it lives, and how long the answer may take. */
const heartbeatMs = 1_000;
const answerWithinMs = 5_000;
const endWithinMs = 1_000;

/**
 * A connection to PostgreSQL that carries advisory locks or LISTEN: opened again for ever, with a
 * bounded pause, and known to be lost soon after it is.
 */
export function holdConnection(settings: HeldConnectionSettings): { close(): Promise<void> } {
  const { name, logger = createLogger(settings.name, 'warn') } = settings;
  const closing = new AbortController();
  const ended = run();
  return {
    async close() {
      closing.abort();
      await ended;
    },
  };

  async function run(): Promise<void> {
    for (let failures = 0; !closing.signal.aborted;) {
      try {
        await holdOnce(settings, closing.signal, () => (failures = 0));
      } catch (error) {
        failures += 1;
        logger.warn({ ...describeError(error), connection: name }, 'a held connection was lost');
        await pause(backOffMs(failures), closing.signal);
      }
    }
  }
}

async function holdOnce(
  settings: HeldConnectionSettings,
  closing: AbortSignal,
  onConnected: () => void,
): Promise<void> {
  const client = new Client({
    connectionString: settings.databaseUrl,
    application_name: settings.name.slice(0, 63),
    connectionTimeoutMillis: answerWithinMs,
    query_timeout: answerWithinMs,
    keepAlive: true,
  });
  const lost = new AbortController();
  let fault: unknown = new Error('the server closed the connection');
  const lose = (error: unknown) => {
    if (!lost.signal.aborted) fault = error;
    lost.abort();
  };
  oneAtATime(client);
  client.on('error', lose);
  client.on('end', () => lose(fault));
  try {
    await client.connect();
    onConnected();
    // The server lets go of the locks of a machine that vanished after about ten seconds.
    await client.query(
      'set tcp_keepalives_idle = 4; set tcp_keepalives_interval = 2; set tcp_keepalives_count = 3',
    );
    const beat = setInterval(() => void client.query('select 1').catch(lose), heartbeatMs);
    try {
      await settings.session(client, AbortSignal.any([closing, lost.signal]));
    } finally {
      clearInterval(beat);
    }
    if (lost.signal.aborted) throw fault;
  } finally {
    // A connection that no longer answers would keep end() waiting.
    const ended = new AbortController();
    const end = client.end().catch(() => undefined);
    await Promise.race([
      end.then(() => ended.abort()),
      pause(endWithinMs, AbortSignal.any([ended.signal, lost.signal])),
    ]);
    ended.abort();
  }
}

/** The heartbeat must not meet a query in flight: pg gives up queueing queries inside a client. */
function oneAtATime(client: Client): void {
  const send = client.query.bind(client) as (...parameters: unknown[]) => Promise<unknown>;
  let turn: Promise<unknown> = Promise.resolve();
  const query = (...parameters: unknown[]) => {
    const answer = turn.then(() => send(...parameters));
    turn = answer.catch(() => undefined);
    return answer;
  };
  client.query = query as typeof client.query;
}
