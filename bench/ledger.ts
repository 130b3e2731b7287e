import { parseArgs } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import { debianBinaries, settings, startCluster, type Cluster } from './ledger/cluster.ts';
import { measureGrowth } from './ledger/growth.ts';
import { openBooks } from './ledger/books.ts';
import { preparePgbench, runPgbench, scaleFor } from './ledger/pgbench.ts';
import { measure, type Plan, type Round } from './ledger/measure.ts';
import { figure, median, percentile, type Figure } from './figures.ts';

const { values } = parseArgs({
  options: {
    clients: { type: 'string', default: '8' },
    seconds: { type: 'string', default: '12' },
    rounds: { type: 'string', default: '3' },
    batch: { type: 'string', default: '100' },
    users: { type: 'string', default: '100000' },
    postings: { type: 'string', default: '10000000' },
    processes: { type: 'string', default: '2' },
  },
});
const number = (name: keyof typeof values): number => {
  if (/^\d{1,9}$/.test(values[name])) return Number(values[name]);
  throw new Error(`--${name} is a whole number, not "${values[name]}"`);
};
const plan: Plan = {
  clients: number('clients'),
  seconds: number('seconds'),
  rounds: number('rounds'),
  batchSize: number('batch'),
  users: number('users'),
  processes: number('processes'),
  postings: number('postings'),
};
const say = (line: string) => process.stdout.write(`${line}\n`);

if (debianBinaries()) await bench();
else {
  say('This compares the ledger with pgbench, which is not here: install the Debian package');
  say('postgresql (it brings /usr/lib/postgresql/<version>/bin/pgbench), and run this again.');
  process.exitCode = 1;
}

async function bench(): Promise<void> {
  const cluster = await startCluster();
  const interrupted = () => void cluster.close().then(() => process.exit(130));
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  try {
    say(`${cluster.version}, a cluster of its own: ${JSON.stringify(settings)}`);
    say(
      `${plan.clients} clients; pgbench at scale ${scaleFor(plan.clients)}, the ledger with ` +
        `${plan.users} users and batches of ${plan.batchSize}; ` +
        `${plan.rounds} rounds of ${plan.seconds} s each`,
    );
    await preparePgbench(cluster, plan.clients);
    await openBooks(cluster, 'books', plan.users);
    const figures = [...(await compare(cluster)), ...(await measureGrowth(cluster, plan, say))];
    for (const each of figures) say(lineOf(each));
    say(`RESULT ${JSON.stringify({ figures })}`);
  } finally {
    await cluster.close();
  }
}

/** Alternating rounds, so that whatever else the machine does meets all of them. */
async function compare(cluster: Cluster): Promise<Figure[]> {
  const url = cluster.url('books');
  const rounds: { tpcb: number; single: Round; uniform: Round; zipf: Round }[] = [];
  for (let n = 1; n <= plan.rounds; n++) {
    const tpcb = await runPgbench(cluster, plan.clients, plan.seconds);
    const single = await measure(plan, { url, mode: 'single', zipf: 0, seed: n });
    const uniform = await measure(plan, { url, mode: 'batch', zipf: 0, seed: n });
    const zipf = await measure(plan, { url, mode: 'batch', zipf: 1, seed: n });
    rounds.push({ tpcb, single, uniform, zipf });
    say(
      `round ${n}: pgbench ${tpcb.toFixed(0)}/s, one a call ${textOf(single)}, ` +
        `batches ${textOf(uniform)}, Zipf ${textOf(zipf)}`,
    );
  }
  const of = (value: (round: (typeof rounds)[number]) => number) => median(rounds.map(value));
  const tpcb = of((round) => round.tpcb);
  const uniform = of((round) => round.uniform.perSecond);
  const holds = await holdsUnderLoad(url, uniform / 2);
  const ratio = (value: (round: (typeof rounds)[number]) => number) =>
    of((round) => value(round) / round.tpcb);
  return [
    figure('pgbench TPC-B-like', tpcb, 'transactions/s'),
    figure(
      'one transfer a call, uniform',
      of((round) => round.single.perSecond),
      'transfers/s',
    ),
    figure(
      'one transfer a call / pgbench',
      ratio((round) => round.single.perSecond),
      'x',
      0.85,
    ),
    figure('batches, uniform', uniform, 'operations/s'),
    figure(
      'batches, uniform / pgbench',
      ratio((round) => round.uniform.perSecond),
      'x',
      5,
    ),
    figure(
      'batches, Zipf 1.0',
      of((round) => round.zipf.perSecond),
      'operations/s',
    ),
    figure(
      'batches, Zipf 1.0 / pgbench',
      ratio((round) => round.zipf.perSecond),
      'x',
      3,
    ),
    figure('p50 of a single hold under half of the batches', percentile(holds, 50), 'ms'),
    figure('p99 of a single hold under half of the batches', percentile(holds, 99), 'ms'),
    figure(
      'WAL of one transfer a call',
      of((round) => round.single.walBytes),
      'bytes',
    ),
    figure(
      'WAL of an operation in a batch',
      of((round) => round.uniform.walBytes),
      'bytes',
    ),
  ];
}

async function holdsUnderLoad(url: string, rate: number): Promise<readonly number[]> {
  const load = measure(plan, { url, mode: 'batch', zipf: 0, seed: 1_000, rate });
  await sleep(500);
  const holds = await measure(
    { ...plan, clients: 1, seconds: Math.max(1, plan.seconds - 1) },
    { url, mode: 'hold', zipf: 0, seed: 2_000, rate: 50 },
  );
  const { perSecond } = await load;
  say(
    `${holds.latenciesMs.length} single holds while batches did ${perSecond.toFixed(0)} ` +
      'operations/s',
  );
  return holds.latenciesMs;
}

function textOf({ perSecond, walBytes }: Round): string {
  return `${perSecond.toFixed(0)}/s (${walBytes.toFixed(0)} bytes of WAL each)`;
}

function lineOf({ name, value, unit, goal, met }: Figure): string {
  const judged = goal === null ? '' : ` (goal ${goal}: ${met ? 'met' : 'missed'})`;
  return `${name}: ${value} ${unit}${judged}`;
}
