import { handle } from '#contracts/build.ts';
import { CancelVenueOrder, SubmitOrder } from '#contracts/orders.ts';
import type { MessageHandler } from '#kit/consumer.ts';
import { cancelOrder } from '../../application/cancel-order.ts';
import type { Exchange } from '../../application/ports.ts';
import { submitOrder } from '../../application/submit-order.ts';

/** What the exchange does for each command of the orders service. */
export const createHandlers = (exchange: Exchange): ReadonlyMap<string, MessageHandler> =>
  new Map([
    handle(SubmitOrder, (em, command) => submitOrder(exchange, em, command)),
    handle(CancelVenueOrder, (em, command) => cancelOrder(exchange, em, command)),
  ]);
