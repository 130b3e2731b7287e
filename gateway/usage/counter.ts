import { print, type OperationDefinitionNode } from 'graphql';
import { sha256 } from '#kit/operation-manifest.ts';
import type { GatewayContext } from '../caller.ts';
import type { Selected } from '../protection/access.ts';
import { others, type UsageRow } from './row.ts';

export interface UsageCounter {
  /** Counts one execution. */
  count(operation: OperationDefinitionNode, selected: Selected, context: GatewayContext): void;
  /** What was counted since this was asked last. */
  drain(): readonly UsageRow[];
}

interface Tally {
  readonly id: string;
  readonly name: string | null;
  readonly fields: readonly string[];
  readonly callers: Map<string, number>;
  /** Between which two drains it counts. */
  readonly interval: number;
  /** Whether it is kept apart; else it goes to `beyond`, at once. */
  readonly kept: boolean;
  lastAtMs: number;
}

const mostOperations = 2_000;
const mostCallers = 1_000;
const longestName = 200;

/**
 * Counts executions, so that a field's end can be planned by who still asks for it. An execution costs
 * one increment; fields are added up when somebody looks.
 */
export function createUsageCounter(now: () => number): UsageCounter {
  const known = new WeakMap<OperationDefinitionNode, Tally>();
  const tallies = new Map<string, Tally>();
  /** Operations beyond the bound, by their fields: there are only so many of these. */
  const beyond = createRows();
  let interval = 0;

  function tallyOf(operation: OperationDefinitionNode, { fields }: Selected): Tally {
    const id = known.get(operation)?.id ?? sha256(print(operation) + fields.join());
    const found = tallies.get(id);
    if (found) return found;
    const name = operation.name?.value.slice(0, longestName) ?? null;
    const kept = tallies.size < mostOperations;
    const tally = { id, name, fields, callers: new Map(), interval, kept, lastAtMs: 0 };
    if (kept) tallies.set(id, tally);
    return tally;
  }

  return {
    count(operation, selected, context) {
      let tally = known.get(operation);
      if (tally?.interval !== interval) {
        tally = tallyOf(operation, selected);
        known.set(operation, tally);
      }
      const caller = callerOf(context);
      tally.lastAtMs = now();
      if (tally.kept) increase(tally.callers, caller);
      else addTally(beyond, { ...tally, id: others, name: null, callers: new Map([[caller, 1]]) });
    },
    drain() {
      const rows = createRows();
      for (const tally of tallies.values()) addTally(rows, tally);
      for (const row of beyond.values()) rows.add(row);
      interval += 1;
      tallies.clear();
      beyond.clear();
      return rows.values();
    },
  };
}

function addTally(rows: Rows, { id, name, fields, callers, lastAtMs }: Tally): void {
  for (const [caller, executions] of callers) {
    const fact = { caller, executions, lastAtMs };
    rows.add({ kind: 'OPERATION', name: id, label: name, ...fact });
    for (const field of fields) rows.add({ kind: 'FIELD', name: field, label: null, ...fact });
  }
}

interface Rows {
  add(row: UsageRow): void;
  values(): readonly UsageRow[];
  clear(): void;
}

/** Rows of one name and caller become one. */
function createRows(): Rows {
  const byKey = new Map<string, { -readonly [Key in keyof UsageRow]: UsageRow[Key] }>();
  return {
    add(row) {
      const key = `${row.kind} ${row.name} ${row.caller}`;
      const same = byKey.get(key);
      if (!same) return void byKey.set(key, { ...row });
      same.executions += row.executions;
      same.lastAtMs = Math.max(same.lastAtMs, row.lastAtMs);
    },
    values: () => [...byKey.values()],
    clear: () => byKey.clear(),
  };
}

function increase(callers: Map<string, number>, caller: string): void {
  const name = callers.has(caller) || callers.size < mostCallers ? caller : others;
  callers.set(name, (callers.get(name) ?? 0) + 1);
}

/** API keys by their id; people as `customers`, `partners`, `operators` and `strangers`. */
function callerOf({ key, identity }: GatewayContext): string {
  if (key) return key.id;
  if (identity.userId === null) return 'strangers';
  if (identity.roles.includes('OPERATOR')) return 'operators';
  return identity.roles.includes('PARTNER') ? 'partners' : 'customers';
}
