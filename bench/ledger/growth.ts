import { Client } from 'pg';
import { addRings, openBooks } from './books.ts';
import type { Cluster } from './cluster.ts';
import { figure, median, type Figure } from '../figures.ts';
import { measure, type Plan } from './measure.ts';

/** One opening posting for each, and one for the house. */
const users = 9_999;
const few = users + 1;

/**
 * The same load on two ledgers of the same users in alternating rounds: one begins with 10,000
 * postings, the other with as many as the plan says.
 */
export async function measureGrowth(
  cluster: Cluster,
  plan: Plan,
  say: (line: string) => void,
): Promise<Figure[]> {
  const rings = Math.round((plan.postings - few) / (2 * users));
  if (rings < 1) return [];
  const started = Date.now();
  for (const database of ['few', 'many']) await openBooks(cluster, database, users);
  const small = await sizes(cluster.url('few'));
  await addRings(cluster, 'many', rings, users);
  const large = await sizes(cluster.url('many'));
  say(`${large.postings} postings made in ${((Date.now() - started) / 1_000).toFixed(0)} s`);
  const ratios: number[] = [];
  const cpu: number[] = [];
  for (let n = 1; n <= plan.growthRounds; n++) {
    const on = async (database: string, mode: 'single' | 'batch') =>
      measure(cluster, plan, { database, mode, zipf: 0, seed: 10 + n });
    const [before, after] = [await on('few', 'batch'), await on('many', 'batch')];
    ratios.push(after.perSecond / before.perSecond);
    cpu.push((before.serverUs + before.clientUs) / (after.serverUs + after.clientUs));
    say(
      `round ${n}: batches from few postings ${before.perSecond.toFixed(0)}/s ` +
        `(CPU ${before.serverUs.toFixed(0)} us), many ${after.perSecond.toFixed(0)}/s ` +
        `(${after.serverUs.toFixed(0)} us)`,
    );
  }
  return [
    figure(
      `throughput at ${large.postings} postings / at ${small.postings}`,
      median(ratios),
      'x',
      0.8,
    ),
    figure('the same by CPU time', median(cpu), 'x', 0.8),
    ...growthOf(small, large),
  ];
}

interface Sizes {
  readonly postings: number;
  /** Bytes by name. */
  readonly relations: ReadonlyMap<string, number>;
}

async function sizes(url: string): Promise<Sizes> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string; bytes: string }>(
      `select c.relname as name, pg_relation_size(c.oid)::text as bytes
       from pg_class as c left join pg_index as i on i.indexrelid = c.oid
       where coalesce(i.indrelid, c.oid) in
         ('ledger_transaction'::regclass, 'posting'::regclass, 'wallet_event'::regclass)
       order by coalesce(i.indrelid, c.oid)::regclass::text, c.relkind desc, c.relname`,
    );
    const counted = await client.query<{ count: string }>('select count(*) from posting');
    return {
      postings: Number(counted.rows[0]?.count),
      relations: new Map(rows.map(({ name, bytes }) => [name, Number(bytes)])),
    };
  } finally {
    await client.end();
  }
}

/** What each posting adds; half a transaction and one event of a wallet come with it. */
function growthOf(small: Sizes, large: Sizes): Figure[] {
  const added = large.postings - small.postings;
  return [...large.relations].map(([name, bytes]) =>
    figure(
      `growth of ${name} for each posting`,
      (bytes - (small.relations.get(name) ?? 0)) / added,
      'bytes',
    ),
  );
}
