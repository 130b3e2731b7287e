import type { MikroORM } from '@mikro-orm/postgresql';
import type { Logger } from '#kit/log.ts';
import { formatDecimal } from '#kit/money.ts';
import type {
  LoggedFill,
  OrderPage,
  OrderReader,
  OrderTransactions,
} from '../../application/ports.ts';
import type { Order } from '../../domain/order.ts';
import { OrderEntity, OrderEventEntity } from './entities.ts';
import { copy, orderWork, untracked } from './order-work.ts';

/** Orders in PostgreSQL. Each call has an entity manager of its own. */
export function createOrderStore(orm: MikroORM, logger: Logger): OrderTransactions & OrderReader {
  const fork = () => orm.em.fork();
  return {
    transaction: (run) => fork().transactional((em) => run(orderWork(em, logger))),
    async findOrders(ids) {
      const rows = await fork().find(OrderEntity, { id: { $in: [...ids] } }, untracked);
      return rows.map((row): Order => ({ ...row }));
    },
    findByClientOrderId: async (userId, clientOrderId) =>
      copy(await fork().findOne(OrderEntity, { userId, clientOrderId }, untracked)),
    listOrders: (page) => listOrders(orm, page),
    async readHead(userId) {
      const rows = await fork().execute<{ head: number }[]>(
        'select head from order_log where user_id = ?',
        [userId],
      );
      return rows[0]?.head ?? 0;
    },
    async readEvents(userId, after, limit) {
      const rows = await fork().find(
        OrderEventEntity,
        { userId, sequence: { $gt: after } },
        { ...untracked, orderBy: { sequence: 'asc' }, limit },
      );
      return rows.map(({ sequence, orderId, kind, at, status, filledQuantity }) => {
        return { sequence, orderId, kind, at, status, filledQuantity };
      });
    },
    readFills: (userId, after, limit) => readFills(orm, userId, after, limit),
  };
}

async function listOrders(orm: MikroORM, page: OrderPage): Promise<readonly Order[]> {
  const { userId, limit, after, statuses } = page;
  const rows = await orm.em.fork().find(
    OrderEntity,
    {
      userId,
      ...(statuses ? { status: { $in: [...statuses] } } : {}),
      ...(after
        ? {
            createdAt: { $lte: after.createdAt },
            $or: [{ createdAt: { $lt: after.createdAt } }, { id: { $lt: after.id } }],
          }
        : {}),
    },
    { ...untracked, orderBy: [{ createdAt: 'desc' }, { id: 'desc' }], limit },
  );
  return rows.map((row): Order => ({ ...row }));
}

interface FillRow {
  sequence: number;
  order_id: LoggedFill['orderId'];
  execution_id: LoggedFill['executionId'];
  quantity: string;
  price: string;
  quantity_scale: number;
  price_scale: number;
  traded_at: Date | string;
}

async function readFills(
  orm: MikroORM,
  userId: string,
  after: number,
  limit: number,
): Promise<LoggedFill[]> {
  const rows = await orm.em.fork().execute<FillRow[]>(
    `select e.sequence, f.order_id, f.execution_id, f.quantity, f.price, f.traded_at,
            o.quantity_scale, o.price_scale
       from order_event e
       join order_fill f on f.execution_id = e.execution_id
       join orders o on o.id = f.order_id
      where e.user_id = ? and e.sequence > ? and e.kind = 'FILLED'
      order by e.sequence limit ?`,
    [userId, after, limit],
  );
  return rows.map((row) => ({
    sequence: row.sequence,
    orderId: row.order_id,
    executionId: row.execution_id,
    quantity: formatDecimal(BigInt(row.quantity), row.quantity_scale),
    price: formatDecimal(BigInt(row.price), row.price_scale),
    at: new Date(row.traded_at),
  }));
}
