import { assert, Fault } from '#kit/errors.ts';
import type { OrderId, UserId } from '#kit/ids.ts';
import type { Currency } from '#kit/money.ts';
import { orderHold } from '../domain/hold.ts';
import type { HoldOperation, HoldOutcome, Ledger } from './ports.ts';

export interface HoldRequest {
  readonly orderId: OrderId;
  readonly userId: UserId;
  readonly currency: Currency;
  /** Minor units, above zero. */
  readonly amount: bigint;
}

/**
 * Holds the worst-case cost of an order. Asked again it answers the same; after the order's release
 * nothing is held.
 * @throws Fault when the order was held before for another user, currency or amount
 */
export async function holdFunds(ledger: Ledger, request: HoldRequest, at: Date) {
  const [outcome] = await ledger.apply([holdOperation(request)], at);
  return readHold(request, outcome);
}

/** @throws Fault when nothing is to be held */
export function holdOperation({ orderId, userId, currency, amount }: HoldRequest): HoldOperation {
  assert(amount > 0n, `order ${orderId} holds nothing`);
  return { do: 'hold', hold: orderHold(orderId, userId), currency, amount, expiresAt: null };
}

export function readHold({ orderId }: HoldRequest, { outcome }: HoldOutcome) {
  if (outcome !== 'MISMATCH') return outcome;
  throw new Fault(`order ${orderId} was held before with another body`);
}
