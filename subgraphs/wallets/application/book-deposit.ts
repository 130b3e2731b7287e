import type { Clock } from '#kit/clock.ts';
import { assert } from '#kit/errors.ts';
import {
  depositDraft,
  readDeposit,
  refuseAboveLimit,
  type DepositCaller,
  type DepositRequest,
  type DepositRules,
} from '../domain/deposit.ts';
import { WalletRefusal } from '../domain/errors.ts';
import type { DepositResult, Ledger, LedgerReader } from './ports.ts';

export interface DepositPorts {
  readonly reader: LedgerReader;
  /** Runs in one database transaction; what is thrown rolls it back. */
  transactional<Result>(run: (ledger: Ledger) => Promise<Result>): Promise<Result>;
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
): Promise<DepositResult> {
  const deposit = readDeposit(request, caller, rules);
  const draft = depositDraft(deposit, caller.userId, request.idempotencyKey);
  await transactional(async (ledger) => {
    const before = await ledger.fingerprint(draft.id);
    if (before !== null && before !== draft.fingerprint) throw reused();
    if (before !== null) return;
    refuseAboveLimit(deposit, rules);
    const { outcome } = await ledger.post(draft, clock());
    // The same key came at the same time and was first.
    if (outcome === 'REUSED') throw reused();
  });
  const result = await reader.depositResult(draft.id);
  assert(result.wallet.userId === deposit.owner, `deposit ${draft.id} went astray`);
  return result;
}

const reused = () =>
  new WalletRefusal('IDEMPOTENCY_KEY_REUSED', 'this key was used before with another body');
