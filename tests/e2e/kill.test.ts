import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { eventually } from '#tests/support/eventually.ts';
import { describeWith } from '#tests/support/services.ts';
import { runTool, startEmbedded, startProcesses, type System } from '#tests/support/system.ts';
import { readAuditConfig } from '#tools/audit/audit-config.ts';
import { deposit, newUser, place, type TestOrder, type TestUser } from '#tests/support/users.ts';

/** Slow enough that a kill meets orders in every state between placed and settled. */
const slowVenue = { VENUE_FILL_DELAY_MS: '400' };
const finalStates = ['FILLED', 'CANCELED', 'EXPIRED', 'DENIED', 'REJECTED'];
const orderCount = 8;

/**
 * Orders are placed one after the other and a program is killed among them. Whatever happened to a
 * single request, placing again by the same client order id must find the one order.
 */
async function killAmidOrders(system: System, user: TestUser, program: string): Promise<void> {
  const ids = Array.from({ length: orderCount }, (_, index) => `${program}-${index}`);
  const placing = ids.map(async (clientOrderId, index) => {
    await new Promise((resolve) => void setTimeout(resolve, index * 120));
    const input = { clientOrderId, type: 'MARKET', quantity: '3.00' };
    const { order } = await eventually(
      () => place(user, input),
      (answer) => answer.order !== null,
      60_000,
    );
    return order;
  });
  await new Promise((resolve) => void setTimeout(resolve, 450));
  await system.kill(program);
  await new Promise((resolve) => void setTimeout(resolve, 300));
  await system.restart(program);
  const placed = await Promise.all(placing);
  const done = await eventually(
    () => ordersOf(user, ids),
    (orders) => orders.every((order) => isDone(order)),
    90_000,
  );
  expect(new Set(done.map((order) => order?.id))).toEqual(
    new Set(placed.map((order) => order?.id)),
  );
  const filled = done.filter((order) => order?.status === 'FILLED');
  // An order that no quote or no venue met in time may expire; most must trade.
  expect(filled.length).toBeGreaterThanOrEqual(orderCount / 2);
  const audit = await runTool('tools/audit.ts', system.environment);
  expect(audit.output).toContain('The audit is clean.');
}

async function ordersOf(user: TestUser, ids: readonly string[]): Promise<(TestOrder | null)[]> {
  const fields = ids.map(
    (id, index) =>
      `o${index}: orderByClientId(clientOrderId: "${id}") { id status settlementStatus }`,
  );
  const answer = await user.client.ask<Record<string, TestOrder | null>>(`{ ${fields.join(' ')} }`);
  return ids.map((_, index) => answer[`o${index}`] ?? null);
}

const isDone = (order: TestOrder | null): boolean =>
  order !== null &&
  finalStates.includes(order.status) &&
  (order.status !== 'FILLED' || order.settlementStatus === 'SETTLED');

function suite(
  start: () => Promise<System>,
  programs: readonly string[],
  andThen: (systemOf: () => System) => void = () => undefined,
): void {
  let system: System;
  let ada: TestUser;

  beforeAll(async () => {
    system = await start();
    ada = await newUser(system);
    await deposit(system, ada, 'NGN', '10000000.00');
  }, 400_000);

  afterAll(async () => {
    await ada?.[Symbol.asyncDispose]();
    await system?.[Symbol.asyncDispose]();
  });

  test.each(programs)(
    'kill -9 of %s amid orders ends with every order done and the audit clean',
    (program) => killAmidOrders(system, ada, program),
    180_000,
  );
  andThen(() => system);
}

/** Whoever has the keys of the database may change what is booked: the audit must say where. */
function tampering(systemOf: () => System): void {
  test('the audit names the first transaction that somebody changed', async () => {
    const { databaseUrl } = readAuditConfig(systemOf().environment);
    const client = new pg.Client({ connectionString: databaseUrl('wallets') });
    await client.connect();
    try {
      await eventually(
        () => client.query('select from journal_head where position >= 5'),
        ({ rowCount }) => rowCount === 1,
      );
      await client.query('set session_replication_role = replica');
      const { rows } = await client.query<{ id: string; position: string }>(
        `update ledger_transaction set effective_at = effective_at - interval '1 day'
         from journal_seal where id = transaction_id and position in (3, 5)
         returning id, position`,
      );
      const [first] = rows.toSorted((one, other) => Number(one.position) - Number(other.position));
      const audit = await runTool('tools/audit.ts', systemOf().environment);
      const broken = audit.output.split('\n').filter((line) => line.startsWith('BROKEN'));
      expect(broken).toEqual([
        expect.stringContaining(`up to the first broken row: ${first?.id}: `),
      ]);
      expect(audit.status).toBe(1);
    } finally {
      await client.end();
    }
  }, 120_000);
}

describe('kill -9 of the one process, embedded', () =>
  suite(() => startEmbedded(slowVenue), ['mammon'], tampering));

describeWith(['rabbitmq', 'redis'], 'kill -9 in many processes', () =>
  suite(
    () => startProcesses(slowVenue),
    ['venue', 'exchange', 'pricing', 'wallets-1', 'orders-1', 'users', 'gateway'],
  ),
);
