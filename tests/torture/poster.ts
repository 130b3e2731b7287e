import { parseArgs } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import { deterministicId, newId, type ExecutionId, type OrderId, type UserId } from '#kit/ids.ts';
import { isTransient } from '#kit/transient.ts';
import { openDatabase } from '#subgraphs/wallets/main.ts';
import { openJournal, type Journal } from './journal.ts';
import { createRandom, type Random } from './random.ts';
import { createSender, refused, type Request } from './requests.ts';

/**
 * A process that posts until it is killed. It begins by sending again what its predecessor was not
 * told about; a message to it says that it should come to an end in order.
 */
const { values } = parseArgs({
  options: {
    url: { type: 'string', default: '' },
    journal: { type: 'string', default: '' },
    seed: { type: 'string', default: '0' },
    users: { type: 'string', default: '12' },
  },
});
const lanes = 4;
const random = createRandom(Number(values.seed));
const users = Array.from({ length: Number(values.users) }, (_, number) =>
  deterministicId<UserId>('torture', `${number}`),
);
const ending = new AbortController();

await post();

async function post(): Promise<void> {
  const journal = openJournal(values.journal);
  process.once('message', () => ending.abort());
  const orm = await untilItAnswers(() => openDatabase(values.url));
  const send = createSender(orm);
  const tell = await teller(journal, send);
  process.send?.('ready');
  await Promise.all(Array.from({ length: lanes }, () => lane(tell)));
  await releaseTheRest(journal, tell);
  await orm.close(true);
  journal.close();
  process.disconnect?.();
}

type Tell = (request: Request) => Promise<string>;

/** Sends through the journal, after everything that has no answer yet. */
async function teller(journal: Journal, send: Tell): Promise<Tell> {
  for (const [number, { request, answer }] of journal.entries.entries()) {
    if (answer !== undefined) continue;
    journal.acknowledge(number, await untilItAnswers(() => send(request)));
  }
  await askAgain(journal, send, createRandom(journal.entries.length + 1));
  return async (request) => {
    const number = journal.ask(request);
    const answer = await untilItAnswers(() => send(request));
    journal.acknowledge(number, answer);
    // Now and then an acknowledged request comes again: a client that lost the answer.
    if (random.next() < 0.05) await askAgain(journal, send, random);
    return answer;
  };
}

/** @throws when a repetition is answered otherwise than the first time */
async function askAgain(journal: Journal, send: Tell, random: Random): Promise<void> {
  const answered = journal.entries.filter(
    (entry) => entry.answer !== undefined && !entry.answer.startsWith(refused),
  );
  if (answered.length === 0) return;
  const { request, answer } = random.pick(answered);
  const again = await untilItAnswers(() => send(request));
  // A hold that was released meanwhile is still answered as it was at first.
  if (again === answer) return;
  throw new Error(`${JSON.stringify(request)}: first ${answer}, then ${again}`);
}

/** Deposits, transfers and orders of random users, one request after the other. */
async function lane(tell: Tell): Promise<void> {
  while (!ending.signal.aborted) {
    const userId = random.pick(users);
    if (random.next() < 0.3) {
      const ngn = `${random.between(1, 2_000_000)}`;
      await tell({ kind: 'deposit', userId, key: newId(), ngn });
      continue;
    }
    const to = random.pick(users);
    if (random.next() < 0.3 && to !== userId) {
      const ngn = `${random.between(1, 300_000)}`;
      await tell({ kind: 'transfer', userId, to, key: newId(), ngn });
      continue;
    }
    await order(tell, userId);
  }
}

async function order(tell: Tell, userId: UserId): Promise<void> {
  const orderId = newId<OrderId>();
  const hold = random.between(100, 400_000);
  const held = await tell({ kind: 'hold', userId, orderId, ngn: `${hold}` });
  let rest = held === 'HELD' ? hold : 0;
  for (let parts = random.between(0, 3); parts > 0 && rest > 1; parts--) {
    const ngn = random.between(2, rest);
    rest -= ngn;
    const executionId = deterministicId<ExecutionId>('torture', orderId, `${parts}`);
    const usd = `${random.between(1, 1_000)}`;
    await tell({ kind: 'fill', userId, orderId, executionId, usd, ngn: `${ngn}` });
  }
  if (!ending.signal.aborted) await tell({ kind: 'release', userId, orderId });
}

/** Orders whose poster was killed before their end end here. */
async function releaseTheRest(journal: Journal, tell: Tell): Promise<void> {
  const open = new Map<OrderId, UserId>();
  for (const { request } of journal.entries) {
    if (request.kind === 'hold') open.set(request.orderId, request.userId);
    if (request.kind === 'release') open.delete(request.orderId);
  }
  for (const [orderId, userId] of open) await tell({ kind: 'release', userId, orderId });
}

/** PostgreSQL is killed too; whatever else goes wrong ends the torture. */
async function untilItAnswers<Answer>(run: () => Promise<Answer>): Promise<Answer> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    try {
      return await run();
    } catch (error) {
      if (!isTransient(error) || Date.now() > deadline) throw error;
      await sleep(50);
    }
  }
}
