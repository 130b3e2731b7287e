import type { OrderId } from '#kit/ids.ts';
import type { Exchange } from './ports.ts';
import { tellOrders } from './tell-orders.ts';

const batch = 200;

/** Tells once of each order that was sent before a time and has no answer; returns how many. */
export async function markUnknown(exchange: Exchange, sentBefore: Date): Promise<number> {
  let marked = 0;
  for (;;) {
    const count = await exchange.transaction(async (em) => {
      const orders = await exchange.orders.lockUnanswered(em, sentBefore, batch);
      const now = exchange.clock();
      for (const order of orders) {
        await exchange.orders.update(em, order, { status: 'UNKNOWN', unknownAt: now });
        await tellOrders(em, order, [{ kind: 'UNKNOWN' }], now);
      }
      return orders.length;
    });
    marked += count;
    if (count < batch) return marked;
  }
}

/**
 * Asks the venue for the state of orders that it has not answered for, and for trades that it
 * counted and did not tell; each at most once in the probe interval.
 */
export async function probeDoubtful(exchange: Exchange): Promise<void> {
  const now = exchange.clock();
  const before = new Date(now.getTime() - exchange.timing.probeIntervalMs);
  await exchange.transaction(async (em) => {
    const orders = await exchange.orders.lockDoubtful(em, before, batch);
    if (orders.length === 0) return;
    for (const order of orders) await exchange.orders.update(em, order, { probedAt: now });
    await exchange.route.requestStatus(em, orders);
    // Trades first asked for after one "unknown order": they are evidence of absence, too.
    const withTrades = orders.filter(
      (order) => order.absentProbes > 0 || order.status === 'WORKING',
    );
    if (withTrades.length > 0) await exchange.route.requestTrades(em, withTrades);
  });
}

/** After each logon: asks for the state of every order that may work at the venue. */
export async function askForOpenOrders(exchange: Exchange): Promise<void> {
  let after: OrderId | null = null;
  for (;;) {
    const orders: readonly { orderId: OrderId }[] = await exchange.transaction(async (em) => {
      const open = await exchange.orders.listOpen(em, after, batch);
      if (open.length > 0) await exchange.route.requestStatus(em, open);
      return open;
    });
    after = orders.at(-1)?.orderId ?? null;
    if (orders.length < batch || after === null) return;
  }
}

/**
 * After a start: asks for all trades since the day of the last one that we know. Within a session
 * no number is missed; this finds what a restored or repaired database has forgotten.
 */
export async function askForTrades(exchange: Exchange): Promise<void> {
  await exchange.transaction(async (em) => {
    const today = day(exchange.clock());
    const last = await exchange.orders.lastTradeDate(em, exchange.venue);
    if (last !== null) await exchange.route.requestTradesOfDays(em, last, today);
  });
}

const day = (time: Date): string => time.toISOString().slice(0, 10).replaceAll('-', '');
