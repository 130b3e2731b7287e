import { expect, jest, test } from '@jest/globals';
import { silentLogger } from './log.ts';
import { createMemoryPubSub } from './pubsub.ts';
import { conflatedStream, losslessStream } from './stream.ts';

interface Event {
  readonly sequence: number;
}

/** A log in memory, beside a pub/sub that tells of it, or not. */
function world(length = 0) {
  const log: Event[] = Array.from({ length }, (_, index) => ({ sequence: index + 1 }));
  const pubsub = createMemoryPubSub();
  const reads: [number, number][] = [];
  let subscribers = 0;
  return {
    log,
    reads,
    subscribers: () => subscribers,
    append: () => log.push({ sequence: (log.at(-1)?.sequence ?? 0) + 1 }),
    tell: () => pubsub.publish('log', { sequence: log.at(-1)?.sequence }),
    open: (after: number | null, extra: { checkIntervalMs?: number } = {}) =>
      losslessStream<Event>({
        pubsub: {
          ...pubsub,
          async subscribe(channel, onMessage) {
            const unsubscribe = await pubsub.subscribe(channel, onMessage);
            subscribers += 1;
            return async () => {
              subscribers -= 1;
              await unsubscribe();
            };
          },
        },
        channel: 'log',
        after,
        readHead: async () => log.at(-1)?.sequence ?? 0,
        async readLog(from, limit) {
          reads.push([from, limit]);
          return log.filter(({ sequence }) => sequence > from).slice(0, limit);
        },
        logger: silentLogger,
        ...extra,
      }),
  };
}

async function take<Value>(stream: AsyncIterator<Value>, count: number): Promise<Value[]> {
  const values: Value[] = [];
  while (values.length < count) values.push((await stream.next()).value);
  return values;
}

const soon = () => new Promise((resolve) => setTimeout(resolve, 20));
const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => ({ sequence: from + index }));

test('a lossless stream refuses an `after` that its log has not come to', async () => {
  const { open, subscribers } = world(3);
  await expect(open(4).next()).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
  await soon();
  expect(subscribers()).toBe(0);
  const atTheHead = open(3);
  const waiting = atTheHead.next();
  await atTheHead.return?.();
  expect(await waiting).toEqual({ done: true, value: undefined });
});

test('a lossless stream resumes after a sequence, page by page, only as it is asked', async () => {
  const { open, reads } = world(250);
  const stream = open(20);
  expect(await take(stream, 1)).toEqual([{ sequence: 21 }]);
  await soon();
  expect(reads).toEqual([[20, 100]]);
  expect(await take(stream, 229)).toEqual(numbers(22, 250));
  expect(reads).toEqual([
    [20, 100],
    [120, 100],
    [220, 100],
  ]);
  await stream.return?.();
});

test('without `after` a lossless stream begins at the head', async () => {
  const { open, append, tell } = world(5);
  const stream = open(null);
  const next = stream.next();
  await soon();
  append();
  await tell();
  expect(await next).toEqual({ done: false, value: { sequence: 6 } });
  await stream.return?.();
});

test('an event that pub/sub lost comes with the next one, in order', async () => {
  const { open, append, tell } = world(1);
  const stream = open(1);
  const next = stream.next();
  await soon();
  append();
  append();
  await tell();
  expect([await next, await stream.next()]).toEqual(
    numbers(2, 3).map((value) => ({ done: false, value })),
  );
  await stream.return?.();
});

test('an event whose news were all lost comes by the check of the head', async () => {
  const { open, append } = world(1);
  const stream = open(1, { checkIntervalMs: 10 });
  const next = stream.next();
  await soon();
  append();
  expect((await next).value).toEqual({ sequence: 2 });
  await stream.return?.();
});

test('news of what the reader has already, in any order, deliver nothing twice', async () => {
  const { open, append, tell, log } = world(0);
  const stream = open(0);
  const received: Event[] = [];
  const reading = (async () => {
    for await (const event of stream) received.push(event);
  })();
  await soon();
  for (let round = 0; round < 50; round++) {
    append();
    await Promise.all([tell(), tell()]);
  }
  await soon();
  await tell();
  await soon();
  expect(received).toEqual(log);
  await stream.return?.();
  await reading;
});

test('a log with gaps, as a filter leaves them, is read to its end', async () => {
  const { open, log, tell } = world(0);
  const stream = open(0);
  const next = stream.next();
  await soon();
  log.push({ sequence: 7 }, { sequence: 40 });
  await tell();
  expect([(await next).value, (await stream.next()).value]).toEqual([
    { sequence: 7 },
    { sequence: 40 },
  ]);
  await stream.return?.();
});

test('return() ends a next() that waits, unsubscribes, and nothing follows', async () => {
  const { open, append, tell, subscribers } = world(0);
  const stream = open(0);
  const waiting = stream.next();
  await soon();
  expect(subscribers()).toBe(1);
  await stream.return?.();
  expect(await waiting).toEqual({ done: true, value: undefined });
  expect(subscribers()).toBe(0);
  append();
  await tell();
  expect(await stream.next()).toEqual({ done: true, value: undefined });
});

test('return() before the subscription is in place unsubscribes as well', async () => {
  const { open, subscribers } = world(0);
  await open(0).return?.();
  await soon();
  expect(subscribers()).toBe(0);
});

test('an error of the log rejects one next() and ends the stream', async () => {
  const pubsub = createMemoryPubSub();
  const stream = losslessStream({
    pubsub,
    channel: 'log',
    after: 0,
    readHead: async () => 0,
    readLog: () => Promise.reject(new Error('the database is away')),
    logger: silentLogger,
  });
  await expect(stream.next()).rejects.toThrow('the database is away');
  expect(await stream.next()).toEqual({ done: true, value: undefined });
});

test('an error before anybody asks is told to the first who does', async () => {
  const stream = losslessStream({
    pubsub: { ...createMemoryPubSub(), subscribe: () => Promise.reject(new Error('no Redis')) },
    channel: 'log',
    after: null,
    readHead: async () => 0,
    readLog: async () => [],
    logger: silentLogger,
  });
  await soon();
  await expect(stream.next()).rejects.toThrow('no Redis');
  expect(await stream.next()).toEqual({ done: true, value: undefined });
});

test('a head that cannot be read now is looked for again', async () => {
  const pubsub = createMemoryPubSub();
  const readHead = jest.fn<() => Promise<number>>().mockRejectedValueOnce(new Error('away'));
  readHead.mockResolvedValue(1);
  const stream = losslessStream({
    pubsub,
    channel: 'log',
    after: 0,
    readHead,
    readLog: async (after) =>
      readHead.mock.calls.length > 1 && after < 1 ? [{ sequence: 1 }] : [],
    checkIntervalMs: 5,
    logger: silentLogger,
  });
  expect((await stream.next()).value).toEqual({ sequence: 1 });
  await stream.return?.();
});

interface Quote {
  readonly symbol: string;
  readonly bid: number;
}

async function quotes(initial: () => Promise<Quote[]> = async () => []) {
  const pubsub = createMemoryPubSub();
  const stream = conflatedStream<Quote>({
    pubsub,
    channel: 'quotes',
    key: ({ symbol }) => symbol,
    accept(payload) {
      const quote = payload as Quote;
      if (quote.symbol === 'broken') throw new Error('not a quote');
      return quote.symbol === 'other' ? null : quote;
    },
    initial,
  });
  await soon();
  return {
    stream,
    say: (symbol: string, bid: number) => pubsub.publish('quotes', { symbol, bid }),
  };
}

test('a conflated stream gives a slow reader the latest of each key', async () => {
  const { stream, say } = await quotes();
  for (const bid of [1, 2, 3]) {
    await say('EUR/USD', bid);
    await say('USD/NGN', bid * 100);
    await say('other', bid);
  }
  expect(await take(stream, 2)).toEqual([
    { symbol: 'EUR/USD', bid: 3 },
    { symbol: 'USD/NGN', bid: 300 },
  ]);
  const next = stream.next();
  await say('EUR/USD', 4);
  expect(await next).toEqual({ done: false, value: { symbol: 'EUR/USD', bid: 4 } });
  await stream.return?.();
});

test('a conflated stream begins with the initial values, unless newer ones came', async () => {
  const gate = Promise.withResolvers<Quote[]>();
  const { stream, say } = await quotes(() => gate.promise);
  await say('EUR/USD', 2);
  gate.resolve([
    { symbol: 'EUR/USD', bid: 1 },
    { symbol: 'USD/JPY', bid: 150 },
  ]);
  expect(await take(stream, 2)).toEqual([
    { symbol: 'EUR/USD', bid: 2 },
    { symbol: 'USD/JPY', bid: 150 },
  ]);
  await stream.return?.();
});

test('a conflated stream ends with what its payload or its beginning did wrong', async () => {
  const broken = await quotes();
  const waiting = broken.stream.next();
  await broken.say('broken', 1);
  await expect(waiting).rejects.toThrow('not a quote');
  const unbegun = await quotes(() => Promise.reject(new Error('no prices')));
  await expect(unbegun.stream.next()).rejects.toThrow('no prices');
});

test('return() ends a conflated stream that waits', async () => {
  const { stream } = await quotes();
  const waiting = stream.next();
  await stream.return?.();
  expect(await waiting).toEqual({ done: true, value: undefined });
});
