import type { Clock } from '#kit/clock.ts';
import { idPattern, type TransactionId } from '#kit/ids.ts';
import {
  adjustmentDraft,
  readAdjustment,
  reversalDraft,
  type AdjustmentRequest,
} from '../domain/adjustment.ts';
import { WalletRefusal } from '../domain/errors.ts';
import {
  readReason,
  refuseAbove,
  refuseBadKey,
  requireOperator,
  type Caller,
} from '../domain/request.ts';
import type { LedgerReader, TransactionRecord, Transactional } from './ports.ts';
import { postOnce } from './post-once.ts';

export interface AdjustPorts {
  readonly reader: LedgerReader;
  readonly transactional: Transactional;
  readonly clock: Clock;
  readonly rules: { readonly limit: bigint };
}

/** Corrects a wallet by hand, with a reason; for operators. @throws WalletRefusal */
export async function adjustWallet(
  { reader, transactional, clock, rules }: AdjustPorts,
  caller: Caller,
  request: AdjustmentRequest,
): Promise<TransactionRecord | null> {
  requireOperator(caller);
  const at = clock();
  const adjustment = readAdjustment(request, at);
  const draft = adjustmentDraft(adjustment, caller.userId, request.idempotencyKey);
  await transactional(({ ledger }) =>
    postOnce(ledger, draft, at, () =>
      refuseAbove(rules.limit, adjustment.amount, adjustment.currency),
    ),
  );
  return (await reader.transactionsById([draft.id]))[0] ?? null;
}

export interface ReversalRequest {
  readonly idempotencyKey: string;
  readonly transactionId: string;
  readonly reason: string;
}

/**
 * Takes a transaction back by its opposite, once; for operators. Holds stay as they are: what a
 * reversal gives back is available again.
 * @throws WalletRefusal
 */
export async function reverseTransaction(
  { reader, transactional, clock }: AdjustPorts,
  caller: Caller,
  request: ReversalRequest,
): Promise<TransactionRecord | null> {
  requireOperator(caller);
  const { idempotencyKey, transactionId } = request;
  const original = idPattern.test(transactionId)
    ? await reader.posted(transactionId as TransactionId)
    : null;
  if (!original) throw new WalletRefusal('NOT_FOUND', 'there is no such transaction');
  refuseBadKey(idempotencyKey);
  const reason = readReason(request.reason);
  const draft = reversalDraft(original, caller.userId, idempotencyKey, reason);
  await transactional(({ ledger }) => postOnce(ledger, draft, clock(), () => undefined));
  return (await reader.transactionsById([draft.id]))[0] ?? null;
}
