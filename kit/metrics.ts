import { Counter, Gauge, Histogram } from 'prom-client';

/**
 * The metrics of this process, in Prometheus' words: each is declared beside what it counts, and all
 * are told together. Labels have few values: never a user, an order or an operation's own name.
 */
export function counter<Label extends string>(
  name: string,
  help: string,
  labelNames: readonly Label[] = [],
): Counter<Label> {
  return new Counter({ name, help, labelNames: [...labelNames] });
}

/**
 * Tells of series before there is something to count. Prometheus sees an increase only between two
 * values: the first incident of a series that appears as 1 would wake nobody.
 */
export function startAtZero<Label extends string>(
  counted: Counter<Label>,
  series: readonly Labels<Label>[],
): void {
  for (const labels of series) counted.inc(labels, 0);
}

const seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Of durations in seconds, unless other buckets are given. */
export function histogram<Label extends string>(
  name: string,
  help: string,
  labelNames: readonly Label[] = [],
  buckets: readonly number[] = seconds,
): Histogram<Label> {
  return new Histogram({ name, help, labelNames: [...labelNames], buckets: [...buckets] });
}

/** A figure that is set as it changes. */
export function gauge<Label extends string>(
  name: string,
  help: string,
  labelNames: readonly Label[] = [],
): Gauge<Label> {
  return new Gauge({ name, help, labelNames: [...labelNames] });
}

const mostValues = 200;

/** For values that others choose: beyond a number of different ones, all are `other`. */
export function boundedLabel(): (value: string) => string {
  const known = new Set<string>();
  return (value) => {
    if (known.has(value)) return value;
    if (known.size >= mostValues || !/^\w{1,64}$/.test(value)) return 'other';
    known.add(value);
    return value;
  };
}

type Labels<Label extends string> = Readonly<Record<Label, string>>;

/** Prometheus waits for ten seconds, and a service that is away may keep a question for ever. */
const readWithinMs = 2_000;

async function inTime(value: number | Promise<number>): Promise<number> {
  if (typeof value === 'number') return value;
  let late: NodeJS.Timeout | undefined;
  const patience = new Promise<never>((_resolve, reject) => {
    late = setTimeout(() => reject(new Error('too late')), readWithinMs);
  });
  return Promise.race([value, patience]).finally(() => clearTimeout(late));
}

export interface WatchedGauge<Label extends string> {
  /** @param read is asked whenever somebody asks for the metrics. @returns ends it */
  watch(labels: Labels<Label>, read: () => number | Promise<number>): () => void;
}

const unreadable = counter(
  'mammon_metrics_unreadable_total',
  'Values that could not be read when they were asked for, by their metric',
  ['metric'],
);

/** A figure that is looked up when it is asked for; one that cannot be read now is left out. */
export function watchedGauge<Label extends string>(
  name: string,
  help: string,
  labelNames: readonly Label[] = [],
): WatchedGauge<Label> {
  const watched = new Map<object, { labels: Labels<Label>; read(): number | Promise<number> }>();
  const gauge = new Gauge<Label>({
    name,
    help,
    labelNames: [...labelNames],
    async collect() {
      const values = await Promise.all(
        [...watched.values()].map(async ({ labels, read }) => {
          try {
            return { labels, value: await inTime(read()) };
          } catch {
            unreadable.inc({ metric: name });
            return undefined;
          }
        }),
      );
      gauge.reset();
      for (const one of values) if (one) gauge.inc(one.labels, one.value);
    },
  });
  return {
    watch(labels, read) {
      const key = {};
      watched.set(key, { labels, read });
      return () => void watched.delete(key);
    },
  };
}
