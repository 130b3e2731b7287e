import type { Clock } from '#kit/clock.ts';
import {
  depositDraft,
  readDeposit,
  type DepositCaller,
  type DepositRequest,
  type DepositRules,
} from '../domain/deposit.ts';
import { refuseAbove } from '../domain/request.ts';
import type { LedgerReader, PostingResult, Transactional } from './ports.ts';
import { postOnce } from './post-once.ts';

export interface DepositPorts {
  readonly reader: LedgerReader;
  readonly transactional: Transactional;
  readonly rules: DepositRules;
  readonly clock: Clock;
}

/**
 * Books money that came in from outside. A repetition gets the first result, also when the limit
 * was lowered since, and also at the same time: the transaction's id is made of caller and key.
 * @throws WalletRefusal
 */
export async function bookDeposit(
  { reader, transactional, rules, clock }: DepositPorts,
  caller: DepositCaller,
  request: DepositRequest,
): Promise<PostingResult> {
  const deposit = readDeposit(request, caller, rules);
  const draft = depositDraft(deposit, caller.userId, request.idempotencyKey);
  await transactional(({ ledger }) =>
    postOnce(ledger, draft, clock(), () =>
      refuseAbove(rules.limit, deposit.amount, deposit.currency),
    ),
  );
  return reader.postingResult(draft.id, deposit.owner);
}
