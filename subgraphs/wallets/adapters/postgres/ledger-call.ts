import { unreachable } from '#kit/errors.ts';
import type { UserId } from '#kit/ids.ts';
import type { Operation } from '../../application/ports.ts';
import type { PreparedStatement } from '#kit/prepared-statement.ts';
import { wallet, type Account } from '../../domain/chart-of-accounts.ts';
import { mostLegs, type TransactionDraft } from '../../domain/transaction.ts';

/** The arguments of `ledger_post_batch`, which explains them, as PostgreSQL reads them. */
export type LedgerCall = readonly string[];

export const ledgerCallStatement: PreparedStatement = {
  name: 'ledger_post_batch',
  text: `select ledger_post_batch($1::timestamptz, $2::ledger_operation[], $3::uuid[], $4::uuid[],
    $5::uuid[], $6::text[], $7::text[], $8::int[], $9::text[], $10::int[], $11::numeric[]) as answer`,
};

export function ledgerCallOf(operations: readonly Operation[], at: Date): LedgerCall {
  const named = namedBy(operations);
  const users = places([...named.users].toSorted());
  const holds = places([...named.holds]);
  const accounts = [...named.accounts.values()];
  const accountPlaces = places([...named.accounts.keys()]);
  const place = (map: ReadonlyMap<string, number>, key: string | null | undefined) =>
    key == null ? null : map.get(key);
  const rows = operations.map((operation) => {
    const fields = fieldsOf(operation);
    return record([
      fields.op,
      fields.id,
      fields.legs ?? 0,
      fields.userId,
      fields.orderId,
      place(holds, fields.holdId),
      fields.kind,
      fields.executionId,
      fields.callerId,
      fields.idempotencyKey,
      fields.paymentId,
      fields.fingerprint,
      fields.effectiveAt,
      fields.valueDate,
      fields.reverses,
      fields.reason,
      place(accountPlaces, fields.payerId),
      fields.receivableId,
      fields.resolve,
      fields.purpose,
      fields.expiresAt,
      fields.expire,
    ]);
  });
  return [
    at.toISOString(),
    array(rows),
    array([...users.keys()]),
    array([...holds.keys()]),
    array(accounts.map(({ id }) => id)),
    array(accounts.map(({ kind }) => kind)),
    array(accounts.map(({ currency }) => currency)),
    array(accounts.map(({ userId }) => place(users, userId))),
    array(accounts.map(({ venue }) => venue)),
    array(named.legs.map(({ account }) => accountPlaces.get(account.id))),
    array(named.legs.map(({ amount }) => amount)),
  ];
}

interface Named {
  /** All whose wallets or holds may change: the call locks them. */
  readonly users: ReadonlySet<UserId>;
  readonly holds: ReadonlySet<string>;
  readonly accounts: ReadonlyMap<string, Account>;
  /** Of all operations, one after the other. */
  readonly legs: readonly { readonly account: Account; readonly amount: bigint }[];
}

function namedBy(operations: readonly Operation[]): Named {
  const users = new Set<UserId>();
  const holds = new Set<string>();
  const accounts = new Map<string, Account>();
  const legs: Named['legs'][number][] = [];
  const addLeg = (account: Account, amount: bigint) => {
    accounts.set(account.id, account);
    if (account.userId) users.add(account.userId);
    legs.push({ account, amount });
  };
  for (const operation of operations) {
    if (operation.do === 'post') {
      for (const { account, amount } of legsOf(operation.draft)) addLeg(account, amount);
      const { payment, userId } = operation.draft;
      if (!payment) continue;
      // Named even where nothing is due and it has no leg: whether the hold is its own is asked.
      accounts.set(payment.wallet.id, payment.wallet);
      holds.add(payment.holdId);
      for (const user of [userId, payment.wallet.userId]) if (user) users.add(user);
      continue;
    }
    holds.add(operation.hold.holdId);
    users.add(operation.hold.userId);
    if (operation.do === 'hold') {
      addLeg(wallet(operation.hold.userId, operation.currency), operation.amount);
    }
  }
  return { users, holds, accounts, legs };
}

/** None at all where there are too many, which is refused too: no account is opened for it. */
const legsOf = ({ legs }: TransactionDraft) => (legs.length > mostLegs ? [] : legs);

/** What the SQL type ledger_operation says of one. */
interface Fields {
  readonly op: Operation['do'];
  readonly id?: string;
  readonly legs?: number;
  readonly userId: string | null;
  readonly orderId?: string | null;
  readonly holdId?: string | undefined;
  readonly kind?: string;
  readonly executionId?: string | null | undefined;
  readonly callerId?: string | null | undefined;
  readonly idempotencyKey?: string | null | undefined;
  readonly paymentId?: string | null | undefined;
  readonly fingerprint?: string;
  readonly effectiveAt?: Date | null | undefined;
  readonly valueDate?: string | null | undefined;
  readonly reverses?: string | null | undefined;
  readonly reason?: string | null | undefined;
  readonly payerId?: string | undefined;
  readonly receivableId?: string | undefined;
  readonly resolve?: boolean | undefined;
  readonly purpose?: string;
  readonly expiresAt?: Date | null;
  readonly expire?: boolean;
}

function fieldsOf(operation: Operation): Fields {
  switch (operation.do) {
    case 'hold':
      return { op: 'hold', legs: 1, ...operation.hold, expiresAt: operation.expiresAt };
    case 'release':
      return { op: 'release', ...operation.hold, expire: operation.expired };
    case 'renew':
      return { op: 'renew', ...operation.hold, expiresAt: operation.expiresAt };
    case 'post': {
      const { payment, orderId = null, ...draft } = operation.draft;
      return {
        op: 'post',
        ...draft,
        orderId,
        legs: legsOf(operation.draft).length,
        holdId: payment?.holdId,
        payerId: payment?.wallet.id,
        receivableId: payment?.receivable?.id,
        resolve: payment?.resolve,
      };
    }
    default:
      return unreachable(operation);
  }
}

/** Places as SQL counts them, from 1. */
const places = (keys: readonly string[]): ReadonlyMap<string, number> =>
  new Map(keys.map((key, index) => [key, index + 1]));

type Value = string | number | bigint | boolean | Date | null | undefined;

/** A composite value in PostgreSQL's input syntax. */
const record = (values: readonly Value[]): string => `(${values.map(element('')).join(',')})`;

/** An array in PostgreSQL's input syntax. */
const array = (values: readonly Value[]): string => `{${values.map(element('NULL')).join(',')}}`;

const element = (none: string) => (value: Value) => {
  if (value === null || value === undefined) return none;
  const text = value instanceof Date ? value.toISOString() : `${value}`;
  return plain.test(text) ? text : `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
};

/** What needs no quotes in either syntax; the word NULL is one that an array would misread. */
const plain = /^(?!null$)[\w.:+-]+$/i;
