import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Outcome, Task } from './client.ts';

export interface Measured {
  readonly perSecond: number;
  readonly latenciesMs: readonly number[];
  /** CPU time for each operation. */
  readonly serverUs: number;
  readonly clientUs: number;
}

/** Runs a task in so many processes, its clients spread over them; all begin at the same time. */
export async function drive(
  task: Task,
  processes: number,
  serverCpuUs: () => number,
): Promise<Measured> {
  const children = Array.from({ length: Math.min(processes, task.clients) }, () =>
    fork(fileURLToPath(new URL('client.ts', import.meta.url)), { execArgv: [] }),
  );
  const shares = children.map((_, n) =>
    Math.floor((task.clients + children.length - 1 - n) / children.length),
  );
  const failed = Promise.race(
    children.map(async (child) => {
      const [code] = (await once(child, 'exit')) as [number | null];
      if (code === 0) return new Promise<never>(() => undefined);
      throw new Error(`a driver ended with ${code}`);
    }),
  );
  try {
    const ready = children.map((child, n) => {
      const clients = shares[n] ?? 1;
      const rate = task.rate && (task.rate * clients) / task.clients;
      child.send({ ...task, clients, rate, seed: task.seed * 10 + n });
      return once(child, 'message');
    });
    await Promise.race([Promise.all(ready), failed]);
    const done = children.map((child) => once(child, 'message') as Promise<[Outcome]>);
    const before = serverCpuUs();
    for (const child of children) child.send('go');
    const outcomes = await Promise.race([Promise.all(done), failed]);
    const operations = outcomes.reduce((sum, [each]) => sum + each.operations, 0);
    return {
      perSecond: operations / task.seconds,
      serverUs: (serverCpuUs() - before) / operations,
      clientUs: outcomes.reduce((sum, [each]) => sum + each.cpuUs, 0) / operations,
      latenciesMs: outcomes.flatMap(([each]) => each.latenciesMs),
    };
  } finally {
    // Gone before the next measurement, in whose CPU time they would be counted.
    await Promise.all(children.map(ended));
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill();
  await exit;
}
