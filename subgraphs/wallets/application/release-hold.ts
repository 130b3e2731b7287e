import { Fault } from '#kit/errors.ts';
import { orderHold } from '../domain/hold.ts';
import type { Ledger, OrderOwner, ReleaseOperation, ReleaseOutcome } from './ports.ts';

/**
 * Releases what is left of an order's hold, once; asked again it says the same. Where there is no
 * hold yet, it leaves word, so that one that comes later is void.
 * @returns minor units that were released
 * @throws Fault when the order is another user's
 */
export async function releaseHold(ledger: Ledger, order: OrderOwner, at: Date): Promise<bigint> {
  const [outcome] = await ledger.apply([releaseOperation(order)], at);
  return readRelease(order, outcome);
}

export const releaseOperation = ({ orderId, userId }: OrderOwner): ReleaseOperation => ({
  do: 'release',
  hold: orderHold(orderId, userId),
  expired: false,
});

export function readRelease(order: OrderOwner, result: ReleaseOutcome): bigint {
  if (result.outcome === 'RELEASED') return result.released;
  throw new Fault(`order ${order.orderId} does not belong to user ${order.userId}`);
}
