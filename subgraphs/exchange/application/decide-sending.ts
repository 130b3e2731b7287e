import type { Exchange } from './ports.ts';
import { tellOrders } from './tell-orders.ts';

/**
 * Decides, in the database, whether a stored order goes on the wire now: asked right before its
 * bytes leave, the first time and whenever the venue asks for them again. False gap fills its
 * number. Whatever is decided is committed before the session acts on it.
 */
export function decideSending(exchange: Exchange, clOrdId: string): Promise<boolean> {
  return exchange.transaction(async (em) => {
    const order = await exchange.orders.lockByClOrdId(em, clOrdId);
    // Withdrawn, or answered already: the venue has it and must not get it twice.
    if (!order || (order.status !== 'PENDING' && order.status !== 'UNKNOWN')) return false;
    const now = exchange.clock();
    if (now <= order.submitBy) {
      if (!order.sentAt) await exchange.orders.update(em, order, { sentAt: now });
      return true;
    }
    if (!order.sentAt) {
      await exchange.orders.update(em, order, { status: 'EXPIRED', lastEventAt: now });
      await tellOrders(em, order, [{ kind: 'EXPIRED', sent: false }], now);
      return false;
    }
    // Its bytes left once. That the venue asks again nearly proves that it has not got them, but
    // it may have crashed between storing the order and storing the number: it is asked first.
    await exchange.orders.update(em, order, {
      status: 'WITHHELD',
      unknownAt: order.unknownAt ?? now,
      absentProbes: 0,
      probedAt: null,
      lastEventAt: now,
    });
    if (!order.unknownAt) await tellOrders(em, order, [{ kind: 'UNKNOWN' }], now);
    return false;
  });
}

/** Whether a stored cancel goes on the wire: not after the order ended. */
export function decideSendingCancel(exchange: Exchange, clOrdId: string): Promise<boolean> {
  return exchange.transaction(async (em) => {
    const order = await exchange.orders.lockByClOrdId(em, clOrdId);
    return order !== null && order.cancelPending;
  });
}
