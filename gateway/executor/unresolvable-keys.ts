import type { Schema } from '@apollo/federation-internals';

interface JoinType {
  readonly graph: string;
  readonly key?: string;
  readonly resolvable?: boolean;
}

/**
 * Takes away the keys by which a subgraph cannot find an entity, where it has another key by which it
 * can: the planner picks any of them to send what @requires needs, also one that cannot be resolved.
 */
export function dropUnresolvableKeys(supergraph: Schema): void {
  for (const type of supergraph.types()) {
    const applied = type.appliedDirectivesOf('join__type');
    const found = applied.map((directive) => directive.arguments() as unknown as JoinType);
    for (const [index, { graph, resolvable }] of found.entries()) {
      if (resolvable !== false) continue;
      const better = found.some(
        (other) => other.graph === graph && other.key !== undefined && other.resolvable !== false,
      );
      if (better) applied[index]?.remove();
    }
  }
}
