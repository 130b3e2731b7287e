import type { GraphQLSchema } from 'graphql';
import type { UsageRow } from './row.ts';

export interface Count {
  readonly executions: number;
  /** API keys by their id; people as `customers`, `partners`, `operators` and `strangers`. */
  readonly callers: Readonly<Record<string, number>>;
  /** Null: never in this period. */
  readonly lastAt: string | null;
}

export interface UsageReport {
  /** The ones that were executed most first. */
  readonly operations: readonly (Count & { readonly id: string; readonly name: string | null })[];
  /** By coordinate, `Type.field`. A field that is not here was not asked for. */
  readonly fields: readonly (Count & { readonly field: string })[];
  /** Every deprecated field of the schema in force, also those that nobody asks for any more. */
  readonly deprecated: readonly (Count & { readonly field: string; readonly reason: string })[];
}

/** What is executed and selected, and which deprecated fields are still asked for, by whom. */
export function reportUsage(rows: readonly UsageRow[], schema: GraphQLSchema): UsageReport {
  const operations = group(rows, 'OPERATION');
  const fields = group(rows, 'FIELD');
  return {
    operations: [...operations]
      .map(([id, found]) => ({ id, name: labelOf(found), ...countOf(found) }))
      .toSorted((a, b) => b.executions - a.executions),
    fields: [...fields].map(([field, found]) => ({ field, ...countOf(found) })).toSorted(byField),
    deprecated: deprecations(schema)
      .map(({ field, reason }) => ({ field, reason, ...countOf(fields.get(field) ?? []) }))
      .toSorted(byField),
  };
}

function group(
  rows: readonly UsageRow[],
  kind: UsageRow['kind'],
): ReadonlyMap<string, readonly UsageRow[]> {
  return Map.groupBy(
    rows.filter((row) => row.kind === kind),
    ({ name }) => name,
  );
}

const labelOf = (rows: readonly UsageRow[]) =>
  rows.find(({ label }) => label !== null)?.label ?? null;

function countOf(rows: readonly UsageRow[]): Count {
  const last = Math.max(...rows.map(({ lastAtMs }) => lastAtMs));
  return {
    executions: rows.reduce((total, { executions }) => total + executions, 0),
    callers: Object.fromEntries(rows.map(({ caller, executions }) => [caller, executions])),
    lastAt: rows.length > 0 ? new Date(last).toISOString() : null,
  };
}

function deprecations(schema: GraphQLSchema): readonly { field: string; reason: string }[] {
  return Object.values(schema.getTypeMap()).flatMap((type) => {
    if (!('getFields' in type) || type.name.startsWith('__')) return [];
    return Object.values(type.getFields()).flatMap(({ name, deprecationReason: reason }) =>
      reason ? [{ field: `${type.name}.${name}`, reason }] : [],
    );
  });
}

const byField = (a: { readonly field: string }, b: { readonly field: string }) =>
  a.field < b.field ? -1 : 1;
