import { allow, rule, type IRules } from 'graphql-shield';
import { forbidden, isAuthenticated } from '#kit/rules.ts';
import type { SubgraphContext } from '#kit/subgraph-context.ts';
import { maySeeOrdersOf } from '../../application/view-orders.ts';
import type { OrderModel } from './models.ts';

/**
 * Who owns an order, or runs Mammon. References to others' orders are null before a field is asked
 * for, so this only ever refuses when something else went wrong.
 */
const maySeeOrder = rule('maySeeOrder', { cache: 'no_cache' })(
  (order: OrderModel, _args: unknown, { identity }: SubgraphContext) =>
    maySeeOrdersOf(identity, order.userId) || forbidden(),
);

/** A rule for every field. What belongs to a payload or a stream was decided at its root. */
export const permissions: IRules = {
  Query: {
    order: isAuthenticated,
    orderByClientId: isAuthenticated,
    orders: isAuthenticated,
  },
  Mutation: { placeOrder: isAuthenticated, cancelOrder: isAuthenticated },
  Subscription: { orderUpdates: isAuthenticated, fills: isAuthenticated },
  Order: {
    id: maySeeOrder,
    clientOrderId: maySeeOrder,
    user: maySeeOrder,
    instrument: maySeeOrder,
    wallet: maySeeOrder,
    side: maySeeOrder,
    type: maySeeOrder,
    timeInForce: maySeeOrder,
    quantity: maySeeOrder,
    limitPrice: maySeeOrder,
    status: maySeeOrder,
    pendingOperation: maySeeOrder,
    settlementStatus: maySeeOrder,
    filledQuantity: maySeeOrder,
    leavesQuantity: maySeeOrder,
    averagePrice: maySeeOrder,
    heldAmount: maySeeOrder,
    refusal: maySeeOrder,
    submitBy: maySeeOrder,
    createdAt: maySeeOrder,
    updatedAt: maySeeOrder,
  },
  // References to what others own: an id only; what belongs to it is asked there. `orders` answers
  // null to whoever may not see them, so that a join on a stranger's user is no error.
  User: { id: allow, orders: allow },
  Instrument: { symbol: allow },
  Wallet: { id: allow },
  OrderRefusal: { code: isAuthenticated, message: isAuthenticated },
  OrderConnection: { edges: isAuthenticated, pageInfo: isAuthenticated },
  OrderEdge: { cursor: isAuthenticated, node: isAuthenticated },
  PageInfo: {
    hasNextPage: isAuthenticated,
    hasPreviousPage: isAuthenticated,
    startCursor: isAuthenticated,
    endCursor: isAuthenticated,
  },
  PlaceOrderPayload: { order: isAuthenticated, refusal: isAuthenticated },
  CancelOrderPayload: { order: isAuthenticated, refusal: isAuthenticated },
  OrderUpdate: {
    sequence: isAuthenticated,
    kind: isAuthenticated,
    at: isAuthenticated,
    status: isAuthenticated,
    filledQuantity: isAuthenticated,
    order: isAuthenticated,
  },
  Fill: {
    sequence: isAuthenticated,
    executionId: isAuthenticated,
    quantity: isAuthenticated,
    price: isAuthenticated,
    at: isAuthenticated,
    order: isAuthenticated,
  },
};
