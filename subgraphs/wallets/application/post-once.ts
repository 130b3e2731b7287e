import { WalletRefusal } from '../domain/errors.ts';
import { keyReused } from '../domain/request.ts';
import type { TransactionDraft } from '../domain/transaction.ts';
import type { LedgerReader, PostingDesk, PostRefusal } from './ports.ts';

export interface PostPorts {
  readonly reader: LedgerReader;
  readonly desk: PostingDesk;
}

/**
 * Posts what a caller named by a key. A repetition gets the first result, also when it comes at the
 * same time, and also when limits that `refuse` asks for have changed since.
 * @throws WalletRefusal; nothing was written
 */
export async function postOnce(
  { reader, desk }: PostPorts,
  draft: TransactionDraft,
  refuse: () => void = () => undefined,
): Promise<void> {
  try {
    refuse();
  } catch (refusal) {
    const before = await reader.fingerprint(draft.id);
    if (before === null) throw refusal;
    if (before !== draft.fingerprint) throw keyReused();
    return;
  }
  const { outcome } = await desk.post(draft);
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
