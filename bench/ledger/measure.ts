import { Client } from 'pg';
import type { Task } from './client.ts';
import type { Cluster } from './cluster.ts';
import { drive, type Measured } from './driver.ts';

export interface Plan {
  readonly clients: number;
  readonly seconds: number;
  readonly rounds: number;
  /** Not measured: until pages that were loaded full have been split, and rows have been seen. */
  readonly warmUpSeconds: number;
  readonly batchSize: number;
  readonly users: number;
  readonly processes: number;
  /** How large the table of postings grows at the end; 0 leaves that part out. */
  readonly postings: number;
  readonly growthRounds: number;
}

export interface Round extends Measured {
  /** For each operation. */
  readonly walBytes: number;
}

type Choice = Pick<Task, 'mode' | 'zipf' | 'seed' | 'rate'> & { readonly database: string };

export async function measure(
  cluster: Cluster,
  plan: Plan,
  { database, ...choice }: Choice,
): Promise<Round> {
  const { clients, seconds, batchSize, processes } = plan;
  const url = cluster.url(database);
  const before = await walPosition(url);
  const task = { url, clients, seconds, batchSize, ...choice };
  const measured = await drive(task, processes, cluster.cpuUs);
  const bytes = (await walPosition(url)) - before;
  return { ...measured, walBytes: bytes / (measured.perSecond * seconds) };
}

async function walPosition(url: string): Promise<number> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ bytes: string }>(
      `select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::text as bytes`,
    );
    return Number(rows[0]?.bytes);
  } finally {
    await client.end();
  }
}
