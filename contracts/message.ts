import { z } from 'zod';

/**
 * A contract between services: a name (facts in the past tense, commands in the imperative), a
 * version and the shape of the body. A body that does not fit is a Fault of its sender.
 */
export interface Contract<Name extends string = string, Body = unknown> {
  readonly name: Name;
  readonly version: number;
  readonly schema: z.ZodType<Body>;
  /** Undelivered messages older than this are worthless and may be dropped; unset: never. */
  readonly expiresAfterMs?: number;
}

export type BodyOf<Of> = Of extends Contract<string, infer Body> ? Body : never;

export function contract<Name extends string, Shape extends z.ZodRawShape>(
  name: Name,
  shape: Shape,
  options: { version?: number; expiresAfterMs?: number } = {},
): Contract<Name, z.infer<z.ZodObject<Shape>>> {
  const { version = 1, ...rest } = options;
  return { name, version, schema: z.object(shape), ...rest } as Contract<
    Name,
    z.infer<z.ZodObject<Shape>>
  >;
}

/** Shapes that the bodies share. Amounts are integers in minor units, as strings. */
export const shape = {
  id: z.uuid(),
  currency: z.string().regex(/^[A-Z]{3}$/),
  symbol: z.string().regex(/^[A-Z]{3}\/[A-Z]{3}$/),
  /** An integer of minor units. */
  units: z.string().regex(/^-?\d{1,30}$/),
  /** A plain decimal: a price or a quantity. */
  decimal: z.string().regex(/^\d{1,20}(\.\d{1,12})?$/),
  time: z.iso.datetime({ precision: 3 }),
  side: z.enum(['BUY', 'SELL']),
};
