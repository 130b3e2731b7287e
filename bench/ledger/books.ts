import { Client } from 'pg';
import { deterministicId, type UserId } from '#kit/ids.ts';
import type { Currency } from '#kit/money.ts';
import { openDatabase } from '#subgraphs/wallets/main.ts';
import { wallet } from '#subgraphs/wallets/domain/chart-of-accounts.ts';
import { transactionIdOf } from '#subgraphs/wallets/domain/transaction.ts';
import type { Cluster } from './cluster.ts';

/** What the n-th user of a benchmark has, made from the number so that every process knows it. */
export const userOf = (n: number) => deterministicId<UserId>('bench', 'user', `${n}`);
export const walletOf = (n: number, currency: Currency) => wallet(userOf(n), currency).id;

/** Minor units of NGN that each user begins with. */
const opening = 1_000_000_000_000n;

/**
 * A ledger with so many users, each with an opening balance and an empty wallet in USD. The opening
 * is one adjustment for all: a posting for each user and one for the house.
 */
export async function openBooks(cluster: Cluster, database: string, users: number): Promise<void> {
  await (await openDatabase(cluster.url(database))).close(true);
  const client = new Client({ connectionString: cluster.url(database) });
  await client.connect();
  try {
    const numbers = Array.from({ length: users }, (_, n) => n);
    await client.query(
      'create table bench_user (n int primary key, user_id uuid, ngn uuid, usd uuid)',
    );
    await client.query(
      `insert into bench_user select * from unnest($1::int[], $2::uuid[], $3::uuid[], $4::uuid[])`,
      [
        numbers,
        numbers.map(userOf),
        numbers.map((n) => walletOf(n, 'NGN')),
        numbers.map((n) => walletOf(n, 'USD')),
      ],
    );
    await client.query(openingSql(opening));
    await client.query('vacuum analyze');
  } finally {
    await client.end();
  }
}

const house = deterministicId<UserId>('bench', 'house');
const openingTransaction = transactionIdOf('ADJUSTMENT', house, 'opening');

const openingSql = (amount: bigint) => `
  begin;
  set local session_replication_role = replica;
  insert into account (id, kind, currency, user_id, created_at)
    values ('${house}', 'SUSPENSE', 'NGN', null, now());
  insert into account (id, kind, currency, user_id, posted, created_at)
    select ngn, 'WALLET', 'NGN', user_id, ${amount}, now() from bench_user
    union all select usd, 'WALLET', 'USD', user_id, 0, now() from bench_user;
  insert into ledger_transaction (id, kind, user_id, user_ids, account_ids, caller_id, idempotency_key,
      fingerprint, booked_at, effective_at, value_date, reason)
    select '${openingTransaction}', 'ADJUSTMENT', null, array_agg(user_id),
      array_agg(ngn) || '${house}'::uuid, '${house}', 'opening', '${house}', now(), now(),
      current_date, 'the opening of a benchmark'
    from bench_user;
  insert into posting (transaction_id, account_id, currency, amount, booked_at, sequence)
    select '${openingTransaction}'::uuid, ngn, 'NGN', ${amount}, now(), 1 from bench_user
    union all
    select '${openingTransaction}', '${house}'::uuid, 'NGN', -${amount} * count(*), now(), null
    from bench_user;
  insert into wallet_event_head select user_id, 1 from bench_user;
  insert into wallet_event (user_id, sequence, kind, wallet_id, currency, posted, held,
      transaction_id, at)
    select user_id, 1, 'POSTED', ngn, 'NGN', ${amount}, 0, '${openingTransaction}', now()
    from bench_user;
  commit;`;

/**
 * Adds transfers of one kobo in rings: each user pays the next one, so that every balance is known
 * without counting, and every round leaves them all as they were. Two postings each.
 */
export async function addRings(
  cluster: Cluster,
  database: string,
  rings: number,
  users: number,
): Promise<void> {
  const clients = [1, 2].map(() => new Client({ connectionString: cluster.url(database) }));
  await Promise.all(clients.map((client) => client.connect()));
  const [client] = clients as [Client, Client];
  try {
    await client.query(madeFrom);
    const { rows } = await client.query<{ name: string; definition: string }>(secondaryIndexes);
    for (const { name } of rows) await client.query(`drop index "${name}"`);
    const page = 25;
    let next = 0;
    const work = async (each: Client) => {
      while (next < rings) {
        const first = next;
        next += page;
        await each.query(ringsSql(users, first, Math.min(rings, first + page) - 1));
      }
    };
    await Promise.all(clients.map(work));
    await client.query(`update wallet_event_head set sequence = ${2 * rings + 1}`);
    await client.query("set maintenance_work_mem = '512MB'");
    for (const { definition } of rows) await client.query(definition);
    await client.query('vacuum analyze');
    await client.query('checkpoint');
  } finally {
    await Promise.all(clients.map((each) => each.end()));
  }
}

/** What is faster made once than kept, and what no constraint needs. */
const secondaryIndexes = `
  select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as definition
  from pg_index where indrelid in
      ('ledger_transaction'::regclass, 'posting'::regclass, 'wallet_event'::regclass)
    and not exists (select from pg_constraint where conindid = indexrelid)`;

/** As kit/ids.ts makes ids. */
const madeFrom = `
  create function made_from(facts text) returns uuid language sql immutable strict as $$
    select encode(substr(set_byte(set_byte(hash, 6, get_byte(hash, 6) & 15 | 128),
      8, get_byte(hash, 8) & 63 | 128), 1, 16), 'hex')::uuid
    from sha256(convert_to(facts, 'UTF8')) as digest (hash)
  $$`;

const ringsSql = (users: number, first: number, last: number) => `
  begin;
  set local session_replication_role = replica;
  set local synchronous_commit = off;
  create temp table ring on commit drop as
    select r.ring, payer.n, r.ring::text as key,
      made_from('["transaction","transfer","' || payer.user_id || '","' || r.ring || '"]')
        as id,
      payer.user_id as payer_user, payer.ngn as payer, payee.user_id as payee_user,
      payee.ngn as payee, now() - interval '1 year' + r.ring * interval '1 minute' as at
    from generate_series(${first}, ${last}) as r (ring), bench_user as payer
    join bench_user as payee on payee.n = (payer.n + 1) % ${users};
  insert into ledger_transaction (id, kind, user_id, user_ids, account_ids, caller_id,
      idempotency_key, fingerprint, booked_at, effective_at, value_date)
    select id, 'TRANSFER', payer_user, array[payer_user, payee_user], array[payer, payee],
      payer_user, key, id, at, at, at::date
    from ring;
  insert into posting (transaction_id, account_id, currency, amount, booked_at, sequence)
    select id, payer, 'NGN', -1, at, 2 * ring + case when n = 0 then 2 else 3 end from ring
    union all
    select id, payee, 'NGN', 1, at, 2 * ring + case when n = ${users - 1} then 3 else 2 end
    from ring;
  insert into wallet_event (user_id, sequence, kind, wallet_id, currency, posted, held,
      transaction_id, at)
    select payer_user, 2 * ring + case when n = 0 then 2 else 3 end, 'POSTED', payer, 'NGN',
      ${opening} - case when n = 0 then 1 else 0 end, 0, id, at from ring
    union all
    select payee_user, 2 * ring + case when n = ${users - 1} then 3 else 2 end, 'POSTED', payee,
      'NGN', ${opening} + case when n = ${users - 1} then 0 else 1 end, 0, id, at from ring;
  update wallet_event_head set sequence = ${2 * last + 3};
  commit;`;
