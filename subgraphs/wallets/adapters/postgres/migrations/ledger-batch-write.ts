import { channels } from '#contracts/live.ts';

/** What followers of the users' logs will hear, of rows with `user_id` and `sequence`. */
export const liveUpdates = `('[' || string_agg(
          '{"channel":"${channels.walletEvents('')}' || user_id || '","payload":{"sequence":'
            || sequence || '}}', ',') || ']')::json`;

/**
 * The part of `ledger_post_batch` that writes. A single operation does not look for its transaction
 * before: it is nearly always new, and where it is not, or was refused, all is decided again with
 * what is there. Each event log grows under its head's row lock, held to the commit, which makes
 * its sequence gapless and in commit order. Accounts that are new are opened for what was decided
 * here, with what it leaves on them; of the house's, another one may have come first.
 */
export const writeAll = `
      v_count := cardinality(v_transactions);
      if v_count > 0 then
        if cardinality(p_operations) = 1 then
          insert into ledger_transaction select * from unnest(v_transactions)
            on conflict (id) do nothing;
          get diagnostics v_count = row_count;
        else
          insert into ledger_transaction select t.* from unnest(v_transactions) as t order by id;
        end if;
      end if;
      exit when v_look or v_count = cardinality(v_transactions) and not v_refused;
      v_look := true;
    end loop;

    if array_position(v_rows, null) is not null then
      insert into account (id, kind, currency, user_id, venue, posted, held, created_at)
        select id, kind, currency, p_users[owner], p_venues[place], posted, held, v_at
        from unnest(v_ids, v_kinds, v_currencies, v_owners, v_posted, v_held, v_rows)
          with ordinality as given (id, kind, currency, owner, posted, held, row, place)
        where row is null and (
          id = any(array(select unnest(account_ids) from unnest(v_transactions)))
          or id = any(array(select account_id from unnest(v_holds)))
        )
        order by id
        on conflict (id) do nothing;
      if exists (
        select from unnest(v_ids, v_kinds, v_owners, v_rows) as given (id, kind, owner, row)
        join account on account.id = given.id
        where row is null
          and (account.kind, account.user_id) is distinct from (given.kind, p_users[owner])
      ) then
        raise exception 'an account is there with another kind or owner'
          using errcode = 'unique_violation';
      end if;
      for v_i in 1 .. cardinality(v_rows) loop
        v_moved[v_i] := v_moved[v_i] and v_rows[v_i] is not null;
      end loop;
    end if;
    if cardinality(v_postings) > 0 then
      insert into posting select * from unnest(v_postings);
    end if;
    v_new_holds := '{}';
    v_changed_holds := '{}';
    v_changed_rows := '{}';
    for v_h in 1 .. cardinality(v_holds) loop
      if v_is_new[v_h] then
        v_new_holds := array_append(v_new_holds, v_holds[v_h]);
      elsif v_is_changed[v_h] then
        v_changed_holds := array_append(v_changed_holds, v_holds[v_h]);
        v_changed_rows := array_append(v_changed_rows, v_hold_rows[v_h]);
      end if;
    end loop;
    if cardinality(v_new_holds) > 0 then
      insert into hold (id, order_id, user_id, account_id, currency, amount, posted, released,
          state, created_at, resolved_at, purpose, expires_at)
        select id, order_id, user_id, account_id, currency, amount, posted, released,
          state, created_at, resolved_at, purpose, expires_at
        from unnest(v_new_holds);
    end if;
    if cardinality(v_changed_holds) > 0 then
      update hold set posted = h.posted, released = h.released, state = h.state,
          resolved_at = h.resolved_at, expires_at = h.expires_at
        from rows from (unnest(v_changed_holds), unnest(v_changed_rows)) as h (id, order_id,
          user_id, account_id, currency, amount, posted, released, state, created_at, resolved_at,
          purpose, expires_at, due_at, row)
        where hold.ctid = h.row and hold.id = h.id;
      get diagnostics v_count = row_count;
      if v_count <> cardinality(v_changed_holds) then
        raise exception 'a hold changed without the lock of its user';
      end if;
    end if;
    update account set posted = moved.posted, held = moved.held
      from unnest(v_ids, v_rows, v_posted, v_held, v_moved) as moved (id, row, posted, held, yes)
      where account.ctid = moved.row and account.id = moved.id and moved.yes;
    get diagnostics v_count = row_count;
    if v_count <> cardinality(array_positions(v_moved, true)) then
      raise exception 'an account changed without the lock of its user';
    end if;
    if cardinality(v_events) > 0 then
      insert into wallet_event select * from unnest(v_events);
      update wallet_event_head as head set sequence = log.sequence, at = v_at
        from unnest(p_users, v_head_rows, v_heads, v_sequences)
          as log (user_id, row, before, sequence)
        where head.ctid = log.row and head.user_id = log.user_id and log.sequence > log.before;
      insert into outbox_live (updates)
        select ${liveUpdates}
        from unnest(p_users, v_heads, v_sequences) as log (user_id, before, sequence)
        where sequence > before;
    end if;
    return json_build_object('outcomes', to_json(v_outcomes), 'amounts', to_json(v_amounts),
      'shortfalls', to_json(v_shortfalls), 'live', to_json(v_lives),
      'moved', cardinality(v_events) > 0);
`;
