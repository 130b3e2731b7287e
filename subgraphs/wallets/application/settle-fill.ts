import { Fault } from '#kit/errors.ts';
import type { TransactionId } from '#kit/ids.ts';
import type { Logger } from '#kit/log.ts';
import { settlementOf, type Fill } from '../domain/settlement.ts';
import type { TransactionDraft } from '../domain/transaction.ts';
import type { Ledger, PostOutcome } from './ports.ts';

/**
 * Books a fill, once. What the order's hold does not cover (it was released, or it is too small) is
 * taken from what is available and else becomes the customer's debt: a trade that happened is never
 * dropped. That is an incident, and people are told.
 * @throws Fault when the execution was booked before with another body
 */
export async function settleFill(
  ledger: Ledger,
  fill: Fill,
  at: Date,
  logger: Logger,
): Promise<TransactionId> {
  const draft = settlementOf(fill);
  const [result] = await ledger.apply([{ do: 'post', draft }], at);
  return readSettlement(ledger, fill, draft, result, at, logger);
}

/** What follows a fill's posting. @throws Fault when the execution was booked with another body */
export async function readSettlement(
  ledger: Ledger,
  fill: Fill,
  draft: TransactionDraft,
  result: PostOutcome,
  at: Date,
  logger: Logger,
): Promise<TransactionId> {
  if (result.outcome === 'REPLAYED') return draft.id;
  if (result.outcome === 'REUSED') {
    throw new Fault(`execution ${fill.executionId} was booked before with another body`);
  }
  if (result.outcome !== 'POSTED') {
    throw new Fault(`execution ${fill.executionId} was refused: ${result.outcome}`);
  }
  const buys = fill.side === 'BUY';
  const beyondHold = (buys ? fill.quoteAmount : fill.baseAmount) - result.fromHold;
  if (beyondHold === 0n) return draft.id;
  const incident = {
    kind: result.holdLive ? ('FILL_BEYOND_HOLD' as const) : ('LATE_FILL' as const),
    orderId: fill.orderId,
    userId: fill.userId,
    executionId: fill.executionId,
    transactionId: draft.id,
    currency: buys ? fill.quoteCurrency : fill.baseCurrency,
    beyondHold,
    shortfall: result.shortfall,
    at,
  };
  await ledger.record(incident);
  const facts = { ...incident, beyondHold: `${beyondHold}`, shortfall: `${result.shortfall}` };
  logger.error(facts, 'a fill was settled without its hold');
  return draft.id;
}
