import { assert } from '#kit/errors.ts';
import type { UserId } from '#kit/ids.ts';
import { divide, minorUnits, type Currency } from '#kit/money.ts';
import { fee, position, rounding, spread, wallet } from './chart-of-accounts.ts';
import { WalletRefusal } from './errors.ts';
import type { HoldName } from './hold.ts';
import { fingerprintOf } from './request.ts';
import { balance, transactionIdOf, type TransactionDraft } from './transaction.ts';

/** So many minor units of one currency for so many of the other: an exact fraction. */
export interface Rate {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** An exchange to be booked; shares are in millionths. */
export interface Exchange {
  readonly userId: UserId;
  /** Whose position takes the other side. */
  readonly venue: string;
  readonly from: Currency;
  readonly to: Currency;
  /** What the customer pays in all, in minor units of `from`. */
  readonly amount: bigint;
  /** The middle rate, before the spread. */
  readonly middle: Rate;
  readonly spreadShare: bigint;
  readonly feeShare: bigint;
  /** The hold that pays; without it the wallet pays what is available. */
  readonly hold: HoldName | null;
}

export interface ExchangeAmounts {
  /** Of `from`: rounded up. */
  readonly fee: bigint;
  readonly net: bigint;
  /** Of `to`: `middle` is `received` and `spread` and `rounding`, each rounded down. */
  readonly middle: bigint;
  readonly received: bigint;
  readonly spread: bigint;
  /** What two roundings left over: none or one minor unit, the house's. */
  readonly rounding: bigint;
}

const whole = 1_000_000n;

/**
 * The rate between two currencies whose values are given in a third one, for a whole unit of each.
 * Rates made so are free of arbitrage: their product round any circle is one.
 */
export const crossRate = (
  [from, fromValue]: readonly [Currency, bigint],
  [to, toValue]: readonly [Currency, bigint],
): Rate => ({
  numerator: fromValue * 10n ** BigInt(minorUnits[to]),
  denominator: toValue * 10n ** BigInt(minorUnits[from]),
});

/** A rate as it is shown, cut to so many decimals: never better for the customer. */
export const shownRate = ({ numerator, denominator }: Rate, decimals: number): Rate => ({
  numerator: divide(numerator * 10n ** BigInt(decimals), denominator, 'down'),
  denominator: 10n ** BigInt(decimals),
});

/** @throws WalletRefusal INVALID_AMOUNT when nothing would be left for the customer */
export function exchangeAmounts(exchange: Exchange): ExchangeAmounts {
  const { amount, middle: rate, spreadShare, feeShare } = exchange;
  assert(rate.numerator > 0n && rate.denominator > 0n, 'a rate is above zero');
  assert(spreadShare >= 0n && spreadShare < whole, 'a spread is a share of the rate');
  assert(feeShare >= 0n && feeShare < whole, 'a fee is a share of the amount');
  assert(amount > 0n, 'an exchange moves something');
  const charged = divide(amount * feeShare, whole, 'up');
  const net = amount - charged;
  const value = net * rate.numerator;
  const middle = divide(value, rate.denominator, 'down');
  const received = divide(value * (whole - spreadShare), rate.denominator * whole, 'down');
  const earned = divide(value * spreadShare, rate.denominator * whole, 'down');
  if (received <= 0n) throw new WalletRefusal('INVALID_AMOUNT', 'too little to exchange');
  return {
    fee: charged,
    net,
    middle,
    received,
    spread: earned,
    rounding: middle - received - earned,
  };
}

/** The transaction of an exchange: spread, fee and rounding are postings of their own. */
export function exchangeDraft(
  exchange: Exchange,
  callerId: UserId,
  idempotencyKey: string,
): TransactionDraft {
  const { userId, venue, from, to, amount, hold } = exchange;
  assert(from !== to, 'an exchange has two currencies');
  const parts = exchangeAmounts(exchange);
  const paying = wallet(userId, from);
  return {
    id: transactionIdOf('EXCHANGE', callerId, idempotencyKey),
    kind: 'EXCHANGE',
    userId,
    callerId,
    idempotencyKey,
    fingerprint: fingerprintOf(
      'EXCHANGE',
      userId,
      venue,
      from,
      to,
      hold?.holdId ?? '',
      ...[amount, exchange.middle.numerator, exchange.middle.denominator].map(String),
      ...[exchange.spreadShare, exchange.feeShare].map(String),
    ),
    legs: balance([
      { account: paying, amount: -amount },
      { account: fee(from), amount: parts.fee },
      { account: position(venue, from), amount: parts.net },
      { account: position(venue, to), amount: -parts.middle },
      { account: wallet(userId, to), amount: parts.received },
      { account: spread(to), amount: parts.spread },
      { account: rounding(to), amount: parts.rounding },
    ]),
    payment: hold && { wallet: paying, holdId: hold.holdId, receivable: null, resolve: true },
  };
}
