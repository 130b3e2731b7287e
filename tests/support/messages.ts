import { connect } from 'amqplib';
import type { BrokerMessage, Topology } from '#kit/broker.ts';
import { newId, type MessageId } from '#kit/ids.ts';
import { partitionOf } from '#kit/partition.ts';
import { rabbitmqNames } from '#kit/rabbitmq-topology.ts';
import { rabbitmqUrl } from './services.ts';

/** A message whose body counts, for tests of what carries messages. */
export function message(
  name: string,
  key: string,
  body: unknown,
  extra: Partial<BrokerMessage> = {},
): BrokerMessage {
  const occurredAt = new Date().toISOString();
  return { id: newId<MessageId>(), name, version: 1, key, body, occurredAt, ...extra };
}

/** A key that belongs to a partition. */
export function keyIn(partition: number, partitions: number, salt = ''): string {
  for (let number = 0; ; number++) {
    const key = `${salt}key-${number}`;
    if (partitionOf(key, partitions) === partition) return key;
  }
}

/** Deletes what a broker with this prefix declared in RabbitMQ. */
export async function deleteRabbitmqTopology(topology: Topology, prefix: string): Promise<void> {
  const names = rabbitmqNames(prefix);
  const connection = await connect(rabbitmqUrl() ?? '');
  try {
    const channel = await connection.createChannel();
    for (const group of Object.keys(topology.groups)) {
      for (let partition = 0; partition < topology.partitions; partition++) {
        await channel.deleteQueue(names.queue(group, partition));
      }
      await channel.deleteQueue(names.dead(group));
      await channel.deleteExchange(names.dead(group));
    }
    await channel.deleteExchange(names.exchange);
  } finally {
    await connection.close();
  }
}
