import { Fault } from '#kit/errors.ts';
import { deterministicId, type UserId } from '#kit/ids.ts';
import type { EntityManager } from '#kit/orm.ts';
import { enqueueLive } from '#kit/outbox.ts';
import { channels } from '#contracts/live.ts';
import type { Ledger } from '../../application/ports.ts';
import { wallet, type Account } from '../../domain/chart-of-accounts.ts';
import type { TransactionDraft } from '../../domain/transaction.ts';
import { IncidentRow, LedgerTransaction } from './entities.ts';

/** What the functions of 0003-ledger-functions answer; amounts are texts of minor units. */
interface Answer {
  readonly outcome: string;
  /** The user's new event head, when a wallet moved. */
  readonly sequence?: number | null;
  readonly holdLive?: boolean;
  readonly fromHold?: string;
  readonly shortfall?: string;
  readonly released?: string;
}

/** The ledger in the transaction of `em`; each change is one call of a database function. */
export function createLedger(em: EntityManager): Ledger {
  return {
    async hold({ orderId, userId, currency, amount }, at) {
      const answer = await call(em, userId, 'ledger_hold', [
        { ...holdOf(orderId, userId, at), amount: `${amount}` },
        legOf(wallet(userId, currency)),
      ]);
      return { outcome: oneOf(answer, ['HELD', 'DENIED', 'VOID', 'MISMATCH']) };
    },
    async post(draft, at) {
      const answer = await call(em, draft.userId, 'ledger_post', [
        transactionOf(draft, at),
        draft.legs.map((leg) => legOf(leg.account, leg.amount)),
      ]);
      const outcome = oneOf(answer, ['POSTED', 'REPLAYED', 'REUSED']);
      if (outcome !== 'POSTED') return { outcome };
      return {
        outcome,
        holdLive: answer.holdLive === true,
        fromHold: BigInt(answer.fromHold ?? 0),
        shortfall: BigInt(answer.shortfall ?? 0),
      };
    },
    async release({ orderId, userId }, at) {
      const answer = await call(em, userId, 'ledger_release', [holdOf(orderId, userId, at)]);
      const outcome = oneOf(answer, ['RELEASED', 'MISMATCH']);
      if (outcome !== 'RELEASED') return { outcome };
      return { outcome, released: BigInt(answer.released ?? 0) };
    },
    async fingerprint(id) {
      const row = await em.findOne(LedgerTransaction, { id }, { fields: ['fingerprint'] });
      return row?.fingerprint ?? null;
    },
    async record(incident) {
      const id = deterministicId('incident', incident.executionId);
      await em.insert(IncidentRow, { id, ...incident });
    },
  };
}

/** Announces the new head in the same transaction, so that no change stays unheard. */
async function call(
  em: EntityManager,
  userId: UserId,
  name: 'ledger_hold' | 'ledger_post' | 'ledger_release',
  inputs: readonly object[],
): Promise<Answer> {
  const places = inputs.map(() => '?::jsonb').join(', ');
  const rows = await em.execute<{ answer: Answer }[]>(
    `select ${name}(${places}) as answer`,
    inputs.map((input) => JSON.stringify(input)),
  );
  const answer = rows[0]?.answer;
  if (!answer) throw new Fault(`${name} answered nothing`);
  if (answer.sequence) {
    await enqueueLive(em, channels.walletEvents(userId), { sequence: answer.sequence });
  }
  return answer;
}

function oneOf<Outcome extends string>(answer: Answer, outcomes: readonly Outcome[]): Outcome {
  const outcome = outcomes.find((each) => each === answer.outcome);
  if (!outcome) throw new Fault(`the ledger answered ${answer.outcome}`);
  return outcome;
}

const holdOf = (orderId: string, userId: string, at: Date) => ({
  id: deterministicId('hold', orderId),
  order_id: orderId,
  user_id: userId,
  at,
});

const legOf = ({ id, kind, currency, userId, venue }: Account, amount = 0n) => ({
  id,
  kind,
  currency,
  user_id: userId,
  venue,
  amount: `${amount}`,
});

const transactionOf = (draft: TransactionDraft, at: Date) => ({
  id: draft.id,
  kind: draft.kind,
  user_id: draft.userId,
  order_id: draft.orderId,
  execution_id: draft.executionId,
  caller_id: draft.callerId,
  idempotency_key: draft.idempotencyKey,
  fingerprint: draft.fingerprint,
  payer_id: draft.payer?.wallet.id ?? null,
  receivable: draft.payer ? legOf(draft.payer.receivable) : null,
  at,
});
