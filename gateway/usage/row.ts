import { z } from 'zod';

/** How often one caller had one operation executed, or one field selected. */
export interface UsageRow {
  readonly kind: 'OPERATION' | 'FIELD';
  /** An operation's id, or a field's coordinate, `Type.field`. */
  readonly name: string;
  /** What the operation calls itself. */
  readonly label: string | null;
  /** An API key's id, or a class of people. */
  readonly caller: string;
  readonly executions: number;
  readonly lastAtMs: number;
}

/** Where counts go that are too many to be kept apart. */
export const others = 'others';

export interface UsagePeriod {
  /** Days in UTC, `YYYY-MM-DD`, both included. */
  readonly from: string;
  readonly to: string;
}

export interface UsageTotals {
  readonly rows: readonly UsageRow[];
  /** Whether there were more rows, with fewer executions, than one answer has. */
  readonly truncated: boolean;
}

/** GET /internal/usage of users. */
export const usagePage = z.object({
  truncated: z.boolean(),
  rows: z.array(
    z.object({
      kind: z.enum(['OPERATION', 'FIELD']),
      name: z.string(),
      label: z.string().nullable(),
      caller: z.string(),
      executions: z.number(),
      lastAtMs: z.number(),
    }),
  ),
});
