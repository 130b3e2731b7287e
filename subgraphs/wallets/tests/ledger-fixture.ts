import { register } from 'prom-client';
import { deterministicId, newId, type ExecutionId, type OrderId, type UserId } from '#kit/ids.ts';
import { silentLogger, type Logger } from '#kit/log.ts';
import type { Currency } from '#kit/money.ts';
import { openOrm } from '#kit/orm.ts';
import { createDatabase } from '#tests/support/services.ts';
import { entities } from '../adapters/postgres/entities.ts';
import { createPostingDesk } from '../adapters/postgres/posting-desk.ts';
import { createTransactional } from '../adapters/postgres/transactional.ts';
import { migrations } from '../adapters/postgres/migrations/index.ts';
import { createReader } from '../adapters/postgres/reader.ts';
import { sealJournal } from '../adapters/postgres/seal.ts';
import { adjustWallet, reverseTransaction } from '../application/adjust-ledger.ts';
import { bookDeposit } from '../application/book-deposit.ts';
import { exchangeCurrency } from '../application/exchange-currency.ts';
import { expireQuotes } from '../application/expire-quotes.ts';
import { holdFunds } from '../application/hold-funds.ts';
import {
  expireWithdrawals,
  movePayment,
  requestPayment,
  type PaymentStep,
} from '../application/move-payment.ts';
import { releaseHold } from '../application/release-hold.ts';
import { settleFill } from '../application/settle-fill.ts';
import { transferMoney } from '../application/transfer-money.ts';
import type { AdjustmentRequest } from '../domain/adjustment.ts';
import * as chart from '../domain/chart-of-accounts.ts';
import type { Exchange } from '../domain/exchange.ts';
import type { PaymentDirection } from '../domain/payment.ts';
import type { Fill } from '../domain/settlement.ts';
import type { TransferRequest } from '../domain/transfer.ts';

export const newUser = () => newId<UserId>();
export const newOrder = () => newId<OrderId>();

/** A ledger in a database of its own, with the use cases each in a transaction of its own. */
export async function openLedger(logger: Logger = silentLogger) {
  const database = await createDatabase('wallets');
  const orm = await openOrm({ url: database.url, entities, migrations });
  const transactional = createTransactional(() => orm.em.fork());
  const reader = createReader(() => orm.em.fork());
  const operator = { userId: newUser(), operator: true };
  const rules = {
    selfService: false,
    limit: 1_000_000n,
    transferLimit: 100_000n,
    withdrawalTtlMs: 3_600_000,
  };
  let ahead = 0;
  const clock = () => new Date(Date.now() + ahead);
  const desk = createPostingDesk(() => orm.em.fork(), clock);
  const ports = { reader, transactional, desk, rules, clock };
  const as = (userId: UserId) => ({ userId, operator: false });
  return {
    url: database.url,
    orm,
    reader,
    transactional,
    desk,
    seal: () => sealJournal(orm.em.fork(), 1_000),
    operator,
    execute: (sql: string) => orm.em.fork().execute<Record<string, string>[]>(sql),
    deposit: (userId: UserId, currency: Currency, amount: string, key: string = newId()) =>
      bookDeposit(ports, operator, {
        idempotencyKey: key,
        currency,
        amount,
        userId,
      }),
    depositWith: (limit: bigint, userId: UserId, amount: string, key: string) =>
      bookDeposit({ ...ports, rules: { ...rules, limit } }, operator, {
        idempotencyKey: key,
        currency: 'USD',
        amount,
        userId,
      }),
    hold: (orderId: OrderId, userId: UserId, currency: Currency, amount: bigint) =>
      transactional(({ ledger }) =>
        holdFunds(ledger, { orderId, userId, currency, amount }, new Date()),
      ),
    settle: (fill: Fill) =>
      transactional(({ ledger }) => settleFill(ledger, fill, new Date(), logger)),
    release: (orderId: OrderId, userId: UserId) =>
      transactional(({ ledger }) => releaseHold(ledger, { orderId, userId }, new Date())),
    transfer: (from: UserId, legs: TransferRequest['legs'], key: string = newId()) =>
      transferMoney(ports, as(from), { idempotencyKey: key, legs }),
    exchange: (exchange: Exchange, key: string = newId()) =>
      exchangeCurrency(ports, exchange, exchange.userId, key),
    adjust: (request: Omit<AdjustmentRequest, 'idempotencyKey'>, key: string = newId()) =>
      adjustWallet(ports, operator, { ...request, idempotencyKey: key }),
    reverse: (transactionId: string, key: string = newId(), reason = 'by mistake') =>
      reverseTransaction(ports, operator, { idempotencyKey: key, transactionId, reason }),
    request: (
      direction: PaymentDirection,
      userId: UserId,
      currency: Currency,
      amount: string,
      key: string = newId(),
    ) => requestPayment(ports, direction, as(userId), { idempotencyKey: key, currency, amount }),
    move: (paymentId: string, to: PaymentStep['to'], key: string = newId()) =>
      movePayment(ports, operator, {
        idempotencyKey: key,
        paymentId,
        to,
        reason: to === 'FAILED' ? 'the bank refused' : null,
      }),
    expire: () => expireWithdrawals(ports, 100),
    expireQuotes: () => expireQuotes(ports, 100),
    /** Lets so much time pass for all that follows. */
    passTime(ms: number) {
      ahead += ms;
    },
    now: clock,
    async balance(account: chart.Account): Promise<[posted: bigint, held: bigint]> {
      const [row] = await orm.em
        .fork()
        .execute<{ balance: string; held: string }[]>(
          'select balance::text, held::text from account_balance where id = ?',
          [account.id],
        );
      return [BigInt(row?.balance ?? 0), BigInt(row?.held ?? 0)];
    },
    /** How often PostgreSQL had to break off transactions that waited for each other in a circle. */
    async deadlocks(): Promise<number> {
      const [row] = await orm.em
        .fork()
        .execute<{ deadlocks: string }[]>(
          'select deadlocks::text from pg_stat_database where datname = current_database()',
        );
      return Number(row?.deadlocks);
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

/** All accounts sum to zero; of those that move now each is looked at. Asked often: it must be quick. */
export const unlawful = (users: readonly UserId[]) => `
  with own as (select * from account where user_id = any('{${users.join(',')}}'))
  select 'sum of ' || currency || ' ' || sum(balance) as finding from (
      select currency, balance from account_balance where user_id is null
      union all select currency, posted from account where user_id is not null
    ) as every group by currency having sum(balance) <> 0
  union all
  select 'limit of ' || id from own
    where kind = 'WALLET' and posted < held or held < 0 or kind = 'RECEIVABLE' and posted > 0
  union all
  select 'holds of ' || id from own
    where held <> (select coalesce(sum(amount - posted), 0) from hold
      where account_id = own.id and state = 'LIVE')
  union all
  select 'fold of ' || id from own
    where posted <> (select coalesce(sum(amount), 0) from posting where account_id = own.id)`;

/** How many incidents of a kind operators' alerts have been told of. */
export async function incidentsTold(kind: string): Promise<number> {
  const told = await register.getSingleMetric('mammon_wallet_incidents_total')?.get();
  return told?.values.find(({ labels }) => labels['kind'] === kind)?.value ?? NaN;
}
