import type { Channel } from 'amqplib';
import type { Topology } from './broker.ts';
import { deliveryLimit } from './delivery.ts';

/** What an installation's exchanges and queues are called. */
export const rabbitmqNames = (prefix: string) => ({
  exchange: `${prefix}.messages`,
  queue: (group: string, partition: number) => `${prefix}.${group}.${partition}`,
  /** Both the exchange and the queue of a group's dead letters. */
  dead: (group: string) => `${prefix}.${group}.dead`,
  routingKey: (messageName: string, partition: number) => `${messageName}.${partition}`,
});

/** A header of messages that never expire: only they are worth keeping when they are dropped. */
export const keepHeader = { keep: 'yes' } as const;

/**
 * Declares every exchange, queue and binding; all that are there already stay as they are. A queue
 * has one active consumer: while a partition moves to another process, messages keep their order.
 */
export async function declareTopology(
  channel: Channel,
  topology: Topology,
  prefix: string,
  redeliveryLimit: number,
): Promise<void> {
  const names = rabbitmqNames(prefix);
  await channel.assertExchange(names.exchange, 'direct', { durable: true });
  for (const [group, messageNames] of Object.entries(topology.groups)) {
    const dead = names.dead(group);
    // RabbitMQ dead-letters what expired, too; the binding lets only unexpiring messages in.
    await channel.assertExchange(dead, 'headers', { durable: true });
    await channel.assertQueue(dead, { durable: true, arguments: { 'x-queue-type': 'quorum' } });
    await channel.bindQueue(dead, dead, '', { 'x-match': 'all', ...keepHeader });
    for (let partition = 0; partition < topology.partitions; partition++) {
      const queue = names.queue(group, partition);
      await channel.assertQueue(queue, {
        durable: true,
        arguments: {
          'x-queue-type': 'quorum',
          'x-single-active-consumer': true,
          'x-dead-letter-exchange': dead,
          // Consumers bury what they find delivered too often; this is the net below them.
          'x-delivery-limit': deliveryLimit(redeliveryLimit) + 5,
        },
      });
      for (const name of messageNames) {
        await channel.bindQueue(queue, names.exchange, names.routingKey(name, partition));
      }
    }
  }
}
