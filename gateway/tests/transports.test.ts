import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { settled } from './settled.ts';
import { streamingClients } from './streaming-clients.ts';
import { ada, openWorld, type World } from './world.ts';

let world: World;
let token: string;

beforeAll(async () => {
  world = await openWorld({ MAX_SUBSCRIPTIONS_PER_USER: '3' });
  token = await world.token();
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

const authorization = () => ({ authorization: `Bearer ${token}` });

describe('a subscription', () => {
  const names = Object.keys(streamingClients);
  test.each(names)('reaches %s, and ends upstream when it leaves', async (name) => {
    const watch = streamingClients[name]?.(world, token);
    const after = await world.orders.happen(ada, 'HEAD');
    const events: unknown[] = [];
    const errors: unknown[] = [];
    const leave = watch?.(
      { after },
      {
        next: (data) => void events.push(JSON.parse(JSON.stringify(data))),
        error: (error) => void errors.push(error),
        complete: () => undefined,
      },
    );
    for (let turn = 1; turn <= 3; turn += 1) {
      await world.orders.happen(ada, 'EUR/USD');
      await settled(() => expect([errors, events.length]).toEqual([[], turn]));
      expect(events.at(-1)).toMatchObject({
        updates: {
          sequence: after + turn,
          order: { id: `EUR/USD-${after + turn}`, instrument: { symbol: 'EUR/USD', price: 7 } },
        },
      });
    }
    leave?.();
    await settled(() => expect(world.orders.open.count).toBe(0));
  });

  test.each(names)('that ends with an error says so to %s', async (name) => {
    const errors: unknown[] = [];
    const events: unknown[] = [];
    const after = await world.orders.happen(ada, 'HEAD');
    const leave = streamingClients[name]?.(world, token)(
      { after: after + 1_000 },
      {
        next: (data) => void events.push(data),
        error: (error) => void errors.push(error),
        complete: () => undefined,
      },
    );
    await settled(() => expect(errors).not.toHaveLength(0));
    expect(events.filter((data) => data != null)).toEqual([]);
    const [error] = errors;
    const text = `${JSON.stringify(error)} ${error instanceof Error ? error.message : ''}`;
    // Apollo's adapter keeps what ended the stream under a symbol, where Relay does not look.
    expect(text).toMatch(/beyond the last sequence|No data returned/);
    leave?.();
    await settled(() => expect(world.orders.open.count).toBe(0));
  });
});

async function post(query: string, accept: string, headers = authorization()) {
  const response = await fetch(world.gateway.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept, ...headers },
    body: JSON.stringify({ query }),
  });
  return { status: response.status, type: response.headers.get('content-type'), response };
}

const events = 'text/event-stream';
const parts = 'multipart/mixed;boundary="graphql";subscriptionSpec=1.0,application/json';

describe('a stream over HTTP', () => {
  test('answers queries and mutations too to whoever accepts nothing else', async () => {
    const { status, response } = await post('{ me }', events);
    expect(status).toBe(200);
    expect(await response.text()).toContain(`event: next\ndata: {"data":{"me":"${ada}"}}\n\n`);
    const { response: placed } = await post('mutation { place(symbol: "A") { id } }', events);
    expect(await placed.text()).toContain('"place"');
  });

  test('answers a query as ever to whoever accepts JSON as well', async () => {
    const { type } = await post('{ me }', `application/json, ${events}`);
    expect(type).toContain('application/json');
  });

  test.each([
    ['Server-Sent Events', events, 'event: complete'],
    ['multipart', parts, '--graphql--'],
  ])('by %s says what is wrong with an operation, and ends', async (_which, accept, end) => {
    const { status, response } = await post('subscription { nothing }', accept);
    expect(status).toBe(200);
    const body = await response.text();
    expect(body).toContain('GRAPHQL_VALIDATION_FAILED');
    expect(body).toContain(end);
  });

  test.each([events, parts])('as %s survives what is found while it is planned', async (accept) => {
    const { response } = await post('subscription { pulses { __proto__: count } }', accept);
    expect(await response.text()).toContain('`__proto__` cannot be an alias');
    expect((await post('{ me }', 'application/json')).status).toBe(200);
  });

  test('is refused to a stranger and to a wrong token with 401', async () => {
    for (const headers of [{ authorization: '' }, { authorization: 'Bearer nonsense' }]) {
      expect((await post('subscription { pulses { count } }', events, headers)).status).toBe(401);
      expect((await post('subscription { pulses { count } }', parts, headers)).status).toBe(401);
    }
  });

  test('refuses a mutation by GET', async () => {
    const query = encodeURIComponent('mutation { place(symbol: "GET") { id } }');
    const response = await fetch(`${world.gateway.url}?query=${query}`, {
      headers: { accept: events, ...authorization() },
    });
    expect(response.status).toBe(405);
    expect(world.orders.placed).not.toContain('GET');
  });

  test('counts among its user’s subscriptions, and leaves no count behind', async () => {
    for (let round = 0; round < 2; round += 1) {
      const open = await Promise.all(
        [1, 2, 3].map(() => post('subscription { pulses { count } }', events)),
      );
      await settled(() => expect(world.orders.open.count).toBe(3));
      const { response } = await post('subscription { pulses { count } }', events);
      expect(await response.text()).toContain('TOO_MANY_SUBSCRIPTIONS');
      const { response: another } = await post('subscription { pulses { count } }', parts);
      const text = await another.text();
      expect(text).toContain('TOO_MANY_SUBSCRIPTIONS');
      expect(text).toContain('a user has at most 3 subscriptions');
      for (const { response: one } of open) await one.body?.cancel();
      await settled(() => expect(world.orders.open.count).toBe(0));
    }
  });

  test('ends with an error when its token expires', async () => {
    const short = await world.token({ expiresIn: '2s' });
    const { response } = await post('subscription { pulses { count } }', events, {
      authorization: `Bearer ${short}`,
    });
    expect(await response.text()).toContain('"code":"UNAUTHENTICATED"');
  });
});
