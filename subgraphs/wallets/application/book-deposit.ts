import {
  depositDraft,
  readDeposit,
  type DepositCaller,
  type DepositRequest,
  type DepositRules,
} from '../domain/deposit.ts';
import { refuseAbove } from '../domain/request.ts';
import type { PostingResult } from './ports.ts';
import { postOnce, type PostPorts } from './post-once.ts';

export interface DepositPorts extends PostPorts {
  readonly rules: DepositRules;
}

/**
 * Books money that came in from outside. A repetition gets the first result, also when the limit
 * was lowered since, and also at the same time: the transaction's id is made of caller and key.
 * @throws WalletRefusal
 */
export async function bookDeposit(
  ports: DepositPorts,
  caller: DepositCaller,
  request: DepositRequest,
): Promise<PostingResult> {
  const { reader, rules } = ports;
  const deposit = readDeposit(request, caller, rules);
  const draft = depositDraft(deposit, caller.userId, request.idempotencyKey);
  await postOnce(ports, draft, () => refuseAbove(rules.limit, deposit.amount, deposit.currency));
  return reader.postingResult(draft.id, deposit.owner);
}
