/** The part of `ledger_apply` that takes a transaction or refuses it. */
export const takePost = `
        v_i := array_position(v_known, v_operation.id);
        if v_i is not null then
          v_results := array_append(v_results, jsonb_build_object('outcome',
            case when v_prints[v_i] = v_operation.fingerprint then 'REPLAYED' else 'REUSED' end));
          continue;
        end if;
        if cardinality(v_operation.legs) not between 2 and 100 then
          v_refusal := 'TOO_MANY_LEGS';
        elsif v_operation.reverses is not null and (
          v_operation.reverses = any(v_reversed) or exists (
            select from ledger_transaction where reverses = v_operation.reverses
          )
        ) then
          v_refusal := 'ALREADY_REVERSED';
        end if;

        v_h := null;
        v_payer := null;
        v_live := false;
        v_due := 0;
        v_from_hold := 0;
        v_freed := 0;
        v_shortfall := 0;
        if v_operation.payer_id is not null then
          v_payer := array_position(v_ids, v_operation.payer_id);
          foreach v_leg in array v_operation.legs loop
            if v_leg.id = v_operation.payer_id then
              v_due := -v_leg.amount;
            end if;
          end loop;
        end if;
        if v_operation.hold_id is not null then
          v_h := array_position(v_hold_ids, v_operation.hold_id);
          if v_h is not null then
            v_hold := v_holds[v_h];
            if v_hold.user_id <> v_operation.user_id then
              raise exception 'transaction % takes from a hold of another user', v_operation.id
                using errcode = 'integrity_constraint_violation';
            end if;
            v_live := v_hold.state = 'LIVE' and v_hold.account_id = v_operation.payer_id;
            if v_live then
              v_rest := v_hold.amount - v_hold.posted;
              v_from_hold := least(v_due, v_rest);
              v_live := v_hold.expires_at is null or v_hold.expires_at > v_operation.at;
            end if;
          end if;
          -- Whoever brings no receivable takes exactly from a live hold or not at all.
          if v_operation.receivable is not distinct from null then
            if v_h is null or v_hold.state <> 'LIVE' then
              v_refusal := coalesce(v_refusal, 'HOLD_NOT_LIVE');
            elsif not v_live then
              v_refusal := coalesce(v_refusal, 'HOLD_EXPIRED');
            elsif v_due > v_rest then
              v_refusal := coalesce(v_refusal, 'EXCEEDS_HOLD');
            end if;
          end if;
        end if;
        -- What the hold and the payer's balance cannot pay becomes a debt.
        if v_operation.receivable is distinct from null then
          v_shortfall := greatest(0, v_due - v_from_hold - (v_posted[v_payer] - v_held[v_payer]));
          if v_shortfall > 0
            and array_position(v_ids, (v_operation.receivable).id) is null
          then
            -- Only whoever has the wallet's lock asks for its receivable.
            v_leg := v_operation.receivable;
            insert into account (id, kind, currency, user_id, created_at)
              values (v_leg.id, v_leg.kind, v_leg.currency, v_leg.user_id, v_operation.at)
              on conflict do nothing;
            v_ids := v_ids || v_leg.id;
            v_kinds := v_kinds || v_leg.kind;
            v_posted := v_posted || (select posted from account where id = v_leg.id);
            v_held := v_held || 0::numeric;
            v_moved := v_moved || false;
          end if;
        end if;
        if v_live and v_operation.resolve then
          v_freed := v_rest - v_from_hold;
        end if;

        if v_refusal is null then
          foreach v_leg in array v_operation.legs loop
            v_i := array_position(v_ids, v_leg.id);
            continue when v_i is null;
            if v_kinds[v_i] = 'WALLET' and v_leg.amount < 0 and v_posted[v_i] - v_held[v_i]
              + v_leg.amount
              + (case when v_i = v_payer then v_from_hold + v_freed + v_shortfall else 0 end) < 0
            then
              v_refusal := 'INSUFFICIENT_FUNDS';
            elsif v_kinds[v_i] = 'RECEIVABLE' and v_posted[v_i] + v_leg.amount > 0 then
              v_refusal := 'BEYOND_DEBT';
            end if;
          end loop;
        end if;
        if v_refusal is not null then
          v_results := array_append(v_results, jsonb_build_object('outcome', v_refusal));
          continue;
        end if;

        -- From here on it succeeds.
        v_known := v_known || v_operation.id;
        v_prints := v_prints || v_operation.fingerprint;
        v_reversed := v_reversed || v_operation.reverses;
        v_shortfalls[v_n] := v_shortfall;
        foreach v_leg in array v_operation.legs loop
          v_i := array_position(v_ids, v_leg.id);
          continue when v_i is null;
          v_moved[v_i] := true;
          v_posted[v_i] := v_posted[v_i] + v_leg.amount;
          if v_i = v_payer then
            v_posted[v_i] := v_posted[v_i] + v_shortfall;
            v_held[v_i] := v_held[v_i] - v_from_hold - v_freed;
            continue when v_due = v_shortfall;
          end if;
          continue when v_kinds[v_i] <> 'WALLET';
          v_event := (v_leg.user_id, v_n, 'POSTED', v_leg.id, v_leg.currency, v_posted[v_i],
            v_held[v_i], v_operation.id, v_operation.order_id, v_operation.at);
          v_events := array_append(v_events, v_event);
        end loop;
        if v_shortfall > 0 then
          v_i := array_position(v_ids, (v_operation.receivable).id);
          v_posted[v_i] := v_posted[v_i] - v_shortfall;
          v_moved[v_i] := true;
        end if;
        if v_from_hold > 0 or v_freed > 0 or v_live and v_operation.resolve then
          v_hold.posted := v_hold.posted + v_from_hold;
          if v_operation.resolve then
            v_hold.released := v_freed;
            v_hold.state := 'RELEASED';
            v_hold.resolved_at := v_operation.at;
          end if;
          v_holds[v_h] := v_hold;
          v_changed_holds := v_changed_holds || v_hold.id;
        end if;
        v_results := array_append(v_results, jsonb_build_object('outcome', 'POSTED',
          'holdLive', v_live, 'fromHold', v_from_hold::text, 'shortfall', v_shortfall::text));
`;
