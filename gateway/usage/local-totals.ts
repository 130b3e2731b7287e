import { others, type UsageRow, type UsageTotals } from './row.ts';

export interface LocalTotals {
  add(rows: readonly UsageRow[]): void;
  read(): UsageTotals;
}

const mostRows = 50_000;

/** The counts of this process alone, for a gateway that has no users subgraph to keep them. */
export function createLocalTotals(): LocalTotals {
  const byKey = new Map<string, UsageRow>();
  return {
    add(rows) {
      for (const given of rows) {
        const full = byKey.size >= mostRows && !byKey.has(keyOf(given));
        const row = full && given.kind === 'OPERATION' ? { ...given, ...unnamed } : given;
        const known = byKey.get(keyOf(row));
        byKey.set(keyOf(row), {
          ...row,
          executions: row.executions + (known?.executions ?? 0),
          lastAtMs: Math.max(row.lastAtMs, known?.lastAtMs ?? 0),
        });
      }
    },
    read: () => ({ rows: [...byKey.values()], truncated: false }),
  };
}

const unnamed = { name: others, label: null };
const keyOf = ({ kind, name, caller }: UsageRow) => `${kind} ${name} ${caller}`;
