import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import { newId } from '#kit/ids.ts';
import { eventually } from '#tests/support/eventually.ts';
import { ledgerCallOf, ledgerCallStatement } from '../adapters/postgres/ledger-call.ts';
import { auditLedger } from '../application/audit.ts';
import { depositsInTransit } from '../domain/chart-of-accounts.ts';
import { depositDraft } from '../domain/deposit.ts';
import { newUser, openLedger, type TestLedger } from './ledger-fixture.ts';

let ledger: TestLedger;
let client: pg.Client;
beforeAll(async () => {
  ledger = await openLedger();
  client = new pg.Client({ connectionString: ledger.url });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await ledger[Symbol.asyncDispose]();
});

/** Posts a deposit in whatever transaction the client is in. @returns its id */
async function postBy(by: pg.Client): Promise<string> {
  const body = { owner: newUser(), currency: 'USD' as const, amount: 5n };
  const draft = depositDraft(body, ledger.operator.userId, newId());
  const values = [...ledgerCallOf([{ do: 'post', draft }], new Date())];
  await by.query({ ...ledgerCallStatement, values });
  return draft.id;
}

async function deposit(): Promise<string> {
  return (await ledger.deposit(newUser(), 'USD', '1')).transaction.id;
}

const chain = async () => {
  const rows = await ledger.execute(
    'select transaction_id::text as id from journal_seal order by position',
  );
  return rows.map(({ id }) => id);
};

/** What other databases of the server are doing may hold the seal back for a moment. */
const sealUpTo = (position: number) =>
  eventually(
    () => ledger.seal(),
    (seal) => seal.position === position,
  );

test('what is written is sealed behind the one that began before it, however long that takes', async () => {
  const before = await deposit();
  await client.query('begin');
  const slow = await postBy(client);
  const quick = await deposit();
  await sealUpTo(1);
  for (let tries = 0; tries < 3; tries++) expect((await ledger.seal()).position).toBe(1);
  expect(await chain()).toEqual([before]);
  await client.query('commit');
  await sealUpTo(3);
  expect(await chain()).toEqual([before, slow, quick]);
  expect(await auditLedger(ledger.orm.em)).toEqual([]);
});

test('what was rolled back is no link', async () => {
  const { position } = await ledger.seal();
  await client.query('begin');
  const never = await postBy(client);
  await client.query('rollback');
  const booked = await deposit();
  await sealUpTo(position + 1);
  expect((await chain()).slice(position)).toEqual([booked]);
  expect(await chain()).not.toContain(never);
});

test('no posting waits for a seal, and a balance is the same before and after it', async () => {
  const { position } = await ledger.seal();
  const [start] = await ledger.balance(depositsInTransit('USD'));
  const poster = new pg.Client({ connectionString: ledger.url });
  await poster.connect();
  try {
    await deposit();
    await sealUpTo(position + 1);
    await client.query('begin');
    await client.query('select ledger_seal(1000)');
    await poster.query(`set lock_timeout = '2s'`);
    await postBy(poster);
    expect(await ledger.balance(depositsInTransit('USD'))).toEqual([start - 105n, 0n]);
    await client.query('commit');
  } finally {
    await poster.end();
  }
  await sealUpTo(position + 2);
  expect(await ledger.balance(depositsInTransit('USD'))).toEqual([start - 105n, 0n]);
});

test('those who seal at the same moment make one chain', async () => {
  const { position } = await ledger.seal();
  const ids = new Set<string>();
  for (let n = 0; n < 8; n++) ids.add(await deposit());
  await eventually(
    () => Promise.all([ledger.seal(), ledger.seal(), ledger.seal()]),
    (seals) => seals.every((seal) => seal.position === position + 8),
  );
  expect(new Set((await chain()).slice(position))).toEqual(ids);
  expect(await auditLedger(ledger.orm.em)).toEqual([]);
});

test('a batch has so many links at most, and the next goes on behind it', async () => {
  const { position } = await ledger.seal();
  for (let n = 0; n < 3; n++) await deposit();
  const seal = async (most: number) => {
    const [row] = await ledger.execute(`select ledger_seal(${most})::text as seal`);
    return JSON.parse(row?.['seal'] ?? 'null') as { sealed: number; position: number };
  };
  const first = await eventually(
    () => seal(2),
    ({ sealed }) => sealed > 0,
  );
  expect(first.sealed).toBeLessThanOrEqual(2);
  await sealUpTo(position + 3);
  expect(await auditLedger(ledger.orm.em)).toEqual([]);
});
