import { Migration } from '@mikro-orm/migrations';

/**
 * The laws of the ledger that no column alone can keep. They stand in the database too, because a
 * ledger outlives the programs that write it.
 */
export class LedgerLaws0003 extends Migration {
  override up(): void {
    this.addSql(accounts);
    this.addSql(ids);
    this.addSql(transactions);
    this.addSql(immutability);
    this.addSql(balance);
    this.addSql(holds);
    this.addSql(payments);
  }
}

const accounts = `
  create function refuse_unlawful_account() returns trigger language plpgsql as $$
  begin
    if new.kind is null or new.kind not in (
        'WALLET', 'RECEIVABLE', 'POSITION', 'ROUNDING', 'SPREAD', 'FEE', 'SUSPENSE',
        'DEPOSITS_IN_TRANSIT', 'WITHDRAWALS_IN_TRANSIT'
      )
      or new.currency !~ '^[A-Z]{3}$'
      or (new.user_id is not null) <> (new.kind in ('WALLET', 'RECEIVABLE'))
      or (new.venue is not null) <> (new.kind = 'POSITION')
    then
      raise exception 'there is no account of kind % in % with this owner', new.kind, new.currency
        using errcode = 'check_violation';
    end if;
    return new;
  end $$;
  create trigger lawful before insert on account
    for each row execute function refuse_unlawful_account();
  create function refuse_other_account() returns trigger language plpgsql as $$
  begin
    if (old.id, old.kind, old.currency, old.user_id, old.venue)
      is distinct from (new.id, new.kind, new.currency, new.user_id, new.venue)
    then
      raise exception 'account % keeps its id, kind, currency and owner', old.id
        using errcode = 'integrity_constraint_violation';
    end if;
    return new;
  end $$;
  create trigger same_account before update of id, kind, currency, user_id, venue on account
    for each row execute function refuse_other_account();
`;

// As kit/ids.ts makes ids from facts.
const ids = `
  create function deterministic_id(facts text) returns uuid
  language plpgsql immutable strict parallel safe as $$
  declare
    v_hash bytea := sha256(convert_to(facts, 'UTF8'));
  begin
    return encode(substr(set_byte(set_byte(v_hash,
      6, get_byte(v_hash, 6) & 15 | 128), 8, get_byte(v_hash, 8) & 63 | 128), 1, 16), 'hex')::uuid;
  end $$;
`;

// What names a transaction has one id, so the primary key is the only index that keeps an
// execution, a payment or a caller's key from being booked twice. All of it is one constraint,
// because PostgreSQL prepares each of them again for every statement.
const transactions = `
  create function is_lawful(t ledger_transaction) returns boolean
  language plpgsql immutable as $$
  declare
    v_facts text;
  begin
    if (t.reverses is not null) <> (t.kind = 'REVERSAL')
      or t.reason is null and t.kind in ('ADJUSTMENT', 'REVERSAL')
      or length(t.reason) not between 1 and 500
    then
      return false;
    end if;
    if t.kind = 'ORDER_FILL' then
      v_facts := '"fill","' || t.execution_id::text || '"';
      if t.order_id is null or t.payment_id is not null then
        return false;
      end if;
    elsif t.payment_id is not null then
      v_facts := '"payment","' || t.payment_id::text || '"';
      if t.kind not in ('DEPOSIT', 'WITHDRAWAL') then
        return false;
      end if;
    elsif t.kind in ('DEPOSIT', 'TRANSFER', 'EXCHANGE', 'ADJUSTMENT', 'REVERSAL') then
      v_facts := '"' || lower(t.kind) || '","' || t.caller_id::text || '",'
        || to_json(t.idempotency_key)::text;
    end if;
    return coalesce(t.id = deterministic_id('["transaction",' || v_facts || ']'), false)
      and (t.execution_id is null or t.kind = 'ORDER_FILL');
  end $$;
  alter table ledger_transaction add constraint ledger_transaction_law
    check (is_lawful(ledger_transaction));
`;

const immutability = `
  create function refuse_change() returns trigger language plpgsql as $$
  begin
    raise exception '% is immutable: corrections are reversals', tg_table_name
      using errcode = 'integrity_constraint_violation';
  end $$;
  create trigger immutable before delete or truncate on account
    for each statement execute function refuse_change();
  create trigger immutable before update or delete or truncate on ledger_transaction
    for each statement execute function refuse_change();
  create trigger immutable before update or delete or truncate on posting
    for each statement execute function refuse_change();
  create trigger immutable before update or delete or truncate on wallet_event
    for each statement execute function refuse_change();
  create trigger immutable before delete or truncate on hold
    for each statement execute function refuse_change();
  create trigger immutable before delete or truncate on payment
    for each statement execute function refuse_change();
  create trigger immutable before update or delete or truncate on request_key
    for each statement execute function refuse_change();
`;

// Each statement that inserts postings is balanced by itself, so the journal always is. The parents
// can never vanish, so nobody locks them: a lock for each posting is what hot accounts cannot bear.
// By 'offset 0' each is a look into an index, whatever the tables' sizes were when it was planned.
const balance = `
  create function refuse_imbalance() returns trigger language plpgsql as $$
  declare
    v_odd record;
  begin
    select transaction_id, currency, sum into v_odd from (
        select transaction_id, currency, booked_at, sum(amount) as sum,
          array_agg(account_id) as account_ids
        from inserted group by transaction_id, currency, booked_at
      ) as part
      where sum <> 0
        or not exists (
          select from ledger_transaction as t
          where t.id = part.transaction_id and t.booked_at = part.booked_at
            and t.account_ids @> part.account_ids
          offset 0
        )
        or cardinality(account_ids) <> (
          select count(*) from account
          where account.id = any(part.account_ids) and account.currency = part.currency
        )
      limit 1;
    if not found then
      return null;
    end if;
    if v_odd.sum <> 0 then
      raise exception 'transaction % is out of balance by % minor units of %',
        v_odd.transaction_id, v_odd.sum, v_odd.currency
        using errcode = 'integrity_constraint_violation';
    end if;
    raise exception 'a posting of transaction % in % has no parent',
      v_odd.transaction_id, v_odd.currency
      using errcode = 'foreign_key_violation';
  end $$;
  create trigger balanced after insert on posting referencing new table as inserted
    for each statement execute function refuse_imbalance();
`;

// The id of an order's hold is made from the order, so an order has one hold. What a hold is of never
// changes. The condition stands at the trigger: asked there, it costs a row next to nothing.
const holds = `
  create function refuse_unlawful_hold() returns trigger language plpgsql as $$
  declare
    v_odd record;
  begin
    select id, order_id, account_id into v_odd from inserted
      where order_id is not null
          and id <> deterministic_id('["hold","' || order_id::text || '"]')
        or account_id is not null and not exists (
          select from account
          where account.id = inserted.account_id and account.kind = 'WALLET'
            and account.user_id = inserted.user_id and account.currency = inserted.currency
          offset 0
        )
      limit 1;
    if found then
      raise exception 'hold % is not the one of order %, or on no wallet of its user',
        v_odd.id, v_odd.order_id
        using errcode = 'integrity_constraint_violation';
    end if;
    return null;
  end $$;
  create trigger lawful after insert on hold referencing new table as inserted
    for each statement execute function refuse_unlawful_hold();
  create function refuse_second_resolution() returns trigger language plpgsql as $$
  begin
    raise exception 'hold % is %, it cannot change to % with % posted',
      old.id, old.state, new.state, new.posted
      using errcode = 'integrity_constraint_violation';
  end $$;
  create trigger resolved_once before update on hold for each row
    when (old.state <> 'LIVE' or new.posted < old.posted or new.amount <> old.amount
      or (new.id, new.order_id, new.user_id, new.account_id, new.currency)
        is distinct from (old.id, old.order_id, old.user_id, old.account_id, old.currency))
    execute function refuse_second_resolution();
`;

const payments = `
  create function refuse_payment_change() returns trigger language plpgsql as $$
  begin
    if old.status in ('COMPLETED', 'FAILED')
      or (new.id, new.direction, new.user_id, new.currency, new.amount, new.hold_id)
        is distinct from
        (old.id, old.direction, old.user_id, old.currency, old.amount, old.hold_id)
    then
      raise exception 'payment % is %, it cannot change to %', old.id, old.status, new.status
        using errcode = 'integrity_constraint_violation';
    end if;
    return new;
  end $$;
  create trigger resolved_once before update on payment
    for each row execute function refuse_payment_change();
`;
