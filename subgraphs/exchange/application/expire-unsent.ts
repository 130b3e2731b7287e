import type { Exchange } from './ports.ts';
import { tellOrders } from './tell-orders.ts';

const batch = 200;

/**
 * Ends orders whose `submitBy` passed before a byte of them left, so that their funds do not wait
 * for a venue that is away. Their stored messages are gap filled when it comes back.
 */
export async function expireUnsent(exchange: Exchange): Promise<void> {
  const { orders, clock } = exchange;
  for (;;) {
    const expired = await exchange.transaction(async (em) => {
      const now = clock();
      const overdue = await orders.lockUnsent(em, now, batch);
      for (const order of overdue) {
        await orders.update(em, order, { status: 'EXPIRED', lastEventAt: now });
        await tellOrders(em, order, [{ kind: 'EXPIRED', sent: false }], now);
      }
      return overdue.length;
    });
    if (expired < batch) return;
  }
}
