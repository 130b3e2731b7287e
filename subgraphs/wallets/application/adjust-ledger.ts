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
import type { TransactionRecord } from './ports.ts';
import { postOnce, type PostPorts } from './post-once.ts';

export interface AdjustPorts extends PostPorts {
  readonly clock: Clock;
  readonly rules: { readonly limit: bigint };
}

/** Corrects a wallet by hand, with a reason; for operators. @throws WalletRefusal */
export async function adjustWallet(
  ports: AdjustPorts,
  caller: Caller,
  request: AdjustmentRequest,
): Promise<TransactionRecord | null> {
  requireOperator(caller);
  const { reader, clock, rules } = ports;
  const adjustment = readAdjustment(request, clock());
  const draft = adjustmentDraft(adjustment, caller.userId, request.idempotencyKey);
  await postOnce(ports, draft, () =>
    refuseAbove(rules.limit, adjustment.amount, adjustment.currency),
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
  ports: AdjustPorts,
  caller: Caller,
  request: ReversalRequest,
): Promise<TransactionRecord | null> {
  requireOperator(caller);
  const { reader } = ports;
  const { idempotencyKey, transactionId } = request;
  const original = idPattern.test(transactionId)
    ? await reader.posted(transactionId as TransactionId)
    : null;
  if (!original) throw new WalletRefusal('NOT_FOUND', 'there is no such transaction');
  refuseBadKey(idempotencyKey);
  const reason = readReason(request.reason);
  const draft = reversalDraft(original, caller.userId, idempotencyKey, reason);
  await postOnce(ports, draft);
  return (await reader.transactionsById([draft.id]))[0] ?? null;
}
