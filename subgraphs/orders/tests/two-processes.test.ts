import { expect, test } from '@jest/globals';
import { OrderAccepted } from '#contracts/exchange.ts';
import { describeWith } from '#tests/support/services.ts';
import { place, someone, startOrders } from './service-fixture.ts';

describeWith(['rabbitmq', 'redis'], 'two processes of the orders service', () => {
  test('answer for each other: whoever hears that the funds are held, the caller knows from its answer', async () => {
    await using service = await startOrders({ instances: 2, real: true });
    const users = Array.from({ length: 16 }, () => someone('CUSTOMER'));
    const placed = await Promise.all(
      users.map((user, index) => place(service, user, {}, service.urls[index % 2])),
    );
    expect(placed.map(({ order }) => order?.status)).toEqual(users.map(() => 'SUBMITTED'));
  });

  test('give one order to a client that asks both at once, and stream what the other one did', async () => {
    await using service = await startOrders({ instances: 2, real: true });
    const user = someone('CUSTOMER');
    const [first = '', second = ''] = service.urls;
    await using updates = await service.streamAt(
      second,
      user,
      'subscription { orderUpdates(after: 0) { sequence kind order { status } } }',
    );
    const same = { clientOrderId: 'the-same' };
    const placed = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        place(service, user, same, index % 2 === 0 ? first : second),
      ),
    );
    const ids = new Set(placed.map(({ order }) => order?.id));
    expect(ids.size).toBe(1);
    const orderId = [...ids][0] ?? '';
    const at = new Date().toISOString();
    await service.publish(OrderAccepted, orderId, {
      orderId,
      userId: user.userId,
      venue: 'SANDBOX',
      venueOrderId: 'V1',
      at,
    });
    expect((await updates.take(4)).map(({ data }) => data?.['orderUpdates'])).toMatchObject([
      { sequence: 1, kind: 'RECEIVED' },
      { sequence: 2, kind: 'HELD' },
      { sequence: 3, kind: 'SUBMITTED' },
      { sequence: 4, kind: 'ACCEPTED', order: { status: 'ACCEPTED' } },
    ]);
  });
});
