/**
 * Locks the users' heads, those that are there, in their order: whoever waits holds only what comes
 * before, so nobody waits in a circle. Those that are missing are made afterwards, in their order
 * too. Whoever made none because another one came first may hold what that one waits for: it begins
 * anew.
 *
 * A user's time never goes back: who came first and got the lock last books with the other's money,
 * so not before it. A clock that is a minute ahead of this one is broken and takes nobody along.
 */
export const lockHeads = `
        select array_agg(user_id), array_agg(sequence), array_agg(ctid),
            greatest(p_at, max(at) filter (where at < p_at + interval '1 minute'))
          into v_found, v_heads, v_head_rows, v_at from (
          select user_id, sequence, ctid, at from wallet_event_head
          where user_id = any(p_users)
          order by user_id for no key update
        ) as head;`;

/**
 * The part of `ledger_post_batch` that locks and reads. Read committed: each statement sees what
 * was committed before it, so what is read after the locks is what the locks protect. An account that
 * is not there has no row and no money: it is opened for what is written, not for what is asked.
 */
export const readAll = `
      v_n := 0;
      v_last := 0;
      v_refused := false;
      v_outcomes := array_fill(null::text, array[cardinality(p_operations)]);
      v_amounts := v_outcomes;
      v_shortfalls := v_outcomes;
      v_lives := array_fill(null::boolean, array[cardinality(p_operations)]);
      v_is_new := array_fill(false, array[cardinality(p_holds)]);
      v_is_changed := v_is_new;
      v_known := '{}';
      v_prints := '{}';
      v_reversed := '{}';
      v_transactions := '{}';
      v_postings := '{}';
      v_events := '{}';
      for v_try in 1 .. 2 loop
        -- Whoever holds some already waits for no others: those that came since may be before them.
        if v_found is null or v_try = 2 then
          ${lockHeads}
        end if;
        exit when v_found = p_users or cardinality(p_users) = 0;
        if v_try = 2 then
          raise exception 'users are given once and sorted';
        end if;
        v_found := coalesce(v_found, '{}');
        insert into wallet_event_head (user_id, sequence)
          select id, 0 from unnest(p_users) as given (id) where id <> all(v_found) order by id
          on conflict do nothing;
        get diagnostics v_count = row_count;
        if v_count <> cardinality(p_users) - cardinality(v_found) then
          raise exception 'another one made the event log of a new user'
            using errcode = 'serialization_failure';
        end if;
      end loop;
      v_sequences := v_heads;

      v_ids := p_ids;
      v_kinds := p_kinds;
      v_currencies := p_currencies;
      v_owners := p_owners;
      v_holds := '{}';
      if cardinality(p_holds) > 0 then
        select array_agg(hold), array_agg(row) into v_holds, v_hold_rows from (
          select hold, hold.ctid as row from unnest(p_holds) with ordinality as given (id, place)
          left join hold on hold.id = given.id order by place
        ) as hold;
        foreach v_hold in array v_holds loop
          if v_hold.state = 'LIVE' and v_hold.account_id <> all(v_ids)
            and v_hold.user_id = any(p_users)
          then
            v_ids := v_ids || v_hold.account_id;
            v_kinds := v_kinds || 'WALLET'::text;
            v_currencies := v_currencies || v_hold.currency;
            v_owners := v_owners || array_position(p_users, v_hold.user_id);
          end if;
        end loop;
      end if;
      select array_agg(coalesce(posted, 0)), array_agg(coalesce(held, 0)), array_agg(row)
        into v_posted, v_held, v_rows from (
        select posted, held, account.ctid as row
        from unnest(v_ids, v_kinds, v_owners) with ordinality as given (id, kind, owner, place)
        left join account on account.id = given.id and account.kind = given.kind
          and account.user_id is not distinct from p_users[owner]
        order by place
      ) as account;
      v_moved := array_fill(false, array[cardinality(v_ids)]);

      if v_look then
        select coalesce(array_agg(id), '{}'), coalesce(array_agg(fingerprint), '{}')
          into v_known, v_prints
          from ledger_transaction
          where id = any(array(select id from unnest(p_operations) where op = 'post'));
      end if;
`;
