import { assert, Fault } from '#kit/errors.ts';
import type { HoldRequest, Ledger } from './ports.ts';

/**
 * Holds the worst-case cost of an order. Asked again it answers the same; after the order's release
 * nothing is held.
 * @throws Fault when the order was held before for another user, currency or amount
 */
export async function holdFunds(
  ledger: Ledger,
  request: HoldRequest,
  at: Date,
): Promise<'HELD' | 'DENIED' | 'VOID'> {
  assert(request.amount > 0n, `order ${request.orderId} holds nothing`);
  const { outcome } = await ledger.hold(request, at);
  if (outcome === 'MISMATCH') {
    throw new Fault(`order ${request.orderId} was held before with another body`);
  }
  return outcome;
}
