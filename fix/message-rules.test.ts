import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { MsgType } from './dictionary.ts';
import {
  compact,
  entriesOf,
  field,
  formatTimestamp,
  groups,
  parseTimestamp,
  requireField,
  Tag,
} from './fields.ts';
import { messageRules, validate } from './message-rules.ts';
import type { FixField, FixMessage } from './types.ts';

const message = (text: string): FixMessage => {
  const fields = text.split('|').map((part): FixField => {
    const [tag = '', value = ''] = part.split('=');
    return [Number(tag), value];
  });
  return { type: fields[0]?.[1] ?? '', fields: fields.slice(1) };
};

describe('validate', () => {
  test.each([
    '35=D|11=a|55=EUR/USD|54=1|60=20260105-12:00:00.000|40=2|38=1000|44=1.0850|59=3',
    '35=F|41=a|11=b|55=EUR/USD|54=2|60=20260105-12:00:00',
    '35=8|37=1|17=2|150=F|39=1|55=EUR/USD|54=1|151=5|14=5|6=1.1|31=1.1|32=5',
    '35=V|262=r|263=1|264=5|265=1|267=2|269=0|269=1|146=1|55=EUR/USD',
    '35=W|262=r|55=EUR/USD|268=2|269=0|270=1.1|271=5|269=1|270=1.2|271=6',
    '35=X|262=r|268=1|279=2|269=0|278=x|55=EUR/USD',
    '35=AE|571=t|570=N|55=EUR/USD|32=5|31=1.1|75=20260105|60=20260105-12:00:00.000|552=1|54=1|37=1',
    '35=y|320=r|322=s|560=0|146=2|55=EUR/USD|55=USD/NGN',
  ])('accepts %s', (text) => {
    expect(validate(message(text))).toBeUndefined();
  });

  test.each([
    ['35=F|41=a|11=b|55=EUR/USD|54=2', '1', Tag.TransactTime],
    ['35=D|11=a|55=E|54=1|60=2026-01-05T12:00:00Z|40=2', '6', Tag.TransactTime],
    ['35=D|11=a|55=E|54=1|60=20260105-12:00:00|40=2|38=1e3', '6', Tag.OrderQty],
    ['35=D|11=a|55=E|54=1|60=20260105-12:00:00|40=2|38=.', '6', Tag.OrderQty],
    ['35=D|11=a|55=E|54=1|60=20260105-12:00:00|40=2|59=9', '5', Tag.TimeInForce],
    ['35=2|7=-1|16=0', '6', Tag.BeginSeqNo],
    ['35=4|36=5|123=yes', '6', Tag.GapFillFlag],
    ['35=W|55=E|268=3|269=0|269=1', '16', Tag.NoMDEntries],
  ])('answers %s with SessionRejectReason %s and RefTagID %s', (text, reason, tag) => {
    expect(validate(message(text))).toMatchObject({ reason, tag });
  });

  test('knows every message type that the dictionary names', () => {
    expect(Object.keys(messageRules).toSorted()).toEqual(Object.values(MsgType).toSorted());
    expect(validate({ type: 'ZZ', fields: [] })).toMatchObject({ reason: '11' });
  });

  test('asks for each required tag of each type', () => {
    for (const [type, rule] of Object.entries(messageRules)) {
      const missing = rule.required.length === 0 ? undefined : { reason: '1' };
      const answer = validate({ type, fields: [] });
      if (missing) expect(answer).toMatchObject(missing);
      else expect(answer).toBeUndefined();
    }
  });
});

describe('fields', () => {
  const snapshot = message('35=W|55=E|268=2|269=0|270=1.1|269=1|270=1.2|58=done');

  test('are read by tag, and required by name of their tag', () => {
    expect(field(snapshot, Tag.Symbol)).toBe('E');
    expect(field(snapshot, Tag.Side)).toBeUndefined();
    expect(requireField(snapshot, Tag.Symbol)).toBe('E');
    expect(() => requireField(snapshot, Tag.Side)).toThrow('required tag 54 is missing');
  });

  test('of a group are cut where its first tag comes again', () => {
    const members = new Set<number>([Tag.MDEntryPx]);
    expect(groups(snapshot, Tag.NoMDEntries, Tag.MDEntryType, members)).toEqual([
      [
        [269, '0'],
        [270, '1.1'],
      ],
      [
        [269, '1'],
        [270, '1.2'],
      ],
    ]);
    expect(groups(snapshot, Tag.NoSides, Tag.Side)).toEqual([]);
  });

  test('of a group are refused when they are not as many as counted', () => {
    const short = message('35=W|55=E|268=3|269=0|269=1');
    expect(() => groups(short, Tag.NoMDEntries, Tag.MDEntryType)).toThrow('does not count');
    expect(entriesOf(short, Tag.NoMDEntries, Tag.MDEntryType)).toHaveLength(2);
  });

  test('without a value are left out', () => {
    expect(compact([1, 'a'], [2, undefined], [3, 'b'])).toEqual([
      [1, 'a'],
      [3, 'b'],
    ]);
  });
});

describe('timestamps', () => {
  test('keep their milliseconds both ways', () => {
    const dates = fc.date({
      min: new Date('1970-01-01'),
      max: new Date('9999-12-31'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(dates, (date) => {
        expect(parseTimestamp(formatTimestamp(date))).toEqual(date);
      }),
    );
  });

  test.each([
    ['20260105-12:00:00', '2026-01-05T12:00:00.000Z'],
    ['20260105-12:00:00.123456', '2026-01-05T12:00:00.123Z'],
    ['20161231-23:59:60', '2016-12-31T23:59:59.999Z'],
  ])('%s is %s', (text, iso) => {
    expect(parseTimestamp(text)?.toISOString()).toBe(iso);
  });

  test.each([
    '',
    '20260230-12:00:00',
    '20260105-25:00:00',
    '20260105 12:00:00',
    '20260105-12:00:00.1',
  ])('"%s" is none', (text) => {
    expect(parseTimestamp(text)).toBeUndefined();
  });
});
