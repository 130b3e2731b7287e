import { Refusal } from '#kit/errors.ts';
import { minorUnits, parseDecimal, type Currency } from '#kit/money.ts';
import { WalletRefusal } from './errors.ts';
import type { Exchange, Rate } from './exchange.ts';
import { readAmount, readCurrency, readUser, refuseBadKey } from './request.ts';

/** An exchange that an operator agreed with a customer, as it came. */
export interface DealRequest {
  readonly idempotencyKey: string;
  readonly userId: string;
  readonly from: unknown;
  readonly to: unknown;
  readonly amount: unknown;
  /** How much of `to` is worth one of `from`. */
  readonly rate: unknown;
  /** Shares below one. */
  readonly spread?: unknown;
  readonly fee?: unknown;
}

/** The house's own book takes the other side of a deal. */
const desk = 'HOUSE';
const rateScale = 12;
const shareScale = 6;

/** Reads a deal; refusals come in the order of their codes. @throws WalletRefusal */
export function readDeal(request: DealRequest): Exchange {
  refuseBadKey(request.idempotencyKey);
  const from = readCurrency(request.from);
  const to = readCurrency(request.to);
  const amount = readAmount(request.amount, from);
  if (from === to) throw new WalletRefusal('INVALID_RATE', 'an exchange has two currencies');
  const middle = readRate(request.rate, from, to);
  const spreadShare = readShare(request.spread);
  const feeShare = readShare(request.fee);
  const userId = readUser(request.userId);
  return { userId, venue: desk, from, to, amount, middle, spreadShare, feeShare, hold: null };
}

function readRate(text: unknown, from: Currency, to: Currency): Rate {
  const units = readUnits(text, rateScale);
  if (units <= 0n) throw new WalletRefusal('INVALID_RATE', 'a rate is above zero');
  return {
    numerator: units * 10n ** BigInt(minorUnits[to]),
    denominator: 10n ** BigInt(rateScale + minorUnits[from]),
  };
}

function readShare(text: unknown): bigint {
  const share = readUnits(text, shareScale);
  if (share >= 0n && share < 10n ** BigInt(shareScale)) return share;
  throw new WalletRefusal('INVALID_RATE', 'a spread or fee is a share below one');
}

function readUnits(text: unknown, scale: number): bigint {
  if (typeof text !== 'string') {
    throw new WalletRefusal('INVALID_RATE', 'a rate is a decimal number in a string');
  }
  try {
    return parseDecimal(text, scale);
  } catch (error) {
    if (error instanceof Refusal) throw new WalletRefusal('INVALID_RATE', error.message);
    throw error;
  }
}
