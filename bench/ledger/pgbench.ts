import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { endedChildrenCpuUs, type Cluster } from './cluster.ts';
import type { Measured } from './driver.ts';

const run = promisify(execFile);

/** Accounts for so many clients: ten times their number is the least at which they do not collide. */
export const scaleFor = (clients: number): number => 10 * clients;

export async function preparePgbench(cluster: Cluster, clients: number): Promise<void> {
  await run(join(cluster.binaries, 'createdb'), [...address(cluster), 'tpcb']);
  const scale = `${scaleFor(clients)}`;
  await run(join(cluster.binaries, 'pgbench'), [
    ...address(cluster),
    '-i',
    '-q',
    '-s',
    scale,
    'tpcb',
  ]);
}

/** One round of the TPC-B-like script. */
export async function runPgbench(
  cluster: Cluster,
  clients: number,
  seconds: number,
): Promise<Omit<Measured, 'latenciesMs'>> {
  const before = { server: cluster.cpuUs(), client: endedChildrenCpuUs() };
  const { stdout } = await run(join(cluster.binaries, 'pgbench'), [
    ...address(cluster),
    '-n',
    '-c',
    `${clients}`,
    '-j',
    '2',
    '-T',
    `${seconds}`,
    'tpcb',
  ]);
  const tps = /tps = ([\d.]+)/.exec(stdout)?.[1];
  if (!tps) throw new Error(`pgbench said: ${stdout}`);
  await sleep(500); // a process that is just ending is in neither account
  const transactions = Number(tps) * seconds;
  return {
    perSecond: Number(tps),
    serverUs: (cluster.cpuUs() - before.server) / transactions,
    clientUs: (endedChildrenCpuUs() - before.client) / transactions,
  };
}

const address = ({ port }: Cluster) => ['-h', '127.0.0.1', '-p', `${port}`, '-U', 'bench'];
