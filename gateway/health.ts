import { setTimeout as sleep } from 'node:timers/promises';
import type { HealthCheck } from '#kit/health.ts';
import type { SubgraphLink } from './subgraphs.ts';

export interface GatewayHealth {
  /** What keeps it from serving anybody. */
  readonly missing: HealthCheck;
  /** The subgraphs that do not answer: it serves what the others know. */
  readonly degraded: HealthCheck;
}

export interface GatewayHealthSettings {
  /** Those that are asked; empty for a gateway that knows nothing of its subgraphs. */
  readonly subgraphs: ReadonlyMap<string, SubgraphLink>;
  /** What callers are identified by, by name, and whether it is known. Known once, it is kept. */
  readonly known: Readonly<Record<string, () => boolean>>;
  readonly draining: () => boolean;
}

/** Orchestrators ask often and from several places; the subgraphs need not hear each time. */
const rememberMs = 1_000;
/** A subgraph that takes longer does not answer; those who ask for health have little patience. */
const patienceMs = 1_000;

/**
 * Ready when it can tell who asks. A subgraph that is away takes no gateway out of a load balancer's
 * list: it would be missing behind all of them, and the rest is answered.
 */
export function createHealth(settings: GatewayHealthSettings): GatewayHealth {
  const { subgraphs, known, draining } = settings;
  let last: Promise<readonly string[]> | undefined;
  let askedAtMs = 0;
  return {
    async missing() {
      if (draining()) return ['the gateway is closing'];
      return Object.entries(known).flatMap(([name, isKnown]) => (isKnown() ? [] : [name]));
    },
    async degraded() {
      if (!last || Date.now() - askedAtMs > rememberMs) {
        askedAtMs = Date.now();
        last = findAway(subgraphs);
      }
      return last;
    },
  };
}

async function findAway(subgraphs: ReadonlyMap<string, SubgraphLink>): Promise<readonly string[]> {
  const asked = [...subgraphs].map(async ([name, { dataSource }]) => {
    const answers = dataSource.check().then(
      () => true,
      () => false,
    );
    const inTime = await Promise.race([answers, sleep(patienceMs, false, { ref: false })]);
    return inTime ? [] : [name];
  });
  return (await Promise.all(asked)).flat();
}
