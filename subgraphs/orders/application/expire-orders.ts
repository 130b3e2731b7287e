import type { Clock } from '#kit/clock.ts';
import { resumed } from '#kit/tracing.ts';
import type { OrderTransactions } from './ports.ts';
import { takeStep } from './take-step.ts';

const batchLimit = 100;

/**
 * Expires orders whose funds were not held before `submitBy`, because wallets or the broker was
 * away. One transaction for each, so that no two of them wait for each other's users.
 * @returns how many, at most 100
 */
export async function expireOrders(store: OrderTransactions, clock: Clock): Promise<number> {
  for (let expired = 0; expired < batchLimit; expired += 1) {
    const found = await store.transaction(async (work) => {
      const now = clock();
      const order = await work.lockOverdueOrder(now);
      if (!order) return false;
      await resumed(order.traceparent, () =>
        takeStep(work, order, 'SUBMIT_BY_PASSED', now, { kind: 'EXPIRED' }),
      );
      return true;
    });
    if (!found) return expired;
  }
  return batchLimit;
}
