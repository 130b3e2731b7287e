import { assert } from '#kit/errors.ts';
import type { TransactionId, WalletId } from '#kit/ids.ts';
import type { EntityManager } from '#kit/orm.ts';
import type {
  BalanceRequest,
  Movement,
  MovementsRequest,
  PageRequest,
  PaymentPageRequest,
  TransactionRecord,
} from '../../application/ports.ts';
import type { Payment } from '../../domain/payment.ts';
import { LedgerTransaction, PaymentRow } from './entities.ts';
import { paymentOf, transactionOf } from './records.ts';

/** One query for all requests that continue at the same place, which is nearly always all. */
export async function pages(
  em: EntityManager,
  requests: readonly PageRequest[],
): Promise<TransactionRecord[][]> {
  const groups = Map.groupBy(requests, ({ limit, after }) =>
    JSON.stringify([limit, after?.bookedAt ?? null, after?.id ?? null]),
  );
  const found = new Map<PageRequest, TransactionRecord[]>();
  for (const group of groups.values()) {
    const rows = await pageRows(em, group);
    for (const request of group) {
      found.set(
        request,
        rows.filter((row) => row.walletId === request.walletId).map((row) => row.transaction),
      );
    }
  }
  return requests.map((request) => found.get(request) ?? []);
}

const lastId = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

async function pageRows(
  em: EntityManager,
  group: readonly PageRequest[],
): Promise<{ walletId: WalletId; transaction: TransactionRecord }[]> {
  const request = group[0];
  assert(request !== undefined, 'a group has a request');
  const { limit, after } = request;
  const rows = await em.execute<{ wallet_id: WalletId; transaction_id: TransactionId }[]>(
    `select wallet.id as wallet_id, page.transaction_id
     from unnest(?::uuid[]) as wallet (id) cross join lateral (
       select transaction_id, booked_at from posting
       where account_id = wallet.id
         and (booked_at, transaction_id) < (?::timestamptz, ?::uuid)
       order by booked_at desc, transaction_id desc limit ?
     ) as page
     order by wallet.id, page.booked_at desc, page.transaction_id desc`,
    [
      idArray(group.map(({ walletId }) => walletId)),
      after?.bookedAt.toISOString() ?? 'infinity',
      after?.id ?? lastId,
      limit,
    ],
  );
  const ids = [...new Set(rows.map((row) => row.transaction_id))];
  const transactions = await em.find(LedgerTransaction, { id: { $in: ids } });
  const byId = new Map(transactions.map((row) => [row.id, transactionOf(row)]));
  return rows.flatMap((row) => {
    const transaction = byId.get(row.transaction_id);
    return transaction ? [{ walletId: row.wallet_id, transaction }] : [];
  });
}

/** One query for all requests of the same period and place. */
export async function movements(
  em: EntityManager,
  requests: readonly MovementsRequest[],
): Promise<Movement[][]> {
  const found = new Map<MovementsRequest, Movement[]>();
  const groups = Map.groupBy(requests, ({ from, to, by, limit, after }) =>
    JSON.stringify([from, to, by, limit, after]),
  );
  for (const group of groups.values()) {
    const rows = await movementRows(em, group);
    for (const request of group) {
      found.set(
        request,
        rows.filter((row) => row.accountId === request.accountId).map((row) => row.movement),
      );
    }
  }
  return requests.map((request) => found.get(request) ?? []);
}

const bookedThen = `
  select t.id, posting.amount, posting.booked_at as at
  from posting join ledger_transaction as t on t.id = posting.transaction_id
  where posting.account_id = account.id and posting.booked_at >= ? and posting.booked_at < ?`;

/** What counts at another time than it was booked is rare, and has an index of its own. */
const countedThen = `${bookedThen} and t.effective_at = t.booked_at
  union all
  select t.id, posting.amount, t.effective_at
  from ledger_transaction as t join posting
    on posting.booked_at = t.booked_at and posting.transaction_id = t.id
  where posting.account_id = account.id and t.effective_at >= ? and t.effective_at < ?
    and t.effective_at <> t.booked_at`;

async function movementRows(em: EntityManager, group: readonly MovementsRequest[]) {
  const request = group[0];
  assert(request !== undefined, 'a group has a request');
  const { from, to, by, limit, after } = request;
  const booked = by === 'BOOKED';
  const rows = await em.execute<
    { account_id: string; id: TransactionId; amount: string; at: string }[]
  >(
    `select account.id as account_id, movement.id, movement.amount::text, movement.at
     from unnest(?::uuid[]) as account (id) cross join lateral (
       select * from (${booked ? bookedThen : countedThen}) as part
       where (at, id) > (?::timestamptz, ?::uuid) order by at, id limit ?
     ) as movement
     order by account.id, movement.at, movement.id`,
    [
      idArray(group.map(({ accountId }) => accountId)),
      ...(booked ? [from, to] : [from, to, from, to]),
      after?.bookedAt.toISOString() ?? '-infinity',
      after?.id ?? firstId,
      limit,
    ],
  );
  const ids = [...new Set(rows.map(({ id }) => id))];
  const transactions = await em.find(LedgerTransaction, { id: { $in: ids } });
  const byId = new Map(transactions.map((row) => [row.id, transactionOf(row)]));
  return rows.flatMap(({ account_id: accountId, id, amount, at }) => {
    const transaction = byId.get(id);
    if (!transaction) return [];
    return [{ accountId, movement: { transaction, amount: BigInt(amount), at: new Date(at) } }];
  });
}

const firstId = '00000000-0000-0000-0000-000000000000';
export const idArray = (ids: readonly string[]): string => `{${[...new Set(ids)].join(',')}}`;

/** By effective date: what was booked by then, and what was booked then to count at another time. */
export async function balancesAsOf(
  em: EntityManager,
  requests: readonly BalanceRequest[],
): Promise<bigint[]> {
  const rows = await em.execute<{ balance: string }[]>(
    `select (
       coalesce((
         select sum(amount) from posting
         where account_id = asked.id and booked_at <= asked.at
       ), 0)
       + case when asked.axis = 'BOOKED' then 0 else coalesce((
         select sum(posting.amount * ((t.effective_at <= asked.at)::int
           - (t.booked_at <= asked.at)::int))
         from ledger_transaction as t join posting
           on posting.booked_at = t.booked_at and posting.transaction_id = t.id
         where posting.account_id = asked.id and t.effective_at <> t.booked_at
       ), 0) end
     )::text as balance
     from rows from (
       json_to_recordset(?::json) as (id uuid, at timestamptz, axis text)
     ) with ordinality as asked (id, at, axis, place)
     order by place`,
    [JSON.stringify(requests.map(({ accountId: id, at, by: axis }) => ({ id, at, axis })))],
  );
  return rows.map(({ balance }) => BigInt(balance));
}

export async function paymentPage(
  em: EntityManager,
  { userId, status, limit, after }: PaymentPageRequest,
): Promise<Payment[]> {
  const where = {
    ...(userId ? { userId } : {}),
    ...(status ? { status } : {}),
    ...(after && {
      $or: [
        { requestedAt: { $lt: after.bookedAt } },
        { requestedAt: after.bookedAt, id: { $lt: after.id } },
      ],
    }),
  };
  const orderBy = { requestedAt: 'desc', id: 'desc' } as const;
  return (await em.find(PaymentRow, where, { orderBy, limit })).map(paymentOf);
}
