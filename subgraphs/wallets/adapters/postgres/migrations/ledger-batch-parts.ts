import { channels } from '#contracts/live.ts';

/**
 * The parts of `ledger_apply`, in the order in which they run. What they share is declared there.
 */

// Read committed: each statement sees what was committed before it, so what is read after the locks
// is what the locks protect. A hold that came to an unlocked account meanwhile starts it all again.
export const readAll = `
    v_operations := array(
      select o from jsonb_populate_recordset(null::ledger_operation, p_operations) as o
    );
    v_legs := array(
      select distinct on (leg.id) leg from unnest(v_operations) as o, unnest(o.legs) as leg
      where cardinality(o.legs) <= 100 order by leg.id
    );
    if cardinality(v_legs) > (
      select count(*) from account where id = any(array(select id from unnest(v_legs)))
    ) then
      insert into account (id, kind, currency, user_id, venue, created_at)
        select id, kind, currency, user_id, venue, v_operations[1].at
        from unnest(v_legs) order by id
        on conflict do nothing;
    end if;

    v_hold_keys := array(
      select case when op = 'post' then hold_id else id end from unnest(v_operations)
      where op <> 'post' or hold_id is not null
    );
    select array_agg(id), array_agg(kind), array_agg(posted), array_agg(held)
      into v_ids, v_kinds, v_posted, v_held
      from (
        select id, kind, posted, held from account
        where id = any(
            array(select id from unnest(v_legs) where user_id is not null)
            || array(
              select (receivable).id from unnest(v_operations)
              where receivable is distinct from null
            )
            || array(select account_id from hold where id = any(v_hold_keys))
          )
        order by id for no key update
      ) as locked;
    v_ids := coalesce(v_ids, '{}');
    v_moved := array_fill(false, array[cardinality(v_ids)]);
    v_shortfalls := array_fill(null::numeric, array[cardinality(v_operations)]);

    select coalesce(array_agg(id), '{}'), coalesce(array_agg(fingerprint), '{}')
      into v_known, v_prints
      from ledger_transaction
      where id = any(array(select id from unnest(v_operations) where op = 'post'));
    if p_attempt > 1 then
      -- A conflict: another id may have what names this transaction, which is REUSED too.
      select v_known || coalesce(array_agg(o.id), '{}'),
          v_prints || coalesce(array_agg(null::uuid), '{}')
        into v_known, v_prints
        from unnest(v_operations) as o
        where op = 'post' and exists (
          select from ledger_transaction as t
          where t.id <> o.id and (
            t.execution_id = o.execution_id or t.payment_id = o.payment_id
            or (t.caller_id, t.kind, t.idempotency_key) = (o.caller_id, o.kind, o.idempotency_key)
          )
        );
    end if;
    if cardinality(v_hold_keys) > 0 then
      v_holds := array(select hold from hold where id = any(v_hold_keys));
      v_hold_ids := array(select id from unnest(v_holds));
      if exists (
        select from unnest(v_holds) where account_id is not null and account_id <> all(v_ids)
      ) then
        raise exception 'a hold came meanwhile' using errcode = 'LG001';
      end if;
    end if;
`;

export const takeHold = `
        v_leg := v_operation.legs[1];
        v_h := array_position(v_hold_ids, v_operation.id);
        if v_h is not null then
          v_hold := v_holds[v_h];
          v_results := array_append(v_results, jsonb_build_object('outcome', case
            when v_hold.user_id <> v_operation.user_id then 'MISMATCH'
            when v_hold.state = 'VOID' then 'VOID'
            when v_hold.account_id <> v_leg.id or v_hold.amount <> v_leg.amount
              or v_hold.purpose <> v_operation.purpose then 'MISMATCH'
            when v_hold.state = 'DENIED' then 'DENIED'
            else 'HELD' end));
          continue;
        end if;
        v_i := array_position(v_ids, v_leg.id);
        v_live := v_posted[v_i] - v_held[v_i] >= v_leg.amount;
        v_hold := null;
        v_hold.id := v_operation.id;
        v_hold.order_id := v_operation.order_id;
        v_hold.user_id := v_operation.user_id;
        v_hold.account_id := v_leg.id;
        v_hold.currency := v_leg.currency;
        v_hold.amount := v_leg.amount;
        v_hold.posted := 0;
        v_hold.released := 0;
        v_hold.state := case when v_live then 'LIVE' else 'DENIED' end;
        v_hold.created_at := v_operation.at;
        v_hold.resolved_at := case when v_live then null else v_operation.at end;
        v_hold.purpose := v_operation.purpose;
        v_hold.expires_at := v_operation.expires_at;
        v_hold_ids := v_hold_ids || v_operation.id;
        v_holds := array_append(v_holds, v_hold);
        v_new_holds := v_new_holds || v_operation.id;
        if v_live then
          v_held[v_i] := v_held[v_i] + v_leg.amount;
          v_moved[v_i] := true;
          v_event := (v_operation.user_id, v_n, 'HELD', v_leg.id, v_leg.currency, v_posted[v_i],
            v_held[v_i], null, v_operation.order_id, v_operation.at);
          v_events := array_append(v_events, v_event);
        end if;
        v_results := array_append(v_results, jsonb_build_object('outcome',
          case when v_live then 'HELD' else 'DENIED' end));
`;

export const takeRelease = `
        v_h := array_position(v_hold_ids, v_operation.id);
        if v_h is null and v_operation.order_id is not null and v_operation.op = 'release' then
          v_hold := null;
          v_hold.id := v_operation.id;
          v_hold.order_id := v_operation.order_id;
          v_hold.user_id := v_operation.user_id;
          v_hold.amount := 0;
          v_hold.posted := 0;
          v_hold.released := 0;
          v_hold.state := 'VOID';
          v_hold.created_at := v_operation.at;
          v_hold.resolved_at := v_operation.at;
          v_hold.purpose := 'ORDER';
          v_hold_ids := v_hold_ids || v_operation.id;
          v_holds := array_append(v_holds, v_hold);
          v_new_holds := v_new_holds || v_operation.id;
          v_results := array_append(v_results,
            jsonb_build_object('outcome', 'RELEASED', 'released', '0', 'state', 'VOID'));
          continue;
        end if;
        v_hold := case when v_h is null then null else v_holds[v_h] end;
        v_live := v_hold.state = 'LIVE';
        v_refusal := case
          when v_h is null then 'UNKNOWN_HOLD'
          when v_hold.user_id <> v_operation.user_id then 'MISMATCH'
          when v_operation.op = 'renew' and not v_live then 'HOLD_NOT_LIVE'
          when v_operation.op = 'renew' and v_hold.expires_at <= v_operation.at then 'HOLD_EXPIRED'
          when not v_live then 'RELEASED'
          when v_operation.op = 'release' and v_operation.expire
            and (v_hold.expires_at is null or v_hold.expires_at > v_operation.at)
            then 'NOT_EXPIRED'
        end;
        if v_refusal is not null then
          v_results := array_append(v_results, jsonb_build_object('outcome', v_refusal,
            'released', v_hold.released::text, 'state', v_hold.state));
          continue;
        end if;
        v_rest := 0;
        if v_operation.op = 'renew' then
          v_hold.expires_at := v_operation.expires_at;
        else
          v_rest := v_hold.amount - v_hold.posted;
          v_hold.state := case when v_hold.expires_at <= v_operation.at then 'EXPIRED'
            else 'RELEASED' end;
          v_hold.released := v_rest;
          v_hold.resolved_at := v_operation.at;
        end if;
        v_holds[v_h] := v_hold;
        v_changed_holds := v_changed_holds || v_hold.id;
        if v_rest > 0 then
          v_i := array_position(v_ids, v_hold.account_id);
          v_held[v_i] := v_held[v_i] - v_rest;
          v_moved[v_i] := true;
          v_event := (v_hold.user_id, v_n, 'RELEASED', v_hold.account_id, v_hold.currency,
            v_posted[v_i], v_held[v_i], null, v_hold.order_id, v_operation.at);
          v_events := array_append(v_events, v_event);
        end if;
        v_results := array_append(v_results, jsonb_build_object(
          'outcome', case when v_operation.op = 'renew' then 'RENEWED' else 'RELEASED' end,
          'released', v_rest::text, 'state', v_hold.state));
`;

const operations = `rows from (unnest(v_operations), unnest(v_shortfalls)) as o (
          op, id, at, user_id, order_id, legs, kind, execution_id, caller_id, idempotency_key,
          payment_id, fingerprint, effective_at, value_date, reverses, reason, hold_id, payer_id,
          receivable, resolve, purpose, expires_at, expire, shortfall
        )`;

// Sorted wherever two batches could meet at a unique index; each event log grows under its head's
// row lock, held to the commit, which makes its sequence gapless and in commit order.
export const writeAll = `
    if exists (select from unnest(v_shortfalls) as shortfall where shortfall is not null) then
      insert into ledger_transaction (id, kind, user_id, user_ids, order_id, execution_id,
          caller_id, idempotency_key, payment_id, fingerprint, booked_at, effective_at, value_date,
          hold_id, reverses, reason)
        select id, kind, user_id,
          array(select distinct user_id from unnest(legs) where user_id is not null order by 1),
          order_id, execution_id, caller_id, idempotency_key, payment_id, fingerprint, at,
          coalesce(effective_at, at),
          coalesce(value_date, (coalesce(effective_at, at) at time zone 'UTC')::date),
          hold_id, reverses, reason
        from ${operations} where shortfall is not null order by id;
      insert into posting (transaction_id, account_id, currency, amount, booked_at)
        select o.id, leg.id, leg.currency, leg.amount
            + case when leg.id = o.payer_id then o.shortfall else 0 end, o.at
          from ${operations}, unnest(o.legs) as leg
          where o.shortfall is not null
            and (leg.id is distinct from o.payer_id or -leg.amount <> o.shortfall)
        union all
        select o.id, (o.receivable).id, (o.receivable).currency, -o.shortfall, o.at
          from ${operations} where o.shortfall > 0;
    end if;
    update account set posted = moved.posted, held = moved.held
      from unnest(v_ids, v_posted, v_held, v_moved) as moved (id, posted, held, yes)
      where account.id = moved.id and moved.yes;
    if cardinality(v_new_holds) > 0 then
      insert into hold select h.* from unnest(v_holds) as h
        where id = any(v_new_holds) order by id;
    end if;
    if cardinality(v_changed_holds) > 0 then
      update hold set posted = h.posted, released = h.released, state = h.state,
          resolved_at = h.resolved_at, expires_at = h.expires_at
        from unnest(v_holds) as h
        where hold.id = h.id and h.id = any(v_changed_holds) and h.id <> all(v_new_holds);
    end if;
    if cardinality(v_events) > 0 then
      with head as (
        insert into wallet_event_head as head (user_id, sequence)
          select user_id, count(*) from unnest(v_events) group by user_id order by user_id
          on conflict (user_id) do update set sequence = head.sequence + excluded.sequence
          returning user_id, sequence
      )
      select jsonb_object_agg(user_id, sequence) into v_heads from head;
      insert into wallet_event (user_id, sequence, kind, wallet_id, currency, posted, held,
          transaction_id, order_id, at)
        select user_id, (v_heads ->> user_id::text)::bigint + 1 - row_number() over (
            partition by user_id order by place desc
          ), kind, wallet_id, currency, posted, held, transaction_id, order_id, at
        from unnest(v_events) with ordinality as e (user_id, sequence, kind, wallet_id, currency,
          posted, held, transaction_id, order_id, at, place);
      insert into outbox_live (channel, payload)
        select '${channels.walletEvents('')}' || user_id,
          json_build_object('sequence', sequence)
        from jsonb_each(v_heads) as head (user_id, sequence);
    end if;
`;
