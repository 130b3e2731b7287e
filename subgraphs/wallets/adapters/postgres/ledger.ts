import { Fault, unreachable } from '#kit/errors.ts';
import { deterministicId, type UserId } from '#kit/ids.ts';
import type { EntityManager } from '#kit/orm.ts';
import { notifyAfterCommit } from '#kit/outbox-notify.ts';
import type {
  HoldOutcome,
  Ledger,
  Operation,
  OutcomeOf,
  PostOutcome,
  ReleaseOutcome,
  RenewOutcome,
} from '../../application/ports.ts';
import { wallet, type Account } from '../../domain/chart-of-accounts.ts';
import type { HoldName } from '../../domain/hold.ts';
import type { TransactionDraft } from '../../domain/transaction.ts';
import { Hold, IncidentRow, LedgerTransaction } from './entities.ts';

/** What ledger_post_batch answers for each operation; amounts are texts of minor units. */
interface Result {
  readonly outcome: string;
  readonly holdLive?: boolean;
  readonly fromHold?: string;
  readonly shortfall?: string;
  readonly released?: string | null;
}

interface Answer {
  readonly results: readonly Result[];
  /** The new head of each user's event log whose wallets moved. */
  readonly heads: Readonly<Record<UserId, number>>;
}

/** The ledger in the transaction of `em`; all operations are one call of a database function. */
export function createLedger(em: EntityManager): Ledger {
  return {
    async apply<const Operations extends readonly Operation[]>(operations: Operations, at: Date) {
      const rows = await em.execute<{ answer: Answer }[]>(
        'select ledger_post_batch(?::jsonb) as answer',
        [JSON.stringify(operations.map((operation) => rowOf(operation, at)))],
      );
      const answer = rows[0]?.answer;
      if (answer?.results.length !== operations.length) {
        throw new Fault('the ledger did not answer every operation');
      }
      // The function left the new heads of the event logs in the live outbox.
      if (Object.keys(answer.heads).length > 0) await notifyAfterCommit(em);
      return operations.map((operation, index) => outcomeOf(operation, answer.results[index])) as {
        [Index in keyof Operations]: OutcomeOf<Operations[Index]>;
      };
    },
    async fingerprint(id) {
      const row = await em.findOne(LedgerTransaction, { id }, { fields: ['fingerprint'] });
      return row?.fingerprint ?? null;
    },
    async record(incident) {
      const id = deterministicId('incident', incident.executionId);
      await em.insert(IncidentRow, { id, ...incident });
    },
    async expiredQuotes(at, limit) {
      const rows = await em.find(
        Hold,
        { purpose: 'QUOTE', state: 'LIVE', expiresAt: { $lte: at } },
        { orderBy: { expiresAt: 'asc' }, limit, fields: ['userId', 'purpose'] },
      );
      return rows.map(({ id: holdId, purpose, userId }) => {
        return { holdId, purpose, userId, orderId: null };
      });
    },
  };
}

/** One operation, as the database function reads it. */
export function rowOf(operation: Operation, at: Date): object {
  switch (operation.do) {
    case 'hold': {
      const { hold, currency, amount, expiresAt } = operation;
      const legs = [legOf(wallet(hold.userId, currency), amount)];
      return { op: 'hold', ...nameOf(hold), at, legs, expires_at: expiresAt };
    }
    case 'post':
      return { op: 'post', ...transactionOf(operation.draft), at };
    case 'release':
      return { op: 'release', ...nameOf(operation.hold), at, expire: operation.expired };
    case 'renew':
      return { op: 'renew', ...nameOf(operation.hold), at, expires_at: operation.expiresAt };
    default:
      return unreachable(operation);
  }
}

const nameOf = ({ holdId, purpose, userId, orderId }: HoldName) => ({
  id: holdId,
  purpose,
  user_id: userId,
  order_id: orderId,
});

const legOf = ({ id, kind, currency, userId, venue }: Account, amount = 0n) => ({
  id,
  kind,
  currency,
  user_id: userId,
  venue,
  amount: `${amount}`,
});

const transactionOf = (draft: TransactionDraft) => ({
  id: draft.id,
  kind: draft.kind,
  user_id: draft.userId,
  order_id: draft.orderId,
  execution_id: draft.executionId,
  caller_id: draft.callerId,
  idempotency_key: draft.idempotencyKey,
  payment_id: draft.paymentId,
  reverses: draft.reverses,
  reason: draft.reason,
  effective_at: draft.effectiveAt,
  value_date: draft.valueDate,
  fingerprint: draft.fingerprint,
  legs: draft.legs.map(({ account, amount }) => legOf(account, amount)),
  hold_id: draft.payment?.holdId,
  payer_id: draft.payment?.wallet.id,
  receivable: draft.payment?.receivable ? legOf(draft.payment.receivable) : null,
  resolve: draft.payment?.resolve,
});

const outcomes = {
  hold: ['HELD', 'DENIED', 'VOID', 'MISMATCH'],
  post: [
    'REPLAYED',
    'REUSED',
    'TOO_MANY_LEGS',
    'ALREADY_REVERSED',
    'HOLD_NOT_LIVE',
    'HOLD_EXPIRED',
    'EXCEEDS_HOLD',
    'INSUFFICIENT_FUNDS',
    'BEYOND_DEBT',
  ],
  release: ['MISMATCH', 'UNKNOWN_HOLD', 'NOT_EXPIRED'],
  renew: ['RENEWED', 'MISMATCH', 'UNKNOWN_HOLD', 'HOLD_NOT_LIVE', 'HOLD_EXPIRED'],
} as const;

function outcomeOf(
  { do: kind }: Operation,
  result: Result | undefined,
): HoldOutcome | PostOutcome | ReleaseOutcome | RenewOutcome {
  if (kind === 'post' && result?.outcome === 'POSTED') {
    return {
      outcome: 'POSTED',
      holdLive: result.holdLive === true,
      fromHold: BigInt(result.fromHold ?? 0),
      shortfall: BigInt(result.shortfall ?? 0),
    };
  }
  if (kind === 'release' && result?.outcome === 'RELEASED') {
    return { outcome: 'RELEASED', released: BigInt(result.released ?? 0) };
  }
  const outcome = outcomes[kind].find((each) => each === result?.outcome);
  if (!outcome) throw new Fault(`the ledger answered ${result?.outcome} to a ${kind}`);
  return { outcome };
}
