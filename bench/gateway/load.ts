import { isDeepStrictEqual } from 'node:util';
import { Pool } from 'undici';

/** What the load generator is told to do. */
export interface LoadOrder {
  readonly url: string;
  readonly token: string;
  /** The JSON of a GraphQL request. */
  readonly body: string;
  /** Sent once, before the clock runs. */
  readonly first?: string;
  readonly durationMs: number;
  readonly concurrency: number;
}

export interface LoadReport {
  readonly requests: number;
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** The answer, which was the same each time. */
  readonly answer: unknown;
}

const pools = new Map<string, Pool>();

/** A closed loop: each of the clients asks again as soon as it is answered. */
async function run(order: LoadOrder): Promise<LoadReport> {
  const { origin, pathname } = new URL(order.url);
  const pool = pools.get(origin) ?? new Pool(origin, { connections: order.concurrency });
  pools.set(origin, pool);
  const latencies: number[] = [];
  let first: string | undefined;
  let answer: unknown;
  const ask = async (body: string) => {
    const response = await pool.request({
      method: 'POST',
      path: pathname,
      headers: {
        'content-type': 'application/json',
        accept: 'application/json',
        authorization: `Bearer ${order.token}`,
      },
      body,
    });
    const text = await response.body.text();
    if (response.statusCode !== 200) throw new Error(`HTTP ${response.statusCode}: ${text}`);
    return text;
  };
  if (order.first) await ask(order.first);
  const begin = performance.now();
  const client = async () => {
    while (performance.now() - begin < order.durationMs) {
      const asked = performance.now();
      const text = await ask(order.body);
      latencies.push(performance.now() - asked);
      if (first === undefined) {
        first = text;
        answer = JSON.parse(text);
      } else if (text !== first && !isDeepStrictEqual(JSON.parse(text), answer)) {
        throw new Error(`two answers to one question: ${text}`);
      }
    }
  };
  await Promise.all(Array.from({ length: order.concurrency }, client));
  const seconds = (performance.now() - begin) / 1_000;
  latencies.sort((a, b) => a - b);
  const quantile = (q: number) => latencies[Math.floor(latencies.length * q)] ?? 0;
  return {
    requests: latencies.length,
    seconds,
    p50Ms: quantile(0.5),
    p99Ms: quantile(0.99),
    answer,
  };
}

process.on('message', (order: LoadOrder) => {
  run(order).then(
    (report) => process.send?.({ report }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
process.on('disconnect', () => process.exit());
