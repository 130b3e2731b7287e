import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from './cluster.ts';
import { figure, median, percentile, type Figure } from '../figures.ts';
import { measure, type Plan, type Round } from './measure.ts';
import { runPgbench } from './pgbench.ts';

type Kind = 'pgbench' | 'desk' | 'single' | 'uniform' | 'zipf';
type Rounds = Readonly<Record<Kind, Omit<Round, 'latenciesMs'>>>;

/** Alternating rounds, so that whatever else the machine does meets all of them. */
export async function compare(
  cluster: Cluster,
  plan: Plan,
  say: (line: string) => void,
): Promise<Figure[]> {
  await warmUp(cluster, plan);
  const rounds: Rounds[] = [];
  for (let n = 1; n <= plan.rounds; n++) {
    const on = (mode: 'desk' | 'single' | 'batch', zipf: number) =>
      measure(cluster, plan, { database: 'books', mode, zipf, seed: n });
    const pgbench = { ...(await runPgbench(cluster, plan.clients, plan.seconds)), walBytes: 0 };
    const round = {
      pgbench,
      desk: await on('desk', 0),
      single: await on('single', 0),
      uniform: await on('batch', 0),
      zipf: await on('batch', 1),
    };
    rounds.push(round);
    say(`round ${n}: ${kinds.map(([kind, name]) => textOf(name, round[kind])).join(', ')}`);
  }
  const of = (value: (round: Rounds) => number) => median(rounds.map(value));
  const holds = await holdsUnderLoad(cluster, plan, of((round) => round.uniform.perSecond) / 2);
  const cpu = (round: Rounds[Kind]) => round.serverUs + round.clientUs;
  return [
    ...kinds.map(([kind, name]) =>
      figure(
        name,
        of((round) => round[kind].perSecond),
        'a second',
      ),
    ),
    ...goals.map(([kind, name, goal]) => {
      const ratio = of((round) => round[kind].perSecond / round.pgbench.perSecond);
      return figure(`${name} / pgbench`, ratio, 'x', goal);
    }),
    ...goals.map(([kind, name, goal]) => {
      const ratio = of((round) => cpu(round.pgbench) / cpu(round[kind]));
      return figure(`the same by CPU time: ${name} / pgbench`, ratio, 'x', goal);
    }),
    ...kinds.flatMap(([kind, name]) => [
      figure(
        `PostgreSQL's CPU time, ${name}`,
        of((round) => round[kind].serverUs),
        'us',
      ),
      figure(
        `the client's CPU time, ${name}`,
        of((round) => round[kind].clientUs),
        'us',
      ),
    ]),
    figure('p50 of a single hold under half of the batches', percentile(holds, 50), 'ms'),
    figure('p99 of a single hold under half of the batches', percentile(holds, 99), 'ms'),
    figure(
      'WAL of one transfer a call',
      of((round) => round.desk.walBytes),
      'bytes',
    ),
    figure(
      'WAL of an operation in a batch',
      of((round) => round.uniform.walBytes),
      'bytes',
    ),
  ];
}

async function warmUp(cluster: Cluster, plan: Plan): Promise<void> {
  const seconds = plan.warmUpSeconds;
  if (seconds === 0) return;
  await runPgbench(cluster, plan.clients, seconds);
  const choice = { database: 'books', mode: 'batch', zipf: 0, seed: 500 } as const;
  await measure(cluster, { ...plan, seconds }, choice);
}

const kinds: readonly (readonly [Kind, string])[] = [
  ['pgbench', 'pgbench TPC-B-like'],
  ['desk', 'one transfer a call, uniform'],
  ['single', 'the same, each in a transaction of its own'],
  ['uniform', 'batches, uniform'],
  ['zipf', 'batches, Zipf 1.0'],
];

const goals: readonly (readonly [Kind, string, number?])[] = [
  ['desk', 'one transfer a call, uniform', 0.85],
  ['single', 'the same, each in a transaction of its own'],
  ['uniform', 'batches, uniform', 5],
  ['zipf', 'batches, Zipf 1.0', 3],
];

async function holdsUnderLoad(
  cluster: Cluster,
  plan: Plan,
  rate: number,
): Promise<readonly number[]> {
  const database = 'books';
  const load = measure(cluster, plan, { database, mode: 'batch', zipf: 0, seed: 1_000, rate });
  await sleep(500);
  const holds = await measure(
    cluster,
    { ...plan, clients: 1, seconds: Math.max(1, plan.seconds - 1) },
    { database, mode: 'hold', zipf: 0, seed: 2_000, rate: 50 },
  );
  await load;
  return holds.latenciesMs;
}

function textOf(name: string, { perSecond, serverUs, clientUs }: Rounds[Kind]): string {
  return `${name} ${perSecond.toFixed(0)}/s (CPU ${serverUs.toFixed(0)} + ${clientUs.toFixed(0)} us)`;
}
