import { lockHeads } from './ledger-batch-read.ts';
import { liveUpdates } from './ledger-batch-write.ts';

/**
 * The part of `ledger_post_batch` for what is asked most, alone: a transaction that takes from no
 * hold and moves one wallet of each user. Where it is plainly allowed it is written here, by few
 * statements; wherever there is any doubt (no funds, a new account, a key that was used), nothing
 * is written and the parts for everything decide. plpgsql sets up each of its expressions again in
 * every transaction: for a single operation those of the other parts cost as much as all the rows.
 */
export const takePlain = `
    if cardinality(p_operations) = 1 then
      v_operation := p_operations[1];
      if v_operation.op = 'post' and v_operation.hold is null and v_operation.reverses is null
        and v_operation.legs between 2 and 100
      then
        ${lockHeads}
        select array_agg(leg.id), array_agg(leg.currency), array_agg(leg.owner),
            array_agg(leg.amount), array_agg(account.ctid),
            array_agg(account.posted + leg.amount), array_agg(account.held),
            v_found = p_users and count(leg.owner) = cardinality(p_users)
              and bool_and(coalesce(leg.account = leg.place and case
                when leg.kind = 'WALLET' then account.posted + leg.amount >= account.held
                else account.user_id is null and account.id is not null end, false))
          into v_ids, v_currencies, v_owners, v_leg_amounts, v_rows, v_posted, v_held, v_live
          from unnest(p_ids, p_kinds, p_currencies, p_owners, p_leg_accounts, p_leg_amounts)
            with ordinality as leg (id, kind, currency, owner, account, amount, place)
          left join account on account.id = leg.id and account.kind = leg.kind
            and account.user_id is not distinct from p_users[owner];
        if v_live then
          insert into ledger_transaction
            select o.id, o.kind, o.user_id, p_users, v_ids, o.order_id, o.execution_id,
              o.caller_id, o.idempotency_key, o.payment_id, o.fingerprint, v_at,
              coalesce(o.effective_at, v_at),
              coalesce(o.value_date, (coalesce(o.effective_at, v_at) at time zone 'UTC')::date),
              null, null, o.reason, pg_current_xact_id()
            from unnest(p_operations) as o
            on conflict (id) do nothing;
          if found then
            insert into posting
              select v_operation.id, id, currency, amount, v_at, v_heads[owner] + 1
              from unnest(v_ids, v_currencies, v_leg_amounts, v_owners)
                as leg (id, currency, amount, owner);
            update account set posted = moved.posted
              from unnest(v_ids, v_rows, v_posted, v_owners) as moved (id, row, posted, owner)
              where account.ctid = moved.row and account.id = moved.id and owner is not null;
            get diagnostics v_count = row_count;
            if v_count <> cardinality(p_users) then
              raise exception 'an account changed without the lock of its user';
            end if;
            insert into wallet_event
              select p_users[owner], v_heads[owner] + 1, 'POSTED', id, currency, posted, held,
                v_operation.id, v_operation.order_id, v_at
              from unnest(v_ids, v_currencies, v_owners, v_posted, v_held)
                as moved (id, currency, owner, posted, held)
              where owner is not null;
            update wallet_event_head as head set sequence = head.sequence + 1, at = v_at
              from unnest(p_users, v_head_rows) as log (user_id, row)
              where head.ctid = log.row and head.user_id = log.user_id;
            insert into outbox_live (updates) select ${liveUpdates} from (
              select user_id, before + 1 as sequence
              from unnest(p_users, v_heads) as head (user_id, before)
            ) as log;
            return '{"outcomes":["POSTED"],"amounts":["0"],"shortfalls":["0"],"live":[false],
              "moved":true}';
          end if;
          v_look := true;
        end if;
      end if;
    end if;
`;
