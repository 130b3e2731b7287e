import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ApolloClient, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { Client as UrqlClient, fetchExchange, subscriptionExchange } from '@urql/core';
import { createClient as createSseClient } from 'graphql-sse';
import {
  Environment,
  Network,
  Observable,
  RecordSource,
  requestSubscription,
  Store,
  type ConcreteRequest,
} from 'relay-runtime';
import { settled } from './settled.ts';
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

const text = `subscription Watch($after: Int) {
  updates(after: $after) { sequence order { id instrument { symbol price } } }
}`;

/** One of the clients that people use, made to follow a subscription. */
type Watch = (
  variables: { after: number },
  got: { next(data: unknown): void; error(error: unknown): void; complete(): void },
) => () => void;

const authorization = () => ({ authorization: `Bearer ${token}` });

const apolloBy = (link: HttpLink | GraphQLWsLink): Watch =>
  function watch(variables, got) {
    const client = new ApolloClient({ link, cache: new InMemoryCache() });
    const subscription = client
      .subscribe({ query: gql(text), variables, fetchPolicy: 'no-cache' })
      .subscribe({
        ...got,
        next: ({ data, error }) => (error ? got.error(error) : got.next(data)),
      });
    return () => subscription.unsubscribe();
  };

function urqlBy(make: () => UrqlClient): Watch {
  return (variables, got) => {
    const { unsubscribe } = make()
      .subscription(text, variables)
      .subscribe(({ data, error }) => (error ? got.error(error) : got.next(data)));
    return unsubscribe;
  };
}

/** What Relay's compiler makes of the subscription, as far as its runtime needs it here. */
function relayRequest(): ConcreteRequest {
  const field = (name: string) => ({ alias: null, args: null, kind: 'ScalarField', name });
  const linked = (
    name: string,
    concreteType: string,
    selections: object[],
    args: unknown = null,
  ) => ({
    alias: null,
    args,
    concreteType,
    kind: 'LinkedField',
    name,
    plural: false,
    selections,
  });
  const after = [{ kind: 'Variable', name: 'after', variableName: 'after' }];
  const instrument = linked('instrument', 'Instrument', [field('symbol'), field('price')]);
  const order = linked('order', 'Order', [field('id'), instrument]);
  const selections = [linked('updates', 'Update', [field('sequence'), order], after)];
  const argumentDefinitions = [{ defaultValue: null, kind: 'LocalArgument', name: 'after' }];
  return {
    kind: 'Request',
    fragment: {
      kind: 'Fragment',
      name: 'Watch',
      type: 'Subscription',
      argumentDefinitions,
      selections,
    },
    operation: { kind: 'Operation', name: 'Watch', argumentDefinitions, selections },
    params: {
      id: null,
      cacheID: 'watch',
      name: 'Watch',
      operationKind: 'subscription',
      text,
      metadata: {},
    },
  } as unknown as ConcreteRequest;
}

function relay(): Watch {
  return (variables, got) => {
    const client = world.client(token);
    const network = Network.create(
      () => Promise.reject(new Error('no queries')),
      ({ text: query }, given) =>
        Observable.create((sink) =>
          client.subscribe(
            { query: query ?? '', variables: given },
            {
              next: (value) => sink.next(value as never),
              error: (error) => sink.error(error as Error),
              complete: () => sink.complete(),
            },
          ),
        ),
    );
    const environment = new Environment({ network, store: new Store(new RecordSource()) });
    const { dispose } = requestSubscription(environment, {
      subscription: relayRequest(),
      variables,
      onNext: (data) => got.next(data),
      onError: (error) => got.error(error),
      onCompleted: () => got.complete(),
    });
    return dispose;
  };
}

const watches: Record<string, () => Watch> = {
  'graphql-ws': () => (variables, got) =>
    world
      .client(token)
      .subscribe({ query: text, variables }, { ...got, next: ({ data }) => got.next(data) }),
  'graphql-sse': () => (variables, got) =>
    createSseClient({ url: world.gateway.url, headers: authorization, retryAttempts: 0 }).subscribe(
      { query: text, variables },
      { ...got, next: ({ data, errors }) => (errors ? got.error(errors) : got.next(data)) },
    ),
  'Apollo Client by multipart responses': () =>
    apolloBy(new HttpLink({ uri: world.gateway.url, headers: authorization() })),
  'Apollo Client by WebSocket': () => apolloBy(new GraphQLWsLink(world.client(token))),
  'urql by Server-Sent Events': () =>
    urqlBy(
      () =>
        new UrqlClient({
          url: world.gateway.url,
          preferGetMethod: false,
          fetchSubscriptions: true,
          fetchOptions: { headers: authorization() },
          exchanges: [fetchExchange],
        }),
    ),
  'urql by WebSocket': () =>
    urqlBy(
      () =>
        new UrqlClient({
          url: world.gateway.url,
          preferGetMethod: false,
          exchanges: [
            subscriptionExchange({
              forwardSubscription: ({ query, variables }) => ({
                subscribe: (sink) => {
                  const given = {
                    query: query ?? '',
                    variables: variables as Record<string, unknown>,
                  };
                  const client = world.client(token);
                  return { unsubscribe: client.subscribe(given, sink as never) };
                },
              }),
            }),
          ],
        }),
    ),
  'Relay by WebSocket': relay,
};

describe('a subscription', () => {
  test.each(Object.keys(watches))('reaches %s, and ends upstream when it leaves', async (name) => {
    const watch = watches[name]?.();
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
      const { response: another } = await post('subscription { pulses { count } }', events);
      expect(await another.text()).toContain('TOO_MANY_SUBSCRIPTIONS');
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
