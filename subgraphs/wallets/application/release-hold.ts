import { Fault } from '#kit/errors.ts';
import type { Ledger, OrderOwner } from './ports.ts';

/**
 * Releases what is left of an order's hold, once; asked again it says the same. Where there is no
 * hold yet, it leaves word, so that one that comes later is void.
 * @returns minor units that were released
 * @throws Fault when the order is another user's
 */
export async function releaseHold(ledger: Ledger, order: OrderOwner, at: Date): Promise<bigint> {
  const result = await ledger.release(order, at);
  if (result.outcome === 'MISMATCH') {
    throw new Fault(`order ${order.orderId} does not belong to user ${order.userId}`);
  }
  return result.released;
}
