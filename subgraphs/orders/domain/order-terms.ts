import { Refusal } from '#kit/errors.ts';
import { deterministicId, isStorable } from '#kit/ids.ts';
import { divide, maximumUnits, parseDecimal } from '#kit/money.ts';
import { worstCaseCost } from './fill-cost.ts';
import type { Instrument, OrderRefusalCode, OrderType, Quote, Side, TimeInForce } from './order.ts';

/** An order as its owner asks for it. */
export interface OrderRequest {
  readonly clientOrderId: string;
  readonly symbol: string;
  readonly side: Side;
  readonly type: OrderType;
  readonly timeInForce: TimeInForce | null;
  readonly quantity: string;
  readonly limitPrice: string | null;
  readonly submitBy: Date | null;
}

/** What is agreed on: units of the instrument's scales, minor units of the paying currency. */
export interface OrderTerms {
  readonly timeInForce: TimeInForce;
  readonly quantity: bigint;
  readonly limitPrice: bigint;
  readonly heldAmount: bigint;
  readonly submitBy: Date;
}

export interface TradingPolicy {
  /** How far beyond the quote a MARKET order may go, in hundredths of a percent. */
  readonly marketCollarBps: number;
  /** How far from the mid a LIMIT price may be, in hundredths of a percent. */
  readonly priceBandBps: number;
  readonly quoteMaxAgeMs: number;
}

export interface Market {
  readonly instrument: Instrument | null;
  readonly quote: Quote | null;
}

const clientOrderIdLimit = 64;
const standardSubmitMs = 30_000;
const submitLimitMs = 24 * 60 * 60 * 1_000;
const bps = 10_000n;
const aboveMaximum = 'the quantity is above the maximum of the instrument';

/** @throws Refusal INVALID_CLIENT_ORDER_ID; asked before everything else, since it names the order */
export function checkClientOrderId(clientOrderId: string): void {
  const { length } = clientOrderId;
  if (length === 0 || length > clientOrderIdLimit || !isStorable(clientOrderId)) {
    refuse(
      'INVALID_CLIENT_ORDER_ID',
      `a client order id has 1 to ${clientOrderIdLimit} characters, and no NUL among them`,
    );
  }
}

/**
 * Turns a request into terms. The refusals come in the order of the schema's OrderRefusalCode: what
 * is wrong with the request itself before what is wrong with the market.
 * @throws Refusal with an OrderRefusalCode
 */
export function agreeTerms(
  request: OrderRequest,
  { instrument, quote }: Market,
  policy: TradingPolicy,
  now: Date,
): OrderTerms {
  if (!instrument) return refuse('UNKNOWN_INSTRUMENT', 'there is no such instrument');
  const quantity = readQuantity(request, instrument);
  const limit = readLimitPrice(request, instrument);
  const timeInForce = readTimeInForce(request);
  const submitBy = readSubmitBy(request, now);
  if (!quote) return refuse('NO_QUOTE', `there is no quote for ${instrument.symbol}`);
  if (now.getTime() - quote.at.getTime() > policy.quoteMaxAgeMs) {
    refuse('STALE_QUOTE', `the quote of ${instrument.symbol} is from ${quote.at.toISOString()}`);
  }
  const limitPrice = limit ?? marketCap(request.side, quote, instrument, policy.marketCollarBps);
  if (isOutOfBand(limitPrice, quote, policy.priceBandBps)) {
    refuse('PRICE_OUT_OF_RANGE', 'the limit price is too far from the market');
  }
  const heldAmount = worstCaseCost({ ...instrument, side: request.side }, quantity, limitPrice);
  if (heldAmount > maximumUnits) refuse('QUANTITY_TOO_LARGE', 'the order is worth too much');
  return { timeInForce, quantity, limitPrice, heldAmount, submitBy };
}

/** The same for every retry of a request, however its numbers are written. */
export function fingerprintOf(request: OrderRequest): string {
  return deterministicId(
    'order-request',
    request.symbol,
    request.side,
    request.type,
    request.timeInForce ?? standardTimeInForce(request.type),
    plain(request.quantity),
    request.limitPrice === null ? '' : plain(request.limitPrice),
    request.submitBy?.toISOString() ?? '',
  );
}

/**
 * The worst price of a MARKET order, on a tick. Rounded towards the quote, so that the collar is
 * never exceeded; the quote lies on a tick, so the cap never falls behind it.
 */
export function marketCap(
  side: Side,
  quote: Quote,
  instrument: Pick<Instrument, 'tickSize'>,
  collarBps: number,
): bigint {
  const { tickSize } = instrument;
  const collar = BigInt(collarBps);
  if (side === 'BUY') {
    return divide(quote.ask * (bps + collar), bps * tickSize, 'down') * tickSize;
  }
  return divide(quote.bid * (bps - collar), bps * tickSize, 'up') * tickSize;
}

function readQuantity(request: OrderRequest, instrument: Instrument): bigint {
  const quantity = units(request.quantity, instrument.quantityScale, (code) => {
    if (code === 'OUT_OF_RANGE') refuse('QUANTITY_TOO_LARGE', aboveMaximum);
    return refuse(
      'INVALID_QUANTITY',
      `the quantity is a number with at most ${instrument.quantityScale} decimals`,
    );
  });
  if (quantity < 0n) refuse('INVALID_QUANTITY', 'the quantity is positive');
  if (quantity === 0n || quantity < instrument.minimumQuantity) {
    refuse('QUANTITY_TOO_SMALL', 'the quantity is below the minimum of the instrument');
  }
  if (quantity > instrument.maximumQuantity) {
    refuse('QUANTITY_TOO_LARGE', aboveMaximum);
  }
  return quantity;
}

/** The limit price of a LIMIT order, null for a MARKET order. */
function readLimitPrice(request: OrderRequest, instrument: Instrument): bigint | null {
  const { type, limitPrice } = request;
  if (type === 'MARKET') {
    if (limitPrice !== null) refuse('INVALID_LIMIT_PRICE', 'a MARKET order has no limit price');
    return null;
  }
  if (limitPrice === null) return refuse('INVALID_LIMIT_PRICE', 'a LIMIT order has a limit price');
  const price = units(limitPrice, instrument.priceScale, (code) =>
    refuse(
      code === 'TOO_MANY_DECIMALS' ? 'INVALID_TICK' : 'INVALID_LIMIT_PRICE',
      `the limit price is a number with at most ${instrument.priceScale} decimals`,
    ),
  );
  if (price <= 0n) refuse('INVALID_LIMIT_PRICE', 'the limit price is positive');
  if (price % instrument.tickSize !== 0n) {
    refuse('INVALID_TICK', 'the limit price is not a multiple of the tick size');
  }
  return price;
}

function readTimeInForce(request: OrderRequest): TimeInForce {
  const timeInForce = request.timeInForce ?? standardTimeInForce(request.type);
  if (request.type === 'MARKET' && timeInForce !== 'IOC') {
    refuse('INVALID_TIME_IN_FORCE', 'MARKET orders are IOC');
  }
  return timeInForce;
}

const standardTimeInForce = (type: OrderType): TimeInForce => (type === 'MARKET' ? 'IOC' : 'GTC');

function readSubmitBy(request: OrderRequest, now: Date): Date {
  const submitBy = request.submitBy ?? new Date(now.getTime() + standardSubmitMs);
  const ahead = submitBy.getTime() - now.getTime();
  if (ahead <= 0 || ahead > submitLimitMs) {
    refuse('INVALID_SUBMIT_BY', '`submitBy` is in the future and at most a day ahead');
  }
  return submitBy;
}

/** Against the mid, as twice the price to the sum of both sides, so that nothing is rounded. */
function isOutOfBand(price: bigint, { bid, ask }: Quote, bandBps: number): boolean {
  const sum = bid + ask;
  const distance = 2n * price > sum ? 2n * price - sum : sum - 2n * price;
  return distance * bps > BigInt(bandBps) * sum;
}

function units(text: string, scale: number, onRefusal: (code: string) => never): bigint {
  try {
    return parseDecimal(text, scale);
  } catch (error) {
    if (error instanceof Refusal) return onRefusal(error.code);
    throw error;
  }
}

/** `007.50` and `7.5` are the same number; what is no number stays as it is. */
function plain(text: string): string {
  if (!/^\d+(\.\d+)?$/.test(text)) return text;
  const [whole = '', decimals = ''] = text.split('.');
  return `${whole.replace(/^0+(?=\d)/, '')}.${decimals.replace(/0+$/, '')}`;
}

function refuse(code: OrderRefusalCode, message: string): never {
  throw new Refusal<OrderRefusalCode>(code, message);
}
