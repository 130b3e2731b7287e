import { describe, expect, test } from '@jest/globals';
import { timestamp } from './raw-client.ts';
import { orderBody, TestVenue } from './running-venue.ts';

const cancelBody = (id: string, original: string, side = '1') =>
  `11=${id}|41=${original}|55=USD/NGN|54=${side}|60=${timestamp()}`;

describe('placing orders over FIX', () => {
  test('an order is acknowledged and then filled, with every field that the dialect promises', async () => {
    await using venue = await TestVenue.start();
    const client = await venue.client('MAMMON');
    client.send('D', `${orderBody('first')}|1=desk-1`);
    const [accepted, trade] = await client.take(2);
    expect(accepted?.pick(150, 39, 11, 1, 38, 44, 151, 14, 6)).toEqual([
      '0',
      '0',
      'first',
      'desk-1',
      '100.00',
      '5000.00',
      '100.00',
      '0.00',
      '0.000000',
    ]);
    expect(trade?.pick(150, 39, 32, 151, 14)).toEqual(['F', '2', '100.00', '0.00', '100.00']);
    expect(trade?.get(37)).toBe(accepted?.get(37));
    expect(trade?.get(75)).toBe(trade?.get(60)?.slice(0, 8));
    expect(trade?.get(6)).toBe(`${trade?.get(31)}0000`);
    expect(accepted?.get(17)).not.toBe(trade?.get(17));
  });

  test('a large order fills in parts over several levels, dearer and dearer', async () => {
    await using venue = await TestVenue.start({ tickMs: 60_000 });
    const client = await venue.client('MAMMON');
    client.send('D', orderBody('large', { quantity: '30000', type: '1', tif: '3' }));
    const trades = [];
    await client.next();
    for (let status = '1'; status === '1';) {
      const report = await client.next();
      status = report.get(39) ?? '';
      trades.push(report);
    }
    expect(trades.length).toBeGreaterThan(1);
    const prices = trades.map((report) => Number(report.get(31)));
    expect(prices).toEqual(prices.toSorted((a, b) => a - b));
    const filled = trades.reduce((sum, report) => sum + Number(report.get(32)), 0);
    expect(filled).toBe(30_000);
  });

  test.each([
    ['IOC', '3'],
    ['FOK', '4'],
  ])('an %s order that nothing crosses is canceled at once', async (_name, tif) => {
    await using venue = await TestVenue.start();
    const client = await venue.client('MAMMON');
    client.send('D', orderBody('gone', { price: '500', tif }));
    const [accepted, canceled] = await client.take(2);
    expect([accepted?.get(150), ...(canceled?.pick(150, 39, 11, 41, 151) ?? [])]).toEqual([
      '0',
      '4',
      '4',
      'gone',
      undefined,
      '0.00',
    ]);
  });

  test.each([
    ['an unknown symbol', { symbol: 'XAU/USD' }, '1'],
    ['a stop order', { type: '3' }, '11'],
    ['a short sale', { side: '5' }, '11'],
    ['too little', { quantity: '0.5' }, '13'],
    ['too much', { quantity: '1000000.01' }, '3'],
    ['a price between ticks', { price: '1.005' }, '99'],
  ])('%s is refused', async (_name, changes, reason) => {
    await using venue = await TestVenue.start();
    const client = await venue.client('MAMMON');
    client.send('D', orderBody('refused', changes));
    const report = await client.next();
    expect(report.pick(150, 39, 103, 11, 37, 151)).toEqual([
      '8',
      '8',
      reason,
      'refused',
      'NONE',
      '0',
    ]);
    client.send('H', '11=refused|55=USD/NGN|54=1');
    expect((await client.next()).pick(150, 39, 103)).toEqual(['I', '8', '5']);
  });

  test('a second use of a ClOrdID is refused, an identical repeat is answered with the status', async () => {
    await using venue = await TestVenue.start();
    const client = await venue.client('MAMMON');
    client.send('D', orderBody('once'));
    await client.take(2);
    client.send('D', orderBody('once'));
    expect((await client.next()).pick(150, 103)).toEqual(['8', '6']);
    client.send('D', orderBody('once'), '97=Y|');
    expect((await client.next()).pick(150, 39, 14, 17)).toEqual(['I', '2', '100.00', '0']);
    client.send('D', orderBody('once', { quantity: '101' }), '97=Y|');
    expect((await client.next()).pick(150, 103)).toEqual(['8', '6']);
  });
});

describe('canceling over FIX', () => {
  test('a resting order is canceled once, a repeat is told so, another cancel is too late', async () => {
    await using venue = await TestVenue.start();
    const client = await venue.client('MAMMON');
    client.send('D', orderBody('rest', { price: '500' }));
    await client.next();
    client.send('F', cancelBody('x1', 'rest'));
    const canceled = await client.next();
    expect(canceled.pick(35, 150, 39, 11, 41, 151)).toEqual(['8', '4', '4', 'x1', 'rest', '0.00']);
    client.send('F', cancelBody('x1', 'rest'), '97=Y|');
    expect((await client.next()).pick(35, 150, 39)).toEqual(['8', 'I', '4']);
    client.send('F', cancelBody('x2', 'rest'));
    expect((await client.next()).pick(35, 102, 39, 434)).toEqual(['9', '0', '4', '1']);
  });

  test('an unknown order and another side are refused', async () => {
    await using venue = await TestVenue.start();
    const client = await venue.client('MAMMON');
    client.send('F', cancelBody('x1', 'nothing'));
    expect((await client.next()).pick(35, 37, 102, 39)).toEqual(['9', 'NONE', '1', '8']);
    client.send('D', orderBody('rest', { price: '500' }));
    await client.next();
    client.send('F', cancelBody('x2', 'rest', '2'));
    expect((await client.next()).pick(35, 102, 39)).toEqual(['9', '99', '0']);
  });
});

describe('asking for orders over FIX', () => {
  test('status, mass status, and mass status of nothing', async () => {
    await using venue = await TestVenue.start();
    const client = await venue.client('MAMMON');
    client.send('AF', '584=m0|585=7');
    const none = await client.next();
    expect(none.pick(150, 39, 103, 584, 911, 912, 55)).toEqual([
      'I',
      '8',
      '5',
      'm0',
      '0',
      'Y',
      '[N/A]',
    ]);
    client.send('D', orderBody('a'));
    client.send('D', orderBody('b', { price: '500' }));
    await client.take(3);
    client.send('H', '11=b|55=USD/NGN|54=1|790=q');
    expect((await client.next()).pick(150, 39, 790, 151)).toEqual(['I', '0', 'q', '100.00']);
    client.send('AF', '584=m1|585=7');
    const statuses = await client.take(2);
    expect(statuses.map((report) => report.pick(11, 39, 911, 912))).toEqual([
      ['a', '2', '2', 'N'],
      ['b', '0', '2', 'Y'],
    ]);
    client.send('AF', '584=m2|585=3');
    expect((await client.next()).pick(35, 372, 380, 379)).toEqual(['j', 'AF', '0', 'm2']);
  });

  test('the audit sees the trades of the firm, and may change nothing', async () => {
    await using venue = await TestVenue.start();
    const client = await venue.client('MAMMON');
    client.send('D', orderBody('a'));
    const [, trade] = await client.take(2);
    const audit = await venue.client('MAMMON-AUDIT');
    audit.send('AD', '568=t1|569=0');
    const [acknowledged, report] = await audit.take(2);
    expect(acknowledged?.pick(35, 748, 749, 750)).toEqual(['AQ', '1', '0', '0']);
    const tags = [17, 37, 11, 32, 31, 54, 60, 75] as const;
    expect(report?.pick(35, ...tags)).toEqual(['AE', ...(trade?.pick(...tags) ?? [])]);
    expect(report?.pick(748, 912)).toEqual(['1', 'Y']);
    audit.send('AD', '568=t2|569=1|580=2|75=20200101|75=20200131');
    expect((await audit.next()).pick(35, 748, 749, 750)).toEqual(['AQ', '0', '0', '1']);
    audit.send('AD', '568=t3|569=1|55=XAU/USD');
    expect((await audit.next()).pick(35, 749, 750)).toEqual(['AQ', '1', '2']);
    audit.send('AD', `568=t4|569=1|11=a|580=1|75=${trade?.get(75)}`);
    expect((await audit.take(2)).map((message) => message.get(35))).toEqual(['AQ', 'AE']);
    audit.send('D', orderBody('forbidden'));
    expect((await audit.next()).pick(35, 372, 380)).toEqual(['j', 'D', '6']);
    client.send('G', `${orderBody('r')}|41=a`);
    expect((await client.next()).pick(35, 372, 380)).toEqual(['j', 'G', '3']);
  });
});

describe('logging on', () => {
  test.each([
    ['a wrong password', 'MAMMON', 'wrong-password'],
    ['an unknown client', 'SOMEBODY', 'venue-test-password'],
  ])('%s closes the connection unanswered', async (_name, sender, password) => {
    await using venue = await TestVenue.start();
    const client = await venue.connect(sender);
    await expect(client.logon(password)).rejects.toThrow('closed the connection');
  });

  test('the order session cannot be reset', async () => {
    await using venue = await TestVenue.start();
    const client = await venue.connect('MAMMON');
    await expect(client.logon('venue-test-password', '141=Y')).rejects.toThrow('closed');
  });

  test('all instruments are listed with their scales', async () => {
    await using venue = await TestVenue.start();
    const client = await venue.client('MAMMON-MD');
    client.send('x', '320=s|559=4');
    const list = await client.next();
    expect(list.pick(35, 320, 560, 393, 146)).toEqual(['y', 's', '0', '8', '8']);
    expect(list.all(55)).toContain('USD/NGN');
    expect(list.pick(969, 5001, 5002, 15, 562, 1140, 561)).toEqual([
      '0.01',
      '2',
      '2',
      'NGN',
      '1.00',
      '1000000.00',
      '0.01',
    ]);
    client.send('x', '320=s2|559=0|55=XAU/USD');
    expect((await client.next()).pick(35, 560)).toEqual(['y', '1']);
  });
});
