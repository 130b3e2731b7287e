/**
 * One query for each invariant of the ledger: a row (subject, detail) is a finding. The tables keep
 * most of these laws by constraints and triggers; this asks whether they did.
 */
export const ledgerChecks: Readonly<Record<string, string>> = {
  'every transaction sums to zero in every currency': `
    select transaction_id::text as subject, sum(amount) || ' minor units of ' || currency as detail
    from posting group by transaction_id, currency having sum(amount) <> 0
    union all
    select t.id::text, 'it names ' || cardinality(t.account_ids) || ' accounts, postings are on '
      || coalesce(cardinality(fold.account_ids), 0)
    from ledger_transaction as t left join (
      select transaction_id, array_agg(account_id) as account_ids
      from posting group by transaction_id
    ) as fold on fold.transaction_id = t.id
    where fold.account_ids is null or cardinality(t.account_ids) <> cardinality(fold.account_ids)
      or not t.account_ids @> fold.account_ids`,

  'a balance is the fold of its postings': `
    select account.id::text as subject,
      kind || ' ' || currency || ' says ' || balance || ', postings ' || coalesce(sum, 0) as detail
    from account_balance as account left join (
      select account_id, sum(amount) as sum from posting group by account_id
    ) as fold on fold.account_id = account.id
    where balance <> coalesce(sum, 0)`,

  'nothing stands without what it refers to': `
    select transaction_id::text as subject, 'a posting on account ' || account_id as detail
    from posting
    where not exists (
      select from account
      where account.id = posting.account_id and account.currency = posting.currency
    ) or not exists (
      select from ledger_transaction as t
      where t.id = posting.transaction_id and t.booked_at = posting.booked_at
    )
    union all
    select hold.id::text, 'a hold on account ' || account_id from hold
    where account_id is not null and not exists (
      select from account
      where account.id = hold.account_id and account.kind = 'WALLET'
        and account.user_id = hold.user_id and account.currency = hold.currency
    )
    union all
    select transaction_id::text, 'a posting of event ' || sequence from posting
    where sequence is not null and not exists (
      select from wallet_event as event join account on account.id = event.wallet_id
      where event.user_id = account.user_id and event.sequence = posting.sequence
        and account.id = posting.account_id and event.transaction_id = posting.transaction_id
    )
    union all
    select user_id::text, 'event ' || sequence from wallet_event
    where not exists (select from account where id = wallet_id)
      or transaction_id is not null
        and not exists (select from ledger_transaction where id = transaction_id)`,

  'a transaction names whose wallets it moves': `
    select t.id::text as subject, 'it says ' || t.user_ids::text as detail
    from ledger_transaction as t
    where exists (
      select from posting join account on account.id = posting.account_id
      where posting.transaction_id = t.id and account.user_id <> all(t.user_ids)
    ) or exists (
      select from unnest(t.user_ids) as named (id)
      where not exists (
        select from account where account.id = any(t.account_ids) and account.user_id = named.id
      )
    )`,

  'what an account holds is the sum of its live holds': `
    select account.id::text as subject,
      kind || ' ' || currency || ' says ' || held || ', holds ' || coalesce(sum, 0) as detail
    from account left join (
      select account_id, sum(amount - posted) as sum from hold
      where state = 'LIVE' group by account_id
    ) as live on live.account_id = account.id
    where held <> coalesce(sum, 0)`,

  'no account breaks its limit, posted or held': `
    select id::text as subject,
      kind || ' ' || currency || ' has ' || posted || ' posted, ' || held || ' held' as detail
    from account
    where held < 0
      or kind = 'WALLET' and posted - held < 0
      or kind = 'RECEIVABLE' and posted > 0
      or kind <> 'WALLET' and held <> 0`,

  'a hold posts no more than it has and resolves once': `
    select id::text as subject,
      state || ' of ' || amount || ': ' || posted || ' posted, ' || released || ' released'
        as detail
    from hold
    where posted < 0 or released < 0 or posted + released > amount
      or state = 'LIVE' and (released <> 0 or resolved_at is not null)
      or state <> 'LIVE' and resolved_at is null
      or state in ('RELEASED', 'EXPIRED') and posted + released <> amount
      or state in ('DENIED', 'VOID') and (posted <> 0 or released <> 0)
    union all
    select 'order ' || order_id, count(*) || ' holds' from hold
    where order_id is not null group by order_id having count(*) > 1`,

  'a hold posts only what was taken from it': `
    select hold.id::text as subject,
      hold.posted || ' posted, transactions took ' || coalesce(taken.sum, 0) as detail
    from hold left join (
      select hold_id, account_id, -sum(amount) as sum from (
        select coalesce(t.hold_id, hold.id) as hold_id, posting.account_id, posting.amount
        from ledger_transaction as t
        left join hold on t.hold_id is null and hold.order_id = t.order_id
        join posting on posting.transaction_id = t.id
        where t.kind <> 'REVERSAL' and (t.hold_id is not null or t.order_id is not null)
      ) as part group by hold_id, account_id
    ) as taken on taken.hold_id = hold.id and taken.account_id = hold.account_id
    where hold.posted > coalesce(taken.sum, 0)`,

  'an execution is settled once': `
    select 'execution ' || execution_id as subject, count(*) || ' transactions' as detail
    from ledger_transaction where execution_id is not null
    group by execution_id having count(*) > 1
    union all
    select id::text, 'a fill without order or execution' from ledger_transaction
    where kind = 'ORDER_FILL' and (execution_id is null or order_id is null)`,

  'a key books one transaction': `
    select 'key ' || idempotency_key || ' of ' || caller_id as subject,
      count(*) || ' transactions' as detail
    from ledger_transaction where caller_id is not null
    group by caller_id, kind, idempotency_key having count(*) > 1`,

  'a reversal is the opposite of one transaction': `
    select reverses::text as subject, count(*) || ' reversals' as detail
    from ledger_transaction where reverses is not null group by reverses having count(*) > 1
    union all
    select t.id::text, 'it leaves ' || sum(amount) || ' on account ' || account_id
    from ledger_transaction as t
    join ledger_transaction as half on half.id in (t.id, t.reverses)
    cross join unnest(half.account_ids) as leg (id)
    join posting on posting.account_id = leg.id and posting.booked_at = half.booked_at
      and posting.transaction_id = half.id
    where t.kind = 'REVERSAL' group by t.id, account_id having sum(amount) <> 0`,

  'a payment, its hold and its transaction agree': `
    select payment.id::text as subject,
      direction || ' ' || payment.status || ', hold ' || coalesce(hold.state, 'none')
        || ', transaction ' || coalesce(t.kind, 'none') as detail
    from payment left join hold on hold.id = payment.hold_id
    left join ledger_transaction as t on t.payment_id = payment.id
    left join account as wallet on wallet.user_id = payment.user_id and wallet.kind = 'WALLET'
      and wallet.currency = payment.currency
    left join posting on posting.account_id = wallet.id and posting.booked_at = t.booked_at
      and posting.transaction_id = t.id
    where (t.id is not null) <> (payment.status = 'COMPLETED')
      or t.id is distinct from payment.transaction_id
      or t.kind <> payment.direction
      or t.id is not null and posting.amount is distinct from
        case direction when 'DEPOSIT' then payment.amount else -payment.amount end
      or direction = 'WITHDRAWAL'
        and (hold.amount, hold.account_id) is distinct from (payment.amount, wallet.id)
      or direction = 'WITHDRAWAL' and (hold.state = 'LIVE') <> (status in ('REQUESTED', 'PENDING'))
      or direction = 'WITHDRAWAL' and hold.posted
        <> case when status = 'COMPLETED' then payment.amount else 0 end`,

  'the sequence of a user has no gap': `
    select 'user ' || coalesce(head.user_id, log.user_id) as subject,
      'head ' || coalesce(head.sequence, 0) || ', log ' || coalesce(log.first, 0) || ' to '
        || coalesce(log.last, 0) || ' in ' || coalesce(log.count, 0) || ' events' as detail
    from wallet_event_head as head full join (
      select user_id, min(sequence) as first, max(sequence) as last, count(*) as count
      from wallet_event group by user_id
    ) as log on log.user_id = head.user_id
    where coalesce(head.sequence, 0) <> coalesce(log.last, 0)
      or log.first <> 1 or log.count <> log.last`,

  'the events of a wallet tell its balances': `
    select account.id::text as subject,
      'posted ' || account.posted || ', held ' || account.held || ', event ' ||
        coalesce(event.sequence || ' posted ' || event.posted || ', held ' || event.held, 'none')
        as detail
    from account left join lateral (
      select sequence, posted, held from wallet_event
      where user_id = account.user_id and wallet_id = account.id
      order by sequence desc limit 1
    ) as event on true
    where account.kind = 'WALLET'
      and (account.posted, account.held)
        is distinct from (coalesce(event.posted, 0), coalesce(event.held, 0))
    union all
    select event.wallet_id::text, 'event ' || event.sequence || ' ' || kind || ' brings '
      || event.posted - posted_before || ' posted and ' || held - held_before
      || ' held, its posting ' || coalesce(posting.amount, 0)
    from (
      select *, coalesce(lag(posted) over w, 0) as posted_before,
        coalesce(lag(held) over w, 0) as held_before
      from wallet_event window w as (partition by wallet_id order by sequence)
    ) as event left join posting on posting.account_id = event.wallet_id
      and posting.sequence = event.sequence and posting.transaction_id = event.transaction_id
    where event.posted - posted_before <> coalesce(posting.amount, 0)
      or case kind
        when 'POSTED' then posting.amount is null or held > held_before
        when 'HELD' then held <= held_before
        else held >= held_before
      end`,

  'the journal is what was sealed, up to the first broken row': `
    select subject, detail from (
      select link.position, coalesce(t.id, link.transaction_id)::text as subject,
        case
          when link.position <> coalesce(link.last, 0) + 1 then 'a link before it is missing'
          when t.id is null then 'it is gone'
          else 'it is not what was sealed'
        end as detail
      from (
        select *, lag(position) over w as last,
          coalesce(lag(hash) over w, sha256('Mammon')) as before
        from journal_seal window w as (order by position)
      ) as link left join ledger_transaction as t on t.id = link.transaction_id
      where link.position <> coalesce(link.last, 0) + 1 or t.id is null
        or link.hash <> sha256(link.before || journal_content(t))
      order by link.position limit 1
    ) as broken
    union all
    select 'head', 'it is gone' where not exists (select from journal_head)
    union all
    select 'head ' || head.position, 'the last link is ' || coalesce(link.position, 0)
    from journal_head as head left join (
      select * from journal_seal order by position desc limit 1
    ) as link on true
    where head.position <> coalesce(link.position, 0)
      or head.hash <> coalesce(link.hash, sha256('Mammon'))
    union all
    select t.id::text, 'it was put behind the seal'
    from ledger_transaction as t join journal_head as head
      on (t.xid, t.id) <= (head.xid, head.transaction_id)
    where not exists (select from journal_seal where transaction_id = t.id)
    union all
    select min(t.id::text), count(*) || ' transactions have waited for their seal for an hour'
    from ledger_transaction as t join journal_head as head
      on (t.xid, t.id) > (head.xid, head.transaction_id)
    where t.booked_at < now() - interval '1 hour' and exists (select from journal_seal)
    having count(*) > 0`,
};
