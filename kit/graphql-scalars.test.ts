import { expect, test } from '@jest/globals';
import { dateTimeScalar, decimalScalar } from './graphql-scalars.ts';

test('a DateTime is read with any offset and written in UTC with milliseconds', () => {
  for (const [given, read] of [
    ['2026-03-01T12:00:00Z', '2026-03-01T12:00:00.000Z'],
    ['2026-03-01T12:00+01:00', '2026-03-01T11:00:00.000Z'],
    ['1900-01-01T00:00:00Z', '1900-01-01T00:00:00.000Z'],
    ['9998-12-31T23:59:59.999Z', '9998-12-31T23:59:59.999Z'],
  ] as const) {
    expect(dateTimeScalar.parseValue(given)).toBe(read);
  }
  expect(dateTimeScalar.serialize(new Date(0))).toBe('1970-01-01T00:00:00.000Z');
});

test('what is no DateTime, or of a year that no database and no trade knows, is refused', () => {
  const wrong = [
    'tomorrow',
    '2026-03-01',
    '2026-13-45T00:00:00Z',
    '2026-03-01T12:00:00',
    '',
    5,
    null,
  ];
  const farAway = ['0000-01-01T00:00:00Z', '0001-01-01T00:00:00Z', '9999-12-31T23:59:59Z'];
  for (const value of [...wrong, ...farAway]) {
    expect(() => dateTimeScalar.parseValue(value)).toThrow('DateTime is');
  }
});

test('a Decimal is a short string, never a number', () => {
  expect(decimalScalar.parseValue('1520.50')).toBe('1520.50');
  for (const value of [1520.5, null, {}, 'x'.repeat(65)]) {
    expect(() => decimalScalar.parseValue(value)).toThrow('Decimal is a short string');
  }
});
