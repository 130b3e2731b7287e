import { assert } from '#kit/errors.ts';
import { divide, minorUnits, notionalToMinor, rescale, type Rounding } from '#kit/money.ts';
import { leavesOf, type Order } from './order.ts';

type Terms = Pick<
  Order,
  'side' | 'baseCurrency' | 'quoteCurrency' | 'priceScale' | 'quantityScale'
>;
type Filled = Terms & Pick<Order, 'status' | 'quantity' | 'filled' | 'overfill' | 'notional'>;

/** What one more fill changes on the order, and what it moves, in minor units. */
export interface CountedFill {
  readonly filled: bigint;
  readonly overfill: bigint;
  readonly notional: bigint;
  /** How much of this fill the order did not leave open. */
  readonly beyond: bigint;
  readonly baseAmount: bigint;
  readonly quoteAmount: bigint;
  /** The quote amount at the venue's own half-even rounding. */
  readonly venueQuoteAmount: bigint;
}

/**
 * Counts a fill. Each amount is that of all fills so far minus that of all before, so that the
 * roundings of many small fills never add up beyond one minor unit, and never beyond the hold.
 */
export function countFill(order: Filled, quantity: bigint, price: bigint): CountedFill {
  assert(quantity > 0n && price > 0n, 'a fill has a positive quantity and price');
  const filled = order.filled + quantity;
  const notional = order.notional + quantity * price;
  // In the house's favour: who pays pays up, who receives receives down.
  const [baseRounding, quoteRounding]: readonly [Rounding, Rounding] =
    order.side === 'BUY' ? ['down', 'up'] : ['up', 'down'];
  const base = (units: bigint) => baseValue(order, units, baseRounding);
  const quote = (units: bigint, rounding: Rounding) => quoteValue(order, units, rounding);
  const overfill = filled > order.quantity ? filled - order.quantity : 0n;
  const leaves = leavesOf(order);
  return {
    filled,
    overfill,
    notional,
    beyond: quantity > leaves ? quantity - leaves : 0n,
    baseAmount: base(filled) - base(order.filled),
    quoteAmount: quote(notional, quoteRounding) - quote(order.notional, quoteRounding),
    venueQuoteAmount: quote(notional, 'half-even') - quote(order.notional, 'half-even'),
  };
}

/** What an order costs at worst, in minor units of the currency that pays. */
export function worstCaseCost(order: Terms, quantity: bigint, limitPrice: bigint): bigint {
  return order.side === 'BUY'
    ? quoteValue(order, quantity * limitPrice, 'up')
    : baseValue(order, quantity, 'up');
}

/** The mean price of all fills, half-even at the price scale; null before the first. */
export function averagePrice(order: Pick<Order, 'filled' | 'notional'>): bigint | null {
  return order.filled === 0n ? null : divide(order.notional, order.filled, 'half-even');
}

function baseValue(order: Terms, quantity: bigint, rounding: Rounding): bigint {
  return rescale(quantity, order.quantityScale, minorUnits[order.baseCurrency], rounding);
}

function quoteValue(order: Terms, notional: bigint, rounding: Rounding): bigint {
  const scale = order.quantityScale + order.priceScale;
  return notionalToMinor(notional, scale, order.quoteCurrency, rounding);
}
