import { hash } from 'node:crypto';
import type { MikroORM } from '@mikro-orm/postgresql';
import type { OrderId, TransactionId, UserId } from '#kit/ids.ts';
import { auditLedger } from '#subgraphs/wallets/main.ts';
import { wallet } from '#subgraphs/wallets/domain/chart-of-accounts.ts';
import { depositTransactionId } from '#subgraphs/wallets/domain/deposit.ts';
import { transactionIdOf } from '#subgraphs/wallets/domain/transaction.ts';
import { fillTransactionId } from '#subgraphs/wallets/domain/settlement.ts';
import type { Entry } from './journal.ts';
import { operator, refused } from './requests.ts';

export interface Verdict {
  readonly transactions: number;
  readonly orders: number;
  /** What must not be; empty when all is well. */
  readonly findings: readonly string[];
}

/** Compares the journals of all posters, each request of which is answered, with the database. */
export async function judge(orm: MikroORM, entries: readonly Entry[]): Promise<Verdict> {
  const findings: string[] = [];
  const expected = replay(entries, findings);
  for (const finding of await auditLedger(orm.em)) findings.push(JSON.stringify(finding));
  const em = orm.em.fork();
  const transactions = await em.execute<{ id: TransactionId }[]>(
    'select id from ledger_transaction',
  );
  compare(
    'transaction',
    expected.transactions,
    toMap(transactions, ({ id }) => [id, '']),
    findings,
  );
  const holds = await em.execute<Record<'order_id' | 'state' | 'posted' | 'released', string>[]>(
    'select order_id, state, posted::text, released::text from hold',
  );
  const found = toMap(holds, ({ order_id: id, state, posted, released }) => [
    id,
    state === 'DENIED' ? state : `${state} ${posted} ${released}`,
  ]);
  compare('hold', expected.holds, found, findings);
  const accounts = await em.execute<Record<'id' | 'posted' | 'held', string>[]>(
    `select id, posted::text, held::text from account where kind = 'WALLET'
       and (posted <> 0 or held <> 0)`,
  );
  const balances = toMap(accounts, ({ id, posted, held }) => [id, `${posted} ${held}`]);
  compare('wallet', expected.wallets, balances, findings);
  return { transactions: transactions.length, orders: holds.length, findings };
}

/** The simplest ledger there is: what the answers say, one after the other. */
function replay(entries: readonly Entry[], findings: string[]) {
  const transactions = new Map<string, string>();
  const holds = new Map<string, string>();
  const spent = new Map<OrderId, bigint>();
  const denied = new Set<OrderId>();
  const balances = new Map<string, bigint>();
  const add = (userId: UserId, currency: 'NGN' | 'USD', amount: bigint) => {
    const { id } = wallet(userId, currency);
    balances.set(id, (balances.get(id) ?? 0n) + amount);
  };
  for (const { request, answer } of entries) {
    const { kind, userId } = request;
    if (answer === undefined) findings.push(`nobody answered ${JSON.stringify(request)}`);
    else if (kind === 'deposit') {
      transactions.set(depositTransactionId(operator.userId, request.key), '');
      add(userId, 'NGN', BigInt(request.ngn));
    } else if (kind === 'transfer') {
      if (answer.startsWith(refused)) continue;
      transactions.set(transactionIdOf('TRANSFER', userId, request.key), '');
      add(userId, 'NGN', -BigInt(request.ngn));
      add(request.to, 'NGN', BigInt(request.ngn));
    } else if (kind === 'fill') {
      transactions.set(fillTransactionId(request.executionId), '');
      spent.set(request.orderId, (spent.get(request.orderId) ?? 0n) + BigInt(request.ngn));
      add(userId, 'NGN', -BigInt(request.ngn));
      add(userId, 'USD', BigInt(request.usd));
    } else if (kind === 'hold') {
      if (answer === 'DENIED') denied.add(request.orderId);
    } else {
      const { orderId } = request;
      const released = `RELEASED ${spent.get(orderId) ?? 0n} ${answer}`;
      holds.set(orderId, denied.has(orderId) ? 'DENIED' : released);
    }
  }
  const wallets = [...balances].filter(([, posted]) => posted !== 0n);
  return { transactions, holds, wallets: new Map(wallets.map(([id, sum]) => [id, `${sum} 0`])) };
}

/** Each thing is on both sides, once, and alike. */
function compare(
  what: string,
  expected: ReadonlyMap<string, string>,
  found: ReadonlyMap<string, string>,
  findings: string[],
): void {
  for (const [id, text] of expected) {
    if (found.get(id) === text) continue;
    findings.push(`${what} ${id}: acknowledged "${text}", in the ledger "${found.get(id)}"`);
  }
  for (const id of found.keys()) {
    if (!expected.has(id)) findings.push(`${what} ${id} is in the ledger and nobody asked for it`);
  }
}

const toMap = <Row>(rows: readonly Row[], entry: (row: Row) => [string, string]) =>
  new Map(rows.map((row) => entry(row)));

/** A number that names a text, for seeds. */
export const numberOf = (text: string): number =>
  Number.parseInt(hash('sha256', text).slice(0, 8), 16);
