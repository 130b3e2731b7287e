import { channels } from '#contracts/live.ts';
import { describeError, type Logger } from '#kit/log.ts';
import type { LivePubSub } from '#kit/pubsub.ts';
import type { OrderWatcher } from '../../application/ports.ts';

/** Watches orders over pub/sub. Without it callers still see every change, by reading again. */
export function createOrderWatcher(pubsub: LivePubSub, logger: Logger): OrderWatcher {
  return {
    async watch(orderId, onChange) {
      try {
        return await pubsub.subscribe(channels.orderChanged(orderId), onChange);
      } catch (error) {
        logger.warn({ ...describeError(error), orderId }, 'an order cannot be watched');
        return async () => undefined;
      }
    },
  };
}
