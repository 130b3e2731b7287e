import type { BrokerMessage, Together } from './broker.ts';
import { describeError, type Logger } from './log.ts';
import { counter } from './metrics.ts';
import { backOffMs, pause } from './pause.ts';
import { isTransient } from './transient.ts';

/** What both brokers do alike with a message that they have in hand. */
export interface DeliverySettings {
  readonly handler: (message: BrokerMessage) => Promise<void>;
  /** Its name, for people who put a message back. */
  readonly queue: string;
  /** How often a message is handled again after errors of its own. */
  readonly redeliveryLimit: number;
  /** Aborted when the queue is to be left: the handler in work is waited for, but not repeated. */
  readonly leaving: AbortSignal;
  readonly logger: Logger;
}

export const standardRedeliveryLimit = 5;

/**
 * How often a queue hands a message out. A consumer that leaves may count as well as one that was
 * killed by the message, so this is far above the limit of errors.
 */
export const deliveryLimit = (redeliveryLimit: number): number => 4 * (redeliveryLimit + 1);

export type Outcome =
  | { readonly kind: 'handled' }
  /** Left for the next consumer. */
  | { readonly kind: 'left' }
  | { readonly kind: 'dead'; readonly error: string };

const dead = counter('mammon_messages_dead_total', 'Messages that went to the dead letters', [
  'message',
]);

/** Calls the handler until it succeeds, or fails too often by errors that are not transient. */
export async function deliver(
  message: BrokerMessage,
  { handler, queue, redeliveryLimit, leaving, logger }: DeliverySettings,
): Promise<Outcome> {
  if (isExpired(message)) return { kind: 'handled' };
  for (let failures = 0, ownFailures = 0; ;) {
    try {
      await handler(message);
      return { kind: 'handled' };
    } catch (error) {
      failures += 1;
      const transient = isTransient(error);
      if (!transient) ownFailures += 1;
      const { id, name } = message;
      const facts = { ...describeError(error), id, name, queue, failures };
      if (ownFailures > redeliveryLimit) {
        logger.error(facts, 'a message failed too often and goes to the dead letters');
        dead.inc({ message: message.name });
        return { kind: 'dead', error: describeError(error).error };
      }
      logger.warn(facts, transient ? 'a message waits for a service' : 'a message failed');
      await pause(backOffMs(failures), leaving);
      if (leaving.aborted) return { kind: 'left' };
    }
  }
}

/** @returns whether they are handled; else each is to be delivered by itself */
export async function deliverTogether(
  messages: readonly BrokerMessage[],
  together: Together,
  logger: Logger,
): Promise<boolean> {
  try {
    await together.handle(messages.filter((message) => !isExpired(message)));
    return true;
  } catch (error) {
    const facts = { ...describeError(error), messages: messages.length };
    logger.warn(facts, 'messages failed together and are handled one by one');
    return false;
  }
}

export const isExpired = ({ expiresAt }: BrokerMessage): boolean =>
  expiresAt !== undefined && Date.parse(expiresAt) <= Date.now();

export const diedTooOften = (deliveries: number): string =>
  `its consumer ended ${deliveries} times without finishing it`;
