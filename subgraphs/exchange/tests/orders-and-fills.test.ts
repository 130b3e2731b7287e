import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { deterministicId } from '#kit/ids.ts';
import {
  capture,
  eventually,
  report,
  startFixture,
  trade,
  userId,
  type Fixture,
} from './exchange-fixture.ts';
import { timestamp } from './scripted-venue.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await startFixture();
});
afterAll(async () => fixture[Symbol.asyncDispose]());

const client = 'MAMMON';
const today = () => timestamp().slice(0, 8);

describe('an order at the venue', () => {
  test('is sent once, is accepted, and its trades are told one by one', async () => {
    const { venue, broker } = fixture;
    const orderId = await fixture.submit();
    const order = await venue.next(client, 'D');
    expect([11, 55, 54, 38, 40, 44, 59].map((tag) => [tag, order.get(tag)])).toEqual([
      [11, orderId],
      [55, 'USD/NGN'],
      [54, '1'],
      [38, '100.00'],
      [40, '2'],
      [44, '1520.50'],
      [59, '1'],
    ]);
    venue.send(client, '8', report(order, {}));
    venue.send(client, '8', trade(order, 'A-1', '40.00', '40.00'));
    venue.send(client, '8', trade(order, 'A-2', '60.00', '100.00'));
    await eventually(() => broker.namesOf(orderId).length === 3);
    expect(broker.namesOf(orderId)).toEqual(['order-accepted', 'order-executed', 'order-executed']);
    expect(broker.bodyOf(orderId, 'order-executed')).toEqual({
      orderId,
      userId,
      venue: 'SANDBOX',
      executionId: deterministicId('execution', 'SANDBOX', today(), 'A-1'),
      execId: 'A-1',
      quantity: '40.00',
      price: '1520.25',
      tradedAt: expect.any(String),
    });
    const [row] = await fixture.rows('select * from venue_order where order_id = $1', [orderId]);
    expect(row).toMatchObject({ status: 'FILLED', cum_quantity: '100', user_id: userId });
  });

  test('has each trade counted once, however often and in whatever message it comes', async () => {
    const { venue, broker } = fixture;
    const orderId = await fixture.submit();
    const order = await venue.next(client, 'D');
    venue.send(client, '8', report(order, {}));
    for (let copy = 0; copy < 3; copy++) {
      venue.send(client, '8', trade(order, 'B-1', '40.00', '40.00'));
    }
    venue.send(client, 'AE', capture('again', orderId, 'B-1', '40.00'));
    venue.send(client, '8', trade(order, 'B-2', '60.00', '100.00'));
    await eventually(() => broker.namesOf(orderId).length >= 3);
    expect(broker.namesOf(orderId)).toEqual(['order-accepted', 'order-executed', 'order-executed']);
  });

  test('is rejected with the reason of the venue', async () => {
    const { venue, broker } = fixture;
    const orderId = await fixture.submit();
    const order = await venue.next(client, 'D');
    const refusal = { 37: 'NONE', 150: '8', 39: '8', 151: '0', 103: '3', 58: 'too large' };
    venue.send(client, '8', report(order, refusal));
    await eventually(() => broker.namesOf(orderId).length === 1);
    expect(broker.bodyOf(orderId, 'order-rejected')).toMatchObject({
      reason: 'too large',
      confirmed: true,
    });
  });

  test('is not ended by the refusal of a second copy', async () => {
    const { venue, broker } = fixture;
    const orderId = await fixture.submit();
    const order = await venue.next(client, 'D');
    venue.send(client, '8', report(order, { 37: 'NONE', 150: '8', 39: '8', 103: '6' }));
    const question = await venue.next(client, 'H');
    expect(question.get(11)).toBe(orderId);
    venue.send(client, '8', report(order, { 17: '0', 150: 'I', 39: '0' }));
    await eventually(() => broker.namesOf(orderId).length === 1);
    expect(broker.namesOf(orderId)).toEqual(['order-accepted']);
  });

  test('is canceled with its rest, also when nobody asked (IOC)', async () => {
    const { venue, broker } = fixture;
    const orderId = await fixture.submit({ timeInForce: 'IOC' });
    const order = await venue.next(client, 'D');
    expect(order.get(59)).toBe('3');
    venue.send(client, '8', report(order, {}));
    venue.send(client, '8', trade(order, 'C-1', '40.00', '40.00'));
    venue.send(client, '8', report(order, { 150: '4', 39: '4', 14: '40.00', 151: '0' }));
    await eventually(() => broker.namesOf(orderId).length === 3);
    expect(broker.namesOf(orderId).at(-1)).toBe('order-canceled');
  });

  test('is not canceled before the trades that the cancel counts are here', async () => {
    const { venue, broker } = fixture;
    const orderId = await fixture.submit();
    const order = await venue.next(client, 'D');
    venue.send(client, '8', report(order, {}));
    venue.send(client, '8', report(order, { 150: '4', 39: '4', 14: '40.00', 151: '0' }));
    const question = await venue.next(client, 'AD');
    expect(question.get(11)).toBe(orderId);
    await eventually(() => broker.namesOf(orderId).length >= 1);
    expect(broker.namesOf(orderId)).toEqual(['order-accepted']);
    venue.send(client, 'AE', capture(question.get(568) ?? '', orderId, 'D-1', '40.00'));
    await eventually(() => broker.namesOf(orderId).length === 3);
    expect(broker.namesOf(orderId)).toEqual(['order-accepted', 'order-executed', 'order-canceled']);
  });

  test('is told of a trade after its end, which is an incident', async () => {
    const { venue, broker } = fixture;
    const orderId = await fixture.submit();
    const order = await venue.next(client, 'D');
    venue.send(client, '8', report(order, {}));
    venue.send(client, '8', report(order, { 150: '4', 39: '4' }));
    venue.send(client, '8', trade(order, 'F-1', '10.00', '10.00'));
    await eventually(() => broker.namesOf(orderId).includes('order-executed'));
    const kinds = await fixture.rows('select kind from venue_incident where order_id = $1', [
      orderId,
    ]);
    expect(kinds).toEqual([{ kind: 'LATE_TRADE' }]);
  });

  test('becomes unknown when the answer cannot be read, and the venue is asked', async () => {
    const { venue, broker } = fixture;
    const orderId = await fixture.submit();
    const order = await venue.next(client, 'D');
    venue.send(client, '8', report(order, { 150: 'F', 39: '1', 32: '-5', 31: '1520.25' }));
    expect((await venue.next(client, 'H')).get(11)).toBe(orderId);
    await eventually(() => broker.namesOf(orderId).length >= 1);
    expect(broker.namesOf(orderId)).toEqual(['order-unknown']);
    venue.send(client, '8', report(order, { 17: '0', 150: 'I', 39: '0' }));
    await eventually(() => broker.namesOf(orderId).includes('order-accepted'));
  });

  test('takes a report of an order that is not ours as an incident', async () => {
    fixture.venue.send(client, '8', trade('not-ours', 'G-1', '10.00', '10.00'));
    await eventually(async () => {
      const sql = "select 1 from venue_incident where kind = 'UNMAPPED_REPORT'";
      return (await fixture.rows(sql)).length === 1;
    });
  });
});

describe('a cancel', () => {
  test('goes to the venue with an id of its own and ends the order', async () => {
    const { venue, broker } = fixture;
    const orderId = await fixture.submit();
    const order = await venue.next(client, 'D');
    venue.send(client, '8', report(order, {}));
    await eventually(() => broker.namesOf(orderId).length === 1);
    await fixture.cancel(orderId);
    const cancel = await venue.next(client, 'F');
    expect(cancel.get(41)).toBe(orderId);
    expect(cancel.get(11)).not.toBe(orderId);
    const canceled = { 11: cancel.get(11) ?? '', 41: orderId, 150: '4', 39: '4' };
    venue.send(client, '8', report(order, canceled));
    await eventually(() => broker.namesOf(orderId).length === 2);
    expect(broker.namesOf(orderId)).toEqual(['order-accepted', 'order-canceled']);
  });

  test('that the venue refuses is told, and the order lives on', async () => {
    const { venue, broker } = fixture;
    const orderId = await fixture.submit();
    const order = await venue.next(client, 'D');
    venue.send(client, '8', report(order, {}));
    await eventually(() => broker.namesOf(orderId).length === 1);
    await fixture.cancel(orderId);
    const cancel = await venue.next(client, 'F');
    venue.send(client, '9', [
      [37, 'V'],
      [11, cancel.get(11) ?? ''],
      [41, orderId],
      [39, '0'],
      [434, '1'],
      [102, '99'],
      [58, 'not now'],
    ]);
    await eventually(() => broker.namesOf(orderId).length === 2);
    expect(broker.bodyOf(orderId, 'cancel-rejected')).toMatchObject({ reason: 'not now' });
    await fixture.cancel(orderId);
    expect((await venue.next(client, 'F')).get(11)).not.toBe(cancel.get(11));
  });

  test('of an order that ended, or that never came, is refused here', async () => {
    const { venue, broker } = fixture;
    const orderId = await fixture.submit();
    const order = await venue.next(client, 'D');
    venue.send(client, '8', report(order, {}));
    venue.send(client, '8', trade(order, 'H-1', '100.00', '100.00'));
    await eventually(() => broker.namesOf(orderId).length === 2);
    await fixture.cancel(orderId);
    await eventually(() => broker.namesOf(orderId).includes('cancel-rejected'));
    const never = '99999999-9999-7999-8999-999999999999';
    await fixture.cancel(never);
    await eventually(() => broker.namesOf(never).includes('cancel-rejected'));
    expect(venue.pending(client, 'F')).toEqual([]);
  });
});

describe('a refused message', () => {
  test.each([
    [
      'j',
      [
        [45, '0'],
        [372, 'D'],
        [380, '6'],
        [58, 'not authorised'],
      ],
      379,
    ],
    [
      '3',
      [
        [372, 'D'],
        [373, '5'],
        [58, 'value is incorrect'],
      ],
      45,
    ],
  ] as const)('(%s) ends its order', async (type, fields, referenceTag) => {
    const { venue, broker } = fixture;
    const orderId = await fixture.submit();
    const order = await venue.next(client, 'D');
    const reference = referenceTag === 45 ? String(order.sequence) : orderId;
    venue.send(client, type, [...fields, [referenceTag, reference]]);
    await eventually(() => broker.namesOf(orderId).length === 1);
    expect(broker.namesOf(orderId)).toEqual(['order-rejected']);
  });
});
