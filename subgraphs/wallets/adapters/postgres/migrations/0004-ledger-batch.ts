import { Migration } from '@mikro-orm/migrations';
import { readAll } from './ledger-batch-read.ts';
import { takeHold, takeRelease } from './ledger-batch-hold.ts';
import { takePlain } from './ledger-batch-plain.ts';
import { takePost } from './ledger-batch-post.ts';
import { writeAll } from './ledger-batch-write.ts';

/**
 * The hot path: `ledger_post_batch` does many operations in one call and one transaction, each all
 * or nothing. It locks and reads what they need at once, decides one after the other in memory, and
 * writes each table at once, from rows that it has made. Statements are few and their plans small:
 * setting them up is what a single operation costs.
 *
 * In: operations, each with `op` one of
 * - `post`: a transaction of the next `legs` legs. With `hold` and `payer` the payer's leg is paid
 *   from that hold; with `receivable` too, what nothing can pay becomes a debt, else it is refused;
 *   `resolve` releases the rest of the hold.
 * - `hold`: of the next leg's amount on its wallet.
 * - `release`: an order's hold that was released before it came is void for ever. `expire` releases
 *   only what has expired.
 * - `renew`: gives a live hold the end `expires_at`, or none.
 * What several of them name is given once, and named by its place: `users` (sorted by id: all whose
 * wallets or holds may change), `holds`, `accounts` (ids, kinds, currencies, places of owners,
 * venues), and the legs one after the other (places of accounts, minor units; debits first).
 *
 * Out: { outcomes, amounts, shortfalls, live, moved }: for each operation its outcome; what a hold
 * paid or what was released; what became a debt; whether the hold was live; and whether an event
 * log moved. Outcomes that are refusals have written nothing but the heads that lock new users.
 *
 * Everything locks in one order, so that none waits for another in a circle: the users' event heads
 * by user, transactions by id, new accounts by id. Wallets, debts and holds change only under their
 * user's head, so a row is where it was read until it is written: no index is asked twice. House
 * accounts have no limit, so they are not locked: see 0005-journal-seal.
 *
 * A batch whose transactions come from elsewhere at the same moment fails whole, by the primary key
 * of ledger_transaction, and is to be repeated.
 */
export class LedgerBatch0004 extends Migration {
  override up(): void {
    this.addSql(operationType);
    this.addSql(batch);
  }
}

const operationType = `
  create type ledger_operation as (
    op text, id uuid, legs int, user_id uuid, order_id uuid, hold int,
    kind text, execution_id uuid, caller_id uuid, idempotency_key text, payment_id uuid,
    fingerprint uuid, effective_at timestamptz(3), value_date date, reverses uuid, reason text,
    payer int, receivable uuid, resolve boolean,
    purpose text, expires_at timestamptz(3), expire boolean
  );
`;

// The planner is told what a hot path must do, whatever the tables' sizes were when it was planned.
const batch = `
  create function ledger_post_batch(
    p_at timestamptz, p_operations ledger_operation[], p_users uuid[], p_holds uuid[],
    p_ids uuid[], p_kinds text[], p_currencies text[], p_owners int[], p_venues text[],
    p_leg_accounts int[], p_leg_amounts numeric[]
  ) returns json
  language plpgsql
  set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off
  set enable_mergejoin = off set plan_cache_mode = force_generic_plan
  as $$
  declare
    v_at timestamptz(3) := p_at;
    v_operation ledger_operation;
    v_n int;
    v_refusal text;
    v_refused boolean;
    -- The answers, by operation.
    v_outcomes text[];
    v_amounts text[];
    v_shortfalls text[];
    v_lives boolean[];
    -- Users, by place: the ends of their logs.
    v_found uuid[];
    v_head_rows tid[];
    v_heads bigint[];
    v_sequences bigint[];
    v_u int;
    -- Accounts, by place; the wallets of holds follow those that were given.
    v_ids uuid[];
    v_kinds text[];
    v_currencies text[];
    v_owners int[];
    v_rows tid[];
    v_posted numeric[];
    v_held numeric[];
    v_moved boolean[];
    v_i int;
    -- Legs, by place.
    v_l int;
    v_first int;
    v_last int;
    v_amount numeric;
    v_leg_amounts numeric[];
    -- Holds, by place; those that are new and those that changed.
    v_holds hold[];
    v_hold_rows tid[];
    v_hold hold;
    v_h int;
    v_is_new boolean[];
    v_is_changed boolean[];
    v_new_holds hold[];
    v_changed_holds hold[];
    v_changed_rows tid[];
    v_live boolean;
    v_rest numeric;
    v_due numeric;
    v_from_hold numeric;
    v_freed numeric;
    v_shortfall numeric;
    -- Transactions that were there, or are to be written.
    v_look boolean := cardinality(p_operations) > 1;
    v_known uuid[];
    v_prints uuid[];
    v_reversed uuid[];
    v_transaction ledger_transaction;
    v_transactions ledger_transaction[];
    v_postings posting[];
    v_events wallet_event[];
    v_count int;
  begin
    ${takePlain}
    loop
      ${readAll}
      foreach v_operation in array p_operations loop
        v_n := v_n + 1;
        v_refusal := null;
        v_h := v_operation.hold;
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
  end $$;
`;
