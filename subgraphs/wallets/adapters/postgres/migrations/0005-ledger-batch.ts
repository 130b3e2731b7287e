import { Migration } from '@mikro-orm/migrations';
import { readAll, takeHold, takeRelease, writeAll } from './ledger-batch-parts.ts';
import { takePost } from './ledger-batch-post.ts';

/**
 * The hot path: `ledger_post_batch(operations jsonb) returns jsonb` does many operations in one
 * call and one transaction, each all or nothing. It reads and locks what they need at once, decides
 * one after the other in memory, and writes each table at once.
 *
 * In: an array of ledger_operation, with `op` one of
 * - `post`: { id, kind, at, effective_at?, value_date?, user_id, order_id, execution_id, caller_id,
 *   idempotency_key, payment_id, reverses, reason, fingerprint, legs }; with `hold_id` and
 *   `payer_id` the payer's leg is paid from that hold; with `receivable` too, what nothing can pay
 *   becomes a debt, else it is refused; `resolve` releases the rest of the hold.
 * - `hold`: { id, purpose, order_id, user_id, at, expires_at?, legs: [the wallet and the amount] }.
 * - `release`: { id, order_id, user_id, at, expire? }; an order's hold that was released before it
 *   came is void for ever. `expire` releases only what has expired.
 * - `renew`: { id, user_id, at, expires_at } gives a live hold another end or none.
 * A leg is { id, kind, currency, user_id, venue, amount }: minor units as text, debits first.
 *
 * Out: { results: one { outcome, … } for each operation, in order, heads: { user: sequence } }, the
 * new heads of the event logs. Outcomes that are refusals have written nothing.
 *
 * Everything locks in one order, so that none waits for another in a circle: new accounts by id,
 * users' accounts by id, transactions by id, event heads by user. Holds change only under their
 * account's lock. House accounts have no limit, so they are not locked: see 0006-journal-seal.
 */
export class LedgerBatch0005 extends Migration {
  override up(): void {
    this.addSql(`
      drop function ledger_post(jsonb, jsonb);
      drop function ledger_hold(jsonb, jsonb);
      drop function ledger_release(jsonb);
      drop function ledger_append_events(uuid, text, uuid[], uuid, uuid, timestamptz);
      drop function ledger_open_accounts(ledger_leg[], timestamptz);
    `);
    this.addSql(operationType);
    this.addSql(apply);
    this.addSql(batch);
  }
}

const operationType = `
  create type ledger_operation as (
    op text, id uuid, at timestamptz(3), user_id uuid, order_id uuid, legs ledger_leg[],
    kind text, execution_id uuid, caller_id uuid, idempotency_key text, payment_id uuid,
    fingerprint uuid, effective_at timestamptz(3), value_date date, reverses uuid, reason text,
    hold_id uuid, payer_id uuid, receivable ledger_leg, resolve boolean,
    purpose text, expires_at timestamptz(3), expire boolean
  );
`;

const apply = `
  create function ledger_apply(p_operations jsonb, p_attempt int) returns jsonb
  language plpgsql as $$
  declare
    v_operations ledger_operation[];
    v_operation ledger_operation;
    v_n int := 0;
    v_legs ledger_leg[];
    v_leg ledger_leg;
    v_results jsonb[] := '{}';
    v_refusal text;
    -- Transactions: those that were there, and for each to be written what it left unpaid.
    v_known uuid[];
    v_prints uuid[];
    v_reversed uuid[] := '{}';
    v_shortfalls numeric[];
    -- Accounts with a limit, by position.
    v_ids uuid[];
    v_kinds text[];
    v_posted numeric[];
    v_held numeric[];
    v_moved boolean[];
    v_i int;
    -- Holds, by position; those that are new and those that changed.
    v_hold_keys uuid[];
    v_hold_ids uuid[] := '{}';
    v_holds hold[] := '{}';
    v_hold hold;
    v_h int;
    v_new_holds uuid[] := '{}';
    v_changed_holds uuid[] := '{}';
    v_live boolean;
    v_rest numeric;
    v_due numeric;
    v_from_hold numeric;
    v_freed numeric;
    v_shortfall numeric;
    v_payer int;
    v_events wallet_event[] := '{}';
    v_event wallet_event;
    v_heads jsonb := '{}';
  begin
    ${readAll}
    foreach v_operation in array v_operations loop
      v_n := v_n + 1;
      v_refusal := null;
      if v_operation.op = 'post' then
        ${takePost}
      elsif v_operation.op = 'hold' then
        ${takeHold}
      elsif v_operation.op in ('release', 'renew') then
        ${takeRelease}
      else
        raise exception 'the ledger has no operation %', v_operation.op;
      end if;
    end loop;
    ${writeAll}
    return jsonb_build_object('results', to_jsonb(v_results), 'heads', v_heads);
  end $$;
`;

// What another transaction wrote between our look and our write is found by looking again. The
// planner is told what a hot path must do, whatever the tables' sizes were when it was planned.
const batch = `
  create function ledger_post_batch(operations jsonb) returns jsonb
  language plpgsql
  set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set jit = off
  set plan_cache_mode = force_generic_plan
  as $$
  begin
    for v_attempt in 1 .. 4 loop
      begin
        return ledger_apply(operations, v_attempt);
      exception when unique_violation or sqlstate 'LG001' then
        if v_attempt = 4 then
          raise;
        end if;
      end;
    end loop;
  end $$;
`;
