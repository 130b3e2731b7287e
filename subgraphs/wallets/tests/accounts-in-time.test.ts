import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { newId, type UserId } from '#kit/ids.ts';
import { currencies, parseAmount, type Currency } from '#kit/money.ts';
import { ledgerCallOf, ledgerCallStatement } from '../adapters/postgres/ledger-call.ts';
import { createSource } from '../adapters/graphql/loaders.ts';
import { eventually } from '#tests/support/eventually.ts';
import { auditLedger } from '../application/audit.ts';
import {
  closingOf,
  movementsOf,
  openingOf,
  statementCsv,
  statementOf,
} from '../application/view-statement.ts';
import {
  depositsInTransit,
  fee,
  position,
  rounding,
  spread,
  wallet,
} from '../domain/chart-of-accounts.ts';
import { depositDraft } from '../domain/deposit.ts';
import { exchangeAmounts, type Exchange } from '../domain/exchange.ts';
import { quoteHold } from '../domain/hold.ts';
import { mostTransferLegs, transferDraft } from '../domain/transfer.ts';
import { newOrder, newUser, openLedger, type TestLedger } from './ledger-fixture.ts';

let ledger: TestLedger;
beforeAll(async () => {
  ledger = await openLedger();
});
afterAll(async () => {
  // Another database's transaction may hold the seal back for a moment.
  await eventually(
    async () => {
      await ledger.seal();
      return auditLedger(ledger.orm.em);
    },
    (findings) => findings.length === 0,
  );
  await ledger[Symbol.asyncDispose]();
});

const at = (text: string) => new Date(`2026-03-${text}.000Z`);

async function depositAt(userId: UserId, amount: string, time: Date, currency: Currency = 'USD') {
  const body = { owner: userId, currency, amount: parseAmount(amount, currency) };
  const draft = depositDraft(body, ledger.operator.userId, newId());
  await ledger.transactional((books) => books.ledger.apply([{ do: 'post', draft }], time));
}

/** 10 on the 1st, 20 on the 2nd, 40 on the 3rd, and 5 booked now that count from the 2nd. */
async function saver() {
  const userId = newUser();
  await depositAt(userId, '10', at('01T12:00:00'));
  await depositAt(userId, '20', at('02T12:00:00'));
  await depositAt(userId, '40', at('03T12:00:00'));
  await ledger.adjust({
    userId,
    currency: 'USD',
    amount: '5',
    against: 'SUSPENSE',
    reason: 'found again',
    effectiveAt: at('02T18:00:00').toISOString(),
    valueDate: null,
  });
  const { id } = wallet(userId, 'USD');
  return { id, userId, currency: 'USD' as const, posted: 7_500n, held: 0n };
}

describe('the books at another time', () => {
  test.each([
    ['before all', '01T11:59:59', 0n, 0n],
    ['at the very moment', '01T12:00:00', 1_000n, 1_000n],
    ['before the correction counts', '02T17:59:59', 3_000n, 3_000n],
    ['when it counts and is not booked', '02T18:00:00', 3_000n, 3_500n],
    ['later', '03T12:00:00', 7_000n, 7_500n],
  ])('%s', async (_, time, booked, effective) => {
    const { id: accountId } = await saver();
    const asked = { accountId, at: at(time) };
    expect(
      await ledger.reader.balancesAsOf([
        { ...asked, by: 'BOOKED' },
        { ...asked, by: 'EFFECTIVE' },
      ]),
    ).toEqual([booked, effective]);
    const now = { accountId, at: new Date() };
    expect(
      await ledger.reader.balancesAsOf([
        { ...now, by: 'EFFECTIVE' },
        { ...now, by: 'BOOKED' },
      ]),
    ).toEqual([7_500n, 7_500n]);
  });

  test('never show a wallet that owed, whoever’s clock is behind', async () => {
    const [from, to] = [newUser(), newUser()];
    await depositAt(from, '10', at('01T12:00:01'));
    await depositAt(to, '10', at('01T12:00:00'));
    for (const units of [300n, 700n]) {
      const leg = { to, currency: 'USD', amount: units } as const;
      const draft = transferDraft(from, newId(), [leg]);
      await ledger.transactional((books) =>
        books.ledger.apply([{ do: 'post', draft }], at('01T12:00:00')),
      );
    }
    const accountId = wallet(from, 'USD').id;
    expect(
      await ledger.reader.balancesAsOf([
        { accountId, at: at('01T12:00:00'), by: 'BOOKED' },
        { accountId, at: at('01T12:00:01'), by: 'BOOKED' },
      ]),
    ).toEqual([0n, 0n]);
  });

  test('a house account too, sealed or not', async () => {
    const account = depositsInTransit('CHF');
    await depositAt(newUser(), '3', at('01T12:00:00'), 'CHF');
    expect(await ledger.balance(account)).toEqual([-300n, 0n]);
    await ledger.seal();
    await depositAt(newUser(), '4', at('02T12:00:00'), 'CHF');
    expect(await ledger.balance(account)).toEqual([-700n, 0n]);
    const accountId = account.id;
    expect(
      await ledger.reader.balancesAsOf([{ accountId, at: at('01T13:00:00'), by: 'BOOKED' }]),
    ).toEqual([-300n]);
  });
});

describe('a statement', () => {
  test.each(['BOOKED', 'EFFECTIVE'] as const)('goes from opening to closing: %s', async (by) => {
    const owned = await saver();
    const source = createSource(ledger.reader);
    const statement = statementOf(owned, at('02T00:00:00'), at('04T00:00:00'), by);
    const opening = await openingOf(source, statement);
    const closing = await closingOf(source, statement);
    const first = await movementsOf(source, statement, 1, null);
    const last = first.at(-1);
    const after = last && { bookedAt: last.at, id: last.transaction.id };
    const rest = await movementsOf(source, statement, 10, after ?? null);
    const amounts = [...first, ...rest].map(({ amount }) => amount);
    expect(amounts).toEqual(by === 'BOOKED' ? [2_000n, 4_000n] : [2_000n, 500n, 4_000n]);
    expect(amounts.reduce((sum, amount) => sum + amount, opening)).toBe(closing);
    const csv = (await statementCsv(source, statement)).split('\r\n');
    expect(csv[0]).toBe('time,kind,transaction,amount,balance');
    expect(csv[1]).toBe('2026-03-02T00:00:00.000Z,OPENING,,,10.00');
    expect(csv[2]).toMatch(/^2026-03-02T12:00:00.000Z,DEPOSIT,[0-9a-f-]{36},20.00,30.00$/);
    expect(csv.at(-2)).toBe(
      `2026-03-04T00:00:00.000Z,CLOSING,,,${by === 'BOOKED' ? '70.00' : '75.00'}`,
    );
    expect(csv.at(-1)).toBe('');
  });

  test('of an empty period is refused', async () => {
    const owned = await saver();
    expect(() => statementOf(owned, at('02T00:00:00'), at('02T00:00:00'), 'BOOKED')).toThrow(
      expect.objectContaining({ code: 'BAD_USER_INPUT' }),
    );
  });
});

describe('a withdrawal that nobody sends', () => {
  const hour = 3_600_000;

  test('fails when its hold expires, and one that was sent does not', async () => {
    const userId = newUser();
    await ledger.deposit(userId, 'USD', '10');
    const forgotten = await ledger.request('WITHDRAWAL', userId, 'USD', '3');
    const sent = await ledger.request('WITHDRAWAL', userId, 'USD', '4');
    await ledger.move(sent.id, 'PENDING');
    expect(await ledger.expire()).toBe(0);
    ledger.passTime(hour);
    await expect(ledger.move(forgotten.id, 'PENDING')).rejects.toMatchObject({
      code: 'HOLD_EXPIRED',
    });
    await expect(ledger.move(forgotten.id, 'COMPLETED')).rejects.toMatchObject({
      code: 'HOLD_EXPIRED',
    });
    expect(await ledger.expire()).toBe(1);
    expect(await ledger.expire()).toBe(0);
    const [payment] = await ledger.reader.paymentsById([forgotten.id]);
    expect(payment).toMatchObject({ status: 'FAILED', failure: 'nobody sent it in time' });
    expect(await ledger.balance(wallet(userId, 'USD'))).toEqual([1_000n, 400n]);
    await ledger.move(sent.id, 'COMPLETED');
    expect(await ledger.balance(wallet(userId, 'USD'))).toEqual([600n, 0n]);
  });
});

describe('an exchange', () => {
  const terms = (userId: UserId): Exchange => ({
    userId,
    venue: 'HOUSE',
    from: 'GBP',
    to: 'KES',
    amount: 1_001n,
    middle: { numerator: 17_333n, denominator: 100n },
    spreadShare: 5_000n,
    feeShare: 1_000n,
    hold: null,
  });

  test('goes through positions, with fee, spread and rounding apart, once for a key', async () => {
    const userId = newUser();
    await ledger.deposit(userId, 'GBP', '20');
    const exchange = terms(userId);
    const parts = exchangeAmounts(exchange);
    const id = await ledger.exchange(exchange, 'quote 1');
    expect(await ledger.exchange(exchange, 'quote 1')).toBe(id);
    await expect(ledger.exchange({ ...exchange, amount: 2n }, 'quote 1')).rejects.toMatchObject({
      code: 'IDEMPOTENCY_KEY_REUSED',
    });
    const balances = [
      wallet(userId, 'GBP'),
      wallet(userId, 'KES'),
      position('HOUSE', 'GBP'),
      position('HOUSE', 'KES'),
      fee('GBP'),
      spread('KES'),
      rounding('KES'),
    ].map(async (account) => (await ledger.balance(account))[0]);
    expect(await Promise.all(balances)).toEqual([
      999n,
      parts.received,
      parts.net,
      -parts.middle,
      parts.fee,
      parts.spread,
      parts.rounding,
    ]);
    await expect(ledger.exchange(exchange)).rejects.toMatchObject({ code: 'INSUFFICIENT_FUNDS' });
  });

  test('takes from the hold of its quote, which is then over', async () => {
    const userId = newUser();
    await ledger.deposit(userId, 'GBP', '20');
    const hold = quoteHold(newId(), userId);
    const held = { do: 'hold', hold, currency: 'GBP', amount: 1_500n } as const;
    const expiresAt = new Date(ledger.now().getTime() + 60_000);
    await ledger.transactional((books) =>
      books.ledger.apply([{ ...held, expiresAt }], ledger.now()),
    );
    await ledger.exchange({ ...terms(userId), hold });
    expect(await ledger.balance(wallet(userId, 'GBP'))).toEqual([999n, 0n]);
    await expect(ledger.exchange({ ...terms(userId), hold })).rejects.toMatchObject({
      code: 'HOLD_NOT_LIVE',
    });
  });

  test('takes nothing from a hold that is on another wallet, live as it is', async () => {
    const userId = newUser();
    await ledger.deposit(userId, 'GBP', '20');
    await ledger.deposit(userId, 'EUR', '20');
    const hold = quoteHold(newId(), userId);
    const held = { do: 'hold', hold, currency: 'EUR', amount: 1_500n, expiresAt: null } as const;
    await ledger.transactional((books) => books.ledger.apply([held], ledger.now()));
    await expect(ledger.exchange({ ...terms(userId), hold })).rejects.toMatchObject({
      code: 'HOLD_NOT_LIVE',
    });
    expect(await ledger.balance(wallet(userId, 'GBP'))).toEqual([2_000n, 0n]);
    expect(await ledger.balance(wallet(userId, 'EUR'))).toEqual([2_000n, 1_500n]);
  });
});

test('what is held for a quote comes back when its time is over, and orders’ holds never', async () => {
  const userId = newUser();
  await ledger.deposit(userId, 'EUR', '20');
  expect(await ledger.hold(newOrder(), userId, 'EUR', 500n)).toBe('HELD');
  const hold = quoteHold(newId(), userId);
  const expiresAt = new Date(ledger.now().getTime() + 60_000);
  const held = { do: 'hold', hold, currency: 'EUR', amount: 700n, expiresAt } as const;
  await ledger.transactional((books) => books.ledger.apply([held], ledger.now()));
  expect(await ledger.expireQuotes()).toBe(0);
  ledger.passTime(60_000);
  expect(await ledger.expireQuotes()).toBe(1);
  expect(await ledger.expireQuotes()).toBe(0);
  expect(await ledger.balance(wallet(userId, 'EUR'))).toEqual([2_000n, 500n]);
  const [ended] = await ledger.execute(`select state from hold where id = '${hold.holdId}'`);
  expect(ended).toEqual({ state: 'EXPIRED' });
  const again = { do: 'release', hold, expired: false } as const;
  const [release] = await ledger.transactional((books) =>
    books.ledger.apply([again], ledger.now()),
  );
  expect(release).toEqual({ outcome: 'RELEASED', released: 700n });
});

test('ten thousand legs are refused, and not one of their accounts is opened', async () => {
  const count = 'select count(*)::text as count from account';
  const before = await ledger.execute(count);
  const draft = depositDraft(
    { owner: newUser(), currency: 'AED', amount: 1n },
    ledger.operator.userId,
    newId(),
  );
  const pair = () => {
    const account = wallet(newUser(), 'AED');
    return [
      { account, amount: 1n },
      { account: wallet(newUser(), 'AED'), amount: -1n },
    ];
  };
  const legs = Array.from({ length: 5_000 }, pair).flat();
  const operation = { do: 'post', draft: { ...draft, legs } } as const;
  const [result] = await ledger.transactional((books) =>
    books.ledger.apply([operation], ledger.now()),
  );
  expect(result).toEqual({ outcome: 'TOO_MANY_LEGS' });
  expect(await ledger.execute(count)).toEqual(before);
});

test('the largest transfer is posted in every currency at once, and can be reversed', async () => {
  const from = newUser();
  for (const currency of currencies) await ledger.deposit(from, currency, '100');
  const others = Array.from({ length: mostTransferLegs }, newUser);
  await Promise.all(others.map((other) => ledger.deposit(other, 'USD', '1')));
  const legs = others.map((toUserId, index) => {
    const currency = currencies[index % currencies.length] as Currency;
    return { toUserId, currency, amount: '2' };
  });
  const one = legs[0] as (typeof legs)[number];
  await expect(ledger.transfer(from, [...legs, one])).rejects.toMatchObject({
    code: 'TOO_MANY_LEGS',
  });
  const { transaction, wallets } = await ledger.transfer(from, legs);
  expect(wallets).toHaveLength(currencies.length);
  expect(await ledger.balance(wallet(others[1] as UserId, one.currency))).toEqual([0n, 0n]);
  expect(await ledger.balance(wallet(others[0] as UserId, one.currency))).toEqual([200n, 0n]);
  await ledger.reverse(transaction.id);
  expect(await ledger.balance(wallet(others[0] as UserId, one.currency))).toEqual([0n, 0n]);
  expect(await ledger.balance(wallet(from, one.currency))).toEqual([10_000n, 0n]);
});

test('nobody waits for another one’s posting on the house’s accounts', async () => {
  const clients = [1, 2].map(() => new pg.Client({ connectionString: ledger.url }));
  const [first, second] = clients as [pg.Client, pg.Client];
  const post = (client: pg.Client) => {
    const body = { owner: newUser(), currency: 'USD' as const, amount: 5n };
    const draft = depositDraft(body, ledger.operator.userId, newId());
    const values = [...ledgerCallOf([{ do: 'post', draft }], new Date())];
    return client.query({ ...ledgerCallStatement, values });
  };
  for (const client of clients) await client.connect();
  try {
    await depositAt(newUser(), '1', new Date());
    await second.query(`set lock_timeout = '2s'`);
    await first.query('begin');
    await post(first);
    await post(second);
    await first.query('commit');
  } finally {
    for (const client of clients) await client.end();
  }
});
