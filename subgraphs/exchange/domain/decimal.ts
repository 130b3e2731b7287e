import { formatDecimal, parseDecimal } from '#kit/money.ts';

/** Finer than any price or quantity that a venue here sends; sums are exact. */
const scale = 8;

/** A plain decimal as units of 10^-8. @throws Refusal when it is no decimal or too fine */
export const unitsOf = (text: string): bigint => parseDecimal(text, scale);

/** The inverse, without trailing zeros: `1.5`, `100`. */
export const textOf = (units: bigint): string => formatDecimal(units, scale).replace(/\.?0+$/, '');
