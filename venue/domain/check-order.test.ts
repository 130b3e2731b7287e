import { expect, test } from '@jest/globals';
import { checkIds, checkTerms, type OrderRequest } from './check-order.ts';

const request: OrderRequest = {
  owner: 'MAMMON',
  clOrdId: 'abc',
  account: null,
  symbol: 'USD/NGN',
  side: 'BUY',
  type: 'LIMIT',
  timeInForce: 'GTC',
  quantity: '100.00',
  price: '1520.5',
};

test('a good order is read into units of its instrument', () => {
  checkIds(request);
  expect(checkTerms(request)).toMatchObject({ quantity: 100_00n, price: 1520_50n });
});

test('a market order is IOC unless it is FOK, and has no price', () => {
  const market = { ...request, type: 'MARKET' as const };
  expect(checkTerms(market)).toMatchObject({ timeInForce: 'IOC', price: null });
  expect(checkTerms({ ...market, timeInForce: 'FOK' })).toMatchObject({ timeInForce: 'FOK' });
});

test.each([
  ['an unknown symbol', 'UNKNOWN_SYMBOL', { symbol: 'XAU/USD' }],
  ['a side that is not offered', 'UNSUPPORTED', { side: undefined }],
  ['a malformed quantity', 'QUANTITY', { quantity: '1e3' }],
  ['too many decimals', 'QUANTITY', { quantity: '1.001' }],
  ['less than the minimum', 'QUANTITY', { quantity: '0.99' }],
  ['a negative quantity', 'QUANTITY', { quantity: '-5' }],
  ['more than the maximum', 'ABOVE_MAXIMUM', { quantity: '1000000.01' }],
  ['no price', 'PRICE', { price: null }],
  ['a price of zero', 'PRICE', { price: '0' }],
  ['a price off the tick', 'PRICE', { price: '1520.505' }],
] as const)('%s is refused with %s', (_name, code, changes) => {
  expect(() => checkTerms({ ...request, ...changes })).toThrow(expect.objectContaining({ code }));
});

test('of several faults the one earliest in the order of precedence is named', () => {
  const faulty = { ...request, price: '0', quantity: '0', side: undefined, symbol: 'X' };
  const codes = [
    faulty,
    { ...faulty, symbol: request.symbol },
    { ...faulty, symbol: request.symbol, side: request.side },
  ].map(codeOf);
  expect(codes).toEqual(['UNKNOWN_SYMBOL', 'UNSUPPORTED', 'QUANTITY']);
});

test.each(['', 'x'.repeat(37), 'with space'])('the id "%s" is malformed', (clOrdId) => {
  expect(() => checkIds({ ...request, clOrdId })).toThrow('ClOrdID');
});

function codeOf(faulty: OrderRequest): string {
  try {
    checkTerms(faulty);
    return 'none';
  } catch (error) {
    return (error as { code: string }).code;
  }
}
