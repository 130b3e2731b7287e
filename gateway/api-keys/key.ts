import { z } from 'zod';
import type { Role } from '#kit/identity.ts';
import { idPattern } from '#kit/ids.ts';

export type OperationLevel = 'LOG' | 'SAFELIST' | 'REQUIRE_ID';

/** A partner's key as users tells it. */
export interface ApiKey {
  readonly id: string;
  readonly userId: string;
  readonly roles: readonly Role[];
  readonly scopes: readonly string[];
  readonly level: OperationLevel;
  readonly requestsPerMinute: number | null;
  readonly requestsPerDay: number | null;
  readonly expiresAtMs: number;
  readonly live: boolean;
  readonly operationsVersion: number;
}

const instant = z
  .string()
  .nullable()
  .transform((text) => (text === null ? Infinity : Date.parse(text)));

/** One page of GET /internal/api-keys. */
export const keyPage = z.object({
  keys: z.array(
    z
      .object({
        id: z.string().regex(idPattern),
        version: z.number().int(),
        userId: z.string().regex(idPattern),
        roles: z.array(z.enum(['CUSTOMER', 'PARTNER', 'OPERATOR'])),
        scopes: z.array(z.string()),
        level: z.enum(['LOG', 'SAFELIST', 'REQUIRE_ID']),
        requestsPerMinute: z.number().int().nullable(),
        requestsPerDay: z.number().int().nullable(),
        expiresAt: instant,
        live: z.boolean(),
        operationsVersion: z.number().int(),
        secrets: z.array(z.object({ hash: z.string(), expiresAt: instant })),
      })
      .transform(({ expiresAt, ...key }) => ({ ...key, expiresAtMs: expiresAt })),
  ),
});

export type ToldKey = z.infer<typeof keyPage>['keys'][number];

/** GET /internal/operations of one key. */
export const operationPage = z.object({
  version: z.number().int(),
  operations: z.array(z.object({ id: z.string(), name: z.string().nullable(), body: z.string() })),
});
