import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { describeWith } from '#tests/support/services.ts';
import { eventually } from '#tests/support/eventually.ts';
import { startCollector, type Collector } from '#tools/trace/collector.ts';
import { sessions } from './suites/sessions.ts';
import { traces, tracedBy } from './suites/traces.ts';
import { runTool, startEmbedded, startProcesses, type System } from '#tests/support/system.ts';
import {
  balances,
  deposit,
  newUser,
  place,
  readOrder,
  type TestUser,
} from '#tests/support/users.ts';

/** What the streams of this suite may select, by their fields' names. */
interface StreamEvent {
  readonly sequence?: number;
  readonly kind?: string;
  readonly executionId?: string;
  readonly instrument?: { readonly symbol: string };
  readonly order?: { readonly executions?: readonly { readonly id: string }[] };
}

/** The end-to-end story: one suite, in one process embedded and in many on the real services. */
function story(start: (extra: Record<string, string>) => Promise<System>, processes: number): void {
  let system: System;
  let collector: Collector;
  let ada: TestUser;

  beforeAll(async () => {
    collector = await startCollector();
    system = await start(tracedBy(collector));
    ada = await newUser(system);
    await deposit(system, ada, 'NGN', '10000000.00');
  }, 400_000);

  afterAll(async () => {
    await ada?.[Symbol.asyncDispose]();
    await system?.[Symbol.asyncDispose]();
    await collector?.[Symbol.asyncDispose]();
  });

  test('the demo plays to its end', async () => {
    const demo = await runTool('tools/demo.ts', system.environment);
    expect(demo.output).toContain('The story went as it should');
    expect(demo.status).toBe(0);
  });

  test('a market order fills, pays at most what was held, and releases the rest', async () => {
    const { order } = await place(ada, { type: 'MARKET', quantity: '250.00' });
    const done = await settled(ada, order?.id);
    expect(done).toMatchObject({ status: 'FILLED', filledQuantity: '250.00' });
    const { NGN, USD } = await balances(ada);
    expect(USD).toEqual({ posted: '250.00', held: '0.00', available: '250.00' });
    expect(NGN?.held).toBe('0.00');
    const paid = 10_000_000 - Number(NGN?.posted);
    expect(paid).toBeGreaterThan(0);
    expect(paid).toBeLessThanOrEqual(Number(done.heldAmount));
  });

  test('what was bought can be sold again', async () => {
    const { order } = await place(ada, { side: 'SELL', type: 'MARKET', quantity: '50.00' });
    expect(await settled(ada, order?.id)).toMatchObject({ status: 'FILLED' });
    expect((await balances(ada))['USD']).toEqual({
      posted: '200.00',
      held: '0.00',
      available: '200.00',
    });
  });

  test('a resting limit order is canceled and its hold comes back', async () => {
    const before = (await balances(ada))['NGN'];
    const { bid } = await quoteOf(ada);
    const limitPrice = (Number(bid) * 0.9).toFixed(2);
    const { order } = await place(ada, { type: 'LIMIT', limitPrice, quantity: '10.00' });
    await eventually(
      () => readOrder(ada, order?.id ?? ''),
      (resting) => resting?.status === 'ACCEPTED',
    );
    expect((await balances(ada))['NGN']?.held).toBe(order?.heldAmount);
    await ada.client.ask(`mutation ($id: ID!) { cancelOrder(id: $id) { refusal { code } } }`, {
      id: order?.id,
    });
    const canceled = await settled(ada, order?.id);
    expect(canceled).toMatchObject({ status: 'CANCELED', leavesQuantity: '0.00' });
    expect((await balances(ada))['NGN']).toEqual(before);
  });

  test('an order beyond the wallet is denied and holds nothing', async () => {
    const { order } = await place(ada, { type: 'MARKET', quantity: '900000.00' });
    expect(order).toMatchObject({ status: 'DENIED', refusal: { code: 'INSUFFICIENT_FUNDS' } });
    expect((await balances(ada))['NGN']?.held).toBe('0.00');
  });

  test('the same client order id is the same order, with another body it is refused', async () => {
    const input = { clientOrderId: 'twice', type: 'MARKET', quantity: '5.00' };
    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => place(ada, input)));
    expect(new Set(answers.map(({ order }) => order?.id)).size).toBe(1);
    await settled(ada, answers[0]?.order?.id);
    const other = await place(ada, { ...input, quantity: '6.00' });
    expect(other).toMatchObject({ order: null, refusal: { code: 'CLIENT_ORDER_ID_REUSED' } });
  });

  test('fields of all subgraphs join in one query, in both directions', async () => {
    const { me } = await ada.client.ask<{ me: Record<string, unknown> }>(`{ me {
      email
      wallets { currency user { email } transactions(first: 50) { edges { node {
        kind order { id user { email } instrument { quote { bid } } }
      } } } }
      orders(first: 1, after: null) { edges { node {
        user { id email wallets { currency } }
        wallet { currency held }
        instrument { symbol baseCurrency quote { status instrument { tickSize } } }
        venue { id connected }
        executions { execId price order { clientOrderId } }
        transactions { executionId entries { amount wallet { currency } } }
      } } }
    } }`);
    expect(me).toMatchObject({
      email: ada.email,
      wallets: [
        { currency: 'NGN', user: { email: ada.email } },
        { currency: 'USD', user: { email: ada.email } },
      ],
      orders: {
        edges: [
          {
            node: {
              user: { id: ada.id, email: ada.email },
              wallet: { currency: 'NGN' },
              instrument: { symbol: 'USD/NGN', baseCurrency: 'USD', quote: { status: 'LIVE' } },
              venue: { id: 'SANDBOX', connected: true },
              executions: [{ order: { clientOrderId: 'twice' } }],
              transactions: [{ entries: expect.any(Array) }],
            },
          },
        ],
      },
    });
    expect(JSON.stringify(me)).toContain('ORDER_FILL');
  });

  test('each subscription joins fields of other subgraphs and misses nothing', async () => {
    const bob = await newUser(system);
    await using _bob = bob;
    await deposit(system, bob, 'NGN', '1000000.00');
    const seen = {
      orders: [] as StreamEvent[],
      fills: [] as StreamEvent[],
      wallets: [] as StreamEvent[],
      quotes: [] as StreamEvent[],
    };
    const streams = [
      bob.client.watch<Record<string, StreamEvent>>(
        `subscription { orderUpdates(after: 0) { sequence kind status order {
           user { email } instrument { quote { bid } } wallet { currency available } } } }`,
        {},
        (event) => keep(seen.orders, event),
      ),
      bob.client.watch<Record<string, StreamEvent>>(
        `subscription { fills(after: 0) { sequence executionId price quantity order {
           executions { id price } } } }`,
        {},
        (event) => keep(seen.fills, event),
      ),
      bob.client.watch<Record<string, StreamEvent>>(
        `subscription { walletUpdates(after: 0) { sequence kind posted held
           wallet { currency user { email } } order { clientOrderId } transaction { kind } } }`,
        {},
        (event) => keep(seen.wallets, event),
      ),
      bob.client.watch<Record<string, StreamEvent>>(
        `subscription { quotes { bid ask status instrument { symbol tickSize } } }`,
        {},
        (event) => keep(seen.quotes, event),
      ),
    ];
    const clientOrderId = 'streamed';
    const { order } = await place(bob, { clientOrderId, type: 'MARKET', quantity: '20.00' });
    await settled(bob, order?.id);
    await eventually(
      async () => seen,
      ({ orders, fills, wallets, quotes }) =>
        orders.some(({ kind }) => kind === 'SETTLED') &&
        fills.length > 0 &&
        wallets.some(({ kind }) => kind === 'POSTED' && wallets.length >= 4) &&
        new Set(quotes.map(({ instrument }) => instrument?.symbol)).size === 8,
    );
    for (const stream of streams) stream.close();
    const kinds = seen.orders.map(({ kind }) => kind);
    expect(kinds.slice(0, 3)).toEqual(['RECEIVED', 'HELD', 'SUBMITTED']);
    expect(kinds).toContain('FILLED');
    expect(seen.orders.map(({ sequence }) => sequence)).toEqual(
      seen.orders.map((_, index) => index + 1),
    );
    expect(seen.wallets.map(({ sequence }) => sequence)).toEqual(
      seen.wallets.map((_, index) => index + 1),
    );
    expect(seen.orders[0]).toMatchObject({
      order: {
        user: { email: bob.email },
        instrument: { quote: { bid: expect.any(String) } },
        wallet: { currency: 'NGN' },
      },
    });
    const [fill] = seen.fills;
    expect(fill?.order?.executions?.map(({ id }) => id)).toContain(fill?.executionId);
    expect(seen.wallets.find(({ kind }) => kind === 'HELD')).toMatchObject({
      wallet: { currency: 'NGN', user: { email: bob.email } },
      order: { clientOrderId },
    });
  });

  test('a client that was away gets what it missed, once and in order', async () => {
    const sequences: number[] = [];
    const watch = (after: number) =>
      ada.client.watch<{ orderUpdates: { sequence: number } }>(
        `subscription ($after: Int) { orderUpdates(after: $after) { sequence } }`,
        { after },
        ({ orderUpdates }) => void sequences.push(orderUpdates.sequence),
      );
    const first = watch(0);
    await eventually(
      async () => sequences.length,
      (length) => length >= 5,
    );
    first.close();
    const head = sequences.at(-1) ?? 0;
    const { order } = await place(ada, { type: 'MARKET', quantity: '7.00' });
    await settled(ada, order?.id);
    const second = watch(head);
    await eventually(
      async () => sequences.length,
      (length) => length >= head + 5,
    );
    second.close();
    expect(sequences).toEqual(sequences.map((_, index) => index + 1));
  });

  test('the audit is clean', async () => {
    const audit = await runTool('tools/audit.ts', system.environment);
    expect(audit.output).toContain('The audit is clean.');
    expect(audit.status).toBe(0);
  });

  describe('a session that ended', () => sessions(() => system));

  // The last one: it takes the collector away.
  describe('its traces', () => traces(() => ({ system, collector }), processes));
}

describe('the story in one process, embedded', () => story(startEmbedded, 1));

describeWith(['rabbitmq', 'redis'], 'the story in many processes on real services', () =>
  story(startProcesses, 5),
);

/** Keeps the one root field of an event. */
function keep(events: StreamEvent[], event: Record<string, StreamEvent>): void {
  events.push(...Object.values(event));
}

/** An order in its final state, with all of its money moved. */
async function settled(user: TestUser, id: string | undefined) {
  const done = await eventually(
    () => readOrder(user, id ?? ''),
    (order) =>
      ['FILLED', 'CANCELED'].includes(order?.status ?? '') && order?.settlementStatus === 'SETTLED',
  );
  if (!done) throw new Error('no order');
  return done;
}

async function quoteOf(user: TestUser): Promise<{ bid: string; ask: string }> {
  const { instrument } = await user.client.ask<{
    instrument: { quote: { bid: string; ask: string } };
  }>('{ instrument(symbol: "USD/NGN") { quote { bid ask } } }');
  return instrument.quote;
}
