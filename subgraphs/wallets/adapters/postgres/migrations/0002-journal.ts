import { Migration } from '@mikro-orm/migrations';

/**
 * The ledger's tables and their laws. Amounts are integers in minor units. The laws stand in the
 * database too, because a ledger outlives the programs that write it.
 */
export class Journal0002 extends Migration {
  override up(): void {
    this.addSql(accounts);
    this.addSql(journal);
    this.addSql(holds);
    this.addSql(events);
    this.addSql(immutability);
    this.addSql(balance);
    this.addSql(oneResolution);
  }
}

// Balances change in place with every posting: free room on the pages keeps the indexes out of it.
const accounts = `
  create table account (
    id uuid primary key,
    kind text not null
      check (kind in ('WALLET', 'RECEIVABLE', 'CASH_IN', 'POSITION', 'ROUNDING')),
    currency text not null check (currency ~ '^[A-Z]{3}$'),
    user_id uuid,
    venue text,
    posted numeric(38, 0) not null default 0,
    held numeric(38, 0) not null default 0,
    created_at timestamptz(3) not null,
    unique (id, currency),
    constraint account_owner check (
      (user_id is not null) = (kind in ('WALLET', 'RECEIVABLE'))
      and (venue is not null) = (kind = 'POSITION')
    ),
    constraint account_limit check (
      case kind
        when 'WALLET' then held >= 0 and posted - held >= 0
        when 'RECEIVABLE' then held = 0 and posted <= 0
        else held = 0
      end
    )
  ) with (fillfactor = 80);
  create unique index account_of_user on account (user_id, kind, currency)
    where user_id is not null;
`;

const journal = `
  create table ledger_transaction (
    id uuid primary key,
    kind text not null check (kind in ('DEPOSIT', 'ORDER_FILL')),
    user_id uuid not null,
    order_id uuid,
    execution_id uuid unique,
    caller_id uuid,
    idempotency_key text,
    fingerprint uuid not null,
    booked_at timestamptz(3) not null,
    constraint ledger_transaction_source check (
      case kind
        when 'DEPOSIT' then caller_id is not null and idempotency_key is not null
        else order_id is not null and execution_id is not null
      end
    )
  );
  create unique index ledger_transaction_key
    on ledger_transaction (caller_id, kind, idempotency_key) where caller_id is not null;
  create index ledger_transaction_order
    on ledger_transaction (order_id, booked_at, id) where order_id is not null;
  create table posting (
    transaction_id uuid not null references ledger_transaction,
    account_id uuid not null,
    currency text not null,
    amount numeric(38, 0) not null check (amount <> 0),
    booked_at timestamptz(3) not null,
    primary key (transaction_id, account_id),
    foreign key (account_id, currency) references account (id, currency)
  );
  create index posting_of_account on posting (account_id, booked_at desc, transaction_id desc);
`;

// A VOID hold is the word that an order had ended before its hold came.
const holds = `
  create table hold (
    id uuid primary key,
    order_id uuid not null unique,
    user_id uuid not null,
    account_id uuid references account,
    currency text,
    amount numeric(38, 0) not null,
    posted numeric(38, 0) not null default 0,
    released numeric(38, 0) not null default 0,
    state text not null check (state in ('LIVE', 'RELEASED', 'DENIED', 'VOID')),
    created_at timestamptz(3) not null,
    resolved_at timestamptz(3),
    constraint hold_state check (
      posted >= 0 and released >= 0
      and (resolved_at is null) = (state = 'LIVE')
      and (account_id is null) = (state = 'VOID')
      and (currency is null) = (state = 'VOID')
      and case state
        when 'LIVE' then amount > 0 and posted <= amount and released = 0
        when 'RELEASED' then posted + released = amount
        when 'DENIED' then posted = 0 and released = 0
        else amount = 0 and posted = 0 and released = 0
      end
    )
  ) with (fillfactor = 80);
  create index hold_live on hold (account_id) where state = 'LIVE';
  create table incident (
    id uuid primary key,
    kind text not null check (kind in ('LATE_FILL', 'FILL_BEYOND_HOLD')),
    user_id uuid not null,
    order_id uuid not null,
    execution_id uuid not null unique,
    transaction_id uuid not null references ledger_transaction,
    currency text not null,
    beyond_hold numeric(38, 0) not null,
    shortfall numeric(38, 0) not null,
    at timestamptz(3) not null
  );
`;

const events = `
  create table wallet_event_head (
    user_id uuid primary key,
    sequence bigint not null
  ) with (fillfactor = 80);
  create table wallet_event (
    user_id uuid not null,
    sequence bigint not null,
    kind text not null check (kind in ('HELD', 'RELEASED', 'POSTED')),
    wallet_id uuid not null references account,
    currency text not null,
    posted numeric(38, 0) not null,
    held numeric(38, 0) not null,
    transaction_id uuid references ledger_transaction,
    order_id uuid,
    at timestamptz(3) not null,
    primary key (user_id, sequence)
  );
  create index wallet_event_of_transaction on wallet_event (transaction_id)
    where transaction_id is not null;
`;

const immutability = `
  create function refuse_change() returns trigger language plpgsql as $$
  begin
    raise exception '% is immutable: corrections are reversals', tg_table_name
      using errcode = 'integrity_constraint_violation';
  end $$;
  create trigger immutable before update or delete or truncate on ledger_transaction
    for each statement execute function refuse_change();
  create trigger immutable before update or delete or truncate on posting
    for each statement execute function refuse_change();
  create trigger immutable before update or delete or truncate on wallet_event
    for each statement execute function refuse_change();
  create trigger immutable before delete or truncate on hold
    for each statement execute function refuse_change();
`;

// Each statement that inserts postings is balanced by itself, so the journal always is.
const balance = `
  create function refuse_imbalance() returns trigger language plpgsql as $$
  declare
    v_sum record;
  begin
    select transaction_id, currency, sum(amount) as amount into v_sum
      from inserted group by transaction_id, currency having sum(amount) <> 0 limit 1;
    if found then
      raise exception 'transaction % is out of balance by % minor units of %',
        v_sum.transaction_id, v_sum.amount, v_sum.currency
        using errcode = 'integrity_constraint_violation';
    end if;
    return null;
  end $$;
  create trigger balanced after insert on posting referencing new table as inserted
    for each statement execute function refuse_imbalance();
`;

const oneResolution = `
  create function refuse_second_resolution() returns trigger language plpgsql as $$
  begin
    if old.state <> 'LIVE' or new.posted < old.posted or new.amount <> old.amount
      or (new.order_id, new.user_id, new.account_id)
        is distinct from (old.order_id, old.user_id, old.account_id)
    then
      raise exception 'hold % is %, it cannot change to % with % posted',
        old.id, old.state, new.state, new.posted
        using errcode = 'integrity_constraint_violation';
    end if;
    return new;
  end $$;
  create trigger resolved_once before update on hold
    for each row execute function refuse_second_resolution();
`;
