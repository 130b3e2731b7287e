import { parseArgs } from 'node:util';
import { debianBinaries, settings, startCluster } from './ledger/cluster.ts';
import { compare } from './ledger/compare.ts';
import { measureGrowth } from './ledger/growth.ts';
import { openBooks } from './ledger/books.ts';
import { preparePgbench, scaleFor } from './ledger/pgbench.ts';
import type { Plan } from './ledger/measure.ts';
import { table, type Figure } from './figures.ts';

const { values } = parseArgs({
  options: {
    clients: { type: 'string', default: '8' },
    seconds: { type: 'string', default: '12' },
    rounds: { type: 'string', default: '3' },
    'warm-up': { type: 'string', default: '20' },
    batch: { type: 'string', default: '100' },
    users: { type: 'string', default: '1000000' },
    postings: { type: 'string', default: '0' },
    'growth-rounds': { type: 'string', default: '3' },
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
  warmUpSeconds: number('warm-up'),
  batchSize: number('batch'),
  users: number('users'),
  processes: number('processes'),
  postings: number('postings'),
  growthRounds: number('growth-rounds'),
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
        `${plan.warmUpSeconds} s of each to warm up, then ${plan.rounds} rounds of ` +
        `${plan.seconds} s each`,
    );
    const figures: Figure[] = [];
    if (plan.rounds > 0) {
      await preparePgbench(cluster, plan.clients);
      await openBooks(cluster, 'books', plan.users);
      figures.push(...(await compare(cluster, plan, say)));
    }
    figures.push(...(await measureGrowth(cluster, plan, say)));
    for (const row of table(figures)) say(row);
    say(`RESULT ${JSON.stringify({ figures })}`);
  } finally {
    await cluster.close();
  }
}
