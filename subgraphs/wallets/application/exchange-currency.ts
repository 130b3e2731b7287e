import type { TransactionId, UserId } from '#kit/ids.ts';
import { exchangeDraft, type Exchange } from '../domain/exchange.ts';
import { refuseAbove, refuseBadKey, requireOperator, type Caller } from '../domain/request.ts';
import { readDeal, type DealRequest } from '../domain/deal.ts';
import type { AdjustPorts } from './adjust-ledger.ts';
import type { TransactionRecord } from './ports.ts';
import { postOnce, type PostPorts } from './post-once.ts';

/** Books an exchange that was dealt with a customer; for operators. @throws WalletRefusal */
export async function exchangeForUser(
  ports: AdjustPorts,
  caller: Caller,
  request: DealRequest,
): Promise<TransactionRecord | null> {
  requireOperator(caller);
  const deal = readDeal(request);
  const limit = () => refuseAbove(ports.rules.limit, deal.amount, deal.from);
  const id = await exchangeCurrency(ports, deal, caller.userId, request.idempotencyKey, limit);
  return (await ports.reader.transactionsById([id]))[0] ?? null;
}

/**
 * Exchanges a customer's money at terms that were agreed: from a hold that was made for a quote, or
 * from what is available. The key names it: a quote's id, so that a quote is executed once.
 * @throws WalletRefusal; nothing was written
 */
export async function exchangeCurrency(
  ports: PostPorts,
  exchange: Exchange,
  callerId: UserId,
  idempotencyKey: string,
  refuse?: () => void,
): Promise<TransactionId> {
  refuseBadKey(idempotencyKey);
  const draft = exchangeDraft(exchange, callerId, idempotencyKey);
  await postOnce(ports, draft, refuse);
  return draft.id;
}
