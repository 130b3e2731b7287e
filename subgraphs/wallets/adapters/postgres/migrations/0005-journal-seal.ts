import { Migration } from '@mikro-orm/migrations';

/**
 * The journal's seal, off the hot path: a chain of hashes, one link for each transaction, in the
 * order of their database transactions. Whatever is below the oldest one still running is complete,
 * so nothing can come before the head later. Sealing also folds the postings of the house's
 * accounts into their balances: they have no limit that needs a lock, so no posting waits for them,
 * and their balance is what is folded and what is not yet sealed.
 */
export class JournalSeal0005 extends Migration {
  override up(): void {
    this.addSql(tables);
    this.addSql(content);
    this.addSql(seal);
    this.addSql(balance);
  }
}

const tables = `
  create table journal_seal (
    position bigint primary key,
    transaction_id uuid not null,
    hash bytea not null check (length(hash) = 32)
  );
  create trigger immutable before update or delete or truncate on journal_seal
    for each statement execute function refuse_change();
  create table journal_head (
    one boolean primary key default true check (one),
    position bigint not null,
    hash bytea not null,
    xid xid8 not null,
    transaction_id uuid not null
  );
  insert into journal_head (position, hash, xid, transaction_id)
    values (0, sha256('Mammon'), '0', '00000000-0000-0000-0000-000000000000');
`;

// Everything that a transaction says, written one way only, whatever the session's time zone is.
const content = `
  create function journal_content(t ledger_transaction) returns bytea
  language sql stable as $$
    select convert_to(jsonb_build_array(
      t.id, t.kind, t.user_id, t.user_ids, t.order_id, t.execution_id, t.caller_id,
      t.idempotency_key, t.payment_id, t.fingerprint, extract(epoch from t.booked_at),
      extract(epoch from t.effective_at), t.value_date - date '2000-01-01', t.hold_id, t.reverses,
      t.reason, (
        select jsonb_agg(jsonb_build_array(
          account_id, currency, amount, extract(epoch from posting.booked_at)
        ) order by account_id)
        from unnest(t.account_ids) as leg (id) join posting
          on account_id = leg.id and booked_at = t.booked_at and transaction_id = t.id
      )
    )::text, 'UTF8')
  $$;
`;

const seal = `
  create function ledger_seal(most int) returns jsonb language plpgsql as $$
  declare
    v_head journal_head;
    v_row record;
    v_ids uuid[] := '{}';
    v_hashes bytea[] := '{}';
  begin
    select * into strict v_head from journal_head for update;
    for v_row in
      select t.id, t.xid, journal_content(t) as content from ledger_transaction as t
      where (t.xid, t.id) > (v_head.xid, v_head.transaction_id)
        and t.xid < pg_snapshot_xmin(pg_current_snapshot())
      order by t.xid, t.id limit most
    loop
      v_head.hash := sha256(v_head.hash || v_row.content);
      v_head.xid := v_row.xid;
      v_head.transaction_id := v_row.id;
      v_ids := v_ids || v_row.id;
      v_hashes := v_hashes || v_head.hash;
    end loop;
    if cardinality(v_ids) > 0 then
      insert into journal_seal (position, transaction_id, hash)
        select v_head.position + place, id, hash
        from unnest(v_ids, v_hashes) with ordinality as link (id, hash, place);
      update account set posted = account.posted + fold.amount
        from (
          select posting.account_id, sum(posting.amount) as amount
          from ledger_transaction as t cross join unnest(t.account_ids) as leg (id)
          join account as house on house.id = leg.id and house.user_id is null
          join posting on posting.account_id = house.id and posting.booked_at = t.booked_at
            and posting.transaction_id = t.id
          where t.id = any(v_ids) group by posting.account_id
        ) as fold
        where account.id = fold.account_id;
      v_head.position := v_head.position + cardinality(v_ids);
      update journal_head set position = v_head.position, hash = v_head.hash, xid = v_head.xid,
        transaction_id = v_head.transaction_id;
    end if;
    return jsonb_build_object('sealed', cardinality(v_ids), 'position', v_head.position,
      'hash', encode(v_head.hash, 'hex'));
  end $$;
`;

const balance = `
  create view account_balance as
    select account.*, posted + case when user_id is null then coalesce((
      select sum(amount)
      from journal_head
      join ledger_transaction as t
        on (t.xid, t.id) > (journal_head.xid, journal_head.transaction_id)
      join posting on posting.account_id = account.id and posting.booked_at = t.booked_at
        and posting.transaction_id = t.id
    ), 0) else 0 end as balance
    from account;
`;
