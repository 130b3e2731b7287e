import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually } from '#tests/support/eventually.ts';
import type { System } from '#tests/support/system.ts';
import type { CollectedSpan, Collector } from '#tools/trace/collector.ts';
import { deposit, newUser, place, readOrder, type TestUser } from '#tests/support/users.ts';

/** What an order that fills at once goes through, each with the one that caused it. */
const way: readonly (readonly [span: string, cause: string | null])[] = [
  ['gateway: POST /graphql', null],
  ['gateway: mutation Buy', 'gateway: POST /graphql'],
  ['gateway: ask orders', 'gateway: mutation Buy'],
  ['orders: POST /graphql', 'gateway: ask orders'],
  ['wallets: process hold-funds', 'orders: POST /graphql'],
  ['orders: process funds-held', 'wallets: process hold-funds'],
  ['exchange: process submit-order', 'orders: process funds-held'],
  ['venue: answer NewOrderSingle', 'exchange: process submit-order'],
  ['exchange: take ExecutionReport', 'exchange: process submit-order'],
  ['orders: process order-accepted', 'exchange: take ExecutionReport'],
  ['orders: process order-executed', 'exchange: take ExecutionReport'],
  ['wallets: process fill-recorded', 'orders: process order-executed'],
  ['orders: process fill-settled', 'wallets: process fill-recorded'],
];

const metricsToken = 'a token of at least 32 characters';
const labelOf = ({ program, name }: CollectedSpan) => `${program}: ${name}`;

/** Places an order as part of a caller's trace. @returns its id */
async function buy(system: System, user: TestUser, traceparent: string): Promise<string> {
  const response = await fetch(system.graphqlUrl, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${user.accessToken}`,
      traceparent,
    },
    body: JSON.stringify({
      query:
        'mutation Buy($input: PlaceOrderInput!) { placeOrder(input: $input) { order { id } } }',
      variables: {
        input: {
          clientOrderId: randomUUID(),
          instrument: 'USD/NGN',
          side: 'BUY',
          type: 'MARKET',
          quantity: '10.00',
        },
      },
    }),
  });
  const { data } = (await response.json()) as {
    data: { placeOrder: { order: { id: string } } };
  };
  return data.placeOrder.order.id;
}

/** What a system needs for it: short pauses, so that spans come soon. */
export const tracedBy = (collector: Collector): Record<string, string> => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
  OTEL_BSP_SCHEDULE_DELAY: '100',
  METRICS_TOKEN: metricsToken,
});

/**
 * Whether an order's way can be watched.
 * @param processes whose spans one order has
 */
export function traces(
  of: () => { readonly system: System; readonly collector: Collector },
  processes: number,
): void {
  let collector: Collector;
  let system: System;
  let ada: TestUser;

  beforeAll(async () => {
    ({ system, collector } = of());
    ada = await newUser(system);
    await deposit(system, ada, 'NGN', '1000000.00');
    // The market is open from here on.
    await place(ada, { type: 'MARKET', quantity: '1.00' });
  }, 60_000);

  afterAll(async () => {
    await ada?.[Symbol.asyncDispose]();
  });

  test('one trace tells an order’s way, from the caller’s request to the settled fill', async () => {
    const traceId = randomBytes(16).toString('hex');
    const callersSpan = randomBytes(8).toString('hex');
    const id = await buy(system, ada, `00-${traceId}-${callersSpan}-01`);
    await eventually(
      () => readOrder(ada, id),
      (order) => order?.settlementStatus === 'SETTLED',
    );
    const spans = await eventually(
      async () => collector.spans.filter((span) => span.traceId === traceId),
      (found) => way.every(([label]) => found.some((span) => labelOf(span) === label)),
    );
    const byId = new Map(spans.map((span) => [span.spanId, span]));
    for (const [label, cause] of way) {
      for (const span of spans.filter((one) => labelOf(one) === label)) {
        const parent = byId.get(span.parentSpanId ?? '');
        expect([label, parent ? labelOf(parent) : null]).toEqual([label, cause]);
      }
    }
    const entry = spans.find((span) => labelOf(span) === way[0]?.[0]);
    expect(entry?.parentSpanId).toBe(callersSpan);
    expect(new Set(spans.map(({ service }) => service)).size).toBe(processes);
  });

  test('every program tells its metrics, to the token alone, and what went through it', async () => {
    const { environment, graphqlUrl } = system;
    const others = ['USERS', 'WALLETS', 'ORDERS', 'PRICING', 'EXCHANGE'].flatMap(
      (name) => environment[`${name}_URL`]?.split(',') ?? [],
    );
    const told: string[] = [];
    for (const url of [graphqlUrl, ...others]) {
      const metrics = new URL('/metrics', url);
      expect((await fetch(metrics)).status).toBe(401);
      const authorization = `Bearer ${metricsToken}`;
      told.push(await (await fetch(metrics, { headers: { authorization } })).text());
    }
    const all = told.join('\n');
    expect(all).toMatch(
      /^mammon_messages_handled_total\{group="wallets",message="hold-funds"\} \d/m,
    );
    expect(all).toMatch(/^mammon_orders_total\{status="FILLED"\} [1-9]/m);
    expect(all).toMatch(
      /^mammon_fix_messages_total\{session="MAMMON>SANDBOX",direction="out",type="NewOrderSingle"\} [1-9]/m,
    );
    expect(all).toMatch(/^mammon_fix_session_established\{session="MAMMON>SANDBOX"\} 1$/m);
    expect(all).toMatch(/^mammon_outbox_messages\{service="orders",kind="set_aside"\} 0$/m);
    expect(all).toMatch(/^mammon_queue_messages\{group="exchange",state="dead"\} 0$/m);
    expect(all).toMatch(/^mammon_order_incidents_total\{kind="OVERFILL"\} 0$/m);
    expect(all).toMatch(/^mammon_venue_incidents_total\{kind="ABSENT_ORDER"\} 0$/m);
    expect(all).not.toContain(ada.id);
  });

  test('another request is another trace, and a malformed traceparent costs nothing', async () => {
    const before = collector.spans.length;
    await expect(buy(system, ada, '00-not-a-trace')).resolves.toEqual(expect.any(String));
    const id = await buy(system, ada, '');
    expect(id).toEqual(expect.any(String));
    const roots = await eventually(
      async () =>
        collector.spans
          .slice(before)
          .filter((span) => labelOf(span) === way[0]?.[0] && span.parentSpanId === undefined),
      (found) => found.length >= 2,
    );
    expect(new Set(roots.map(({ traceId }) => traceId)).size).toBe(roots.length);
  });

  test('orders go their way when the collector is away', async () => {
    await collector[Symbol.asyncDispose]();
    const id = await buy(system, ada, '');
    const settled = await eventually(
      () => readOrder(ada, id),
      (order) => order?.settlementStatus === 'SETTLED',
    );
    expect(settled?.status).toBe('FILLED');
  });
}
