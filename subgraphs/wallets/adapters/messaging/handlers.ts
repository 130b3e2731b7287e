import type { Contract } from '#contracts/message.ts';
import { handle, messageOf } from '#contracts/build.ts';
import {
  FillRecorded,
  FillSettled,
  FundsHeld,
  HoldDenied,
  HoldFunds,
  HoldReleased,
  ReleaseHold,
} from '#contracts/orders.ts';
import type { Clock } from '#kit/clock.ts';
import type { MessageHandler } from '#kit/consumer.ts';
import { Fault, unreachable } from '#kit/errors.ts';
import type { ExecutionId, OrderId, UserId } from '#kit/ids.ts';
import type { Logger } from '#kit/log.ts';
import { isCurrency, type Currency } from '#kit/money.ts';
import type { EntityManager } from '#kit/orm.ts';
import { enqueue } from '#kit/outbox.ts';
import { holdFunds } from '../../application/hold-funds.ts';
import { releaseHold } from '../../application/release-hold.ts';
import { settleFill } from '../../application/settle-fill.ts';
import { createLedger } from '../postgres/ledger.ts';

/** What wallets does for orders; each answer leaves in the transaction of its change. */
export function createHandlers(clock: Clock, logger: Logger): ReadonlyMap<string, MessageHandler> {
  return new Map([
    handle(HoldFunds, async (em, body) => {
      const { orderId, userId, currency, amount } = body;
      const order = ownerOf(body);
      const request = { ...order, currency: known(currency), amount: BigInt(amount) };
      const at = clock();
      const outcome = await holdFunds(createLedger(em), request, at);
      switch (outcome) {
        case 'HELD':
          return answer(em, FundsHeld, { orderId, userId, currency, amount }, at);
        case 'DENIED': {
          const message = `the ${currency} wallet does not cover the order's worst-case cost`;
          const denial = { orderId, userId, code: 'INSUFFICIENT_FUNDS' as const, message };
          return answer(em, HoldDenied, denial, at);
        }
        case 'VOID':
          return answer(em, HoldReleased, { orderId, userId, released: '0' }, at);
        default:
          return unreachable(outcome);
      }
    }),
    handle(FillRecorded, async (em, body) => {
      const { orderId, userId, executionId } = body;
      const fill = {
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
      const at = clock();
      const transactionId = await settleFill(createLedger(em), fill, at, logger);
      await answer(em, FillSettled, { orderId, userId, executionId, transactionId }, at);
    }),
    handle(ReleaseHold, async (em, body) => {
      const { orderId, userId } = body;
      const at = clock();
      const released = await releaseHold(createLedger(em), ownerOf(body), at);
      await answer(em, HoldReleased, { orderId, userId, released: `${released}` }, at);
    }),
  ]);
}

async function answer<Body extends { readonly orderId: string }>(
  em: EntityManager,
  contract: Contract<string, Body>,
  body: Body,
  at: Date,
): Promise<void> {
  await enqueue(em, [messageOf(contract, body.orderId, body, at)]);
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
