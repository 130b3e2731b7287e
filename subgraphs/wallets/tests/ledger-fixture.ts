import { deterministicId, newId, type ExecutionId, type OrderId, type UserId } from '#kit/ids.ts';
import { silentLogger, type Logger } from '#kit/log.ts';
import type { Currency } from '#kit/money.ts';
import { openOrm } from '#kit/orm.ts';
import { createDatabase } from '#tests/support/services.ts';
import { entities } from '../adapters/postgres/entities.ts';
import { createLedger } from '../adapters/postgres/ledger.ts';
import { migrations } from '../adapters/postgres/migrations/index.ts';
import { createReader } from '../adapters/postgres/reader.ts';
import { bookDeposit } from '../application/book-deposit.ts';
import { holdFunds } from '../application/hold-funds.ts';
import type { Ledger } from '../application/ports.ts';
import { releaseHold } from '../application/release-hold.ts';
import { settleFill } from '../application/settle-fill.ts';
import * as chart from '../domain/chart-of-accounts.ts';
import type { DepositRules } from '../domain/deposit.ts';
import type { Fill } from '../domain/settlement.ts';
import { Account } from '../adapters/postgres/entities.ts';

export const newUser = () => newId<UserId>();
export const newOrder = () => newId<OrderId>();

/** A ledger in a database of its own, with the use cases each in a transaction of its own. */
export async function openLedger(logger: Logger = silentLogger) {
  const database = await createDatabase('wallets');
  const orm = await openOrm({ url: database.url, entities, migrations });
  const transactional = <Result>(run: (ledger: Ledger) => Promise<Result>) =>
    orm.em.fork().transactional((em) => run(createLedger(em)));
  const reader = createReader(() => orm.em.fork());
  const operator = { userId: newUser(), operator: true };
  const rules: DepositRules = { selfService: false, limit: 1_000_000n };
  const clock = () => new Date();
  return {
    url: database.url,
    orm,
    reader,
    operator,
    execute: (sql: string) => orm.em.fork().execute(sql),
    deposit: (userId: UserId, currency: Currency, amount: string, key: string = newId()) =>
      bookDeposit({ reader, transactional, rules, clock }, operator, {
        idempotencyKey: key,
        currency,
        amount,
        userId,
      }),
    depositWith: (limit: bigint, userId: UserId, amount: string, key: string) =>
      bookDeposit({ reader, transactional, rules: { ...rules, limit }, clock }, operator, {
        idempotencyKey: key,
        currency: 'USD',
        amount,
        userId,
      }),
    hold: (orderId: OrderId, userId: UserId, currency: Currency, amount: bigint) =>
      transactional((ledger) =>
        holdFunds(ledger, { orderId, userId, currency, amount }, new Date()),
      ),
    settle: (fill: Fill) => transactional((ledger) => settleFill(ledger, fill, new Date(), logger)),
    release: (orderId: OrderId, userId: UserId) =>
      transactional((ledger) => releaseHold(ledger, { orderId, userId }, new Date())),
    async balance(account: chart.Account): Promise<[posted: bigint, held: bigint]> {
      const row = await orm.em.fork().findOne(Account, { id: account.id });
      return [row?.posted ?? 0n, row?.held ?? 0n];
    },
    async [Symbol.asyncDispose]() {
      await orm.close(true);
      await database[Symbol.asyncDispose]();
    },
  };
}

export type TestLedger = Awaited<ReturnType<typeof openLedger>>;

/** A buy of 10 USD at about 1,500 NGN, rounded up by one kobo; what is given replaces it. */
export function fillOf(
  given: Pick<Fill, 'orderId' | 'userId'> & Partial<Fill> & { nth?: number },
): Fill {
  const { nth = 1, ...rest } = given;
  return {
    executionId: deterministicId<ExecutionId>('test', given.orderId, `${nth}`),
    venue: 'SANDBOX',
    side: 'BUY',
    baseCurrency: 'USD',
    quoteCurrency: 'NGN',
    baseAmount: 1_000n,
    quoteAmount: 1_500_001n,
    venueQuoteAmount: 1_500_000n,
    ...rest,
  };
}
