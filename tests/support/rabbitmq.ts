import { connect } from 'amqplib';
import { brokerTopology } from '#contracts/build.ts';
import { rabbitmqNames } from '#kit/rabbitmq-topology.ts';

/** Deletes every queue and exchange of a prefix: what a test leaves behind in RabbitMQ. */
export async function deleteQueues(url: string, prefix: string): Promise<void> {
  const names = rabbitmqNames(prefix);
  const connection = await connect(url);
  try {
    const channel = await connection.createChannel();
    for (const group of Object.keys(brokerTopology.groups)) {
      for (let partition = 0; partition < brokerTopology.partitions; partition += 1) {
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
