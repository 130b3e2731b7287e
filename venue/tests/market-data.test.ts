import { describe, expect, test } from '@jest/globals';
import type { RawClient, Received } from './raw-client.ts';
import { orderBody, TestVenue } from './running-venue.ts';

const subscribe = (id: string, kind = '1', more = '265=1|') =>
  `262=${id}|263=${kind}|264=0|${more}267=2|269=0|269=1|146=1|55=USD/NGN`;

/** A client's book, built as the dialect says. */
class ClientBook {
  readonly bids = new Map<string, string>();
  readonly asks = new Map<string, string>();

  snapshot(message: Received): void {
    const types = message.all(269);
    const sizes = message.all(271);
    message
      .all(270)
      .forEach((price, index) => this.#side(types[index]).set(price, sizes[index] ?? ''));
  }

  apply(message: Received): void {
    let entry: Record<number, string> = {};
    const finish = () => {
      const [action, price = '', size = ''] = [entry[279], entry[270], entry[271]];
      const side = this.#side(entry[269]);
      expect(side.has(price)).toBe(action !== '0');
      if (action === '2') side.delete(price);
      else side.set(price, size);
    };
    for (const [tag, value] of message.fields) {
      if (tag === 279 && entry[279] !== undefined) finish();
      if (tag === 279) entry = {};
      if (tag !== 10) entry[tag] = value;
    }
    finish();
  }

  best(): [bid: number, ask: number] {
    const prices = (side: Map<string, string>) => [...side.keys()].map(Number);
    return [Math.max(...prices(this.bids)), Math.min(...prices(this.asks))];
  }

  #side(type: string | undefined): Map<string, string> {
    return type === '0' ? this.bids : this.asks;
  }
}

async function next(client: RawClient, type: string): Promise<Received> {
  return client.next((message) => message.get(35) === type);
}

describe('market data over FIX', () => {
  test('updates keep a book that equals a fresh snapshot and is never crossed', async () => {
    await using venue = await TestVenue.start({ speed: 1000 });
    const client = await venue.client('MAMMON-MD');
    client.send('V', subscribe('live'));
    const book = new ClientBook();
    book.snapshot(await next(client, 'W'));
    expect([book.bids.size, book.asks.size]).toEqual([8, 8]);
    for (let update = 0; update < 20; update += 1) {
      book.apply(await next(client, 'X'));
      const [bid, ask] = book.best();
      expect(bid).toBeLessThan(ask);
      expect([book.bids.size, book.asks.size]).toEqual([8, 8]);
    }
  });

  test('a resting order of a client shows in the book, and goes when it is canceled', async () => {
    await using venue = await TestVenue.start({ tickMs: 60_000 });
    const watcher = await venue.client('MAMMON-MD');
    watcher.send('V', subscribe('live'));
    await next(watcher, 'W');
    const trader = await venue.client('MAMMON');
    trader.send('D', orderBody('rest', { price: '500' }));
    const shown = await next(watcher, 'X');
    expect(shown.pick(268, 279, 269, 270, 271, 278, 55)).toEqual([
      '1',
      '0',
      '0',
      '500.00',
      '100.00',
      'B500.00',
      'USD/NGN',
    ]);
    trader.send('F', `11=x|41=rest|55=USD/NGN|54=1|60=${shown.get(52)}`);
    expect((await next(watcher, 'X')).pick(279, 278, 271)).toEqual(['2', 'B500.00', undefined]);
  });

  test('updates are conflated, and end with the subscription', async () => {
    await using venue = await TestVenue.start({ tickMs: 5, marketDataIntervalMs: 100 });
    const client = await venue.client('MAMMON-MD');
    client.send('V', subscribe('live', '1', ''));
    await next(client, 'W');
    const start = Date.now();
    for (let update = 0; update < 5; update += 1) await next(client, 'W');
    expect(Date.now() - start).toBeGreaterThan(350);
    client.send('V', subscribe('live', '2'));
    client.send('1', '112=fence');
    await client.next((message) => message.get(112) === 'fence');
    // What was on its way has come: between two snapshots there is silence.
    for (const id of ['once', 'again']) {
      await new Promise((resolve) => setTimeout(resolve, 250));
      client.send('V', subscribe(id, '0'));
    }
    await client.next((message) => message.get(262) === 'once');
    expect((await client.next()).get(262)).toBe('again');
  });

  test.each([
    ['an unknown symbol', '262=r|263=1|264=0|265=1|267=1|269=0|146=1|55=XAU/USD', '0'],
    ['trades', '262=r|263=1|264=0|265=1|267=1|269=2|146=1|55=USD/NGN', '8'],
    ['single orders', '262=r|263=1|264=0|265=1|266=N|267=1|269=0|146=1|55=USD/NGN', '7'],
    ['a depth beyond the bound', '262=r|263=1|264=101|265=1|267=1|269=0|146=1|55=USD/NGN', '5'],
  ])('%s is refused', async (_name, body, reason) => {
    await using venue = await TestVenue.start();
    const client = await venue.client('MAMMON-MD');
    client.send('V', body);
    expect((await client.next()).pick(35, 262, 281)).toEqual(['Y', 'r', reason]);
  });

  test('an id in use is refused, and free again after a new logon', async () => {
    await using venue = await TestVenue.start({ tickMs: 60_000 });
    const client = await venue.client('MAMMON-MD');
    client.send('V', subscribe('live'));
    client.send('V', subscribe('live'));
    await next(client, 'W');
    expect((await client.next()).pick(35, 281)).toEqual(['Y', '1']);
    await client[Symbol.asyncDispose]();
    const again = await venue.client('MAMMON-MD');
    again.send('V', subscribe('live'));
    expect((await again.next()).get(35)).toBe('W');
  });
});
