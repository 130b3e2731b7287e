import { Client } from 'pg';
import type { Task } from './client.ts';
import { drive, type Measured } from './driver.ts';

export interface Plan {
  readonly clients: number;
  readonly seconds: number;
  readonly rounds: number;
  readonly batchSize: number;
  readonly users: number;
  readonly processes: number;
  /** How large the table of postings grows at the end. */
  readonly postings: number;
}

export interface Round extends Measured {
  /** For each operation. */
  readonly walBytes: number;
}

type Choice = Pick<Task, 'url' | 'mode' | 'zipf' | 'seed' | 'rate'>;

export async function measure(plan: Plan, choice: Choice): Promise<Round> {
  const { clients, seconds, batchSize } = plan;
  const before = await walPosition(choice.url);
  const measured = await drive({ clients, seconds, batchSize, ...choice }, plan.processes);
  const bytes = (await walPosition(choice.url)) - before;
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
