import type { Channel } from 'amqplib';
import { boundGroups } from './bound-groups.ts';
import type { Broker, BrokerMessage, Subscription, Topology } from './broker.ts';
import { standardRedeliveryLimit } from './delivery.ts';
import { describeError, type Logger } from './log.ts';
import { partitionOf } from './partition.ts';
import { openRabbitmqLink } from './rabbitmq-link.ts';
import { publishConfirmed, Unroutable, type Outgoing } from './rabbitmq-publisher.ts';
import { startRabbitmqQueue } from './rabbitmq-queue.ts';
import { declareTopology, keepHeader, rabbitmqNames } from './rabbitmq-topology.ts';
import { traceparentHeader } from './tracing.ts';
import { Unavailable } from './transient.ts';

export interface RabbitmqBrokerSettings {
  readonly url: string;
  readonly topology: Topology;
  readonly logger: Logger;
  /** Keeps the queues of several installations on one server apart. */
  readonly namePrefix?: string;
  /** How often a message is handled again after errors of its own. */
  readonly redeliveryLimit?: number;
}

/**
 * The broker for many processes: quorum queues behind one exchange. The connection is reopened for
 * ever and consumers resume by themselves; a message that is published meanwhile is refused, which
 * the outbox' relay repeats.
 * @throws when RabbitMQ cannot be reached at first, or has queues of other arguments
 */
export async function createRabbitmqBroker(settings: RabbitmqBrokerSettings): Promise<Broker> {
  const { url, topology, logger, namePrefix: prefix = 'mammon' } = settings;
  const { redeliveryLimit = standardRedeliveryLimit } = settings;
  const names = rabbitmqNames(prefix);
  const declare = (channel: Channel) => declareTopology(channel, topology, prefix, redeliveryLimit);
  const link = await openRabbitmqLink({ url, logger, declare });
  const subscriptions = new Set<Subscription>();
  let closed = false;

  return {
    get healthy() {
      return !closed && link.open !== undefined && !link.open.blocked;
    },
    async publish(messages) {
      const outgoing = messages.map((message) => outgoingOf(message, topology, prefix));
      const { open } = link;
      if (closed || !open) throw new Unavailable('RabbitMQ is not connected');
      if (open.blocked) throw new Unavailable('RabbitMQ takes no messages for now');
      try {
        await publishConfirmed(open, outgoing);
      } catch (error) {
        // A new connection declares the queues again, and RabbitMQ does not always tell a consumer
        // that its queue was deleted when it is there again at once.
        if (error instanceof Unroutable) await open.connection.close().catch(() => undefined);
        throw error;
      }
    },
    async consume(group, partition, handler, together) {
      if (closed) throw new Unavailable('the broker is closed');
      const consumer = startRabbitmqQueue({
        link,
        queue: names.queue(group, partition),
        deadQueue: names.dead(group),
        handler,
        together,
        redeliveryLimit,
        logger,
        declare,
      });
      const subscription = {
        async close() {
          await consumer.close();
          subscriptions.delete(subscription);
        },
      };
      subscriptions.add(subscription);
      return subscription;
    },
    async depth(group) {
      if (!link.open) throw new Unavailable('RabbitMQ is not connected');
      const channel = await link.open.connection.createChannel();
      channel.on('error', (error) => logger.warn(describeError(error), 'RabbitMQ channel'));
      try {
        const count = async (queue: string) => (await channel.checkQueue(queue)).messageCount;
        let waiting = 0;
        for (let partition = 0; partition < topology.partitions; partition++) {
          waiting += await count(names.queue(group, partition));
        }
        return { waiting, dead: await count(names.dead(group)) };
      } finally {
        await channel.close().catch(() => undefined); // a missing queue has closed it already
      }
    },
    async close() {
      if (closed) return;
      closed = true;
      await Promise.all([...subscriptions].map((subscription) => subscription.close()));
      await link.close();
    },
  };
}

/** @throws Fault when nobody hears the message */
function outgoingOf(message: BrokerMessage, topology: Topology, prefix: string): Outgoing {
  boundGroups(topology, message.name);
  const { exchange, routingKey } = rabbitmqNames(prefix);
  const { id, name, key, expiresAt, traceparent } = message;
  const expires = expiresAt !== undefined;
  return {
    exchange,
    routingKey: routingKey(name, partitionOf(key, topology.partitions)),
    content: Buffer.from(JSON.stringify(message)),
    options: {
      contentType: 'application/json',
      messageId: id,
      type: name,
      headers: {
        ...(expires ? {} : keepHeader),
        ...(traceparent === undefined ? {} : { [traceparentHeader]: traceparent }),
      },
      ...(expires && { expiration: Math.max(0, Date.parse(expiresAt) - Date.now()) }),
    },
  };
}
