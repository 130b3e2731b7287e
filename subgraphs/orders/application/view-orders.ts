import { Refusal } from '#kit/errors.ts';
import type { Identity } from '#kit/identity.ts';
import { idPattern, type OrderId, type UserId } from '#kit/ids.ts';
import type { Order, OrderStatus } from '../domain/order.ts';
import type { OrderPosition, OrderReader } from './ports.ts';

export interface OrdersQuery {
  readonly first: number;
  readonly after: string | null;
  readonly statuses: readonly OrderStatus[] | null;
}

export interface OrdersPage {
  readonly edges: readonly { readonly cursor: string; readonly node: Order }[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
}

const pageLimit = 100;

/** Whether the caller may see what belongs to `owner`: its owner and operators may. */
export function maySeeOrdersOf(identity: Identity, owner: UserId): boolean {
  const { userId, roles } = identity;
  return userId !== null && (userId === owner || roles.includes('OPERATOR'));
}

/** The orders in the order of the ids; null where there is none, or none that the caller may see. */
export async function viewOrders(
  reader: OrderReader,
  identity: Identity,
  ids: readonly string[],
): Promise<(Order | null)[]> {
  const known = ids.filter((id): id is OrderId => idPattern.test(id));
  const orders = known.length > 0 ? await reader.findOrders(known) : [];
  const visible = orders.filter((order) => maySeeOrdersOf(identity, order.userId));
  const byId = new Map<string, Order>(visible.map((order) => [order.id, order]));
  return ids.map((id) => byId.get(id) ?? null);
}

/** A page of a user's orders, the latest first. @throws Refusal BAD_USER_INPUT */
export async function listOrders(
  reader: OrderReader,
  userId: UserId,
  { first, after, statuses }: OrdersQuery,
): Promise<OrdersPage> {
  if (first < 1 || first > pageLimit) {
    throw new Refusal('BAD_USER_INPUT', `\`first\` is from 1 to ${pageLimit}`);
  }
  const position = after === null ? null : readCursor(after);
  const limit = first + 1; // one more than asked for says whether there is a next page
  const found = await reader.listOrders({ userId, limit, after: position, statuses });
  const edges = found.slice(0, first).map((node) => ({ cursor: cursorOf(node), node }));
  return {
    edges,
    pageInfo: {
      hasNextPage: found.length > first,
      hasPreviousPage: position !== null,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}

/** Stable: an order keeps its place whatever is placed or changes meanwhile. */
function cursorOf({ createdAt, id }: OrderPosition): string {
  return Buffer.from(`${createdAt.getTime()}:${id}`).toString('base64url');
}

function readCursor(cursor: string): OrderPosition {
  const [time = '', id = ''] = Buffer.from(cursor, 'base64url').toString('utf8').split(':');
  if (!/^\d{1,15}$/.test(time) || !idPattern.test(id)) {
    throw new Refusal('BAD_USER_INPUT', '`after` is not a cursor of this list');
  }
  return { createdAt: new Date(Number(time)), id: id as OrderId };
}
