import { Fault } from '#kit/errors.ts';
import { deterministicId } from '#kit/ids.ts';
import { counter, startAtZero } from '#kit/metrics.ts';
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
import { executePrepared } from '#kit/prepared-statement.ts';
import { ledgerCallOf, ledgerCallStatement } from './ledger-call.ts';
import { Hold, IncidentRow } from './entities.ts';

/** What ledger_post_batch answers: each list has a place for each operation that it concerns. */
export interface Answer {
  readonly outcomes: readonly string[];
  /** Texts of minor units: what a hold paid, or what was released. */
  readonly amounts: readonly (string | null)[];
  readonly shortfalls: readonly (string | null)[];
  /** Whether the hold was live. */
  readonly live: readonly (boolean | null)[];
  /** Whether a user's event log moved. */
  readonly moved: boolean;
}

const incidents = counter(
  'mammon_wallet_incidents_total',
  'Fills that took what no hold paid for; a customer may owe',
  ['kind'],
);
startAtZero(incidents, [{ kind: 'LATE_FILL' }, { kind: 'FILL_BEYOND_HOLD' }]);

/** The ledger in the transaction of `em`; all operations are one call of a database function. */
export function createLedger(em: EntityManager): Ledger {
  return {
    async apply<const Operations extends readonly Operation[]>(operations: Operations, at: Date) {
      const call = ledgerCallOf(operations, at);
      const rows = await executePrepared<{ answer: Answer }>(em, ledgerCallStatement, call);
      const answer = rows[0]?.answer;
      if (answer?.outcomes.length !== operations.length) {
        throw new Fault('the ledger did not answer every operation');
      }
      // The function left the new heads of the event logs in the live outbox.
      if (answer.moved) await notifyAfterCommit(em);
      return operations.map((operation, index) => outcomeOf(operation, answer, index)) as {
        [Index in keyof Operations]: OutcomeOf<Operations[Index]>;
      };
    },
    async record(incident) {
      const id = deterministicId('incident', incident.executionId);
      await em.insert(IncidentRow, { id, ...incident });
      incidents.inc({ kind: incident.kind });
    },
    async expiredQuotes(at, limit) {
      const rows = await em.find(
        Hold,
        { purpose: 'QUOTE', dueAt: { $lte: at } },
        { orderBy: { dueAt: 'asc' }, limit, fields: ['userId', 'purpose'] },
      );
      return rows.map(({ id: holdId, purpose, userId }) => {
        return { holdId, purpose, userId, orderId: null };
      });
    },
  };
}

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
  answer: Answer,
  index: number,
): HoldOutcome | PostOutcome | ReleaseOutcome | RenewOutcome {
  const outcome = answer.outcomes[index];
  const amount = BigInt(answer.amounts[index] ?? 0);
  if (kind === 'post' && outcome === 'POSTED') {
    return {
      outcome,
      holdLive: answer.live[index] === true,
      fromHold: amount,
      shortfall: BigInt(answer.shortfalls[index] ?? 0),
    };
  }
  if (kind === 'release' && outcome === 'RELEASED') return { outcome, released: amount };
  const known = outcomes[kind].find((each) => each === outcome);
  if (!known) throw new Fault(`the ledger answered ${outcome} to a ${kind}`);
  return { outcome: known };
}
