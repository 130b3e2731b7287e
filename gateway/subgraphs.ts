import type { Clock } from '#kit/clock.ts';
import type { IdentitySigner } from '#kit/identity.ts';
import type { Logger } from '#kit/log.ts';
import { createAddresses, type Addresses } from './addresses.ts';
import { createDataSource, type SubgraphDataSource } from './data-source.ts';
import type { SubgraphAsker, SubgraphAskers } from './executor/subgraph-answer.ts';
import { withBreaker, type BreakerSettings } from './resilience/circuit-breaker.ts';
import type { SubgraphAddress } from './supergraph.ts';
import { withTelemetry } from './telemetry.ts';

/** How one subgraph is reached. */
export interface SubgraphLink {
  readonly addresses: Addresses;
  readonly dataSource: SubgraphDataSource;
}

export interface Subgraphs {
  /** By name; kept up to date. */
  readonly links: ReadonlyMap<string, SubgraphLink>;
  readonly askers: SubgraphAskers;
  dataSource(name: string): SubgraphDataSource;
  /** Links what is new or has moved; what is gone is left once its requests are done. */
  link(named: readonly SubgraphAddress[]): void;
  close(): Promise<void>;
}

export interface SubgraphSettings {
  /** Addresses that override the supergraph's own, by the subgraph's name. */
  readonly urls: Readonly<Record<string, readonly string[]>>;
  /** How long each may take for one operation, and those by name that have a time of their own. */
  readonly timeoutMs: number;
  readonly timeoutsMs: Readonly<Record<string, number>>;
  readonly breaker: Pick<BreakerSettings, 'failures' | 'restMs'>;
  readonly signer: IdentitySigner;
  readonly logger: Logger;
  readonly clock: Clock;
}

export function createSubgraphs(settings: SubgraphSettings): Subgraphs {
  const { urls, timeoutsMs, signer, logger, clock } = settings;
  const links = new Map<string, SubgraphLink>();
  const askers = new Map<string, SubgraphAsker>();
  const reachedBy = new Map<string, string>();
  const leaving = new Set<Promise<void>>();

  function drop(name: string): void {
    const closing = links.get(name)?.dataSource.close();
    links.delete(name);
    askers.delete(name);
    reachedBy.delete(name);
    if (!closing) return;
    leaving.add(closing);
    const left = () => void leaving.delete(closing);
    closing.then(left, left);
  }

  return {
    links,
    askers,
    dataSource(name) {
      const link = links.get(name);
      if (!link) throw new Error(`the supergraph has no subgraph ${name}`);
      return link.dataSource;
    },
    link(named) {
      const names = new Set(named.map(({ name }) => name));
      for (const name of links.keys()) if (!names.has(name)) drop(name);
      for (const { name, url } of named) {
        const all = urls[name] ?? [url];
        if (reachedBy.get(name) === all.join()) continue;
        drop(name);
        const addresses = createAddresses(all, clock);
        const timeoutMs = timeoutsMs[name] ?? settings.timeoutMs;
        const dataSource = createDataSource({ name, addresses, signer, timeoutMs, logger });
        links.set(name, { addresses, dataSource });
        const breaker = { name, ...settings.breaker, now: () => clock().getTime(), logger };
        askers.set(name, withTelemetry(name, withBreaker(dataSource, breaker)));
        reachedBy.set(name, all.join());
      }
    },
    async close() {
      for (const name of links.keys()) drop(name);
      await Promise.all(leaving);
    },
  };
}
