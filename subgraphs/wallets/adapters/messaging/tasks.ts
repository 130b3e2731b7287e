import { messageOf } from '#contracts/build.ts';
import type { BodyOf } from '#contracts/message.ts';
import {
  FillSettled,
  FundsHeld,
  HoldDenied,
  HoldReleased,
  type FillRecorded,
  type HoldFunds,
  type ReleaseHold,
} from '#contracts/orders.ts';
import type { BrokerMessage } from '#kit/broker.ts';
import { Fault, unreachable } from '#kit/errors.ts';
import type { ExecutionId, OrderId, UserId } from '#kit/ids.ts';
import type { Logger } from '#kit/log.ts';
import { isCurrency, type Currency } from '#kit/money.ts';
import { holdOperation, readHold } from '../../application/hold-funds.ts';
import type {
  HoldOperation,
  Ledger,
  Operation,
  OutcomeOf,
  PostOperation,
  ReleaseOperation,
} from '../../application/ports.ts';
import { readRelease, releaseOperation } from '../../application/release-hold.ts';
import { readSettlement } from '../../application/settle-fill.ts';
import { settlementOf } from '../../domain/settlement.ts';

/** Where an answer is made: in the transaction of the ledger's call. */
interface Scene {
  readonly ledger: Ledger;
  readonly at: Date;
  readonly logger: Logger;
}

/** What a message asks of the ledger, and what is answered when the ledger did it. */
export interface Task<Each extends Operation = Operation> {
  readonly operation: Each;
  answer(outcome: OutcomeOf<Each>, scene: Scene): BrokerMessage | Promise<BrokerMessage>;
}

export function hold(body: BodyOf<typeof HoldFunds>): Task<HoldOperation> {
  const { orderId, userId, currency, amount } = body;
  const request = { ...ownerOf(body), currency: known(currency), amount: BigInt(amount) };
  return {
    operation: holdOperation(request),
    answer(result, { at }) {
      const outcome = readHold(request, result);
      switch (outcome) {
        case 'HELD':
          return messageOf(FundsHeld, orderId, { orderId, userId, currency, amount }, at);
        case 'DENIED': {
          const message = `the ${currency} wallet does not cover the order's worst-case cost`;
          const denial = { orderId, userId, code: 'INSUFFICIENT_FUNDS' as const, message };
          return messageOf(HoldDenied, orderId, denial, at);
        }
        case 'VOID':
          return messageOf(HoldReleased, orderId, { orderId, userId, released: '0' }, at);
        default:
          return unreachable(outcome);
      }
    },
  };
}

export function fill(body: BodyOf<typeof FillRecorded>): Task<PostOperation> {
  const { orderId, userId, executionId } = body;
  const trade = {
    ...ownerOf(body),
    executionId: executionId as ExecutionId,
    venue: body.venue,
    side: body.side,
    baseCurrency: known(body.baseCurrency),
    quoteCurrency: known(body.quoteCurrency),
    baseAmount: BigInt(body.baseAmount),
    quoteAmount: BigInt(body.quoteAmount),
    venueQuoteAmount: BigInt(body.venueQuoteAmount),
  };
  const draft = settlementOf(trade);
  return {
    operation: { do: 'post', draft },
    async answer(result, { ledger, at, logger }) {
      const transactionId = await readSettlement(ledger, trade, draft, result, at, logger);
      return messageOf(FillSettled, orderId, { orderId, userId, executionId, transactionId }, at);
    },
  };
}

export function release(body: BodyOf<typeof ReleaseHold>): Task<ReleaseOperation> {
  const { orderId, userId } = body;
  const order = ownerOf(body);
  return {
    operation: releaseOperation(order),
    answer(result, { at }) {
      const released = `${readRelease(order, result)}`;
      return messageOf(HoldReleased, orderId, { orderId, userId, released }, at);
    },
  };
}

const ownerOf = ({ orderId, userId }: { orderId: string; userId: string }) => ({
  orderId: orderId as OrderId,
  userId: userId as UserId,
});

/** Orders trades what pricing lists, and that is what Mammon keeps: else somebody is broken. */
function known(currency: string): Currency {
  if (isCurrency(currency)) return currency;
  throw new Fault(`Mammon does not keep ${currency}`);
}
