import { bodyOf } from '#contracts/build.ts';
import { FillRecorded, HoldFunds, ReleaseHold } from '#contracts/orders.ts';
import type { BrokerMessage } from '#kit/broker.ts';
import type { Clock } from '#kit/clock.ts';
import type { BatchHandler, MessageHandler } from '#kit/consumer.ts';
import { Fault } from '#kit/errors.ts';
import type { Logger } from '#kit/log.ts';
import { causedBy } from '#kit/message-traces.ts';
import type { EntityManager } from '#kit/orm.ts';
import { enqueue } from '#kit/outbox.ts';
import { createLedger } from '../postgres/ledger.ts';
import { fill, hold, release, type Task } from './tasks.ts';

/** So many messages share a call of the ledger and a commit, where they wait. */
const batchLimit = 100;

/**
 * What wallets does for orders; each answer leaves in the transaction of its change. A batch is one
 * call of the ledger and one insert into the outbox; a message alone is a batch of one.
 */
export function createHandlers(
  clock: Clock,
  logger: Logger,
): { handlers: ReadonlyMap<string, MessageHandler>; batch: BatchHandler } {
  const handle = async (em: EntityManager, messages: readonly BrokerMessage[]) => {
    const tasks = messages.map(taskOf);
    const ledger = createLedger(em);
    const at = clock();
    const outcomes = await ledger.apply(
      tasks.map((task) => task.operation),
      at,
    );
    const answers: BrokerMessage[] = [];
    for (const [index, message] of messages.entries()) {
      const [task, outcome] = [tasks[index], outcomes[index]];
      if (!task || !outcome) throw new Fault(`the ledger did not answer ${message.name}`);
      answers.push(await causedBy(message, () => task.answer(outcome, { ledger, at, logger })));
    }
    await enqueue(em, answers);
  };
  const alone: MessageHandler = (em, message) => handle(em, [message]);
  return {
    handlers: new Map([...readers.keys()].map((name) => [name, alone])),
    batch: { limit: batchLimit, keysOf, handle },
  };
}

const readers = new Map<string, (message: BrokerMessage) => Task>([
  [HoldFunds.name, (message) => hold(bodyOf(HoldFunds, message))],
  [FillRecorded.name, (message) => fill(bodyOf(FillRecorded, message))],
  [ReleaseHold.name, (message) => release(bodyOf(ReleaseHold, message))],
]);

/** The user, whose lock all that concerns an order takes; what is no such message fails later. */
function keysOf({ body }: BrokerMessage): readonly string[] {
  const userId = (body as { readonly userId?: unknown } | null)?.userId;
  return typeof userId === 'string' ? [userId] : [];
}

function taskOf(message: BrokerMessage): Task {
  const reader = readers.get(message.name);
  if (reader) return reader(message);
  throw new Fault(`wallets has no handler of "${message.name}"`);
}
