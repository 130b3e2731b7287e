import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { createDatabase } from '#tests/support/services.ts';
import { RawClient, type Received } from './raw-client.ts';
import { environmentOf, orderBody, password, TestVenue } from './running-venue.ts';

describe('a restart', () => {
  test('brings back orders in time priority, executions and sequence numbers', async () => {
    await using venue = await TestVenue.start();
    const client = await venue.client('MAMMON');
    client.send('D', orderBody('early', { price: '500' }));
    client.send('D', orderBody('late', { price: '500' }));
    client.send('D', orderBody('done'));
    const reports = await client.take(4);
    await client[Symbol.asyncDispose]();
    await venue.stop();
    await venue.start();
    const back = await venue.connect('MAMMON');
    back.sequence = client.sequence;
    const logon = await back.logon(password);
    // Its numbers go on where they were: four reports and the Logons lie before.
    expect(Number(logon.get(34))).toBeGreaterThan(Number(reports.at(-1)?.get(34)));
    back.send('AF', '584=m|585=7');
    const statuses = await back.take(3);
    expect(statuses.map((status) => status.pick(11, 39))).toEqual([
      ['early', '0'],
      ['late', '0'],
      ['done', '2'],
    ]);
    // More than the maker ever bids for, on all of its levels together.
    back.send('D', orderBody('taker', { side: '2', price: '500', quantity: '400000', tif: '3' }));
    const fills = await tradesUntilEnd(back, 'taker');
    const resting = fills.filter((report) => report.get(11) !== 'taker').map((r) => r.get(11));
    expect(resting).toEqual(['early', 'late']);
    expect(new Set([...reports, ...fills].map((report) => report.get(17))).size).toBe(
      reports.length + fills.length,
    );
  });

  test('replays reports that the client has missed', async () => {
    await using venue = await TestVenue.start();
    const client = await venue.client('MAMMON');
    client.send('D', orderBody('missed'));
    const reports = await client.take(2);
    await client[Symbol.asyncDispose]();
    await venue.stop();
    await venue.start();
    const back = await venue.client('MAMMON', client.sequence);
    const first = reports[0]?.get(34) ?? '';
    back.send('2', `7=${first}|16=${reports[1]?.get(34)}`);
    const replayed = await back.take(2);
    expect(replayed.map((report) => report.pick(43, 17))).toEqual(
      reports.map((report) => ['Y', report.get(17)]),
    );
  });

  test('matches an order that was only acknowledged before', async () => {
    await using venue = await TestVenue.start({ fillDelayMs: 600_000 });
    const client = await venue.client('MAMMON');
    client.send('D', orderBody('slow'));
    expect((await client.next()).get(150)).toBe('0');
    await client[Symbol.asyncDispose]();
    await venue.stop();
    await venue.start({ fillDelayMs: 50 });
    const back = await venue.client('MAMMON', client.sequence);
    const status = await eventually(back, 'slow', '2');
    expect(status.get(14)).toBe('100.00');
  });

  test('a second venue on the same database takes over; the first can store nothing more', async () => {
    await using first = await TestVenue.start();
    const client = await first.client('MAMMON');
    const second = await childVenue(first.databaseUrl);
    try {
      client.send('D', orderBody('fenced'));
      await client.closed();
      const other = (await RawClient.connect(second.port, 'MAMMON')).continue(client);
      await other.logon(password);
      // The venue asks for what the first could not store, and gets it as PossDup.
      expect((await reportOf(other, 'fenced')).pick(150, 39)).toEqual(['0', '0']);
      await other[Symbol.asyncDispose]();
    } finally {
      await second.kill();
    }
  });
});

describe('kill -9', () => {
  test('in the middle of a stream of orders leaves each wholly processed or unseen', async () => {
    await using database = await createDatabase('venue_kill');
    const sent: string[] = [];
    let last: RawClient | undefined;
    for (const reportsBeforeKill of [1, 40, 90]) {
      const venue = await childVenue(database.url);
      const client = await RawClient.connect(venue.port, 'MAMMON');
      if (last) client.continue(last);
      last = client;
      await client.logon(password);
      for (let index = 0; index < 100; index += 1) {
        const id = `r${sent.length}`;
        const price = index % 3 ? '5000' : '500';
        sent.push(id);
        client.send('D', orderBody(id, { quantity: '7000', price }));
      }
      await client.take(reportsBeforeKill);
      await venue.kill();
      await checkStored(database.url);
    }
    await checkResend(database.url, last, sent);
  }, 60_000);
});

/** Orders, executions and outbound reports say the same. */
async function checkStored(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const wrong = await client.query(`
      select o.cl_ord_id from venue_order o
      left join lateral (
        select coalesce(sum(quantity), 0) as filled, count(*) filter (where kind = 'NEW') as news,
          coalesce(sum(quantity * price), 0) as notional
        from venue_execution e where e.order_number = o.number) e on true
      where e.filled <> o.filled or e.news <> 1 or e.notional <> o.notional or not o.matched
        or (o.status = 'FILLED') <> (o.filled = o.quantity)`);
    expect(wrong.rows).toEqual([]);
    const counts = await client.query(`
      select (select count(*) from venue_execution) as executions,
        (select count(distinct field ->> 1) from fix_outbound_message,
          jsonb_array_elements(fields) field
          where type = '8' and field ->> 0 = '17' and field ->> 1 <> '0') as reports`);
    const [{ executions, reports }] = counts.rows;
    expect(reports).toBe(executions);
  } finally {
    await client.end();
  }
}

/** What the venue has not seen comes by resend, and every order is there once. */
async function checkResend(
  url: string,
  last: RawClient | undefined,
  sent: readonly string[],
): Promise<void> {
  const venue = await childVenue(url);
  const client = await RawClient.connect(venue.port, 'MAMMON');
  if (last) client.continue(last);
  await client.logon(password);
  client.send('1', '112=fence');
  await client.next((message) => message.get(112) === 'fence');
  const postgres = new pg.Client({ connectionString: url });
  await postgres.connect();
  const stored = await postgres.query('select cl_ord_id from venue_order order by number');
  await postgres.end();
  expect(stored.rows.map((row) => row.cl_ord_id)).toEqual(sent);
  await checkStored(url);
  await client[Symbol.asyncDispose]();
  await venue.kill();
}

/** The program itself, as a process that can be killed. */
async function childVenue(databaseUrl: string) {
  const main = join(import.meta.dirname, '../main.ts');
  const child: ChildProcess = spawn(process.execPath, [main], {
    env: { PATH: process.env['PATH'], ...environmentOf(databaseUrl), LOG_LEVEL: 'error' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  if (!child.stdout) throw new Error('no standard output');
  for await (const line of createInterface(child.stdout)) {
    const port = /FIX 4\.4 at \S+:(\d+)/.exec(line)?.[1];
    if (!port) continue;
    const kill = async () => {
      child.kill('SIGKILL');
      await exited;
    };
    return { child, port: Number(port), kill };
  }
  throw new Error('the venue did not start');
}

async function reportOf(client: RawClient, clOrdId: string): Promise<Received> {
  return client.next((message) => message.get(35) === '8' && message.get(11) === clOrdId);
}

async function eventually(client: RawClient, clOrdId: string, status: string): Promise<Received> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    client.send('H', `11=${clOrdId}|55=USD/NGN|54=1`);
    const report = await client.next((message) => message.get(150) === 'I');
    if (report.get(39) === status) return report;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${clOrdId} did not reach ${status}`);
}

/** All trades up to the end of one order. */
async function tradesUntilEnd(client: RawClient, clOrdId: string): Promise<readonly Received[]> {
  const trades: Received[] = [];
  for (;;) {
    const report = await client.next();
    if (report.get(150) === 'F') trades.push(report);
    if (report.get(11) === clOrdId && ['2', '4'].includes(report.get(39) ?? '')) return trades;
  }
}
