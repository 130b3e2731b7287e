import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { MikroORM } from '@mikro-orm/postgresql';
import { newId, type ExecutionId, type OrderId, type UserId } from '#kit/ids.ts';
import { openDatabase } from '#subgraphs/wallets/main.ts';
import { createDatabase } from '#tests/support/services.ts';
import type { Entry } from './journal.ts';
import { createSender, type Request } from './requests.ts';
import { judge } from './verdict.ts';

let database: Awaited<ReturnType<typeof createDatabase>>;
let orm: MikroORM;
const entries: Entry[] = [];
const [userId, to] = [newId<UserId>(), newId<UserId>()];
const orderId = newId<OrderId>();
const executionId = newId<ExecutionId>();

/** What a poster would have in its journal, one of each. */
const requests: readonly Request[] = [
  { kind: 'deposit', userId, key: 'one', ngn: '1000' },
  { kind: 'deposit', userId: to, key: 'two', ngn: '500' },
  { kind: 'transfer', userId, to, key: 'rent', ngn: '100' },
  { kind: 'transfer', userId, to, key: 'too much', ngn: '100000' },
  { kind: 'hold', userId, orderId, ngn: '300' },
  { kind: 'fill', userId, orderId, executionId, usd: '7', ngn: '120' },
  { kind: 'release', userId, orderId },
];

beforeAll(async () => {
  database = await createDatabase('wallets');
  orm = await openDatabase(database.url);
  const send = createSender(orm);
  for (const request of requests) entries.push({ request, answer: await send(request) });
});
afterAll(async () => {
  await orm.close(true);
  await database[Symbol.asyncDispose]();
});

const findingsOf = async (journal: readonly Entry[]) => (await judge(orm, journal)).findings;

test('what was acknowledged and is there has no findings', async () => {
  expect(await judge(orm, entries)).toEqual({ transactions: 4, orders: 1, findings: [] });
});

test.each([
  ['deposit', /transaction .* is in the ledger and nobody asked for it/],
  ['transfer', /transaction .* is in the ledger and nobody asked for it/],
  ['fill', /transaction .* is in the ledger and nobody asked for it/],
  ['release', /hold .* is in the ledger and nobody asked for it/],
])('a %s that nobody asked for is found', async (kind, finding) => {
  const place = entries.findIndex(({ request }) => request.kind === kind);
  const findings = await findingsOf(entries.toSpliced(place, 1));
  expect(findings).toContainEqual(expect.stringMatching(finding));
});

test('what was acknowledged and is not there is found', async () => {
  const lost: Entry[] = [
    { request: { kind: 'deposit', userId, key: 'lost', ngn: '1' }, answer: 'booked' },
    { request: { kind: 'release', userId, orderId: newId() }, answer: '0' },
  ];
  const findings = await findingsOf([...entries, ...lost]);
  expect(findings).toContainEqual(
    expect.stringMatching(/^transaction .*: acknowledged "", in the ledger "undefined"/),
  );
  expect(findings).toContainEqual(
    expect.stringMatching(/^hold .*: acknowledged "RELEASED 0 0", in the ledger "undefined"/),
  );
});

test('a balance that is not what the answers come to is found', async () => {
  const changed = entries.map((entry) =>
    entry.request.kind === 'transfer'
      ? { ...entry, request: { ...entry.request, ngn: '99' } }
      : entry,
  );
  const findings = await findingsOf(changed);
  expect(findings).toHaveLength(2);
  for (const finding of findings) expect(finding).toMatch(/^wallet .*: acknowledged/);
});

test('what nobody answered is found', async () => {
  const silent = entries.map((entry, index) =>
    index === 0 ? { ...entry, answer: undefined } : entry,
  );
  expect(await findingsOf(silent)).toContainEqual(expect.stringMatching(/^nobody answered/));
});

test('what the audit finds is found', async () => {
  const em = orm.em.fork();
  await em.begin();
  await em.execute('set local session_replication_role = replica');
  await em.execute(`update account set posted = posted + 1 where user_id = '${userId}'`);
  await em.commit();
  expect(await findingsOf(entries)).toContainEqual(
    expect.stringContaining('a balance is the fold of its postings'),
  );
});
