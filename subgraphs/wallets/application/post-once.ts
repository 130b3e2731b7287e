import { WalletRefusal } from '../domain/errors.ts';
import { keyReused } from '../domain/request.ts';
import type { TransactionDraft } from '../domain/transaction.ts';
import type { Ledger, PostRefusal } from './ports.ts';

/**
 * Posts what a caller named by a key. A repetition is found before the limits that may have changed
 * since are asked, and also when it comes at the same time: then the database lets one be first.
 * @throws WalletRefusal, which takes everything back
 */
export async function postOnce(
  ledger: Ledger,
  draft: TransactionDraft,
  at: Date,
  refuse: () => void | Promise<void>,
): Promise<void> {
  const before = await ledger.fingerprint(draft.id);
  if (before !== null && before !== draft.fingerprint) throw keyReused();
  if (before !== null) return;
  await refuse();
  const [{ outcome }] = await ledger.apply([{ do: 'post', draft }], at);
  if (outcome === 'POSTED' || outcome === 'REPLAYED') return;
  throw outcome === 'REUSED' ? keyReused() : postRefusal(outcome);
}

export const postRefusal = (code: PostRefusal): WalletRefusal => new WalletRefusal(code, why[code]);

const why: Readonly<Record<PostRefusal, string>> = {
  TOO_MANY_LEGS: 'a transaction has 2 to 100 legs',
  ALREADY_REVERSED: 'it was reversed before',
  HOLD_NOT_LIVE: 'what was held for it is not held any more',
  HOLD_EXPIRED: 'what was held for it has expired',
  EXCEEDS_HOLD: 'it takes more than was held for it',
  INSUFFICIENT_FUNDS: 'what is available does not cover it',
  BEYOND_DEBT: 'it is more than what is owed',
};
