/** The parts of `ledger_post_batch` that take a hold, and that release or renew one. */
export const takeHold = `
          v_last := v_last + 1;
          v_hold := v_holds[v_h];
          v_i := p_leg_accounts[v_last];
          v_amount := p_leg_amounts[v_last];
          if v_hold.id is not null then
            v_outcomes[v_n] := case
              when v_hold.user_id <> v_operation.user_id then 'MISMATCH'
              when v_hold.state = 'VOID' then 'VOID'
              when v_hold.account_id <> v_ids[v_i] or v_hold.amount <> v_amount
                or v_hold.purpose <> v_operation.purpose then 'MISMATCH'
              when v_hold.state = 'DENIED' then 'DENIED'
              else 'HELD' end;
            continue;
          end if;
          v_u := v_owners[v_i];
          v_live := v_posted[v_i] - v_held[v_i] >= v_amount;
          v_hold := null;
          v_hold.id := p_holds[v_h];
          v_hold.order_id := v_operation.order_id;
          v_hold.user_id := v_operation.user_id;
          v_hold.account_id := v_ids[v_i];
          v_hold.currency := v_currencies[v_i];
          v_hold.amount := v_amount;
          v_hold.posted := 0;
          v_hold.released := 0;
          v_hold.state := case when v_live then 'LIVE' else 'DENIED' end;
          v_hold.created_at := v_at;
          v_hold.resolved_at := case when v_live then null else v_at end;
          v_hold.purpose := v_operation.purpose;
          v_hold.expires_at := v_operation.expires_at;
          v_holds[v_h] := v_hold;
          v_is_new[v_h] := true;
          if v_live then
            v_held[v_i] := v_held[v_i] + v_amount;
            v_moved[v_i] := true;
            v_sequences[v_u] := v_sequences[v_u] + 1;
            v_events := array_append(v_events, row(p_users[v_u], v_sequences[v_u], 'HELD',
              v_ids[v_i], v_currencies[v_i], v_posted[v_i], v_held[v_i], null,
              v_operation.order_id, v_at)::wallet_event);
          end if;
          v_outcomes[v_n] := case when v_live then 'HELD' else 'DENIED' end;
`;

export const takeRelease = `
          v_hold := v_holds[v_h];
          if v_hold.id is null and v_operation.order_id is not null and v_operation.op = 'release'
          then
            v_hold := null;
            v_hold.id := p_holds[v_h];
            v_hold.order_id := v_operation.order_id;
            v_hold.user_id := v_operation.user_id;
            v_hold.amount := 0;
            v_hold.posted := 0;
            v_hold.released := 0;
            v_hold.state := 'VOID';
            v_hold.created_at := v_at;
            v_hold.resolved_at := v_at;
            v_hold.purpose := 'ORDER';
            v_holds[v_h] := v_hold;
            v_is_new[v_h] := true;
            v_outcomes[v_n] := 'RELEASED';
            v_amounts[v_n] := '0';
            continue;
          end if;
          v_live := v_hold.state = 'LIVE';
          v_refusal := case
            when v_hold.id is null then 'UNKNOWN_HOLD'
            when v_hold.user_id <> v_operation.user_id then 'MISMATCH'
            when v_operation.op = 'renew' and not v_live then 'HOLD_NOT_LIVE'
            when v_operation.op = 'renew' and v_hold.expires_at <= v_at then 'HOLD_EXPIRED'
            when not v_live then 'RELEASED'
            when v_operation.op = 'release' and v_operation.expire
              and (v_hold.expires_at is null or v_hold.expires_at > v_at)
              then 'NOT_EXPIRED'
          end;
          if v_refusal is not null then
            v_outcomes[v_n] := v_refusal;
            v_amounts[v_n] := v_hold.released::text;
            continue;
          end if;
          v_rest := 0;
          if v_operation.op = 'renew' then
            v_hold.expires_at := v_operation.expires_at;
          else
            v_rest := v_hold.amount - v_hold.posted;
            v_hold.state := case when v_hold.expires_at <= v_at then 'EXPIRED'
              else 'RELEASED' end;
            v_hold.released := v_rest;
            v_hold.resolved_at := v_at;
          end if;
          v_holds[v_h] := v_hold;
          v_is_changed[v_h] := true;
          if v_rest > 0 then
            v_i := array_position(v_ids, v_hold.account_id);
            v_u := v_owners[v_i];
            v_held[v_i] := v_held[v_i] - v_rest;
            v_moved[v_i] := true;
            v_sequences[v_u] := v_sequences[v_u] + 1;
            v_events := array_append(v_events, row(v_hold.user_id, v_sequences[v_u], 'RELEASED',
              v_ids[v_i], v_hold.currency, v_posted[v_i], v_held[v_i], null, v_hold.order_id,
              v_at)::wallet_event);
          end if;
          v_outcomes[v_n] := case when v_operation.op = 'renew' then 'RENEWED' else 'RELEASED' end;
          v_amounts[v_n] := v_rest::text;
`;
