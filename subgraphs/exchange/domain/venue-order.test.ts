import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { textOf, unitsOf } from './decimal.ts';
import { judgeAbsence } from './judge-absence.ts';
import { applyReport, type VenueOrderState } from './venue-order.ts';
import type { Trade, VenueReport } from './venue-report.ts';

const order: VenueOrderState = {
  status: 'PENDING',
  quantity: '100',
  cumQuantity: '0',
  venueOrderId: null,
  claimedStatus: null,
  claimedReason: null,
  claimedCumQuantity: null,
};
const working: VenueOrderState = { ...order, status: 'WORKING', venueOrderId: 'V' };
const tradeOf = (quantity: string): Trade => ({
  execId: 'E',
  tradeDate: '20260301',
  quantity,
  price: '1520.25',
  tradedAt: new Date(0),
});
const traded = (quantity: string, cumQuantity: string | null = null): VenueReport => ({
  kind: 'TRADE',
  trade: tradeOf(quantity),
  venueOrderId: 'V',
  cumQuantity,
});
const ended = (status: 'CANCELED' | 'EXPIRED' | 'REJECTED', cumQuantity = '0'): VenueReport => ({
  kind: 'ENDED',
  status,
  reason: 'why',
  cumQuantity,
  venueOrderId: status === 'REJECTED' ? null : 'V',
});
const state = (
  status: 'WORKING' | 'FILLED' | 'CANCELED' | 'EXPIRED' | 'REJECTED',
  cumQuantity = '0',
): VenueReport => ({ kind: 'STATUS', status, reason: 'why', cumQuantity, venueOrderId: 'V' });
const accepted: VenueReport = { kind: 'ACCEPTED', venueOrderId: 'V' };

describe('a report', () => {
  const final = (status: VenueOrderState['status']) => ({ ...working, status });
  test.each<[string, VenueOrderState, VenueReport, string, string[], string | null]>([
    ['accepts a pending order', order, accepted, 'WORKING', ['ACCEPTED'], null],
    [
      'accepts an unknown order',
      { ...order, status: 'UNKNOWN' },
      accepted,
      'WORKING',
      ['ACCEPTED'],
      null,
    ],
    ['accepts once', working, accepted, 'WORKING', [], null],
    [
      'of a trade shows that the order is there',
      order,
      traded('40'),
      'WORKING',
      ['ACCEPTED', 'EXECUTED'],
      null,
    ],
    ['of a trade of the rest fills', working, traded('100'), 'FILLED', ['EXECUTED'], null],
    [
      'that counts more than was told asks for trades',
      working,
      traded('40', '60'),
      'WORKING',
      ['EXECUTED'],
      'TRADES',
    ],
    ['cancels', working, ended('CANCELED'), 'CANCELED', ['CANCELED'], null],
    ['expires', working, ended('EXPIRED'), 'EXPIRED', ['EXPIRED'], null],
    ['rejects', order, ended('REJECTED'), 'REJECTED', ['REJECTED'], null],
    ['waits for trades before a cancel', working, ended('CANCELED', '40'), 'WORKING', [], 'TRADES'],
    [
      'of a state never makes a trade',
      order,
      state('FILLED', '100'),
      'WORKING',
      ['ACCEPTED'],
      'TRADES',
    ],
    ['of a state finds an order', order, state('WORKING'), 'WORKING', ['ACCEPTED'], null],
    ['of a state ends an order', working, state('CANCELED'), 'CANCELED', ['CANCELED'], null],
    [
      'of a state of an ended order does nothing',
      final('FILLED'),
      state('FILLED'),
      'FILLED',
      [],
      null,
    ],
    [
      'that an ended order works has it canceled',
      final('REJECTED'),
      state('WORKING'),
      'REJECTED',
      [],
      'CANCEL',
    ],
    ['of a late trade counts', final('CANCELED'), traded('10'), 'CANCELED', ['EXECUTED'], null],
    ['of a duplicate asks', order, { kind: 'DUPLICATE' }, 'PENDING', [], 'STATUS'],
    ['of absence proves nothing alone', order, { kind: 'ABSENT' }, 'PENDING', [], null],
  ])('%s', (_name, before, report, status, facts, ask) => {
    const outcome = applyReport(before, report);
    expect(outcome.order.status).toBe(status);
    expect(outcome.facts.map(({ kind }) => kind)).toEqual(facts);
    expect(outcome.ask).toBe(ask);
  });

  test('of a trade beyond the quantity is told and is an incident', () => {
    const outcome = applyReport(working, traded('100.01'));
    expect(outcome.facts).toHaveLength(1);
    expect(outcome.incidents.map(({ kind }) => kind)).toEqual(['OVERFILL']);
  });

  test('in any order gives the sum of its trades and at most one end', () => {
    const report = fc.oneof(
      fc.integer({ min: 1, max: 60 }).map((quantity) => traded(String(quantity))),
      fc.constantFrom(accepted, ended('CANCELED'), ended('EXPIRED'), state('WORKING')),
      fc.constantFrom(state('CANCELED', '30'), state('FILLED', '100')),
    );
    fc.assert(
      fc.property(fc.array(report, { maxLength: 12 }), (reports) => {
        let current = order;
        const facts: string[] = [];
        for (const next of reports) {
          const outcome = applyReport(current, next);
          current = outcome.order;
          facts.push(...outcome.facts.map(({ kind }) => kind));
        }
        const quantities = reports.flatMap((each) => (each.kind === 'TRADE' ? [each.trade] : []));
        const sum = quantities.reduce((total, { quantity }) => total + unitsOf(quantity), 0n);
        expect(current.cumQuantity).toBe(textOf(sum));
        expect(facts.filter((kind) => kind === 'EXECUTED')).toHaveLength(quantities.length);
        expect(facts.filter((kind) => kind === 'ACCEPTED').length).toBeLessThanOrEqual(1);
        const ends = facts.filter((kind) => kind === 'CANCELED' || kind === 'EXPIRED');
        expect(ends.length).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe('absence', () => {
  const rules = { probes: 3, horizonMs: 30_000 };
  const sentAt = new Date(0);
  const all = { status: 'UNKNOWN', sentAt, absentProbes: 3, tradesAbsentAt: new Date(1) } as const;
  const late = new Date(30_000);
  test.each([
    ['all evidence', all, late, 'REJECTED'],
    ['too few answers', { ...all, absentProbes: 2 }, late, null],
    ['no word of the trade history', { ...all, tradesAbsentAt: null }, late, null],
    ['before the horizon', all, new Date(29_999), null],
    ['an order that works', { ...all, status: 'WORKING' as const }, late, null],
    ['a withheld order, one answer', { ...all, status: 'WITHHELD' as const }, sentAt, 'EXPIRED'],
    ['withheld, none', { ...all, status: 'WITHHELD' as const, absentProbes: 0 }, late, null],
  ] as const)('with %s', (_name, evidence, now, verdict) => {
    expect(judgeAbsence(evidence, rules, now)).toBe(verdict);
  });
});

describe('decimals', () => {
  test.each([
    ['100.00', '100'],
    ['0.50', '0.5'],
    ['0', '0'],
    ['1000', '1000'],
  ])('%s is %s', (text, plain) => expect(textOf(unitsOf(text))).toBe(plain));
});
