import { assert } from '#kit/errors.ts';
import type { TransactionId, WalletId } from '#kit/ids.ts';
import type { EntityManager } from '#kit/orm.ts';
import type {
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
      `{${[...new Set(group.map(({ walletId }) => walletId))].join(',')}}`,
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

/** The postings of an account in a period; what counts at another time than it was booked is rare. */
export async function movements(
  em: EntityManager,
  { accountId, from, to, by, limit, after }: MovementsRequest,
): Promise<Movement[]> {
  const at = by === 'BOOKED' ? 'booked_at' : 'effective_at';
  const rows = await em.execute<{ id: TransactionId; amount: string; at: string }[]>(
    `select id, amount::text, at from (
       select t.id, posting.amount, t.${at} as at
       from posting join ledger_transaction as t on t.id = posting.transaction_id
       where posting.account_id = ? and posting.booked_at >= ? and posting.booked_at < ?
         ${by === 'BOOKED' ? '' : 'and t.effective_at = t.booked_at'}
       ${
         by === 'BOOKED'
           ? ''
           : `union all
       select t.id, posting.amount, t.effective_at
       from ledger_transaction as t join posting on posting.transaction_id = t.id
       where posting.account_id = ? and t.effective_at >= ? and t.effective_at < ?
         and t.effective_at <> t.booked_at`
       }
     ) as movement
     where (at, id) > (?::timestamptz, ?::uuid)
     order by at, id limit ?`,
    [
      ...(by === 'BOOKED' ? [1] : [1, 2]).flatMap(() => [accountId, from, to]),
      after?.bookedAt.toISOString() ?? '-infinity',
      after?.id ?? firstId,
      limit,
    ],
  );
  const ids = rows.map(({ id }) => id);
  const transactions = await em.find(LedgerTransaction, { id: { $in: ids } });
  const byId = new Map(transactions.map((row) => [row.id, transactionOf(row)]));
  return rows.flatMap(({ id, amount, at: time }) => {
    const transaction = byId.get(id);
    return transaction ? [{ transaction, amount: BigInt(amount), at: new Date(time) }] : [];
  });
}

const firstId = '00000000-0000-0000-0000-000000000000';

/** By effective date: what was booked by then, and what was booked then to count at another time. */
export async function balanceAsOf(
  em: EntityManager,
  accountId: string,
  at: Date,
  by: 'BOOKED' | 'EFFECTIVE',
): Promise<bigint> {
  const rows = await em.execute<{ balance: string }[]>(
    `select (
       coalesce((select sum(amount) from posting where account_id = ? and booked_at <= ?), 0)
       ${
         by === 'BOOKED'
           ? ''
           : `+ coalesce((
         select sum(case when t.effective_at <= ? then posting.amount else 0 end
           - case when t.booked_at <= ? then posting.amount else 0 end)
         from ledger_transaction as t join posting on posting.transaction_id = t.id
         where posting.account_id = ? and t.effective_at <> t.booked_at
       ), 0)`
       }
     )::text as balance`,
    by === 'BOOKED' ? [accountId, at] : [accountId, at, at, at, accountId],
  );
  return BigInt(rows[0]?.balance ?? 0);
}

export async function paymentPage(
  em: EntityManager,
  { owner, status, limit, after }: PaymentPageRequest,
): Promise<Payment[]> {
  const where = {
    ...owner,
    ...(status ? { status } : {}),
    ...(after && {
      $or: [{ requestedAt: { $lt: after.at } }, { requestedAt: after.at, id: { $lt: after.id } }],
    }),
  };
  const orderBy = { requestedAt: 'desc', id: 'desc' } as const;
  return (await em.find(PaymentRow, where, { orderBy, limit })).map(paymentOf);
}
