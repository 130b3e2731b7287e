import type { MikroORM } from '@mikro-orm/postgresql';
import type { Clock } from '#kit/clock.ts';
import type { OrderReader, SeenExecution, SeenOrder } from '../../application/read-orders.ts';
import { isVenueConnected } from './venue-status.ts';

export function createOrderReader(orm: MikroORM, clock: Clock): OrderReader {
  const query = <Row>(sql: string, ids: readonly string[]) =>
    orm.em.fork().execute<(Row & object)[]>(sql, [`{${ids.join(',')}}`]);
  return {
    async ordersByIds(ids) {
      const rows = await query<SeenOrder>(
        `select order_id as "orderId", user_id as "userId", venue,
           venue_order_id as "venueOrderId", sent_at as "sentAt"
         from venue_order where order_id = any(?::uuid[])`,
        ids,
      );
      const found = new Map(rows.map((row) => [row.orderId, row]));
      return ids.map((id) => found.get(id) ?? null);
    },
    async executionsByIds(ids) {
      const rows = await query<SeenExecution>(`${executions} and report.id = any(?::uuid[])`, ids);
      const found = new Map(rows.map((row) => [row.id, row]));
      return ids.map((id) => found.get(id) ?? null);
    },
    async executionsOfOrders(ids) {
      const rows = await query<SeenExecution>(
        `${executions} and report.order_id = any(?::uuid[]) order by traded_at, exec_id`,
        ids,
      );
      const found = Map.groupBy(rows, (row) => row.orderId);
      return ids.map((id) => found.get(id) ?? []);
    },
    isConnected: (venue) => isVenueConnected(orm.em.fork(), venue, clock()),
  };
}

const executions = `
  select report.id, report.order_id as "orderId", owned.user_id as "userId", report.venue,
    report.exec_id as "execId", report.quantity, report.price, report.traded_at as "tradedAt"
  from execution_report report join venue_order owned using (order_id)
  where report.price is not null`;
