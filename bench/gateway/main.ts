import { isDeepStrictEqual, parseArgs } from 'node:util';
import { startChild, type Child } from './child.ts';
import type { LoadOrder, LoadReport } from './load.ts';
import { reportTable, type Sample } from './report.ts';
import { bodiesOf, queries } from './world.ts';

/**
 * `npm run bench:gateway`: the same questions to four gateways over the same subgraphs, in turns.
 * Options: --rounds 5, --ms 800 a turn, --concurrency 16, --targets ours,apollo, --queries three.
 */
const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    ms: { type: 'string', default: '800' },
    concurrency: { type: 'string', default: '16' },
    targets: { type: 'string', default: 'by hand,ours,apollo,hive' },
    queries: { type: 'string', default: queries.map(({ name }) => name).join() },
    profile: { type: 'string', default: '' },
  },
});
const durationMs = Number(options.ms);
const concurrency = Number(options.concurrency);
const names = options.targets.split(',');
const asked = queries.filter(({ name }) => options.queries.split(',').includes(name));

interface Target {
  readonly name: string;
  readonly url: string;
  readonly child: Child;
}

interface Usage {
  readonly cpu: NodeJS.CpuUsage;
  readonly memoryBytes: number;
}

const subgraphs = await startChild('subgraphs.ts', []);
const { url, token } = subgraphs.hello as { url: string; token: string };
const load = await startChild('load.ts', [], { silent: true });
const targets: Target[] = [];
for (const name of names) {
  const flags = options.profile === name ? ['--cpu-prof', '--cpu-prof-dir=.data/profiles'] : [];
  const child = await startChild('target.ts', [name, url], { flags });
  targets.push({ name, url: (child.hello as { url: string }).url, child });
}

async function turn(target: Target, query: (typeof asked)[number], ms: number): Promise<Sample> {
  const bodies = bodiesOf(query);
  const order: LoadOrder = { url: target.url, token, ...bodies, durationMs: ms, concurrency };
  const before = (await target.child.ask({})) as Usage;
  const { report, error } = (await load.ask(order)) as { report?: LoadReport; error?: string };
  if (!report) throw new Error(`${target.name}, ${query.name}: ${error}`);
  const after = (await target.child.ask({})) as Usage;
  check(target, query.name, report.answer);
  const cpuUs = after.cpu.user + after.cpu.system - before.cpu.user - before.cpu.system;
  return {
    target: target.name,
    query: query.name,
    cpuUs: cpuUs / report.requests,
    perSecond: report.requests / report.seconds,
    p50Ms: report.p50Ms,
    p99Ms: report.p99Ms,
    memoryMb: after.memoryBytes / 2 ** 20,
  };
}

/** A gateway that answers something else is not compared. */
const answers = new Map<string, unknown>();
function check(target: Target, query: string, answer: unknown): void {
  const known = answers.get(query);
  if (known === undefined) answers.set(query, answer);
  else if (!isDeepStrictEqual(known, answer)) {
    throw new Error(`${target.name} answers ${query} differently: ${JSON.stringify(answer)}`);
  }
}

process.stdout.write('warming up\n');
for (const query of asked) {
  for (const target of targets) await turn(target, query, Math.max(durationMs, 1_500));
}
const samples: Sample[] = [];
for (let round = 1; round <= Number(options.rounds); round += 1) {
  process.stdout.write(`round ${round}\n`);
  for (const query of asked) {
    const order = round % 2 === 0 ? targets : targets.toReversed();
    for (const target of order) samples.push(await turn(target, query, durationMs));
  }
}
await Promise.all(
  [...targets.map(({ child }) => child), load, subgraphs].map((child) => child.stop()),
);
const { table, figures } = reportTable(samples, names);
process.stdout.write(`${table}\nRESULT ${JSON.stringify({ figures })}\n`);
