import type { OrderId, UserId } from '#kit/ids.ts';
import type { Instrument, Order, Quote } from '../domain/order.ts';
import type { OrderRequest, TradingPolicy } from '../domain/order-terms.ts';

export const userId = '11111111-1111-7111-8111-111111111111' as UserId;
export const otherUserId = '22222222-2222-7222-8222-222222222222' as UserId;
export const now = new Date('2026-03-01T12:00:00.000Z');

export const usdNgn: Instrument = {
  symbol: 'USD/NGN',
  baseCurrency: 'USD',
  quoteCurrency: 'NGN',
  priceScale: 2,
  quantityScale: 2,
  tickSize: 25n, // 0.25
  minimumQuantity: 1_00n,
  maximumQuantity: 1_000_000_00n,
};

/** 1500.00 / 1501.00 */
export const quote: Quote = { bid: 1500_00n, ask: 1501_00n, at: now };

export const policy: TradingPolicy = {
  marketCollarBps: 100,
  priceBandBps: 2_000,
  quoteMaxAgeMs: 10_000,
};

export const request: OrderRequest = {
  clientOrderId: 'my-order-1',
  symbol: 'USD/NGN',
  side: 'BUY',
  type: 'LIMIT',
  timeInForce: null,
  quantity: '100.00',
  limitPrice: '1500.00',
  submitBy: null,
};

/** An order to buy 100.00 USD at 1500.00 NGN at most, as it was just received. */
export const order: Order = {
  id: '33333333-3333-7333-8333-333333333333' as OrderId,
  userId,
  clientOrderId: 'my-order-1',
  fingerprint: 'fingerprint',
  symbol: 'USD/NGN',
  baseCurrency: 'USD',
  quoteCurrency: 'NGN',
  priceScale: 2,
  quantityScale: 2,
  side: 'BUY',
  type: 'LIMIT',
  timeInForce: 'GTC',
  quantity: 100_00n,
  limitPrice: 1500_00n,
  status: 'RECEIVED',
  pendingOperation: null,
  settlementStatus: 'NONE',
  holdStatus: 'ASKED',
  heldAmount: 150_000_00n,
  filled: 0n,
  overfill: 0n,
  notional: 0n,
  fillCount: 0,
  settledCount: 0,
  refusalCode: null,
  refusalMessage: null,
  submitBy: new Date(now.getTime() + 30_000),
  traceparent: null,
  createdAt: now,
  updatedAt: now,
};
