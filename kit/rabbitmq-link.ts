import { connect, type ChannelModel, type ConfirmChannel } from 'amqplib';
import { describeError, type Logger } from './log.ts';
import { aborted, backOffMs, pause } from './pause.ts';

/** A connection with its publishing channel; one that has a fault is thrown away as a whole. */
export interface OpenLink {
  readonly connection: ChannelModel;
  readonly publisher: ConfirmChannel;
  /** RabbitMQ takes no messages while it is short of memory or disk. */
  readonly blocked: boolean;
  /** The correlation ids of messages that no queue took. */
  readonly returned: Set<string>;
  /** Aborted when the connection is gone. */
  readonly gone: AbortSignal;
}

export interface RabbitmqLink {
  readonly open: OpenLink | undefined;
  /** Waits for a connection; undefined when the signal is aborted first. */
  whenOpen(signal: AbortSignal): Promise<OpenLink | undefined>;
  close(): Promise<void>;
}

export interface LinkSettings {
  readonly url: string;
  readonly logger: Logger;
  /** Declares what must be there before the connection is used. */
  declare(channel: ConfirmChannel): Promise<void>;
}

const heartbeatSeconds = 10;
const connectWithinMs = 10_000;

/**
 * Keeps a connection to RabbitMQ, reopened for ever with a bounded pause.
 * @throws when the first attempt fails
 */
export async function openRabbitmqLink(settings: LinkSettings): Promise<RabbitmqLink> {
  const { logger } = settings;
  const closing = new AbortController();
  let open: OpenLink | undefined = await openOnce(settings);
  let opened = new AbortController();
  const ended = keep(open);
  return {
    get open() {
      return open;
    },
    whenOpen,
    async close() {
      closing.abort();
      // Already closed by the other side is closed as well.
      await open?.connection.close().catch(() => undefined);
      await ended;
    },
  };

  async function whenOpen(signal: AbortSignal): Promise<OpenLink | undefined> {
    if (signal.aborted) return undefined;
    if (open) return open;
    await aborted(AbortSignal.any([signal, opened.signal]));
    return whenOpen(signal);
  }

  async function keep(first: OpenLink): Promise<void> {
    await aborted(first.gone);
    open = undefined;
    for (let failures = 0; !closing.signal.aborted;) {
      await pause(backOffMs(failures + 1, 100), closing.signal);
      if (closing.signal.aborted) return;
      try {
        open = await openOnce(settings);
      } catch (error) {
        failures += 1;
        logger.warn({ ...describeError(error), failures }, 'RabbitMQ cannot be reached');
        continue;
      }
      failures = 0;
      logger.info({}, 'connected to RabbitMQ again');
      opened.abort();
      opened = new AbortController();
      if (closing.signal.aborted) await open.connection.close().catch(() => undefined);
      await aborted(open.gone);
      open = undefined;
    }
  }
}

async function openOnce({ url, logger, declare }: LinkSettings): Promise<OpenLink> {
  const connection = await connect(withHeartbeat(url), {
    timeout: connectWithinMs,
    keepAlive: true,
    noDelay: true,
  });
  const gone = new AbortController();
  let blocked = false;
  connection.on('error', (error) => logger.warn(describeError(error), 'RabbitMQ connection'));
  connection.on('close', () => gone.abort());
  connection.on('blocked', (reason) => {
    blocked = true;
    logger.warn({ reason }, 'RabbitMQ takes no messages for now');
  });
  connection.on('unblocked', () => (blocked = false));
  // amqplib reports what a listener of ours throws; without this it would end the process.
  connection.on('handler-error', (error) =>
    logger.error(describeError(error), 'RabbitMQ listener'),
  );
  try {
    const publisher = await connection.createConfirmChannel();
    publisher.on('error', (error) => logger.warn(describeError(error), 'RabbitMQ channel'));
    await declare(publisher);
    const returned = new Set<string>();
    publisher.on('return', ({ properties }) => returned.add(String(properties.correlationId)));
    publisher.on('close', () => void connection.close().catch(() => undefined));
    return {
      connection,
      publisher,
      returned,
      gone: gone.signal,
      get blocked() {
        return blocked;
      },
    };
  } catch (error) {
    await connection.close().catch(() => undefined);
    throw error;
  }
}

function withHeartbeat(url: string): string {
  const address = new URL(url);
  if (!address.searchParams.has('heartbeat')) {
    address.searchParams.set('heartbeat', String(heartbeatSeconds));
  }
  return address.href;
}
