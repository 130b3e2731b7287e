import { Migration } from '@mikro-orm/migrations';

/**
 * The laws of the ledger that no column alone can keep. They stand in the database too, because a
 * ledger outlives the programs that write it.
 */
export class LedgerLaws0003 extends Migration {
  override up(): void {
    this.addSql(accounts);
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

/**
 * Whether a column is the id that kit/ids.ts makes from facts: the start of their digest, with the
 * version and the variant written over it. An expression, because a function of plpgsql is set up
 * anew in every transaction and costs a row as much as all of its indexes.
 */
const isMadeFrom = (id: string, facts: string): string => `
  left(overlay(overlay(
    encode(sha256(convert_to(${facts}, 'UTF8')), 'hex')
    placing '8' from 13) placing substr(translate(${id}::text, '-', ''), 17, 1) from 17), 32)
  = translate(${id}::text, '-', '')`;

// What names a transaction has one id, so the primary key is the only index that keeps an
// execution, a payment or a caller's key from being booked twice. All of it is one constraint,
// because PostgreSQL prepares each of them again for every statement.
const transactions = `
  alter table ledger_transaction add constraint ledger_transaction_law check (
    (reverses is not null) = (kind = 'REVERSAL')
    and (reason is not null or kind not in ('ADJUSTMENT', 'REVERSAL'))
    and (reason is null or length(reason) between 1 and 500)
    and (execution_id is null or kind = 'ORDER_FILL')
    and coalesce(${isMadeFrom(
      'id',
      `'["transaction",' || case
        when kind = 'ORDER_FILL' and order_id is not null and payment_id is null
          then '"fill","' || execution_id::text || '"'
        when kind in ('DEPOSIT', 'WITHDRAWAL') and payment_id is not null
          then '"payment","' || payment_id::text || '"'
        when kind in ('DEPOSIT', 'TRANSFER', 'EXCHANGE', 'ADJUSTMENT', 'REVERSAL')
          and payment_id is null
          then '"' || lower(kind) || '","' || caller_id::text || '",'
            || to_json(idempotency_key)::text
      end || ']'`,
    )}, false)
  );
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
          and not ${isMadeFrom('id', `'["hold","' || order_id::text || '"]'`)}
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
