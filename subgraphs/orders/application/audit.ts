import type { ExecutionId, OrderId, TransactionId, UserId } from '#kit/ids.ts';
import type { Currency } from '#kit/money.ts';
import type { EntityManager } from '#kit/orm.ts';
import type { OrderStatus, Side } from '../domain/order.ts';

/** Something that must hold and does not. */
export interface Finding {
  readonly invariant: string;
  readonly subject: string;
  readonly detail: string;
}

/** An order as other services' books are compared with it; numbers are units of its scales. */
export interface AuditedOrder {
  readonly id: OrderId;
  readonly userId: UserId;
  readonly symbol: string;
  readonly status: OrderStatus;
  readonly isFinal: boolean;
  /** Whether wallets has confirmed that nothing is held any more, or was never. */
  readonly isReleased: boolean;
  readonly pendingOperation: string | null;
  readonly settlementStatus: string;
  readonly quantity: bigint;
  readonly filled: bigint;
  readonly heldAmount: bigint;
}

/** A counted execution; amounts in minor units, as wallets was told. */
export interface AuditedFill {
  readonly executionId: ExecutionId;
  readonly orderId: OrderId;
  readonly userId: UserId;
  readonly venue: string;
  readonly execId: string;
  readonly quantity: bigint;
  readonly price: bigint;
  readonly quantityScale: number;
  readonly priceScale: number;
  readonly side: Side;
  readonly baseCurrency: Currency;
  readonly quoteCurrency: Currency;
  readonly baseAmount: bigint;
  readonly quoteAmount: bigint;
  /** The ledger transaction that settled it, as wallets answered; null while unanswered. */
  readonly transactionId: TransactionId | null;
}

/** Each query finds what breaks its invariant, as subject and detail. */
const invariants: Readonly<Record<string, string>> = {
  'an order is filled between 0 and its quantity plus its recorded overfill': `
    select id as subject, format('filled %s of %s, overfill %s', filled, quantity, overfill) as detail
      from orders where filled < 0 or filled > quantity + overfill
        or overfill <> greatest(filled - quantity, 0)`,
  'what an order counts is the sum of its recorded fills': `
    select o.id as subject, format('filled %s notional %s count %s, recorded %s %s %s', o.filled,
        o.notional, o.fill_count, f.quantity, f.notional, f.count) as detail
      from orders o, lateral (
        select coalesce(sum(quantity), 0) as quantity, count(*) as count,
               coalesce(sum(quantity * price), 0) as notional, count(transaction_id) as settled
          from order_fill where order_id = o.id) f
     where o.filled <> f.quantity or o.notional <> f.notional or o.fill_count <> f.count
        or o.settled_count <> f.settled`,
  'an execution counts once': `
    select min(execution_id::text) as subject, format('%s times %s at %s', count(*), exec_id, venue)
        as detail
      from order_fill group by order_id, venue, exec_id, traded_at having count(*) > 1`,
  'every fill is one event and every event of a fill is one': `
    select coalesce(f.execution_id, e.execution_id)::text as subject,
           case when f.execution_id is null then 'an event without its fill'
                else format('%s events', count(e.sequence)) end as detail
      from order_fill f
      full join (select * from order_event where kind = 'FILLED') e
        on e.execution_id = f.execution_id
     group by f.execution_id, e.execution_id having count(e.sequence) <> 1 or f.execution_id is null`,
  'the sequences of a user have no gaps': `
    select l.user_id as subject, format('head %s, %s events up to %s', l.head, e.count, e.last) as detail
      from order_log l, lateral (
        select count(*) as count, coalesce(max(sequence), 0) as last
          from order_event where user_id = l.user_id) e
     where l.head <> e.count or l.head <> e.last`,
  'an event belongs to the owner of its order, whose first event is RECEIVED': `
    select o.id as subject, 'the log of this order is wrong' as detail
      from orders o
     where (select kind from order_event where order_id = o.id order by sequence limit 1)
             is distinct from 'RECEIVED'
        or exists (select from order_event where order_id = o.id and user_id <> o.user_id)`,
  'a final order has nothing pending and its status fits its fills': `
    select id as subject, format('%s, pending %s, filled %s of %s', status, pending_operation,
        filled, quantity) as detail
      from orders
     where (status in ('FILLED', 'CANCELED', 'EXPIRED', 'DENIED', 'REJECTED')
              and pending_operation is not null)
        or (status = 'FILLED' and filled < quantity)
        or (status = 'PARTIALLY_FILLED' and (filled = 0 or filled >= quantity))
        or (status in ('RECEIVED', 'HELD', 'SUBMITTED', 'ACCEPTED') and filled > 0)
        or (status in ('DENIED') and hold_status <> 'DENIED')
        or (status in ('FILLED', 'CANCELED', 'EXPIRED', 'REJECTED')
              and hold_status not in ('RELEASING', 'RELEASED'))`,
  'the status of an order is that of its last event': `
    select o.id as subject, format('%s, its last event %s', o.status, e.status) as detail
      from orders o, lateral (
        select status, filled_quantity from order_event where order_id = o.id
         order by sequence desc limit 1) e
     where e.status <> o.status
        or replace(e.filled_quantity, '.', '')::numeric <> o.filled`,
};

const findingLimit = 100;

/** Asks every invariant of the orders database. @returns at most 100 findings for each */
export async function auditOrders(em: EntityManager): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const [invariant, query] of Object.entries(invariants)) {
    const rows = await em.execute<{ subject: string; detail: string }[]>(
      `select * from (${query}) broken limit ${findingLimit}`,
    );
    findings.push(...rows.map(({ subject, detail }) => ({ invariant, subject, detail })));
  }
  return findings;
}

/** All orders by id, in pages of `limit`: pass the last id on until a page is empty. */
export async function listAuditedOrders(
  em: EntityManager,
  after: OrderId | null,
  limit = 1_000,
): Promise<AuditedOrder[]> {
  const rows = await em.execute<OrderRow[]>(
    `select *, status in ('FILLED', 'CANCELED', 'EXPIRED', 'DENIED', 'REJECTED') as is_final,
            hold_status in ('DENIED', 'RELEASED') as is_released
       from orders where (?::uuid is null or id > ?::uuid) order by id limit ?`,
    [after, after, limit],
  );
  return rows.map((row) => ({
    id: row.id,
    userId: row.user_id,
    symbol: row.symbol,
    status: row.status,
    isFinal: row.is_final,
    isReleased: row.is_released,
    pendingOperation: row.pending_operation,
    settlementStatus: row.settlement_status,
    quantity: BigInt(row.quantity),
    filled: BigInt(row.filled),
    heldAmount: BigInt(row.held_amount),
  }));
}

/** All counted executions by id, in pages of `limit`, as listAuditedOrders. */
export async function listAuditedFills(
  em: EntityManager,
  after: ExecutionId | null,
  limit = 1_000,
): Promise<AuditedFill[]> {
  const rows = await em.execute<FillRow[]>(
    `select f.*, o.quantity_scale, o.price_scale, o.side, o.base_currency, o.quote_currency
       from order_fill f join orders o on o.id = f.order_id
      where (?::uuid is null or f.execution_id > ?::uuid) order by f.execution_id limit ?`,
    [after, after, limit],
  );
  return rows.map((row) => ({
    executionId: row.execution_id,
    orderId: row.order_id,
    userId: row.user_id,
    venue: row.venue,
    execId: row.exec_id,
    quantity: BigInt(row.quantity),
    price: BigInt(row.price),
    quantityScale: row.quantity_scale,
    priceScale: row.price_scale,
    side: row.side,
    baseCurrency: row.base_currency,
    quoteCurrency: row.quote_currency,
    baseAmount: BigInt(row.base_amount),
    quoteAmount: BigInt(row.quote_amount),
    transactionId: row.transaction_id,
  }));
}

interface OrderRow {
  id: OrderId;
  user_id: UserId;
  symbol: string;
  status: OrderStatus;
  is_final: boolean;
  is_released: boolean;
  pending_operation: string | null;
  settlement_status: string;
  quantity: string;
  filled: string;
  held_amount: string;
}

interface FillRow {
  execution_id: ExecutionId;
  order_id: OrderId;
  user_id: UserId;
  venue: string;
  exec_id: string;
  quantity: string;
  price: string;
  quantity_scale: number;
  price_scale: number;
  side: Side;
  base_currency: Currency;
  quote_currency: Currency;
  base_amount: string;
  quote_amount: string;
  transaction_id: TransactionId | null;
}
