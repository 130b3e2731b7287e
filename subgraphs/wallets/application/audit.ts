import { IsolationLevel } from '@mikro-orm/core';
import type { ExecutionId, OrderId, TransactionId, UserId } from '#kit/ids.ts';
import type { Currency } from '#kit/money.ts';
import type { EntityManager } from '#kit/orm.ts';
import {
  depositsInTransit,
  fee,
  position,
  receivable,
  rounding,
  spread,
  suspense,
  wallet,
  withdrawalsInTransit,
  type Account,
} from '../domain/chart-of-accounts.ts';
import { fillTransactionId } from '../domain/settlement.ts';
import {
  paymentTransactionId,
  transactionIdOf,
  type TransactionKind,
} from '../domain/transaction.ts';
import { ledgerChecks } from './audit-checks.ts';

/** Something that must never be. */
export interface Finding {
  /** The invariant that is broken. */
  readonly invariant: string;
  /** The row that breaks it: an id. */
  readonly subject: string;
  readonly detail: string;
}

/** So many findings of one invariant say enough. */
const findingsAtMost = 100;

/** Asks every invariant of the ledger at one moment, while it runs. */
export async function auditLedger(em: EntityManager): Promise<Finding[]> {
  return atOneMoment(em, async (snapshot) => {
    const findings: Finding[] = [];
    for (const [invariant, query] of Object.entries(ledgerChecks)) {
      const rows = await snapshot.execute<{ subject: string; detail: string }[]>(
        `select * from (${query}) as finding limit ${findingsAtMost}`,
      );
      findings.push(...rows.map((row) => ({ invariant, ...row })));
    }
    findings.push(...(await foreignIds(snapshot)));
    return findings;
  });
}

export interface FillTransaction {
  readonly executionId: ExecutionId;
  readonly transactionId: TransactionId;
  readonly orderId: OrderId;
  readonly userId: UserId;
  readonly bookedAt: Date;
  /** What it moved on the user's accounts, in minor units by currency; nothing is left out. */
  readonly moved: Readonly<Record<string, string>>;
}

/** Every settled fill, for the check that each execution of exchange and orders has one. */
export async function listFillTransactions(em: EntityManager): Promise<FillTransaction[]> {
  return em.fork().execute<FillTransaction[]>(
    `select execution_id as "executionId", id as "transactionId", order_id as "orderId",
       user_id as "userId", booked_at as "bookedAt", (
         select coalesce(jsonb_object_agg(currency, amount), '{}') from (
           select posting.currency, sum(amount)::text as amount
           from unnest(account_ids) as leg (id) join account on account.id = leg.id
           join posting on posting.account_id = account.id
             and posting.booked_at = ledger_transaction.booked_at
             and posting.transaction_id = ledger_transaction.id
           where account.user_id = ledger_transaction.user_id
           group by posting.currency having sum(amount) <> 0) moves) as moved
     from ledger_transaction where kind = 'ORDER_FILL' order by booked_at, id`,
  );
}

export interface LiveHold {
  readonly orderId: OrderId;
  readonly userId: UserId;
  readonly currency: Currency;
  /** Minor units that are held still. */
  readonly remaining: bigint;
}

/** Every live hold of an order, for the check that no finished order has one. */
export async function listLiveHolds(em: EntityManager): Promise<LiveHold[]> {
  const rows = await em.fork().execute<(Omit<LiveHold, 'remaining'> & { remaining: string })[]>(
    `select order_id as "orderId", user_id as "userId", currency,
       (amount - posted)::text as remaining
     from hold where state = 'LIVE' and purpose = 'ORDER' order by created_at, id`,
  );
  return rows.map((row) => ({ ...row, remaining: BigInt(row.remaining) }));
}

interface TransactionSource {
  readonly id: TransactionId;
  readonly kind: TransactionKind;
  readonly payment_id: string | null;
  readonly execution_id: ExecutionId | null;
  readonly caller_id: UserId | null;
  readonly idempotency_key: string | null;
}

interface AccountSource {
  readonly id: string;
  readonly kind: string;
  readonly currency: Currency;
  readonly user_id: UserId | null;
  readonly venue: string | null;
}

/** Rows whose id is not made from their facts: a replay would not find them. */
async function foreignIds(em: EntityManager): Promise<Finding[]> {
  const transactions = await foreignRows<TransactionSource>(
    em,
    'id, kind, payment_id, execution_id, caller_id, idempotency_key from ledger_transaction',
    transactionIdFromFacts,
    (row) => `execution ${row.execution_id}, key ${row.idempotency_key} of ${row.caller_id}`,
  );
  const accounts = await foreignRows<AccountSource>(
    em,
    'id, kind, currency, user_id, venue from account',
    accountIdFromFacts,
    (row) => `${row.kind} ${row.currency} of ${row.user_id ?? row.venue ?? 'the house'}`,
  );
  return [...transactions, ...accounts];
}

const pageSize = 10_000;

async function foreignRows<Row extends { readonly id: string }>(
  em: EntityManager,
  selection: string,
  idOf: (row: Row) => string | null,
  detailOf: (row: Row) => string,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  let after = '00000000-0000-0000-0000-000000000000';
  while (findings.length < findingsAtMost) {
    const rows = await em.execute<Row[]>(`select ${selection} where id > ? order by id limit ?`, [
      after,
      pageSize,
    ]);
    for (const row of rows) {
      if (row.id === idOf(row)) continue;
      const invariant = 'ids are made from facts, so that a replay finds itself';
      findings.push({ invariant, subject: row.id, detail: detailOf(row) });
    }
    const last = rows.at(-1);
    if (!last || rows.length < pageSize) break;
    after = last.id;
  }
  return findings;
}

function transactionIdFromFacts(row: TransactionSource): TransactionId | null {
  if (row.execution_id !== null) return fillTransactionId(row.execution_id);
  if (row.payment_id !== null) return paymentTransactionId(row.payment_id);
  if (row.caller_id === null || row.idempotency_key === null) return null;
  return transactionIdOf(row.kind, row.caller_id, row.idempotency_key);
}

function accountIdFromFacts({ kind, currency, user_id, venue }: AccountSource): string | null {
  if (kind === 'WALLET') return user_id && wallet(user_id, currency).id;
  if (kind === 'RECEIVABLE') return user_id && receivable(user_id, currency).id;
  if (kind === 'POSITION') return venue && position(venue, currency).id;
  return houseAccounts[kind]?.(currency).id ?? null;
}

const houseAccounts: Readonly<Record<string, (currency: Currency) => Account>> = {
  SPREAD: spread,
  FEE: fee,
  ROUNDING: rounding,
  SUSPENSE: suspense,
  DEPOSITS_IN_TRANSIT: depositsInTransit,
  WITHDRAWALS_IN_TRANSIT: withdrawalsInTransit,
};

function atOneMoment<Result>(
  em: EntityManager,
  run: (snapshot: EntityManager) => Promise<Result>,
): Promise<Result> {
  const options = { isolationLevel: IsolationLevel.REPEATABLE_READ, readOnly: true };
  return em.fork().transactional(run, options);
}
