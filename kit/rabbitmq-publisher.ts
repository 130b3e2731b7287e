import type { Options } from 'amqplib';
import type { OpenLink } from './rabbitmq-link.ts';
import { Unavailable } from './transient.ts';

export interface Outgoing {
  readonly exchange: string;
  readonly routingKey: string;
  readonly content: Buffer;
  readonly options: Options.Publish;
}

/** RabbitMQ has lost a queue that was declared. */
export class Unroutable extends Unavailable {
  constructor(routingKey: string) {
    super(`RabbitMQ has no queue for ${routingKey}`);
    this.name = 'Unroutable';
  }
}

/** No confirmation for so long means that the connection is useless. */
const confirmWithinMs = 30_000;

/**
 * Sends all of them at once, in order, and resolves when RabbitMQ has confirmed that the queues
 * have them.
 * @throws Unavailable when one was refused or returned, or when the connection was lost
 */
export async function publishConfirmed(
  link: OpenLink,
  outgoing: readonly Outgoing[],
): Promise<void> {
  const late = setTimeout(
    () => void link.connection.close().catch(() => undefined),
    confirmWithinMs,
  );
  try {
    const results = await Promise.allSettled(outgoing.map((one) => publishOne(link, one)));
    const failed = results.find((result) => result.status === 'rejected');
    if (failed) throw failed.reason;
  } finally {
    clearTimeout(late);
  }
}

let publications = 0;

function publishOne(link: OpenLink, outgoing: Outgoing): Promise<void> {
  const { exchange, routingKey, content } = outgoing;
  publications += 1;
  const correlationId = String(publications);
  const options = { ...outgoing.options, persistent: true, mandatory: true, correlationId };
  return new Promise((resolve, reject) => {
    const settle = (fault: unknown) => {
      // RabbitMQ returns what no queue takes, and only then confirms it.
      const returned = link.returned.delete(correlationId);
      if (fault) reject(new Unavailable('RabbitMQ did not take a message', { cause: fault }));
      else if (returned) reject(new Unroutable(routingKey));
      else resolve();
    };
    try {
      link.publisher.publish(exchange, routingKey, content, options, settle);
    } catch (error) {
      settle(error); // the channel is closed
    }
  });
}
