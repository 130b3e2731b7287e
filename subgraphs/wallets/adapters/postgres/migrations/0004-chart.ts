import { Migration } from '@mikro-orm/migrations';

/**
 * The whole chart of accounts, transactions of every kind, holds that expire, payments, and the
 * keys of requests. What a foreign key asked is asked by `refuse_imbalance` for a whole statement:
 * the parents can never vanish, so they need no lock, and a lock for each posting is what hot
 * accounts cannot bear.
 */
export class Chart0004 extends Migration {
  override up(): void {
    this.addSql(accounts);
    this.addSql(transactions);
    this.addSql(postings);
    this.addSql(holds);
    this.addSql(payments);
  }
}

const accounts = `
  alter table account drop constraint account_kind_check;
  update account set kind = 'DEPOSITS_IN_TRANSIT' where kind = 'CASH_IN';
  alter table account add constraint account_kind_check check (kind in (
    'WALLET', 'RECEIVABLE', 'POSITION', 'ROUNDING', 'SPREAD', 'FEE', 'SUSPENSE',
    'DEPOSITS_IN_TRANSIT', 'WITHDRAWALS_IN_TRANSIT'
  ));
  create function refuse_other_account() returns trigger language plpgsql as $$
  begin
    raise exception 'account % keeps its id, kind, currency and owner', old.id
      using errcode = 'integrity_constraint_violation';
  end $$;
  create trigger same_account before update on account for each row
    when ((old.id, old.kind, old.currency, old.user_id, old.venue)
      is distinct from (new.id, new.kind, new.currency, new.user_id, new.venue))
    execute function refuse_other_account();
  create trigger immutable before delete or truncate on account
    for each statement execute function refuse_change();
`;

// xid is the database's own order of commits, as far as it can be known: see 0006-journal-seal.
const transactions = `
  alter table ledger_transaction
    drop constraint ledger_transaction_kind_check,
    drop constraint ledger_transaction_source,
    drop constraint ledger_transaction_execution_id_key,
    alter column user_id drop not null,
    add column user_ids uuid[] not null default '{}',
    add column effective_at timestamptz(3),
    add column value_date date,
    add column hold_id uuid,
    add column payment_id uuid,
    add column reverses uuid references ledger_transaction,
    add column reason text check (length(reason) between 1 and 500),
    add column xid xid8 not null default pg_current_xact_id();
  alter table ledger_transaction disable trigger immutable;
  update ledger_transaction set user_ids = array[user_id], effective_at = booked_at,
    value_date = (booked_at at time zone 'UTC')::date;
  alter table ledger_transaction enable trigger immutable;
  alter table ledger_transaction
    alter column effective_at set not null,
    alter column value_date set not null,
    add constraint ledger_transaction_kind_check check (kind in (
      'DEPOSIT', 'WITHDRAWAL', 'TRANSFER', 'EXCHANGE', 'ORDER_FILL', 'ADJUSTMENT', 'REVERSAL'
    )),
    add constraint ledger_transaction_source check (
      case kind
        when 'ORDER_FILL' then order_id is not null and execution_id is not null
        when 'WITHDRAWAL' then payment_id is not null
        when 'DEPOSIT' then payment_id is not null
          or caller_id is not null and idempotency_key is not null
        else caller_id is not null and idempotency_key is not null
      end
      and (reverses is not null) = (kind = 'REVERSAL')
      and (reason is not null or kind not in ('ADJUSTMENT', 'REVERSAL'))
    );
  create unique index ledger_transaction_execution on ledger_transaction (execution_id)
    where execution_id is not null;
  create unique index ledger_transaction_payment on ledger_transaction (payment_id)
    where payment_id is not null;
  create unique index ledger_transaction_reversal on ledger_transaction (reverses)
    where reverses is not null;
  create index ledger_transaction_commit on ledger_transaction (xid, id);
  create index ledger_transaction_hold on ledger_transaction (hold_id) where hold_id is not null;
  create index ledger_transaction_backdated on ledger_transaction (effective_at)
    where effective_at <> booked_at;
`;

const postings = `
  alter table posting
    drop constraint posting_transaction_id_fkey,
    drop constraint posting_account_id_currency_fkey;
  alter table account drop constraint account_id_currency_key;
  alter table wallet_event
    drop constraint wallet_event_wallet_id_fkey,
    drop constraint wallet_event_transaction_id_fkey;
  drop index posting_of_account;
  create index posting_of_account
    on posting (account_id, booked_at desc, transaction_id desc) include (amount);
  create or replace function refuse_imbalance() returns trigger language plpgsql as $$
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
    -- By 'offset 0' each is a look into an index, whatever the tables' sizes were when it was planned.
    select transaction_id, account_id into v_sum from inserted
      where not exists (
        select from account
        where account.id = inserted.account_id and account.currency = inserted.currency offset 0
      ) or not exists (
        select from ledger_transaction
        where ledger_transaction.id = inserted.transaction_id offset 0
      ) limit 1;
    if found then
      raise exception 'a posting of transaction % on account % has no parent',
        v_sum.transaction_id, v_sum.account_id
        using errcode = 'foreign_key_violation';
    end if;
    return null;
  end $$;
`;

const holds = `
  alter table hold
    alter column order_id drop not null,
    add column purpose text not null default 'ORDER'
      check (purpose in ('ORDER', 'WITHDRAWAL', 'QUOTE')),
    add column expires_at timestamptz(3),
    drop constraint hold_state_check,
    drop constraint hold_state,
    add constraint hold_state_check
      check (state in ('LIVE', 'RELEASED', 'EXPIRED', 'DENIED', 'VOID')),
    add constraint hold_purpose check (
      (order_id is not null) = (purpose = 'ORDER') and (purpose <> 'ORDER' or expires_at is null)
    ),
    add constraint hold_state check (
      posted >= 0 and released >= 0
      and (resolved_at is null) = (state = 'LIVE')
      and (account_id is null) = (state = 'VOID')
      and (currency is null) = (state = 'VOID')
      and case state
        when 'LIVE' then amount > 0 and posted <= amount and released = 0
        when 'RELEASED' then posted + released = amount
        when 'EXPIRED' then posted + released = amount and expires_at <= resolved_at
        when 'DENIED' then posted = 0 and released = 0
        else amount = 0 and posted = 0 and released = 0
      end
    );
  alter table hold alter column purpose drop default;
  create index hold_expiry on hold (expires_at) where state = 'LIVE' and expires_at is not null;
`;

// A key of a request that moves no money by itself; what posts is named by its transaction.
const payments = `
  create table payment (
    id uuid primary key,
    direction text not null check (direction in ('DEPOSIT', 'WITHDRAWAL')),
    user_id uuid not null,
    currency text not null check (currency ~ '^[A-Z]{3}$'),
    amount numeric(38, 0) not null check (amount > 0),
    status text not null check (status in ('REQUESTED', 'PENDING', 'COMPLETED', 'FAILED')),
    hold_id uuid unique references hold,
    transaction_id uuid unique references ledger_transaction,
    failure text check (length(failure) between 1 and 500),
    requested_at timestamptz(3) not null,
    updated_at timestamptz(3) not null,
    constraint payment_state check (
      (hold_id is not null) = (direction = 'WITHDRAWAL')
      and (transaction_id is not null) = (status = 'COMPLETED')
      and (failure is not null) = (status = 'FAILED')
    )
  ) with (fillfactor = 80);
  create index payment_of_user on payment (user_id, requested_at desc, id desc);
  create index payment_latest on payment (requested_at desc, id desc);
  create index payment_by_status on payment (status, requested_at desc, id desc);
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
  create trigger immutable before delete or truncate on payment
    for each statement execute function refuse_change();
  create table request_key (
    caller_id uuid not null,
    operation text not null,
    idempotency_key text not null,
    fingerprint uuid not null,
    at timestamptz(3) not null,
    primary key (caller_id, operation, idempotency_key)
  );
  create trigger immutable before update or delete or truncate on request_key
    for each statement execute function refuse_change();
`;
