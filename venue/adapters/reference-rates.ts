import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { z } from 'zod';
import { type Currency, parseDecimal } from '#kit/money.ts';
import { rateScale } from '../domain/walk.ts';

const file = '@fawazahmed0/currency-api/v1/currencies/usd.json';

/**
 * The real reference rates of the day of the installed package version, which need no network:
 * units of each currency for one dollar at `rateScale`. The package's floats end here.
 */
export function readReferenceRates(currencies: readonly Currency[]): {
  readonly date: string;
  readonly rates: ReadonlyMap<Currency, bigint>;
} {
  const path = createRequire(import.meta.url).resolve(file);
  const shape = z.object({ date: z.string(), usd: z.record(z.string(), z.number().positive()) });
  const { date, usd } = shape.parse(JSON.parse(readFileSync(path, 'utf8')));
  const rates = currencies.map((currency): [Currency, bigint] => {
    const rate = usd[currency.toLowerCase()];
    if (rate === undefined) throw new RangeError(`no reference rate of ${currency}`);
    return [currency, parseDecimal(rate.toFixed(rateScale), rateScale)];
  });
  return { date, rates: new Map(rates) };
}
