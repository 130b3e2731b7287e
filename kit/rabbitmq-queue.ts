import type { Channel, ConsumeMessage } from 'amqplib';
import type { BrokerMessage, Subscription, Together } from './broker.ts';
import { deliver, deliverTogether, deliveryLimit, diedTooOften, type Outcome } from './delivery.ts';
import { describeError, type Logger } from './log.ts';
import { aborted, backOffMs, pause } from './pause.ts';
import type { OpenLink, RabbitmqLink } from './rabbitmq-link.ts';
import { publishConfirmed } from './rabbitmq-publisher.ts';

export interface RabbitmqQueueSettings {
  readonly link: RabbitmqLink;
  readonly queue: string;
  readonly deadQueue: string;
  readonly handler: (message: BrokerMessage) => Promise<void>;
  readonly together: Together | undefined;
  readonly redeliveryLimit: number;
  readonly logger: Logger;
  /** Declares the topology again: somebody may have deleted the queue. */
  declare(channel: Channel): Promise<void>;
}

/** Consumes one queue, in order, over all connections to come, until it is closed. */
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
  const waiting: ConsumeMessage[] = [];
  let inHand: Promise<void> = Promise.resolve();
  let deleted = false;
  try {
    await channel.prefetch(settings.together?.limit ?? 1);
    await channel.consume(queue, (delivery) => {
      deleted = delivery === null;
      if (!delivery) return lost.abort();
      // One chain of work: what arrives meanwhile is found together by its end.
      if (waiting.push(delivery) > 1) return undefined;
      inHand = inHand.then(() => handleWaiting(settings, open, channel, waiting, over));
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

/** Never throws: whatever goes wrong leaves messages unanswered, to be delivered again. */
async function handleWaiting(
  settings: RabbitmqQueueSettings,
  open: OpenLink,
  channel: Channel,
  waiting: ConsumeMessage[],
  over: AbortSignal,
): Promise<void> {
  const { queue, logger } = settings;
  try {
    while (waiting.length > 0 && !over.aborted) {
      const deliveries = waiting.splice(0);
      if (await handleTogether(settings, channel, deliveries)) continue;
      for (const delivery of deliveries) {
        const outcome = over.aborted ? undefined : await judge(settings, delivery, over);
        if (!outcome || outcome.kind === 'left') return;
        if (outcome.kind === 'dead') await bury(settings, open, delivery, outcome.error);
        channel.ack(delivery);
      }
    }
  } catch (error) {
    logger.warn({ ...describeError(error), queue }, 'a message was not answered and comes again');
    // One that cannot be buried keeps its place: the channel is given up, and tried again later.
    if (!over.aborted) await channel.close().catch(() => undefined);
  }
}

/** Only messages of ours that come for the first time: others may be why a process died. */
async function handleTogether(
  { together, logger }: RabbitmqQueueSettings,
  channel: Channel,
  deliveries: readonly ConsumeMessage[],
): Promise<boolean> {
  const last = deliveries.at(-1);
  if (!together || !last || deliveries.length < 2) return false;
  const messages = deliveries.map((delivery) =>
    deliveriesBefore(delivery) > 0 ? undefined : parse(delivery.content),
  );
  if (!messages.every((message) => message !== undefined)) return false;
  const handled = await deliverTogether(messages, together, logger);
  if (handled) channel.ack(last, true);
  return handled;
}

const deliveriesBefore = ({ properties }: ConsumeMessage): number =>
  Number(properties.headers?.['x-delivery-count'] ?? 0);

async function judge(
  settings: RabbitmqQueueSettings,
  delivery: ConsumeMessage,
  leaving: AbortSignal,
): Promise<Outcome> {
  const { redeliveryLimit, logger, queue } = settings;
  const { messageId: id, type: name } = delivery.properties;
  const before = deliveriesBefore(delivery);
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
