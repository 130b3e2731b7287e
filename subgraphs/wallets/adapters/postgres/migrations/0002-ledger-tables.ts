import { Migration } from '@mikro-orm/migrations';

/**
 * The ledger's tables. Amounts are integers in minor units. Every index costs each posting, so
 * there is only what the hot path or a page asks for; the rest is found by what ids are made of.
 */
export class LedgerTables0002 extends Migration {
  override up(): void {
    this.addSql(accounts);
    this.addSql(journal);
    this.addSql(holds);
    this.addSql(events);
    this.addSql(payments);
  }
}

// Balances change in place with every posting: free room on the pages keeps the indexes out of it.
// What never changes is checked by a trigger on inserts, not again with each change of a balance.
const accounts = `
  create table account (
    id uuid primary key,
    kind text not null,
    currency text not null,
    user_id uuid,
    venue text,
    posted numeric(38, 0) not null default 0,
    held numeric(38, 0) not null default 0,
    created_at timestamptz(3) not null,
    constraint account_limit check (
      case kind
        when 'WALLET' then held >= 0 and posted >= held
        when 'RECEIVABLE' then held = 0 and posted <= 0
        else held = 0
      end
    )
  ) with (fillfactor = 80);
  create unique index account_of_user on account (user_id, kind, currency)
    where user_id is not null;
`;

// A posting's only index begins with its account; those of a transaction are found by the accounts
// that the transaction names. xid is the database's own order of commits: see 0005-journal-seal.
const journal = `
  create table ledger_transaction (
    id uuid primary key,
    kind text not null,
    user_id uuid,
    user_ids uuid[] not null,
    account_ids uuid[] not null,
    order_id uuid,
    execution_id uuid,
    caller_id uuid,
    idempotency_key text,
    payment_id uuid,
    fingerprint uuid not null,
    booked_at timestamptz(3) not null,
    effective_at timestamptz(3) not null,
    value_date date not null,
    hold_id uuid,
    reverses uuid references ledger_transaction,
    reason text,
    xid xid8 not null default pg_current_xact_id()
  );
  create index ledger_transaction_order on ledger_transaction (order_id)
    where order_id is not null;
  create unique index ledger_transaction_reversal on ledger_transaction (reverses)
    where reverses is not null;
  create index ledger_transaction_commit on ledger_transaction (xid, id);
  create index ledger_transaction_backdated on ledger_transaction (effective_at)
    where effective_at <> booked_at;
  create table posting (
    transaction_id uuid not null,
    account_id uuid not null,
    currency text not null,
    amount numeric(38, 0) not null check (amount <> 0),
    booked_at timestamptz(3) not null,
    sequence bigint,
    primary key (account_id, booked_at, transaction_id) include (amount)
  );
  comment on column posting.sequence is 'the event of the wallet''s owner that tells of it';
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

// A VOID hold is the word that an order had ended before its hold came. No index has a column that
// an order's hold changes, so that PostgreSQL updates it within its page.
const holds = `
  create table hold (
    id uuid primary key,
    order_id uuid,
    user_id uuid not null,
    account_id uuid,
    currency text,
    amount numeric(38, 0) not null,
    posted numeric(38, 0) not null default 0,
    released numeric(38, 0) not null default 0,
    state text not null check (state in ('LIVE', 'RELEASED', 'EXPIRED', 'DENIED', 'VOID')),
    created_at timestamptz(3) not null,
    resolved_at timestamptz(3),
    purpose text not null check (purpose in ('ORDER', 'WITHDRAWAL', 'QUOTE')),
    expires_at timestamptz(3),
    due_at timestamptz(3) generated always as (case when state = 'LIVE' then expires_at end) stored,
    constraint hold_purpose check (
      (order_id is not null) = (purpose = 'ORDER') and (purpose <> 'ORDER' or expires_at is null)
    ),
    constraint hold_state check (
      posted >= 0 and released >= 0
      and (resolved_at is null) = (state = 'LIVE')
      and (account_id is null) = (state = 'VOID')
      and (currency is null) = (state = 'VOID')
      and case state
        when 'LIVE' then amount > 0 and posted <= amount and released = 0
        when 'RELEASED' then posted + released = amount
        when 'EXPIRED' then posted + released = amount
          and coalesce(expires_at <= resolved_at, false)
        when 'DENIED' then amount > 0 and posted = 0 and released = 0
        else amount = 0 and posted = 0 and released = 0
      end
    )
  ) with (fillfactor = 80);
  create index hold_due on hold (due_at) where due_at is not null;
`;

const events = `
  create table wallet_event_head (
    user_id uuid primary key,
    sequence bigint not null,
    at timestamptz(3)
  ) with (fillfactor = 80);
  comment on table wallet_event_head is
    'its row is the lock of all that a user has: wallets, debts, holds and the event log';
  comment on column wallet_event_head.at is
    'when the last one was booked: what waited for the lock is booked no earlier';
  create table wallet_event (
    user_id uuid not null,
    sequence bigint not null,
    kind text not null check (kind in ('HELD', 'RELEASED', 'POSTED')),
    wallet_id uuid not null,
    currency text not null,
    posted numeric(38, 0) not null,
    held numeric(38, 0) not null,
    transaction_id uuid,
    order_id uuid,
    at timestamptz(3) not null,
    primary key (user_id, sequence)
  );
`;

// A request key is of a request that moves no money by itself; what posts is named by its
// transaction.
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
  create table request_key (
    caller_id uuid not null,
    operation text not null,
    idempotency_key text not null,
    fingerprint uuid not null,
    at timestamptz(3) not null,
    primary key (caller_id, operation, idempotency_key)
  );
`;
