import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { silentLogger } from '#kit/log.ts';
import { auditExchange, listExecutions, openDatabase, venueTrades } from '../main.ts';
import {
  capture,
  eventually,
  report,
  startFixture,
  trade,
  type Fixture,
} from './exchange-fixture.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await startFixture();
});
afterAll(async () => fixture[Symbol.asyncDispose]());

test('a clean system has no findings, and each broken promise is found', async () => {
  const { venue, broker } = fixture;
  const orderId = await fixture.submit();
  const order = await venue.next('MAMMON', 'D');
  venue.send('MAMMON', '8', report(order, {}));
  venue.send('MAMMON', '8', trade(order, 'A-1', '40.00', '40.00'));
  venue.send('MAMMON', '8', trade(order, 'A-2', '60.00', '100.00'));
  await eventually(() => broker.namesOf(orderId).length === 3);
  const orm = await openDatabase(fixture.databaseUrl);
  try {
    expect(await auditExchange(orm.em.fork())).toEqual([]);
    const executions = await listExecutions(orm.em.fork());
    expect(executions.map(({ execId }) => execId).toSorted()).toEqual(['A-1', 'A-2']);
    expect(executions[0]).toMatchObject({ orderId, clOrdId: orderId, side: 'BUY' });
    await fixture.rows("update venue_order set cum_quantity = 120, status = 'CANCELED'");
    const found = await auditExchange(orm.em.fork());
    expect(found.map(({ invariant }) => invariant)).toEqual([
      'cumulative quantity is the sum of the executions',
      '0 <= filled <= quantity + recorded overfill',
    ]);
    await fixture.rows(
      "update venue_order set cum_quantity = 90, status = 'FILLED', sent_at = null",
    );
    expect((await auditExchange(orm.em.fork())).map(({ subject }) => subject)).toEqual(
      Array.from({ length: 4 }, () => orderId),
    );
  } finally {
    await orm.close();
  }
});

test("the venue's own trades are read over a session of their own", async () => {
  const { venue } = fixture;
  venue.answers.set('AD', (question, from) => {
    const id = question.get(568) ?? '';
    venue.send(from, 'AQ', [
      [568, id],
      [569, '0'],
      [748, '2'],
      [749, '0'],
      [750, '0'],
    ]);
    venue.send(from, 'AE', capture(id, 'order-1', 'A-1', '40.00'));
    venue.send(from, 'AE', capture(id, 'order-2', 'A-2', '60.00'));
  });
  const fix = { host: '127.0.0.1', port: venue.port, password: 'a password' };
  const trades = await venueTrades({ fix, logger: silentLogger });
  expect(trades.map(({ execId, clOrdId, quantity }) => [execId, clOrdId, quantity])).toEqual([
    ['A-1', 'order-1', '40.00'],
    ['A-2', 'order-2', '60.00'],
  ]);
  venue.away = true;
  await expect(venueTrades({ fix, logger: silentLogger, timeoutMs: 300 })).rejects.toThrow(
    `the venue at 127.0.0.1:${venue.port} did not list its trades within 0.3 s`,
  );
});
