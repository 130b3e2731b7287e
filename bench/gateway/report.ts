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

/** Medians over the rounds, as a table for people and an object for programs. */
export function reportTable(samples: readonly Sample[], targets: readonly string[]) {
  const queries = [...new Set(samples.map(({ query }) => query))];
  const result: Record<string, Record<string, Figures>> = {};
  const lines = ['query      gateway    CPU us/req     req/s   p50 ms   p99 ms   MB   CPU/by hand'];
  for (const query of queries) {
    const byTarget: Record<string, Figures> = {};
    for (const target of targets) {
      const own = samples.filter((one) => one.query === query && one.target === target);
      byTarget[target] = {
        cpuUs: median(own.map(({ cpuUs }) => cpuUs)),
        perSecond: median(own.map(({ perSecond }) => perSecond)),
        p50Ms: median(own.map(({ p50Ms }) => p50Ms)),
        p99Ms: median(own.map(({ p99Ms }) => p99Ms)),
        memoryMb: median(own.map(({ memoryMb }) => memoryMb)),
      };
    }
    result[query] = byTarget;
    for (const [target, figures] of Object.entries(byTarget)) {
      lines.push(row(query, target, figures, byTarget['by hand']));
    }
  }
  const goals = ratios(result['three']);
  return { table: lines.join('\n'), result: { bench: 'gateway', ...goals, queries: result } };
}

/** The goal's figures, on the query over three subgraphs. */
function ratios(three: Record<string, Figures> | undefined) {
  const ours = three?.['ours']?.cpuUs;
  const against = (target: string) => {
    const other = three?.[target]?.cpuUs;
    return ours && other ? round(ours / other, 3) : null;
  };
  return { toApollo: against('apollo'), toHive: against('hive'), toByHand: against('by hand') };
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

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return round(sorted[Math.floor(sorted.length / 2)] ?? 0, 2);
}

const round = (value: number, digits: number) => Math.round(value * 10 ** digits) / 10 ** digits;
