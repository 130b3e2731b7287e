import type { ExecutionId, OrderId, UserId } from '#kit/ids.ts';
import type { Identity } from '#kit/identity.ts';

/** An order as its owner may see it. */
export interface SeenOrder {
  readonly orderId: OrderId;
  readonly userId: UserId;
  readonly venue: string;
  readonly venueOrderId: string | null;
  /** Null when the venue cannot have it. */
  readonly sentAt: Date | null;
}

export interface SeenExecution {
  readonly id: ExecutionId;
  readonly orderId: OrderId;
  readonly userId: UserId;
  readonly venue: string;
  readonly execId: string;
  readonly quantity: string;
  readonly price: string;
  readonly tradedAt: Date;
}

/** What is shown of the mapping; each list in the order of the ids, null where there is none. */
export interface OrderReader {
  ordersByIds(ids: readonly OrderId[]): Promise<(SeenOrder | null)[]>;
  executionsByIds(ids: readonly ExecutionId[]): Promise<(SeenExecution | null)[]>;
  /** Of each order, the oldest first. */
  executionsOfOrders(ids: readonly OrderId[]): Promise<SeenExecution[][]>;
  isConnected(venue: string): Promise<boolean>;
}

/** The row itself if the viewer owns it or runs Mammon; null to everybody else. */
export function onlySeenBy<Row extends { readonly userId: UserId }>(
  viewer: Pick<Identity, 'userId' | 'roles'>,
  row: Row | null,
): Row | null {
  if (!row || viewer.userId === null) return null;
  return row.userId === viewer.userId || viewer.roles.includes('OPERATOR') ? row : null;
}
