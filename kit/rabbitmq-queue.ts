import type { Channel, ConsumeMessage } from 'amqplib';
import type { BrokerMessage, Subscription } from './broker.ts';
import { deliver, deliveryLimit, diedTooOften, type Outcome } from './delivery.ts';
import { describeError, type Logger } from './log.ts';
import { aborted, backOffMs, pause } from './pause.ts';
import type { OpenLink, RabbitmqLink } from './rabbitmq-link.ts';
import { publishConfirmed } from './rabbitmq-publisher.ts';

export interface RabbitmqQueueSettings {
  readonly link: RabbitmqLink;
  readonly queue: string;
  readonly deadQueue: string;
  readonly handler: (message: BrokerMessage) => Promise<void>;
  readonly redeliveryLimit: number;
  readonly logger: Logger;
  /** Declares the topology again: somebody may have deleted the queue. */
  declare(channel: Channel): Promise<void>;
}

/** Consumes one queue, a message at a time, over all connections to come, until it is closed. */
export function startRabbitmqQueue(settings: RabbitmqQueueSettings): Subscription {
  const { link, queue, logger } = settings;
  const leaving = new AbortController();
  const ended = run();
  return {
    async close() {
      leaving.abort();
      await ended;
    },
  };

  async function run(): Promise<void> {
    for (let failures = 0; !leaving.signal.aborted;) {
      const open = await link.whenOpen(leaving.signal);
      if (!open) continue;
      try {
        await serve(settings, open, leaving.signal, () => (failures = 0));
      } catch (error) {
        failures += 1;
        logger.warn({ ...describeError(error), queue }, 'a queue cannot be consumed');
      }
      if (!leaving.signal.aborted) await pause(backOffMs(failures + 1), leaving.signal);
    }
  }
}

/** Consumes on one channel, until it is lost or the queue is to be left. */
async function serve(
  settings: RabbitmqQueueSettings,
  open: OpenLink,
  leaving: AbortSignal,
  onServing: () => void,
): Promise<void> {
  const { queue, logger } = settings;
  const channel = await open.connection.createChannel();
  const lost = new AbortController();
  channel.on('error', (error) =>
    logger.warn({ ...describeError(error), queue }, 'RabbitMQ channel'),
  );
  channel.on('close', () => lost.abort());
  const over = AbortSignal.any([leaving, lost.signal, open.gone]);
  let inHand: Promise<void> = Promise.resolve();
  let deleted = false;
  try {
    await channel.prefetch(1);
    await channel.consume(queue, (delivery) => {
      deleted = delivery === null;
      if (delivery) inHand = handle(settings, open, channel, delivery, over);
      else lost.abort();
    });
    onServing();
    await aborted(over);
    await inHand;
    if (deleted) await settings.declare(channel);
  } finally {
    // The answer goes out before the channel closes, and closing returns what came after it to its
    // place in the queue: the next consumer finds the order as it was.
    await channel.close().catch(() => undefined); // it may be closed already
  }
}

/** Never throws: whatever goes wrong leaves the message unanswered, to be delivered again. */
async function handle(
  settings: RabbitmqQueueSettings,
  open: OpenLink,
  channel: Channel,
  delivery: ConsumeMessage,
  over: AbortSignal,
): Promise<void> {
  const { queue, logger } = settings;
  try {
    const outcome = over.aborted ? undefined : await judge(settings, delivery, over);
    if (!outcome || outcome.kind === 'left') return;
    if (outcome.kind === 'dead') await bury(settings, open, delivery, outcome.error);
    channel.ack(delivery);
  } catch (error) {
    logger.warn({ ...describeError(error), queue }, 'a message was not answered and comes again');
    // One that cannot be buried keeps its place: the channel is given up, and tried again later.
    if (!over.aborted) await channel.close().catch(() => undefined);
  }
}

async function judge(
  settings: RabbitmqQueueSettings,
  delivery: ConsumeMessage,
  leaving: AbortSignal,
): Promise<Outcome> {
  const { redeliveryLimit, logger, queue } = settings;
  const { messageId: id, type: name, headers } = delivery.properties;
  const before = Number(headers?.['x-delivery-count'] ?? 0);
  if (before >= deliveryLimit(redeliveryLimit)) {
    logger.error({ id, name, queue }, 'a message was delivered too often: to the dead letters');
    return { kind: 'dead', error: diedTooOften(before) };
  }
  const message = parse(delivery.content);
  if (!message) {
    logger.error({ id, name, queue }, 'a message is not readable and goes to the dead letters');
    return { kind: 'dead', error: 'it is not a message of ours' };
  }
  return deliver(message, { ...settings, leaving });
}

function parse(content: Buffer): BrokerMessage | undefined {
  try {
    const message = JSON.parse(content.toString('utf8')) as Partial<BrokerMessage> | null;
    return message?.id && message.name ? (message as BrokerMessage) : undefined;
  } catch {
    return undefined; // foreign bytes, whoever put them there
  }
}

async function bury(
  { queue, deadQueue }: RabbitmqQueueSettings,
  open: OpenLink,
  { content, properties }: ConsumeMessage,
  error: string,
): Promise<void> {
  const { messageId, type, contentType } = properties;
  const headers = { error: error.slice(0, 2_000), queue, diedAt: new Date().toISOString() };
  const options = { messageId, type, contentType, headers };
  await publishConfirmed(open, [{ exchange: '', routingKey: deadQueue, content, options }]);
}
