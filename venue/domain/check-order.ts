import { parseDecimal } from '#kit/money.ts';
import { Refusal } from '#kit/errors.ts';
import type { Side } from './book.ts';
import { findInstrument, type Instrument } from './instruments.ts';
import type { OrderTerms, OrderType, TimeInForce } from './order.ts';

/** An order as it was asked for; undefined is what the venue does not offer. */
export interface OrderRequest {
  readonly owner: string;
  readonly clOrdId: string;
  readonly account: string | null;
  readonly symbol: string;
  readonly side: Side | undefined;
  readonly type: OrderType | undefined;
  readonly timeInForce: TimeInForce | undefined;
  readonly quantity: string;
  readonly price: string | null;
}

export type OrderRefusalCode =
  | 'MALFORMED'
  | 'DUPLICATE'
  | 'UNKNOWN_SYMBOL'
  | 'UNSUPPORTED'
  | 'QUANTITY'
  | 'ABOVE_MAXIMUM'
  | 'PRICE';

export class OrderRefusal extends Refusal<OrderRefusalCode> {}

const idPattern = /^[\x21-\x7e]{1,36}$/;

/** Refusals in the order of precedence that README.md promises; duplicates come in between. */
export function checkIds(request: OrderRequest): void {
  refuseIf(!idPattern.test(request.clOrdId), 'MALFORMED', 'ClOrdID has 1 to 36 characters');
  const isLabel = request.account === null || idPattern.test(request.account);
  refuseIf(!isLabel, 'MALFORMED', 'Account has 1 to 36 characters');
}

/** @throws OrderRefusal naming the first rule that the request breaks */
export function checkTerms(request: OrderRequest): OrderTerms {
  const instrument = findInstrument(request.symbol);
  if (!instrument) throw new OrderRefusal('UNKNOWN_SYMBOL', `${request.symbol} is not listed`);
  const { side, type, timeInForce } = request;
  if (!side || !type || !timeInForce) {
    throw new OrderRefusal('UNSUPPORTED', 'side, type or time in force is not offered');
  }
  const quantity = quantityOf(request, instrument);
  const price = type === 'LIMIT' ? priceOf(request, instrument) : null;
  const isMarket = type === 'MARKET';
  return {
    owner: request.owner,
    clOrdId: request.clOrdId,
    account: request.account,
    symbol: request.symbol,
    side,
    type,
    timeInForce: isMarket && timeInForce !== 'FOK' ? 'IOC' : timeInForce,
    quantity,
    price,
  };
}

function quantityOf(request: OrderRequest, instrument: Instrument): bigint {
  const { quantityScale: scale, quantityStep, minimumQuantity, maximumQuantity } = instrument;
  const quantity = units(request.quantity, scale, 'QUANTITY');
  refuseIf(quantity % quantityStep !== 0n, 'QUANTITY', 'OrderQty is off the step');
  refuseIf(quantity < minimumQuantity, 'QUANTITY', 'OrderQty is below the minimum');
  refuseIf(quantity > maximumQuantity, 'ABOVE_MAXIMUM', 'OrderQty is above the maximum');
  return quantity;
}

function priceOf(request: OrderRequest, instrument: Instrument): bigint {
  if (request.price === null) throw new OrderRefusal('PRICE', 'a limit order has a Price');
  const price = units(request.price, instrument.priceScale, 'PRICE');
  refuseIf(price <= 0n, 'PRICE', 'Price is not positive');
  refuseIf(price % instrument.tickSize !== 0n, 'PRICE', 'Price is off the tick');
  return price;
}

function units(text: string, scale: number, code: OrderRefusalCode): bigint {
  try {
    return parseDecimal(text, scale);
  } catch (error) {
    if (error instanceof Refusal) throw new OrderRefusal(code, error.message);
    throw error;
  }
}

function refuseIf(isWrong: boolean, code: OrderRefusalCode, message: string): void {
  if (isWrong) throw new OrderRefusal(code, message);
}
