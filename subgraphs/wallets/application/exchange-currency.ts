import type { TransactionId, UserId } from '#kit/ids.ts';
import { exchangeDraft, type Exchange } from '../domain/exchange.ts';
import { refuseAbove, refuseBadKey, requireOperator, type Caller } from '../domain/request.ts';
import { readDeal, type DealRequest } from '../domain/deal.ts';
import type { AdjustPorts } from './adjust-ledger.ts';
import type { Ledger, TransactionRecord } from './ports.ts';
import { postOnce } from './post-once.ts';

/** Books an exchange that was dealt with a customer; for operators. @throws WalletRefusal */
export async function exchangeForUser(
  { reader, transactional, clock, rules }: AdjustPorts,
  caller: Caller,
  request: DealRequest,
): Promise<TransactionRecord | null> {
  requireOperator(caller);
  const deal = readDeal(request);
  const limit = () => refuseAbove(rules.limit, deal.amount, deal.from);
  const id = await transactional(({ ledger }) =>
    exchangeCurrency(ledger, deal, caller.userId, request.idempotencyKey, clock(), limit),
  );
  return (await reader.transactionsById([id]))[0] ?? null;
}

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
  refuse: () => void = () => undefined,
): Promise<TransactionId> {
  refuseBadKey(idempotencyKey);
  const draft = exchangeDraft(exchange, callerId, idempotencyKey);
  await postOnce(ledger, draft, at, refuse);
  return draft.id;
}
