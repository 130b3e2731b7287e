import type { EntityManager } from '@mikro-orm/postgresql';

/** A broken promise of this service's data. */
export interface Finding {
  /** Its name in the architecture page's list of invariants. */
  readonly invariant: string;
  /** What it is about: an order's or execution's id. */
  readonly subject: string;
  readonly detail: string;
}

/** An execution for comparison with the orders service, the ledger and the venue. */
export interface AuditedExecution {
  readonly executionId: string;
  readonly orderId: string;
  readonly userId: string;
  readonly venue: string;
  readonly tradeDate: string;
  readonly execId: string;
  /** FIX 11. */
  readonly clOrdId: string;
  readonly symbol: string;
  readonly side: 'BUY' | 'SELL';
  /** Plain decimals. */
  readonly quantity: string;
  readonly price: string;
}

/** Asks the invariants that this database alone can answer; an empty list is a clean one. */
export async function auditExchange(em: EntityManager): Promise<Finding[]> {
  const found: Finding[] = [];
  for (const { invariant, sql } of questions) {
    const rows = await em.execute<{ subject: string; detail: string }[]>(sql);
    found.push(...rows.map(({ subject, detail }) => ({ invariant, subject, detail })));
  }
  return found;
}

/** Every execution with its order's owner, in no order. */
export function listExecutions(em: EntityManager): Promise<AuditedExecution[]> {
  return em.execute<AuditedExecution[]>(
    `select report.id as "executionId", owned.order_id as "orderId", owned.user_id as "userId",
       report.venue, report.trade_date as "tradeDate", report.exec_id as "execId",
       owned.cl_ord_id as "clOrdId", owned.symbol, owned.side, report.quantity, report.price
     from execution_report report join venue_order owned using (order_id)
     where report.price is not null`,
  );
}

const questions = [
  {
    invariant: 'an execution counts once',
    sql: `select id as subject, 'stored more than once' as detail from (
        select min(id::text) as id from execution_report
        group by venue, trade_date, exec_id having count(*) > 1) repeated`,
  },
  {
    invariant: 'cumulative quantity is the sum of the executions',
    sql: `select order_id as subject,
        'says ' || cum_quantity || ', executions say ' || coalesce(sum(report.quantity), 0) as detail
      from venue_order left join execution_report report using (order_id)
      group by order_id having cum_quantity <> coalesce(sum(report.quantity), 0)`,
  },
  {
    invariant: '0 <= filled <= quantity + recorded overfill',
    sql: `select order_id as subject, cum_quantity || ' of ' || quantity || ' filled' as detail
      from venue_order where cum_quantity > quantity and not exists (
        select from venue_incident incident
        where incident.order_id = venue_order.order_id and kind = 'OVERFILL')`,
  },
  {
    invariant: 'a filled order is filled',
    sql: `select order_id as subject, cum_quantity || ' of ' || quantity || ' filled' as detail
      from venue_order where status = 'FILLED' and cum_quantity < quantity`,
  },
  {
    invariant: 'an execution belongs to an order',
    sql: `select id as subject, 'ExecID ' || exec_id || ' of no order of ours' as detail
      from execution_report where price is not null and order_id is null`,
  },
  {
    invariant: 'what was never sent has no executions',
    sql: `select order_id as subject, 'executed, and yet not sent' as detail
      from venue_order where sent_at is null and cum_quantity > 0`,
  },
  {
    invariant: "no trade of the venue's count is missing",
    sql: `select order_id as subject,
        cum_quantity || ' stored, the venue counts ' || claimed_cum_quantity as detail
      from venue_order where claimed_cum_quantity > cum_quantity`,
  },
] as const;
