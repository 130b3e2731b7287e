/**
 * One query for each invariant of the ledger: a row (subject, detail) is a finding. The tables keep
 * most of these laws by constraints and triggers; this asks whether they did.
 */
export const ledgerChecks: Readonly<Record<string, string>> = {
  'every transaction sums to zero in every currency': `
    select transaction_id::text as subject, sum(amount) || ' minor units of ' || currency as detail
    from posting group by transaction_id, currency having sum(amount) <> 0
    union all
    select id::text, 'it has no postings' from ledger_transaction
    where not exists (select from posting where transaction_id = ledger_transaction.id)`,

  'a balance is the fold of its postings': `
    select account.id::text as subject,
      kind || ' ' || currency || ' says ' || posted || ', postings ' || coalesce(sum, 0) as detail
    from account left join (
      select account_id, sum(amount) as sum from posting group by account_id
    ) as fold on fold.account_id = account.id
    where posted <> coalesce(sum, 0)`,

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
      or state = 'RELEASED' and posted + released <> amount
      or state in ('DENIED', 'VOID') and (posted <> 0 or released <> 0)
    union all
    select 'order ' || order_id, count(*) || ' holds' from hold
    group by order_id having count(*) > 1`,

  'a hold posts only what fills of its order took': `
    select hold.id::text as subject,
      hold.posted || ' posted, fills took ' || coalesce(taken.sum, 0) as detail
    from hold left join lateral (
      select -sum(posting.amount) as sum
      from ledger_transaction as transaction
      join posting on posting.transaction_id = transaction.id
      where transaction.order_id = hold.order_id and posting.account_id = hold.account_id
    ) as taken on true
    where hold.posted > coalesce(taken.sum, 0)`,

  'an execution is settled once': `
    select 'execution ' || execution_id as subject, count(*) || ' transactions' as detail
    from ledger_transaction where execution_id is not null
    group by execution_id having count(*) > 1
    union all
    select id::text, 'a fill without order or execution' from ledger_transaction
    where kind = 'ORDER_FILL' and (execution_id is null or order_id is null)`,

  'a key books one deposit': `
    select 'key ' || idempotency_key || ' of ' || caller_id as subject,
      count(*) || ' transactions' as detail
    from ledger_transaction where kind = 'DEPOSIT'
    group by caller_id, idempotency_key having count(*) > 1
    union all
    select id::text, 'a deposit without caller or key' from ledger_transaction
    where kind = 'DEPOSIT' and (caller_id is null or idempotency_key is null)`,

  'the sequence of a user has no gap': `
    select 'user ' || coalesce(head.user_id, log.user_id) as subject,
      'head ' || coalesce(head.sequence, 0) || ', log ' || coalesce(log.first, 0) || ' to '
        || coalesce(log.last, 0) || ' in ' || coalesce(log.count, 0) || ' events' as detail
    from wallet_event_head as head full join (
      select user_id, min(sequence) as first, max(sequence) as last, count(*) as count
      from wallet_event group by user_id
    ) as log on log.user_id = head.user_id
    where head.sequence is distinct from log.last or log.first <> 1 or log.count <> log.last`,

  'the last event of a wallet tells its balance': `
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
        is distinct from (coalesce(event.posted, 0), coalesce(event.held, 0))`,
};
