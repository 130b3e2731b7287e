import { figure, median, type Figure } from '../figures.ts';

/** One gateway's figures for one query in one round. */
export interface Sample {
  readonly target: string;
  readonly query: string;
  /** Of the gateway's process, a request. */
  readonly cpuUs: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly memoryMb: number;
}

type Figures = Omit<Sample, 'target' | 'query'>;

/** Medians over the rounds, as a table for people and as figures for programs. */
export function reportTable(samples: readonly Sample[], targets: readonly string[]) {
  const queries = [...new Set(samples.map(({ query }) => query))];
  const lines = ['query      gateway    CPU us/req     req/s   p50 ms   p99 ms   MB   CPU/by hand'];
  const figures: Figure[] = [];
  for (const query of queries) {
    const byTarget = new Map<string, Figures>();
    for (const target of targets) {
      const own = samples.filter((one) => one.query === query && one.target === target);
      const medians = {
        cpuUs: median(own.map(({ cpuUs }) => cpuUs)),
        perSecond: median(own.map(({ perSecond }) => perSecond)),
        p50Ms: median(own.map(({ p50Ms }) => p50Ms)),
        p99Ms: median(own.map(({ p99Ms }) => p99Ms)),
        memoryMb: median(own.map(({ memoryMb }) => memoryMb)),
      };
      byTarget.set(target, medians);
    }
    for (const [target, medians] of byTarget) {
      lines.push(row(query, target, medians, byTarget.get('by hand')));
      figures.push(...reported(`${query}, ${target}`, medians));
    }
    if (query === 'three') figures.unshift(...goals(byTarget));
  }
  return { table: lines.join('\n'), figures };
}

const reported = (what: string, { cpuUs, perSecond, p50Ms, p99Ms, memoryMb }: Figures) => [
  figure(`${what}: CPU a request`, cpuUs, 'us'),
  figure(`${what}: requests`, perSecond, '1/s'),
  figure(`${what}: p50`, p50Ms, 'ms'),
  figure(`${what}: p99`, p99Ms, 'ms'),
  figure(`${what}: memory`, memoryMb, 'MB'),
];

/** At most so much of each other one's CPU, on the query over three subgraphs. */
const limits = { apollo: 1 / 3, hive: 1 / 3, 'by hand': 1.5 };

function goals(three: ReadonlyMap<string, Figures>): Figure[] {
  const ours = three.get('ours')?.cpuUs;
  return Object.entries(limits).flatMap(([target, limit]) => {
    const other = three.get(target)?.cpuUs;
    if (ours === undefined || other === undefined) return [];
    return [figure(`three: CPU a request, to ${target}`, ours / other, 'ratio', -limit)];
  });
}

function row(query: string, target: string, figures: Figures, hand: Figures | undefined): string {
  const { cpuUs, perSecond, p50Ms, p99Ms, memoryMb } = figures;
  return [
    query.padEnd(10),
    target.padEnd(8),
    cpuUs.toFixed(0).padStart(12),
    perSecond.toFixed(0).padStart(9),
    p50Ms.toFixed(2).padStart(8),
    p99Ms.toFixed(2).padStart(8),
    memoryMb.toFixed(0).padStart(5),
    (hand ? (cpuUs / hand.cpuUs).toFixed(2) : '').padStart(10),
  ].join(' ');
}
