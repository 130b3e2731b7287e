/** The part of `ledger_post_batch` that takes a transaction or refuses it. */
export const takePost = `
          v_first := v_last + 1;
          v_last := v_last + v_operation.legs;
          v_i := array_position(v_known, v_operation.id);
          if v_i is not null then
            v_outcomes[v_n] := case when v_prints[v_i] = v_operation.fingerprint then 'REPLAYED'
              else 'REUSED' end;
            continue;
          end if;
          if v_operation.legs not between 2 and 100 then
            v_refusal := 'TOO_MANY_LEGS';
          elsif v_operation.reverses is not null then
            if v_operation.reverses = any(v_reversed) or exists (
              select from ledger_transaction where reverses = v_operation.reverses
            ) then
              v_refusal := 'ALREADY_REVERSED';
            end if;
          end if;

          v_live := false;
          v_due := 0;
          v_from_hold := 0;
          v_freed := 0;
          v_shortfall := 0;
          if v_operation.payer is not null then
            for v_l in v_first .. v_last loop
              if p_leg_accounts[v_l] = v_operation.payer then
                v_due := -p_leg_amounts[v_l];
              end if;
            end loop;
          end if;
          if v_h is not null then
            v_hold := v_holds[v_h];
            if v_hold.user_id <> v_operation.user_id then
              raise exception 'transaction % takes from a hold of another user', v_operation.id
                using errcode = 'integrity_constraint_violation';
            end if;
            v_live := v_hold.state = 'LIVE' and v_hold.account_id = v_ids[v_operation.payer];
            if v_live then
              v_rest := v_hold.amount - v_hold.posted;
              v_from_hold := least(v_due, v_rest);
              v_live := v_hold.expires_at is null or v_hold.expires_at > v_at;
            end if;
            -- Whoever brings no receivable takes exactly from a live hold or not at all.
            if v_operation.receivable is null then
              if v_hold.state is distinct from 'LIVE'
                or v_hold.account_id <> v_ids[v_operation.payer]
              then
                v_refusal := coalesce(v_refusal, 'HOLD_NOT_LIVE');
              elsif not v_live then
                v_refusal := coalesce(v_refusal, 'HOLD_EXPIRED');
              elsif v_due > v_rest then
                v_refusal := coalesce(v_refusal, 'EXCEEDS_HOLD');
              end if;
            end if;
            v_live := coalesce(v_live, false);
          end if;
          -- What the hold and the payer's balance cannot pay becomes a debt.
          if v_operation.receivable is not null then
            v_shortfall := greatest(0, v_due - v_from_hold
              - (v_posted[v_operation.payer] - v_held[v_operation.payer]));
            if v_shortfall > 0 and array_position(v_ids, v_operation.receivable) is null then
              v_i := v_operation.payer;
              v_rows := v_rows
                || (select ctid from account where id = v_operation.receivable);
              v_ids := v_ids || v_operation.receivable;
              v_kinds := v_kinds || 'RECEIVABLE'::text;
              v_currencies := v_currencies || v_currencies[v_i];
              v_owners := v_owners || v_owners[v_i];
              v_posted := v_posted
                || coalesce((select posted from account where id = v_operation.receivable), 0);
              v_held := v_held || 0::numeric;
              v_moved := v_moved || false;
            end if;
          end if;
          if v_live and v_operation.resolve then
            v_freed := v_rest - v_from_hold;
          end if;

          if v_refusal is null then
            for v_l in v_first .. v_last loop
              v_i := p_leg_accounts[v_l];
              v_amount := p_leg_amounts[v_l];
              if v_kinds[v_i] = 'WALLET' then
                if v_amount < 0 and v_posted[v_i] - v_held[v_i] + v_amount
                  + (case when v_i = v_operation.payer then v_from_hold + v_freed + v_shortfall
                    else 0 end) < 0
                then
                  v_refusal := 'INSUFFICIENT_FUNDS';
                end if;
              elsif v_kinds[v_i] = 'RECEIVABLE' and v_posted[v_i] + v_amount > 0 then
                v_refusal := coalesce(v_refusal, 'BEYOND_DEBT');
              end if;
            end loop;
          end if;
          if v_refusal is not null then
            v_outcomes[v_n] := v_refusal;
            v_refused := true;
            continue;
          end if;

          -- From here on it succeeds.
          v_known := v_known || v_operation.id;
          v_prints := v_prints || v_operation.fingerprint;
          if v_operation.reverses is not null then
            v_reversed := v_reversed || v_operation.reverses;
          end if;
          v_transaction := row(v_operation.id, v_operation.kind, v_operation.user_id, '{}', '{}',
            v_operation.order_id, v_operation.execution_id, v_operation.caller_id,
            v_operation.idempotency_key, v_operation.payment_id, v_operation.fingerprint, v_at,
            coalesce(v_operation.effective_at, v_at),
            coalesce(v_operation.value_date,
              (coalesce(v_operation.effective_at, v_at) at time zone 'UTC')::date),
            p_holds[v_h], v_operation.reverses, v_operation.reason,
            pg_current_xact_id())::ledger_transaction;
          for v_l in v_first .. v_last loop
            v_i := p_leg_accounts[v_l];
            v_amount := p_leg_amounts[v_l];
            v_u := v_owners[v_i];
            if v_i = v_operation.payer then
              v_amount := v_amount + v_shortfall;
              v_held[v_i] := v_held[v_i] - v_from_hold - v_freed;
              v_moved[v_i] := true;
            end if;
            if v_u is not null and p_users[v_u] <> all(v_transaction.user_ids) then
              v_transaction.user_ids := v_transaction.user_ids || p_users[v_u];
            end if;
            continue when v_amount = 0;
            v_transaction.account_ids := v_transaction.account_ids || v_ids[v_i];
            if v_u is null then
              v_postings := array_append(v_postings, row(v_operation.id, v_ids[v_i],
                v_currencies[v_i], v_amount, v_at, null)::posting);
              continue;
            end if;
            v_posted[v_i] := v_posted[v_i] + v_amount;
            v_moved[v_i] := true;
            if v_kinds[v_i] <> 'WALLET' then
              v_postings := array_append(v_postings, row(v_operation.id, v_ids[v_i],
                v_currencies[v_i], v_amount, v_at, null)::posting);
              continue;
            end if;
            v_sequences[v_u] := v_sequences[v_u] + 1;
            v_postings := array_append(v_postings, row(v_operation.id, v_ids[v_i],
              v_currencies[v_i], v_amount, v_at, v_sequences[v_u])::posting);
            v_events := array_append(v_events, row(p_users[v_u], v_sequences[v_u], 'POSTED',
              v_ids[v_i], v_currencies[v_i], v_posted[v_i], v_held[v_i], v_operation.id,
              v_operation.order_id, v_at)::wallet_event);
          end loop;
          if v_shortfall > 0 then
            v_i := array_position(v_ids, v_operation.receivable);
            v_posted[v_i] := v_posted[v_i] - v_shortfall;
            v_moved[v_i] := true;
            v_transaction.account_ids := v_transaction.account_ids || v_ids[v_i];
            v_postings := array_append(v_postings, row(v_operation.id, v_ids[v_i],
              v_currencies[v_i], -v_shortfall, v_at, null)::posting);
          end if;
          v_transactions := array_append(v_transactions, v_transaction);
          if v_from_hold > 0 or v_freed > 0 or v_live and v_operation.resolve then
            v_hold.posted := v_hold.posted + v_from_hold;
            if v_operation.resolve then
              v_hold.released := v_freed;
              v_hold.state := 'RELEASED';
              v_hold.resolved_at := v_at;
            end if;
            v_holds[v_h] := v_hold;
            v_is_changed[v_h] := true;
          end if;
          v_outcomes[v_n] := 'POSTED';
          v_amounts[v_n] := v_from_hold::text;
          v_shortfalls[v_n] := v_shortfall::text;
          v_lives[v_n] := v_live;
`;
