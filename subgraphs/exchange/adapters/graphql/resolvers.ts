import DataLoader from 'dataloader';
import { dateTimeScalar, decimalScalar } from '#kit/graphql-scalars.ts';
import { idPattern, type ExecutionId, type OrderId } from '#kit/ids.ts';
import { oncePerRequest, type SubgraphContext } from '#kit/subgraph-context.ts';
import {
  onlySeenBy,
  type OrderReader,
  type SeenExecution,
  type SeenOrder,
} from '../../application/read-orders.ts';
import type { Resolvers } from './schema.generated.ts';

/** Venues by their short name, with their name for people. */
export type VenueNames = ReadonlyMap<string, string>;

const batch = { maxBatchSize: 500 };

export function createResolvers(reader: OrderReader, names: VenueNames): Resolvers {
  const newOrders = () => new DataLoader<OrderId, SeenOrder | null>(reader.ordersByIds, batch);
  const newExecutions = () =>
    new DataLoader<ExecutionId, SeenExecution | null>(reader.executionsByIds, batch);
  const newLists = () => new DataLoader<OrderId, SeenExecution[]>(reader.executionsOfOrders, batch);

  /** The order, if the caller may see it. */
  async function order(context: SubgraphContext, id: string): Promise<SeenOrder | null> {
    if (!idPattern.test(id)) return null;
    const row = await oncePerRequest(context, newOrders).load(id as OrderId);
    return onlySeenBy(context.identity, row);
  }

  return {
    Decimal: decimalScalar,
    DateTime: dateTimeScalar,
    Query: {
      venues: () => [...names.keys()].toSorted().map((id) => ({ id })),
    },
    Order: {
      __resolveReference: async ({ id }, context) => ((await order(context, id)) ? { id } : null),
      venue: async ({ id }, _args, context) => {
        const found = await order(context, id);
        return found?.sentAt ? { id: found.venue } : null;
      },
      venueOrderId: async ({ id }, _args, context) =>
        (await order(context, id))?.venueOrderId ?? null,
      executions: async ({ id }, _args, context) => {
        if (!(await order(context, id))) return null;
        const found = await oncePerRequest(context, newLists).load(id as OrderId);
        return found.map(toExecution);
      },
    },
    Execution: {
      __resolveReference: async ({ id }, context) => {
        if (!idPattern.test(id)) return null;
        const row = await oncePerRequest(context, newExecutions).load(id as ExecutionId);
        const seen = onlySeenBy(context.identity, row);
        return seen && toExecution(seen);
      },
    },
    Venue: {
      __resolveReference: ({ id }, context) =>
        names.has(id) && context.identity.userId !== null ? { id } : null,
      name: ({ id }) => names.get(id) ?? id,
      connected: ({ id }) => reader.isConnected(id),
    },
  };
}

function toExecution(row: SeenExecution) {
  return {
    id: row.id,
    execId: row.execId,
    order: { id: row.orderId },
    venue: { id: row.venue },
    quantity: row.quantity,
    price: row.price,
    tradedAt: new Date(row.tradedAt).toISOString(),
  };
}
