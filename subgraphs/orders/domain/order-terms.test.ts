import { describe, expect, test } from '@jest/globals';
import { Refusal } from '#kit/errors.ts';
import { now, policy, quote, request, usdNgn } from '../tests/samples.ts';
import {
  agreeTerms,
  checkClientOrderId,
  fingerprintOf,
  type Market,
  marketCap,
  type OrderRequest,
} from './order-terms.ts';

const market: Market = { instrument: usdNgn, quote };
const marketOrder: OrderRequest = { ...request, type: 'MARKET', limitPrice: null };

function codeOf(changes: Partial<OrderRequest>, changedMarket: Partial<Market> = {}): string {
  try {
    agreeTerms({ ...request, ...changes }, { ...market, ...changedMarket }, policy, now);
    return 'AGREED';
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
}

describe('terms', () => {
  test('of a LIMIT order are GTC, within 30 seconds, at its limit', () => {
    expect(agreeTerms(request, market, policy, now)).toEqual({
      timeInForce: 'GTC',
      quantity: 100_00n,
      limitPrice: 1500_00n,
      heldAmount: 150_000_00n,
      submitBy: new Date(now.getTime() + 30_000),
    });
  });

  test('of a MARKET order are IOC at the cap', () => {
    expect(agreeTerms(marketOrder, market, policy, now)).toMatchObject({
      timeInForce: 'IOC',
      limitPrice: 1516_00n, // 1501 + 1% is 1516.01, down to a tick of 0.25
      heldAmount: 151_600_00n,
    });
    expect(agreeTerms({ ...marketOrder, side: 'SELL' }, market, policy, now)).toMatchObject({
      limitPrice: 1485_00n,
      heldAmount: 100_00n,
    });
  });

  test('never cap a MARKET order beyond the collar nor behind the quote', () => {
    const wideTicks = { tickSize: 100_00n };
    const wide = { bid: 1500_00n, ask: 1600_00n, at: now };
    expect(marketCap('BUY', wide, wideTicks, 100)).toBe(1600_00n);
    expect(marketCap('SELL', wide, wideTicks, 100)).toBe(1500_00n);
  });

  test('are refused in the order of the codes: each fault hides those after it', () => {
    const faults: [string, Partial<OrderRequest>, Partial<Market>][] = [
      ['UNKNOWN_INSTRUMENT', {}, { instrument: null }],
      ['INVALID_QUANTITY', { quantity: 'many' }, {}],
      ['INVALID_LIMIT_PRICE', { limitPrice: '-1' }, {}],
      ['INVALID_TIME_IN_FORCE', { type: 'MARKET', limitPrice: null, timeInForce: 'GTC' }, {}],
      ['INVALID_SUBMIT_BY', { submitBy: now }, {}],
      ['NO_QUOTE', {}, { quote: null }],
    ];
    for (const [index, [code]] of faults.entries()) {
      const rest = faults.slice(index).toReversed();
      const changes = Object.assign({}, ...rest.map((fault) => fault[1])) as Partial<OrderRequest>;
      const markets = Object.assign({}, ...rest.map((fault) => fault[2])) as Partial<Market>;
      expect(codeOf(changes, markets)).toBe(code);
    }
  });

  test.each<[string, Partial<OrderRequest>]>([
    ['INVALID_QUANTITY', { quantity: '1.001' }],
    ['INVALID_QUANTITY', { quantity: '-5' }],
    ['INVALID_QUANTITY', { quantity: '1e3' }],
    ['QUANTITY_TOO_SMALL', { quantity: '0' }],
    ['QUANTITY_TOO_SMALL', { quantity: '0.99' }],
    ['QUANTITY_TOO_LARGE', { quantity: '1000000.01' }],
    ['QUANTITY_TOO_LARGE', { quantity: '9'.repeat(30) }],
    ['INVALID_LIMIT_PRICE', { limitPrice: null }],
    ['INVALID_LIMIT_PRICE', { limitPrice: '0' }],
    ['INVALID_LIMIT_PRICE', { limitPrice: 'x' }],
    ['INVALID_LIMIT_PRICE', { type: 'MARKET' }],
    ['INVALID_TICK', { limitPrice: '1500.10' }],
    ['INVALID_TICK', { limitPrice: '1500.001' }],
    ['INVALID_SUBMIT_BY', { submitBy: new Date(now.getTime() + 86_400_001) }],
    ['PRICE_OUT_OF_RANGE', { limitPrice: '1200.00' }],
    ['PRICE_OUT_OF_RANGE', { limitPrice: '1801.00' }],
    ['AGREED', { limitPrice: '1800.00' }],
    ['AGREED', { quantity: '1', submitBy: new Date(now.getTime() + 86_400_000) }],
  ])('say %s to %j', (code, changes) => {
    expect(codeOf(changes)).toBe(code);
  });

  test('need a quote that is not older than allowed', () => {
    const aged = (ms: number) => ({ quote: { ...quote, at: new Date(now.getTime() - ms) } });
    expect(codeOf({}, aged(10_000))).toBe('AGREED');
    expect(codeOf({}, aged(10_001))).toBe('STALE_QUOTE');
    expect(codeOf({ limitPrice: '1.00' }, aged(10_001))).toBe('STALE_QUOTE');
  });
});

describe('a client order id', () => {
  test('has 1 to 64 characters', () => {
    expect(() => checkClientOrderId('a'.repeat(64))).not.toThrow();
    for (const wrong of ['', 'a'.repeat(65), 'a\0b']) {
      expect(() => checkClientOrderId(wrong)).toThrow(Refusal);
    }
  });
});

describe('a fingerprint', () => {
  test('is the same for the same request, however it is written', () => {
    const same = { ...request, quantity: '0100', limitPrice: '1500', timeInForce: 'GTC' } as const;
    expect(fingerprintOf(same)).toBe(fingerprintOf(request));
  });

  test('tells other requests apart', () => {
    const others: Partial<OrderRequest>[] = [
      { side: 'SELL' },
      { quantity: '100.01' },
      { quantity: '1000' },
      { limitPrice: '1500.01' },
      { limitPrice: null },
      { timeInForce: 'IOC' },
      { symbol: 'EUR/NGN' },
      { submitBy: now },
      { type: 'MARKET' },
    ];
    const prints = [request, ...others.map((other) => ({ ...request, ...other }))];
    expect(new Set(prints.map(fingerprintOf)).size).toBe(prints.length);
  });
});
