import DataLoader from 'dataloader';
import { channels } from '#contracts/live.ts';
import type { Clock } from '#kit/clock.ts';
import { assert, Refusal } from '#kit/errors.ts';
import { dateTimeScalar, decimalScalar } from '#kit/graphql-scalars.ts';
import { idPattern, isStorable, type OrderId, type UserId } from '#kit/ids.ts';
import type { Logger } from '#kit/log.ts';
import type { LivePubSub } from '#kit/pubsub.ts';
import { losslessStream } from '#kit/stream.ts';
import { requireUser, type SubgraphContext } from '#kit/subgraph-context.ts';
import { cancelOrder } from '../../application/cancel-order.ts';
import { placeOrder, type PlaceOrderDependencies } from '../../application/place-order.ts';
import type { OrderReader } from '../../application/ports.ts';
import { listOrders, maySeeOrdersOf, viewOrders } from '../../application/view-orders.ts';
import type { Order, OrderRefusalCode } from '../../domain/order.ts';
import type { OrderRequest } from '../../domain/order-terms.ts';
import { orderFields } from './order-fields.ts';
import type { FillModel, OrderModel, OrderUpdateModel } from './models.ts';
import type { OrderRefusal, PlaceOrderInput, Resolvers } from './schema.generated.ts';

export interface ResolverDependencies extends PlaceOrderDependencies {
  readonly pubsub: LivePubSub;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The resolvers of the orders subgraph. */
export function createResolvers(dependencies: ResolverDependencies): Resolvers {
  const { store, clock } = dependencies;
  const load = orderLoader(store);
  /** Of an order that the caller's own event names, which is there as long as the event. */
  const order = async (
    { orderId }: { orderId: OrderId },
    _args: unknown,
    context: SubgraphContext,
  ) => {
    const found = await load(context, orderId);
    assert(found !== null, `order ${orderId} of an event is there`);
    return found;
  };
  return {
    Decimal: decimalScalar,
    DateTime: dateTimeScalar,
    Query: {
      order: (_parent, { id }, context) => load(context, id),
      orderByClientId: (_parent, { clientOrderId }, context) => {
        const userId = requireUser(context);
        return isStorable(clientOrderId) ? store.findByClientOrderId(userId, clientOrderId) : null;
      },
      orders: (_parent, { first, after, status }, context) =>
        listOrders(store, requireUser(context), {
          first: first ?? 20,
          after: after ?? null,
          statuses: status ?? null,
        }),
    },
    Mutation: {
      placeOrder: async (_parent, { input }, context) => {
        const userId = requireUser(context);
        try {
          return { order: await placeOrder(dependencies, userId, requestOf(input)) };
        } catch (error) {
          return { refusal: refusalOf(error) };
        }
      },
      cancelOrder: async (_parent, { id }, context) => {
        // What is no id of ours names no order; PostgreSQL would not even compare it.
        const orderId = (idPattern.test(id) ? id : nobodys) as OrderId;
        const result = await cancelOrder(store, clock, requireUser(context), orderId);
        return { order: result.order, refusal: result.refusal && refusalOf(result.refusal) };
      },
    },
    Subscription: subscriptions(dependencies),
    OrderUpdate: { order },
    Fill: { order },
    Order: {
      ...orderFields,
      __resolveReference: ({ id }, context) => load(context, id),
    },
    User: {
      __resolveReference: ({ id }) => ({ id }),
      orders: (user, { first, after }, { identity }) => {
        const owner = user.id as UserId;
        if (!idPattern.test(owner) || !maySeeOrdersOf(identity, owner)) return null;
        return listOrders(store, owner, {
          first: first ?? 20,
          after: after ?? null,
          statuses: null,
        });
      },
    },
    Instrument: { __resolveReference: ({ symbol }) => ({ symbol }) },
  };
}

const nobodys = '00000000-0000-0000-0000-000000000000';

function subscriptions(dependencies: ResolverDependencies): NonNullable<Resolvers['Subscription']> {
  const { store, pubsub, logger } = dependencies;
  const follow = <Event extends { sequence: number }>(
    context: SubgraphContext,
    after: number | null | undefined,
    readLog: (userId: UserId, after: number, limit: number) => Promise<Event[]>,
  ) => {
    const userId = requireUser(context);
    if (after != null && after < 0) throw new Refusal('BAD_USER_INPUT', '`after` is 0 or more');
    return losslessStream<Event>({
      pubsub,
      channel: channels.orderEvents(userId),
      after: after ?? null,
      readHead: () => store.readHead(userId),
      readLog: (position, limit) => readLog(userId, position, limit),
      logger,
    });
  };
  return {
    orderUpdates: {
      subscribe: (_parent, { after }, context) => follow(context, after, store.readEvents),
      resolve: (event: OrderUpdateModel) => event,
    },
    fills: {
      subscribe: (_parent, { after }, context) => follow(context, after, store.readFills),
      resolve: (fill: FillModel) => fill,
    },
  };
}

/** Loads orders that the caller may see, in one query for all that one request asks for at a time. */
function orderLoader(reader: OrderReader) {
  type Loader = DataLoader<string, OrderModel | null>;
  const loaders = new WeakMap<SubgraphContext['cache'], Loader>();
  return (context: SubgraphContext, id: string): Promise<Order | null> => {
    let loader = loaders.get(context.cache);
    if (!loader) {
      loader = new DataLoader(
        (ids: readonly string[]) => viewOrders(reader, context.identity, ids),
        {
          maxBatchSize: 500,
        },
      );
      loaders.set(context.cache, loader);
    }
    return loader.load(id);
  };
}

function requestOf(input: PlaceOrderInput): OrderRequest {
  return {
    clientOrderId: input.clientOrderId,
    symbol: input.instrument,
    side: input.side,
    type: input.type,
    timeInForce: input.timeInForce ?? null,
    quantity: input.quantity,
    limitPrice: input.limitPrice ?? null,
    submitBy: input.submitBy ? new Date(input.submitBy) : null,
  };
}

/** An expected no becomes data; everything else goes on as the fault that it is. */
function refusalOf(error: unknown): OrderRefusal {
  if (!(error instanceof Refusal)) throw error;
  // The use cases throw no other codes.
  return { code: error.code as OrderRefusalCode, message: error.message };
}
