import { assert } from '#kit/errors.ts';
import type { OrderId } from '#kit/ids.ts';
import { createWaker } from '#kit/pause.ts';
import type { Order } from '../domain/order.ts';
import type { OrderReader, OrderWatcher } from './ports.ts';

export interface DecisionSettings {
  /** How long a caller waits for the funds of an order to be held or denied. */
  readonly waitMs: number;
  /** How often the row is read meanwhile, in case a live update was lost. */
  readonly pollMs: number;
}

/** An order that is there, or how to place it once it is watched. */
type Awaited = Order | { readonly orderId: OrderId; readonly place: () => Promise<Order> };

/**
 * Waits until an order is no longer just RECEIVED, whichever process hears the answer, and no longer
 * than a caller should wait.
 * @returns the order as it is then
 */
export async function awaitDecision(
  reader: OrderReader,
  watcher: OrderWatcher,
  settings: DecisionSettings,
  awaited: Awaited,
): Promise<Order> {
  if ('id' in awaited && awaited.status !== 'RECEIVED') return awaited;
  const changes = createWaker();
  const watchedId = 'id' in awaited ? awaited.id : awaited.orderId;
  const unwatch = await watcher.watch(watchedId, () => changes.wake());
  try {
    let order = 'id' in awaited ? awaited : await awaited.place();
    const deadline = AbortSignal.timeout(settings.waitMs);
    while (order.status === 'RECEIVED' && !deadline.aborted) {
      await changes.wait(settings.pollMs, deadline);
      const [read] = await reader.findOrders([order.id]);
      assert(read !== undefined, `order ${order.id} vanished`);
      order = read;
    }
    return order;
  } finally {
    await unwatch();
  }
}
