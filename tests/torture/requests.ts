import { deterministicId, type ExecutionId, type OrderId, type UserId } from '#kit/ids.ts';
import { silentLogger } from '#kit/log.ts';
import { formatAmount } from '#kit/money.ts';
import type { MikroORM } from '@mikro-orm/postgresql';
import { createBooks } from '#subgraphs/wallets/adapters/postgres/books.ts';
import { createPostingDesk } from '#subgraphs/wallets/adapters/postgres/posting-desk.ts';
import { createReader } from '#subgraphs/wallets/adapters/postgres/reader.ts';
import { bookDeposit } from '#subgraphs/wallets/application/book-deposit.ts';
import { WalletRefusal } from '#subgraphs/wallets/domain/errors.ts';
import { transferMoney } from '#subgraphs/wallets/application/transfer-money.ts';
import { holdFunds } from '#subgraphs/wallets/application/hold-funds.ts';
import type { Transactional } from '#subgraphs/wallets/application/ports.ts';
import { releaseHold } from '#subgraphs/wallets/application/release-hold.ts';
import { settleFill } from '#subgraphs/wallets/application/settle-fill.ts';
import type { Fill } from '#subgraphs/wallets/domain/settlement.ts';

/** What a poster asks of the ledger, as plain JSON: sent again it is the same request. */
export type Request =
  | {
      readonly kind: 'deposit';
      readonly userId: UserId;
      readonly key: string;
      readonly ngn: string;
    }
  | {
      readonly kind: 'transfer';
      readonly userId: UserId;
      readonly to: UserId;
      readonly key: string;
      readonly ngn: string;
    }
  | {
      readonly kind: 'hold';
      readonly userId: UserId;
      readonly orderId: OrderId;
      readonly ngn: string;
    }
  | {
      readonly kind: 'fill';
      readonly userId: UserId;
      readonly orderId: OrderId;
      readonly executionId: ExecutionId;
      /** Minor units that the user gets and pays; the venue gets one kobo less. */
      readonly usd: string;
      readonly ngn: string;
    }
  | { readonly kind: 'release'; readonly userId: UserId; readonly orderId: OrderId };

export const operator = {
  userId: deterministicId<UserId>('torture', 'operator'),
  operator: true,
};

/** Begins the answer of a refusal: nothing was written, and the same request may succeed later. */
export const refused = 'REFUSED';

/** Sends requests through the use cases of wallets, each in a transaction of its own. */
export function createSender(orm: MikroORM) {
  const reader = createReader(() => orm.em.fork());
  const transactional: Transactional = (run) =>
    orm.em.fork().transactional((em) => run(createBooks(em)));
  const clock = () => new Date();
  const desk = createPostingDesk(() => orm.em.fork(), clock);
  const deposits = { reader, desk, rules: { selfService: false, limit: 10n ** 12n } };
  const transfers = { reader, desk, rules: { transferLimit: 10n ** 12n } };

  /** @returns the answer, which each repetition must give again */
  return async (request: Request): Promise<string> => {
    const { userId } = request;
    switch (request.kind) {
      case 'deposit': {
        const { transaction, wallets } = await bookDeposit(deposits, operator, {
          idempotencyKey: request.key,
          currency: 'NGN',
          amount: formatAmount(BigInt(request.ngn), 'NGN'),
          userId,
        });
        return `${transaction.id} ${wallets[0]?.posted} ${wallets[0]?.held}`;
      }
      case 'transfer': {
        const amount = formatAmount(BigInt(request.ngn), 'NGN');
        const leg = { toUserId: request.to, currency: 'NGN', amount };
        const caller = { userId, operator: false };
        try {
          const { transaction } = await transferMoney(transfers, caller, {
            idempotencyKey: request.key,
            legs: [leg],
          });
          return transaction.id;
        } catch (error) {
          if (error instanceof WalletRefusal) return `${refused} ${error.code}`;
          throw error;
        }
      }
      case 'hold': {
        const { orderId, ngn } = request;
        const hold = { orderId, userId, currency: 'NGN' as const, amount: BigInt(ngn) };
        return transactional(({ ledger }) => holdFunds(ledger, hold, clock()));
      }
      case 'fill':
        return transactional(({ ledger }) =>
          settleFill(ledger, fillOf(request), clock(), silentLogger),
        );
      case 'release': {
        const { orderId } = request;
        const order = { orderId, userId };
        return `${await transactional(({ ledger }) => releaseHold(ledger, order, clock()))}`;
      }
    }
  };
}

export const fillOf = (request: Request & { kind: 'fill' }): Fill => ({
  orderId: request.orderId,
  userId: request.userId,
  executionId: request.executionId,
  venue: 'SANDBOX',
  side: 'BUY',
  baseCurrency: 'USD',
  quoteCurrency: 'NGN',
  baseAmount: BigInt(request.usd),
  quoteAmount: BigInt(request.ngn),
  venueQuoteAmount: BigInt(request.ngn) - 1n,
});
