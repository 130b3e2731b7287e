import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { systemClock } from '#kit/clock.ts';
import type { UserId } from '#kit/ids.ts';
import { joinInLanes, runsAtOnce } from '#kit/join-in-lanes.ts';
import { createPostingDesk } from '#subgraphs/wallets/adapters/postgres/posting-desk.ts';
import type { Operation, PostOperation } from '#subgraphs/wallets/application/ports.ts';
import { openDatabase } from '#subgraphs/wallets/main.ts';
import { createRandom, type Random } from '#tests/torture/random.ts';
import { postAtDesk, postOnce, postTogether } from './calls.ts';
import {
  hold,
  newOrder,
  partialPost,
  release,
  transfer,
  type BenchUser,
  type Order,
} from './operations.ts';

/** What a process of the driver is asked to do. */
export interface Task {
  readonly url: string;
  readonly clients: number;
  readonly seconds: number;
  readonly seed: number;
  /**
   * `desk`: a transfer a call, as users' requests do. `single`: each in a transaction of its own.
   * `batch`: as consumers of a process do. `hold`: one hold now and then.
   */
  readonly mode: 'desk' | 'single' | 'batch' | 'hold';
  readonly batchSize: number;
  /** 0 is uniform; 1 gives the first user a twelfth of everything. */
  readonly zipf: number;
  /** Operations a second of all clients together; undefined is as many as possible. */
  readonly rate?: number | undefined;
}

export interface Outcome {
  readonly operations: number;
  /** Of each call, only for `hold`. */
  readonly latenciesMs: readonly number[];
  readonly cpuUs: number;
}

process.once('message', (task: Task) => {
  run(task).then(
    () => process.disconnect?.(),
    (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
      process.exit(1);
    },
  );
});

const callsBefore = 4;

async function run(task: Task): Promise<void> {
  const clients = Array.from(
    { length: task.clients },
    () => new Client({ connectionString: task.url }),
  );
  await Promise.all(clients.map((client) => client.connect()));
  const [first] = clients;
  if (!first) throw new Error('a driver has a client');
  const pick = picker(await readUsers(first), task.zipf);
  const free = clients.slice(0, runsAtOnce);
  const together = joinInLanes<Operation>(
    async (operations) => {
      const client = free.pop();
      if (!client) throw new Error('there are more runs at a time than connections');
      await postTogether(client, operations);
      free.push(client);
    },
    { limit: task.batchSize, keysOf: usersOf },
  );
  const orm = task.mode === 'desk' ? await openDatabase(task.url) : undefined;
  const desk = orm && createPostingDesk(() => orm.em.fork(), systemClock);
  const calls = clients.map((client, n) => {
    const random = createRandom(task.seed * 100 + n);
    if (desk) return () => postAtDesk(desk, twoOf(pick, random));
    if (task.mode !== 'batch') return callOf(client, task.mode, pick, random);
    const next = batches(task.batchSize, pick, random);
    return () => together(next());
  });
  // Connections of a service live long: the plans that a new one makes are not part of the figures.
  await Promise.all(
    calls.map(async (call) => {
      for (let n = 0; n < callsBefore; n++) await call();
    }),
  );
  const go = new Promise((resolve) => process.once('message', resolve));
  process.send?.('ready');
  await go;
  const cpu = process.cpuUsage();
  const until = performance.now() + task.seconds * 1_000;
  const outcomes = await Promise.all(
    calls.map((call, n) => work(call, task, createRandom(task.seed * 1_000 + n), until)),
  );
  const { user, system } = process.cpuUsage(cpu);
  await Promise.all(clients.map((client) => client.end()));
  await orm?.close(true);
  process.send?.({
    cpuUs: user + system,
    operations: outcomes.reduce((sum, each) => sum + each.operations, 0),
    latenciesMs: outcomes.flatMap((each) => each.latenciesMs),
  });
}

const usersOf = (operation: Operation): readonly string[] =>
  operation.do === 'post'
    ? operation.draft.legs.flatMap(({ account }) => account.userId ?? [])
    : [operation.hold.userId];

type Pick = (random: Random) => BenchUser;

/** What a client asks for again and again. */
function callOf(client: Client, mode: Task['mode'], pick: Pick, random: Random) {
  if (mode === 'hold') return () => postOnce(client, hold(newOrder(pick(random), random)));
  return () => postOnce(client, twoOf(pick, random));
}

async function work(
  call: () => Promise<void>,
  task: Task,
  random: Random,
  until: number,
): Promise<Omit<Outcome, 'cpuUs'>> {
  const latenciesMs: number[] = [];
  const perCall = task.mode === 'batch' ? task.batchSize : 1;
  const everyMs = task.rate ? (1_000 * perCall * task.clients) / task.rate : 0;
  const started = performance.now() + random.next() * everyMs;
  let operations = 0;
  for (let calls = 0; ; calls++) {
    const due = started + calls * everyMs;
    if (due > performance.now()) await sleep(Math.min(due, until) - performance.now());
    const before = performance.now();
    if (before >= until) break;
    await call();
    const now = performance.now();
    if (now > until) break;
    operations += perCall;
    if (task.mode === 'hold') latenciesMs.push(now - before);
  }
  return { operations, latenciesMs };
}

function twoOf(pick: Pick, random: Random): PostOperation {
  const payer = pick(random);
  for (;;) {
    const payee = pick(random);
    if (payee.user_id !== payer.user_id) return transfer(payer, payee, random.between(1, 1_000));
  }
}

/**
 * A quarter each: transfers, holds, partial posts of the holds of the batch before, and releases of
 * those before that one, so that the states of an order come in transactions of their own.
 */
function batches(size: number, pick: Pick, random: Random): () => Operation[] {
  const quarter = Math.floor(size / 4);
  const orders = () => Array.from({ length: quarter }, () => newOrder(pick(random), random));
  let held: Order[] = [];
  let posted: Order[] = [];
  return () => {
    const fresh = orders();
    const transfers = size - fresh.length - held.length - posted.length;
    const batch = [
      ...Array.from({ length: transfers }, () => twoOf(pick, random)),
      ...fresh.map(hold),
      ...held.map(partialPost),
      ...posted.map(release),
    ];
    posted = held;
    held = fresh;
    return batch;
  };
}

interface Users {
  readonly count: number;
  at(n: number): BenchUser;
}

/** As one text, out of which a user is cut when it is picked: a million objects take their time. */
async function readUsers(client: Client): Promise<Users> {
  const { rows } = await client.query<{ text: string }>(
    `select string_agg(user_id::text || ngn || usd, '' order by n) as text from bench_user`,
  );
  const text = rows[0]?.text ?? '';
  const idAt = (place: number) => text.slice(36 * place, 36 * (place + 1));
  return {
    count: text.length / 108,
    at: (n) => ({ user_id: idAt(3 * n) as UserId, ngn: idAt(3 * n + 1), usd: idAt(3 * n + 2) }),
  };
}

/** Uniform, or by Zipf's law with that exponent: the n-th user has a share of 1 / n^exponent. */
function picker(users: Users, exponent: number): Pick {
  if (exponent === 0) return (random) => users.at(random.between(0, users.count - 1));
  let sum = 0;
  const sums = Float64Array.from(
    { length: users.count },
    (_, n) => (sum += 1 / (n + 1) ** exponent),
  );
  return (random) => {
    const wanted = random.next() * sum;
    let [low, high] = [0, sums.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sums[middle] ?? 0) < wanted) low = middle + 1;
      else high = middle;
    }
    return users.at(low);
  };
}
