import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  capture,
  eventually,
  report,
  startFixture,
  trade,
  type Fixture,
} from './exchange-fixture.ts';
import type { Wire } from './scripted-venue.ts';

let fixture: Fixture;
const client = 'MAMMON';
const soon = (ms: number) => new Date(Date.now() + ms).toISOString();
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

beforeEach(async () => {
  fixture = await startFixture({
    EXCHANGE_ACK_TIMEOUT_MS: '300',
    EXCHANGE_PROBE_INTERVAL_MS: '100',
    EXCHANGE_ABSENCE_HORIZON_MS: '600',
  });
  await eventually(async () => {
    const rows = await fixture.rows('select 1 from venue_session where connected');
    return rows.length === 1;
  });
});
afterEach(async () => fixture[Symbol.asyncDispose]());

const unknownOrder = (question: Wire) =>
  report(question, { 37: 'NONE', 17: '0', 150: 'I', 39: '8', 103: '5', 38: '0', 151: '0' });

async function goAway() {
  fixture.venue.away = true;
  fixture.venue.drop(client);
  await eventually(async () => {
    const rows = await fixture.rows('select 1 from venue_session where connected');
    return rows.length === 0;
  });
}

describe('while the venue is away', () => {
  test('an order waits and is sent at the next logon', async () => {
    const { venue, broker } = fixture;
    await goAway();
    const orderId = await fixture.submit();
    venue.away = false;
    const order = await venue.next(client, 'D');
    expect(order.get(11)).toBe(orderId);
    venue.send(client, '8', report(order, {}));
    await eventually(() => broker.namesOf(orderId).length === 1);
    expect(broker.namesOf(orderId)).toEqual(['order-accepted']);
  });

  test('an order past its submitBy expires and never reaches the venue', async () => {
    const { venue, broker } = fixture;
    await goAway();
    const late = await fixture.submit({ submitBy: soon(200) });
    // Its funds do not wait for the venue to come back.
    await eventually(() => broker.namesOf(late).length === 1);
    expect(broker.bodyOf(late, 'order-expired')).toMatchObject({ sent: false });
    const alive = await fixture.submit();
    venue.away = false;
    expect((await venue.next(client, 'D')).get(11)).toBe(alive);
    expect(broker.namesOf(late)).toHaveLength(1);
    expect(venue.pending(client, 'D')).toEqual([]);
  });

  test('an order that is past its submitBy already is not even stored for sending', async () => {
    const orderId = await fixture.submit({ submitBy: soon(-1) });
    await eventually(() => fixture.broker.namesOf(orderId).length === 1);
    expect(fixture.broker.bodyOf(orderId, 'order-expired')).toMatchObject({ sent: false });
    const sql = "select 1 from fix_outbound_message where type = 'D'";
    expect(await fixture.rows(sql)).toEqual([]);
  });

  test('a cancel withdraws what was not sent', async () => {
    const { venue, broker } = fixture;
    await goAway();
    const withdrawn = await fixture.submit();
    await fixture.cancel(withdrawn);
    const alive = await fixture.submit();
    venue.away = false;
    expect((await venue.next(client, 'D')).get(11)).toBe(alive);
    await eventually(() => broker.namesOf(withdrawn).length === 1);
    expect(broker.namesOf(withdrawn)).toEqual(['order-canceled']);
  });

  test('a process that dies between storing and sending loses nothing', async () => {
    const { venue, broker } = fixture;
    await goAway();
    const orderId = await fixture.submit();
    await fixture.stop();
    venue.away = false;
    await fixture.restart();
    const order = await venue.next(client, 'D');
    expect(order.get(11)).toBe(orderId);
    venue.send(client, '8', report(order, {}));
    await eventually(() => broker.namesOf(orderId).length === 1);
    expect(venue.pending(client, 'D')).toEqual([]);
  });
});

describe('after a lost connection', () => {
  test('trades that were missed come back by a status and a trade capture request', async () => {
    const { venue, broker } = fixture;
    const orderId = await fixture.submit();
    const order = await venue.next(client, 'D');
    venue.send(client, '8', report(order, {}));
    venue.send(client, '8', trade(order, 'A-1', '10.00', '10.00'));
    await eventually(() => broker.namesOf(orderId).length === 2);
    venue.answers.set('H', (question) =>
      venue.send(client, '8', report(question, { 17: '0', 150: 'I', 39: '2', 14: '100.00' })),
    );
    venue.answers.set('AD', (question) => {
      if (question.get(11) !== orderId) return;
      const requestId = question.get(568) ?? '';
      venue.send(client, 'AE', capture(requestId, orderId, 'A-1', '10.00'));
      venue.send(client, 'AE', capture(requestId, orderId, 'A-2', '30.00'));
      venue.send(client, 'AE', capture(requestId, orderId, 'A-3', '60.00'));
    });
    venue.drop(client);
    await eventually(() => broker.namesOf(orderId).length === 4);
    const [row] = await fixture.rows('select * from venue_order where order_id = $1', [orderId]);
    expect(row).toMatchObject({ status: 'FILLED', cum_quantity: '100' });
  });

  test('and a restart, trades of ended orders are asked for by their days', async () => {
    const { venue, broker } = fixture;
    const orderId = await fixture.submit();
    const order = await venue.next(client, 'D');
    venue.send(client, '8', report(order, {}));
    venue.send(client, '8', trade(order, 'B-1', '100.00', '100.00'));
    await eventually(() => broker.namesOf(orderId).length === 2);
    await fixture.restart();
    const question = await venue.next(client, 'AD');
    expect(question.get(580)).toBe('2');
    expect(venue.pending(client, 'H')).toEqual([]);
  });

  test('an unacknowledged order is unknown once, and is sent again with its own number', async () => {
    const { venue, broker } = fixture;
    const orderId = await fixture.submit();
    const first = await venue.next(client, 'D');
    venue.forget(client, first.sequence);
    venue.drop(client);
    const again = await venue.next(client, 'D');
    expect([again.get(11), again.sequence, again.possDup]).toEqual([orderId, first.sequence, true]);
    await eventually(() => broker.namesOf(orderId).length === 1);
    venue.send(client, '8', report(again, {}));
    await eventually(() => broker.namesOf(orderId).length === 2);
    expect(broker.namesOf(orderId)).toEqual(['order-unknown', 'order-accepted']);
  });

  test('an order sent before is expired only after the venue said that it has it not', async () => {
    const { venue, broker } = fixture;
    const orderId = await fixture.submit({ submitBy: soon(400) });
    const first = await venue.next(client, 'D');
    venue.away = true;
    venue.forget(client, first.sequence);
    venue.drop(client);
    await wait(600);
    venue.away = false;
    const question = await venue.next(client, 'H');
    await wait(200);
    await eventually(() => broker.namesOf(orderId).length >= 1);
    expect(broker.namesOf(orderId)).toEqual(['order-unknown']);
    venue.send(client, '8', unknownOrder(question));
    await eventually(() => broker.namesOf(orderId).length === 2);
    expect(broker.bodyOf(orderId, 'order-expired')).toMatchObject({ sent: false });
    expect(venue.pending(client, 'D')).toEqual([]);
  });

  test('an order that the venue has after all is followed, however late', async () => {
    const { venue, broker } = fixture;
    const orderId = await fixture.submit({ submitBy: soon(400) });
    const first = await venue.next(client, 'D');
    venue.away = true;
    venue.forget(client, first.sequence);
    venue.drop(client);
    await wait(600);
    venue.away = false;
    const question = await venue.next(client, 'H');
    venue.send(client, '8', report(question, { 17: '0', 150: 'I', 39: '0' }));
    await eventually(() => broker.namesOf(orderId).length === 2);
    expect(broker.namesOf(orderId)).toEqual(['order-unknown', 'order-accepted']);
  });
});

describe('while the venue does not answer', () => {
  test('an order becomes unknown once and is found by asking', async () => {
    const { venue, broker } = fixture;
    const orderId = await fixture.submit();
    await venue.next(client, 'D');
    await venue.next(client, 'H');
    const question = await venue.next(client, 'H');
    await eventually(() => broker.namesOf(orderId).length >= 1);
    expect(broker.namesOf(orderId)).toEqual(['order-unknown']);
    venue.send(client, '8', report(question, { 17: '0', 150: 'I', 39: '0' }));
    await eventually(() => broker.namesOf(orderId).length === 2);
    expect(broker.namesOf(orderId)).toEqual(['order-unknown', 'order-accepted']);
    expect(venue.pending(client, 'D')).toEqual([]);
  });

  test('an order is given up only after several answers, the trade history and a horizon', async () => {
    const { venue, broker } = fixture;
    let asked = 0;
    venue.answers.set('H', (question) => {
      asked += 1;
      venue.send(client, '8', unknownOrder(question));
    });
    const orderId = await fixture.submit();
    await eventually(() => asked > 4);
    await wait(700);
    // The trade history has not spoken yet.
    await eventually(() => broker.namesOf(orderId).length >= 1);
    expect(broker.namesOf(orderId)).toEqual(['order-unknown']);
    const question = await venue.next(client, 'AD');
    venue.send(client, 'AQ', [
      [568, question.get(568) ?? ''],
      [569, '1'],
      [748, '0'],
      [749, '0'],
      [750, '1'],
    ]);
    await eventually(() => broker.namesOf(orderId).length === 2);
    expect(broker.bodyOf(orderId, 'order-rejected')).toMatchObject({ confirmed: false });
    const kinds = await fixture.rows('select kind from venue_incident where order_id = $1', [
      orderId,
    ]);
    expect(kinds).toEqual([{ kind: 'ABSENT_ORDER' }]);
    // Should it turn up after all, it is canceled at the venue.
    venue.send(client, '8', report(orderId, { 17: '0', 150: 'I', 39: '0' }));
    expect((await venue.next(client, 'F')).get(41)).toBe(orderId);
  });
});

test('a second process stands by and takes over when the first one ends', async () => {
  const { venue } = fixture;
  const standby = await fixture.startAnother();
  try {
    const orderId = await fixture.submit();
    const order = await venue.next(client, 'D');
    venue.send(client, '8', report(order, {}));
    await fixture.stop();
    await eventually(() => venue.logons(client) === 2);
    venue.send(client, '8', trade(order, 'Z-1', '100.00', '100.00'));
    await eventually(() => fixture.broker.namesOf(orderId).includes('order-executed'));
  } finally {
    await standby.close();
  }
});
