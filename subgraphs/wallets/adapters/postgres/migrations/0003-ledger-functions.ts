import { Migration } from '@mikro-orm/migrations';

/**
 * The hot path: one call for each change, because round trips are what a transaction costs. Every
 * function locks in one order, so that none waits for another in a circle: its transaction or
 * hold, new accounts by id, accounts by id, the user's event head. Conflicts name no index: rows of
 * one fact may meet at any of their unique indexes first.
 */
export class LedgerFunctions0003 extends Migration {
  override up(): void {
    this.addSql(legType);
    this.addSql(openAccounts);
    this.addSql(appendEvents);
    this.addSql(post);
    this.addSql(hold);
    this.addSql(release);
  }
}

const legType = `
  create type ledger_leg as (
    id uuid, kind text, currency text, user_id uuid, venue text, amount numeric(38, 0)
  );
`;

// Sorted, since two calls that lock the same accounts in another order would wait in a circle; and
// no stronger than needed, since postings and holds of others refer to the accounts meanwhile.
const openAccounts = `
  create function ledger_open_accounts(p_legs ledger_leg[], p_at timestamptz) returns void
  language plpgsql as $$
  begin
    insert into account (id, kind, currency, user_id, venue, created_at)
      select id, kind, currency, user_id, venue, p_at from unnest(p_legs) order by id
      on conflict do nothing;
    perform 1 from account where id in (select id from unnest(p_legs)) order by id
      for no key update;
  end $$;
`;

// The head's row lock, held to the commit, makes each user's sequence gapless and in commit order.
const appendEvents = `
  create function ledger_append_events(
    p_user uuid, p_kind text, p_wallets uuid[], p_transaction uuid, p_order uuid, p_at timestamptz
  ) returns bigint
  language plpgsql as $$
  declare
    v_count bigint := cardinality(p_wallets);
    v_head bigint;
  begin
    insert into wallet_event_head as head (user_id, sequence) values (p_user, v_count)
      on conflict (user_id) do update set sequence = head.sequence + v_count
      returning sequence into v_head;
    insert into wallet_event (user_id, sequence, kind, wallet_id, currency, posted, held,
        transaction_id, order_id, at)
      select p_user, v_head - v_count + wallet.n, p_kind, account.id, account.currency,
        account.posted, account.held, p_transaction, p_order, p_at
      from unnest(p_wallets) with ordinality as wallet (id, n) join account using (id);
    return v_head;
  end $$;
`;

const post = `
  create function ledger_post(p_transaction jsonb, p_legs jsonb) returns jsonb
  language plpgsql as $$
  declare
    v_id uuid := p_transaction ->> 'id';
    v_user uuid := p_transaction ->> 'user_id';
    v_order uuid := p_transaction ->> 'order_id';
    v_payer uuid := p_transaction ->> 'payer_id';
    v_at timestamptz(3) := p_transaction ->> 'at';
    v_legs ledger_leg[] :=
      array(select leg from jsonb_populate_recordset(null::ledger_leg, p_legs) as leg);
    v_receivable ledger_leg;
    v_hold hold;
    v_due numeric;
    v_available numeric;
    v_covered boolean;
    v_from_hold numeric := 0;
    v_shortfall numeric := 0;
    v_wallets uuid[];
    v_head bigint;
  begin
    insert into ledger_transaction (id, kind, user_id, order_id, execution_id, caller_id,
        idempotency_key, fingerprint, booked_at)
      values (v_id, p_transaction ->> 'kind', v_user, v_order,
        (p_transaction ->> 'execution_id')::uuid, (p_transaction ->> 'caller_id')::uuid,
        p_transaction ->> 'idempotency_key', (p_transaction ->> 'fingerprint')::uuid, v_at)
      on conflict do nothing;
    if not found then
      -- No row of this id: another id has its execution or key, which answers REUSED too.
      return jsonb_build_object('outcome', case when exists (
        select from ledger_transaction
        where id = v_id and fingerprint = (p_transaction ->> 'fingerprint')::uuid
      ) then 'REPLAYED' else 'REUSED' end);
    end if;

    select * into v_hold from hold where order_id = v_order and state = 'LIVE' for update;
    perform ledger_open_accounts(v_legs, v_at);
    if v_hold.user_id <> v_user or exists (
      select from unnest(v_legs) where kind = 'WALLET' and user_id <> v_user
    ) then
      raise exception 'transaction % moves a wallet of another user', v_id
        using errcode = 'integrity_constraint_violation';
    end if;

    -- What the hold and the payer's balance cannot pay becomes a debt. Debts are locked after the
    -- payer's wallet and only by whoever has that lock, so their order cannot clash.
    select -leg.amount, account.posted - account.held, account.id = v_hold.account_id
      into v_due, v_available, v_covered
      from unnest(v_legs) leg join account using (id) where leg.id = v_payer;
    if v_covered then
      v_from_hold := least(v_due, v_hold.amount - v_hold.posted);
    end if;
    v_shortfall := greatest(0, v_due - v_from_hold - v_available);
    if v_shortfall > 0 then
      v_receivable := jsonb_populate_record(null::ledger_leg, p_transaction -> 'receivable');
      v_receivable.amount := -v_shortfall;
      perform ledger_open_accounts(array[v_receivable], v_at);
      v_legs := array(
        select row(id, kind, currency, user_id, venue,
          amount + case when id = v_payer then v_shortfall else 0 end)::ledger_leg
        from unnest(v_legs)
      ) || v_receivable;
    end if;

    insert into posting (transaction_id, account_id, currency, amount, booked_at)
      select v_id, id, currency, amount, v_at from unnest(v_legs) where amount <> 0;
    update account
      set posted = account.posted + leg.amount,
        held = account.held - case when account.id = v_payer then v_from_hold else 0 end
      from unnest(v_legs) leg where account.id = leg.id;
    if v_from_hold > 0 then
      update hold set posted = posted + v_from_hold where id = v_hold.id;
    end if;

    -- Who pays comes first. A wallet that only lost a hold moved too.
    v_wallets := array(
      select id from unnest(v_legs)
      where kind = 'WALLET' and (amount <> 0 or id = v_payer and v_from_hold > 0)
      order by amount, id
    );
    if cardinality(v_wallets) > 0 then
      v_head := ledger_append_events(v_user, 'POSTED', v_wallets, v_id, v_order, v_at);
    end if;
    return jsonb_build_object('outcome', 'POSTED', 'sequence', v_head,
      'holdLive', v_hold.id is not null,
      'fromHold', v_from_hold::text, 'shortfall', v_shortfall::text);
  end $$;
`;

const hold = `
  create function ledger_hold(p_hold jsonb, p_wallet jsonb) returns jsonb
  language plpgsql as $$
  declare
    v_wallet ledger_leg := jsonb_populate_record(null::ledger_leg, p_wallet);
    v_order uuid := p_hold ->> 'order_id';
    v_user uuid := p_hold ->> 'user_id';
    v_amount numeric(38, 0) := p_hold ->> 'amount';
    v_at timestamptz(3) := p_hold ->> 'at';
    v_hold hold;
    v_available numeric;
  begin
    -- Also for a hold that is denied: the order names its wallet.
    insert into account (id, kind, currency, user_id, created_at)
      values (v_wallet.id, v_wallet.kind, v_wallet.currency, v_wallet.user_id, v_at)
      on conflict do nothing;
    insert into hold (id, order_id, user_id, account_id, currency, amount, state, created_at)
      values ((p_hold ->> 'id')::uuid, v_order, v_user, v_wallet.id, v_wallet.currency, v_amount,
        'LIVE', v_at)
      on conflict do nothing;
    if not found then
      select * into v_hold from hold where order_id = v_order;
      return jsonb_build_object('outcome', case
        when v_hold.user_id <> v_user then 'MISMATCH'
        when v_hold.state = 'VOID' then 'VOID'
        when v_hold.account_id <> v_wallet.id or v_hold.amount <> v_amount then 'MISMATCH'
        when v_hold.state = 'DENIED' then 'DENIED'
        else 'HELD' end);
    end if;

    select posted - held into v_available from account where id = v_wallet.id
      for no key update;
    if v_available < v_amount then
      update hold set state = 'DENIED', resolved_at = v_at where order_id = v_order;
      return jsonb_build_object('outcome', 'DENIED');
    end if;
    update account set held = held + v_amount where id = v_wallet.id;
    return jsonb_build_object('outcome', 'HELD', 'sequence',
      ledger_append_events(v_user, 'HELD', array[v_wallet.id], null, v_order, v_at));
  end $$;
`;

const release = `
  create function ledger_release(p_release jsonb) returns jsonb
  language plpgsql as $$
  declare
    v_order uuid := p_release ->> 'order_id';
    v_user uuid := p_release ->> 'user_id';
    v_at timestamptz(3) := p_release ->> 'at';
    v_hold hold;
    v_rest numeric;
  begin
    insert into hold (id, order_id, user_id, amount, state, created_at, resolved_at)
      values ((p_release ->> 'id')::uuid, v_order, v_user, 0, 'VOID', v_at, v_at)
      on conflict do nothing;
    if found then
      return jsonb_build_object('outcome', 'RELEASED', 'released', '0');
    end if;

    select * into v_hold from hold where order_id = v_order for update;
    if v_hold.user_id <> v_user then
      return jsonb_build_object('outcome', 'MISMATCH');
    end if;
    if v_hold.state <> 'LIVE' then
      return jsonb_build_object('outcome', 'RELEASED', 'released', v_hold.released::text);
    end if;
    v_rest := v_hold.amount - v_hold.posted;
    perform 1 from account where id = v_hold.account_id for no key update;
    update hold set state = 'RELEASED', released = v_rest, resolved_at = v_at where id = v_hold.id;
    if v_rest = 0 then
      return jsonb_build_object('outcome', 'RELEASED', 'released', '0');
    end if;
    update account set held = held - v_rest where id = v_hold.account_id;
    return jsonb_build_object('outcome', 'RELEASED', 'released', v_rest::text, 'sequence',
      ledger_append_events(v_user, 'RELEASED', array[v_hold.account_id], null, v_order, v_at));
  end $$;
`;
