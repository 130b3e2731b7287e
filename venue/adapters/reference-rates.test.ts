import { expect, test } from '@jest/globals';
import { rateScale } from '../domain/walk.ts';
import { readReferenceRates } from './reference-rates.ts';

test('the installed package gives a rate of every currency, exact to its own digits', () => {
  const { date, rates } = readReferenceRates(['USD', 'NGN', 'EUR', 'JPY']);
  expect(date).toMatch(/^\d{4}-\d{2}-\d{2}$/);
  expect(rates.get('USD')).toBe(10n ** BigInt(rateScale));
  for (const rate of rates.values()) expect(rate > 0n).toBe(true);
});
