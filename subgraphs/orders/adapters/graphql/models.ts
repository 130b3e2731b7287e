import type { LoggedEvent, LoggedFill } from '../../application/ports.ts';
import type { Order } from '../../domain/order.ts';

/** What resolvers pass on for each type; the fields are made from it. */
export type OrderModel = Order;
export type OrderUpdateModel = LoggedEvent;
export type FillModel = LoggedFill;
