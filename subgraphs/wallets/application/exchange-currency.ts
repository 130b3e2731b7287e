import type { UserId } from '#kit/ids.ts';
import { exchangeDraft, type Exchange } from '../domain/exchange.ts';
import { refuseBadKey } from '../domain/request.ts';
import type { Ledger } from './ports.ts';
import { postOnce } from './post-once.ts';

/**
 * Exchanges a customer's money at terms that were agreed: from a hold that was made for a quote, or
 * from what is available. The key names it: a quote's id, so that a quote is executed once.
 * @throws WalletRefusal, which takes everything back
 */
export async function exchangeCurrency(
  ledger: Ledger,
  exchange: Exchange,
  callerId: UserId,
  idempotencyKey: string,
  at: Date,
) {
  refuseBadKey(idempotencyKey);
  const draft = exchangeDraft(exchange, callerId, idempotencyKey);
  await postOnce(ledger, draft, at, () => undefined);
  return draft.id;
}
