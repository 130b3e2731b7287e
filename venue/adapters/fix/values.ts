import { Refusal } from '#kit/errors.ts';
import { OrdRejReason, OrdStatus, OrdType, Side, TimeInForce } from '#fix/dictionary.ts';
import { formatDecimal } from '#kit/money.ts';
import { assert } from '#kit/errors.ts';
import type { Side as BookSide } from '../../domain/book.ts';
import type { OrderRefusalCode } from '../../domain/check-order.ts';
import { findInstrument, type Instrument } from '../../domain/instruments.ts';
import type {
  OrderStatus,
  OrderType,
  TimeInForce as OrderTimeInForce,
} from '../../domain/order.ts';

/** The one firm whose sessions log on here. */
export const firm = 'MAMMON';

export const ordStatus: Readonly<Record<OrderStatus, string>> = {
  NEW: OrdStatus.New,
  PARTIALLY_FILLED: OrdStatus.PartiallyFilled,
  FILLED: OrdStatus.Filled,
  CANCELED: OrdStatus.Canceled,
  EXPIRED: OrdStatus.Expired,
};

export const sideCode: Readonly<Record<BookSide, string>> = { BUY: Side.Buy, SELL: Side.Sell };
export const typeCode: Readonly<Record<OrderType, string>> = {
  MARKET: OrdType.Market,
  LIMIT: OrdType.Limit,
};
export const timeInForceCode: Readonly<Record<OrderTimeInForce, string>> = {
  DAY: TimeInForce.Day,
  GTC: TimeInForce.GoodTillCancel,
  IOC: TimeInForce.ImmediateOrCancel,
  FOK: TimeInForce.FillOrKill,
};

/** OrdRejReason (103), as README.md lists them. */
export const rejectReason: Readonly<Record<OrderRefusalCode, string>> = {
  MALFORMED: OrdRejReason.Other,
  DUPLICATE: OrdRejReason.DuplicateOrder,
  UNKNOWN_SYMBOL: OrdRejReason.UnknownSymbol,
  UNSUPPORTED: OrdRejReason.UnsupportedOrderCharacteristic,
  QUANTITY: OrdRejReason.IncorrectQuantity,
  ABOVE_MAXIMUM: OrdRejReason.OrderExceedsLimit,
  PRICE: OrdRejReason.Other,
};

/** The name of a code in one of the tables above; undefined for a code that is not offered. */
export function nameOf<Name extends string>(
  table: Readonly<Record<Name, string>>,
  code: string | undefined,
): Name | undefined {
  return (Object.keys(table) as Name[]).find((name) => table[name] === code);
}

export function listed(symbol: string): Instrument {
  const instrument = findInstrument(symbol);
  assert(instrument !== undefined, `${symbol} is stored, but not listed`);
  return instrument;
}

export const quantityText = (units: bigint, instrument: Instrument): string =>
  formatDecimal(units, instrument.quantityScale);

export const priceText = (units: bigint, instrument: Instrument): string =>
  formatDecimal(units, instrument.priceScale);

/** `20260302`: the UTC date of a trade. */
export function tradeDate(time: Date): string {
  return time.toISOString().slice(0, 10).replaceAll('-', '');
}

export const orderId = (number: bigint): string => `O${number}`;
export const executionId = (number: bigint): string => `E${number}`;

/** The number in one of our ids; undefined when it is none of ours. */
export function numberOf(id: string, prefix: 'O' | 'E'): bigint | undefined {
  const digits = new RegExp(`^${prefix}(\\d{1,18})$`).exec(id)?.[1];
  return digits === undefined ? undefined : BigInt(digits);
}

/** A request that is answered with BusinessMessageReject (j). */
export class BusinessReject extends Refusal {
  readonly businessId: string | undefined;

  /** @param reason BusinessRejectReason (380) */
  constructor(reason: string, message: string, businessId?: string) {
    super(reason, message);
    this.name = 'BusinessReject';
    this.businessId = businessId;
  }
}
