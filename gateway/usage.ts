import { print, type OperationDefinitionNode } from 'graphql';
import { sha256 } from '#kit/operation-manifest.ts';
import type { GatewayContext } from './caller.ts';
import type { Selected } from './protection/access.ts';

/** How often something was executed since the gateway started, by whom, and when last. */
export interface Count {
  readonly executions: number;
  /** API keys by their id; people as `customers`, `partners`, `operators` and `strangers`. */
  readonly callers: Readonly<Record<string, number>>;
  readonly lastAt: string;
}

export interface UsageReport {
  readonly since: string;
  readonly operations: readonly (Count & { readonly id: string; readonly name: string | null })[];
  /** By coordinate, `Type.field`: a field that is not here was not asked for. */
  readonly fields: Readonly<Record<string, Count>>;
}

export interface Usage {
  count(operation: OperationDefinitionNode, selected: Selected, context: GatewayContext): void;
  report(): UsageReport;
}

interface Tally {
  readonly id: string;
  readonly name: string | null;
  readonly fields: readonly string[];
  readonly callers: Map<string, number>;
  lastAtMs: number;
}

const mostOperations = 5_000;
const mostCallers = 1_000;
const someOther = 'others';

/**
 * Counts executions, so that a field's end can be planned by who still asks for it. An execution costs
 * one increment; fields are added up when somebody looks.
 */
export function createUsage(now: () => number): Usage {
  const since = new Date(now()).toISOString();
  const known = new WeakMap<OperationDefinitionNode, Tally>();
  const tallies = new Map<string, Tally>();
  const rest: Tally[] = [];

  function tallyOf(operation: OperationDefinitionNode, { fields }: Selected): Tally {
    const id = sha256(print(operation) + fields.join());
    const found = tallies.get(id);
    if (found) return found;
    const name = operation.name?.value ?? null;
    const tally: Tally = { id, name, fields, callers: new Map(), lastAtMs: 0 };
    tallies.set(id, tally);
    const oldest = tallies.size > mostOperations ? tallies.keys().next() : undefined;
    if (oldest && !oldest.done) {
      const leaving = tallies.get(oldest.value);
      tallies.delete(oldest.value);
      if (leaving) fold(rest, leaving);
    }
    return tally;
  }

  return {
    count(operation, selected, context) {
      let tally = known.get(operation);
      if (!tally || tallies.get(tally.id) !== tally) {
        tally = tallyOf(operation, selected);
        known.set(operation, tally);
      }
      increase(tally.callers, callerOf(context), 1);
      tally.lastAtMs = now();
    },
    report() {
      const fields = new Map<string, { callers: Map<string, number>; lastAtMs: number }>();
      for (const tally of [...tallies.values(), ...rest]) {
        for (const coordinate of tally.fields) {
          const field = fields.get(coordinate) ?? { callers: new Map(), lastAtMs: 0 };
          fields.set(coordinate, field);
          for (const [caller, times] of tally.callers) increase(field.callers, caller, times);
          field.lastAtMs = Math.max(field.lastAtMs, tally.lastAtMs);
        }
      }
      const sorted = [...fields].toSorted(([a], [b]) => (a < b ? -1 : 1));
      return {
        since,
        operations: [...tallies.values()].map((tally) => ({
          id: tally.id,
          name: tally.name,
          ...present(tally),
        })),
        fields: Object.fromEntries(sorted.map(([name, field]) => [name, present(field)])),
      };
    },
  };
}

/** Keeps what an operation that leaves said of its fields; there are only so many fields. */
function fold(rest: Tally[], leaving: Tally): void {
  for (const coordinate of leaving.fields) {
    const kept = rest.find(({ id }) => id === coordinate);
    const one = kept ?? {
      id: coordinate,
      name: null,
      fields: [coordinate],
      callers: new Map<string, number>(),
      lastAtMs: 0,
    };
    if (!kept) rest.push(one);
    for (const [caller, times] of leaving.callers) increase(one.callers, caller, times);
    one.lastAtMs = Math.max(one.lastAtMs, leaving.lastAtMs);
  }
}

function increase(callers: Map<string, number>, caller: string, by: number): void {
  const name = callers.has(caller) || callers.size < mostCallers ? caller : someOther;
  callers.set(name, (callers.get(name) ?? 0) + by);
}

function callerOf({ key, identity }: GatewayContext): string {
  if (key) return key.id;
  if (identity.userId === null) return 'strangers';
  if (identity.roles.includes('OPERATOR')) return 'operators';
  return identity.roles.includes('PARTNER') ? 'partners' : 'customers';
}

const present = ({ callers, lastAtMs }: Pick<Tally, 'callers' | 'lastAtMs'>): Count => ({
  executions: [...callers.values()].reduce((total, times) => total + times, 0),
  callers: Object.fromEntries(callers),
  lastAt: new Date(lastAtMs).toISOString(),
});
