import { ApolloClient, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { createFetchMultipartSubscription } from '@apollo/client/utilities/subscriptions/relay';
import { Client as UrqlClient, fetchExchange, subscriptionExchange } from '@urql/core';
import { createClient as createSseClient } from 'graphql-sse';
import { meros } from 'meros/browser';
import {
  Environment,
  Network,
  Observable,
  RecordSource,
  requestSubscription,
  Store,
  type ConcreteRequest,
  type SubscribeFunction,
} from 'relay-runtime';
import type { World } from './world.ts';

const text = `subscription Watch($after: Int) {
  updates(after: $after) { sequence order { id instrument { symbol price } } }
}`;

/** One of the clients that people use, made to follow a subscription. */
export type Watch = (
  variables: { after: number },
  got: { next(data: unknown): void; error(error: unknown): void; complete(): void },
) => () => void;

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

/** Relay by whichever way its network goes. */
const relayBy = (subscribe: SubscribeFunction): Watch =>
  function watch(variables, got) {
    const network = Network.create(() => Promise.reject(new Error('no queries')), subscribe);
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

/** As the documentation of graphql-ws and of graphql-sse has it; the two clients are alike. */
const relaySubscribeBy =
  (client: Pick<ReturnType<typeof createSseClient>, 'subscribe'>): SubscribeFunction =>
  ({ text: query }, variables) =>
    Observable.create((sink) =>
      client.subscribe(
        { query: query ?? '', variables },
        {
          next: (value) => sink.next(value as never),
          error: (error) => sink.error(error as Error),
          complete: () => sink.complete(),
        },
      ),
    );

/** Multipart responses taken apart by meros, as people do who have no Apollo Client beside Relay. */
const relaySubscribeByMeros =
  (url: string, headers: Record<string, string>): SubscribeFunction =>
  ({ text: query }, variables) =>
    Observable.create((sink) => {
      const leaving = new AbortController();
      const accept = 'multipart/mixed;subscriptionSpec=1.0,application/json';
      async function read(): Promise<void> {
        const response = await fetch(url, {
          method: 'POST',
          headers: { 'content-type': 'application/json', accept, ...headers },
          body: JSON.stringify({ query, variables }),
          signal: leaving.signal,
        });
        const parts = await meros<{ payload?: unknown; errors?: unknown }>(response);
        if (parts instanceof Response) throw new Error(await parts.text());
        for await (const part of parts) {
          if (!part.json) continue;
          if (part.body.errors) throw new Error(JSON.stringify(part.body.errors));
          // A heartbeat has no payload.
          if (part.body.payload) sink.next(part.body.payload as never);
        }
        sink.complete();
      }
      read().catch((error: unknown) => {
        if (!leaving.signal.aborted) sink.error(error as Error);
      });
      return () => leaving.abort();
    });

/** By name: the client, and what carries its subscriptions. */
export const streamingClients: Readonly<Record<string, (world: World, token: string) => Watch>> = {
  'graphql-ws': (world, token) => (variables, got) =>
    world
      .client(token)
      .subscribe({ query: text, variables }, { ...got, next: ({ data }) => got.next(data) }),
  'graphql-sse': (world, token) => (variables, got) =>
    sseClient(world, token).subscribe(
      { query: text, variables },
      { ...got, next: ({ data, errors }) => (errors ? got.error(errors) : got.next(data)) },
    ),
  'Apollo Client by multipart responses': (world, token) =>
    apolloBy(new HttpLink({ uri: world.gateway.url, headers: authorization(token) })),
  'Apollo Client by WebSocket': (world, token) => apolloBy(new GraphQLWsLink(world.client(token))),
  'urql by Server-Sent Events': (world, token) =>
    urqlBy(
      () =>
        new UrqlClient({
          url: world.gateway.url,
          preferGetMethod: false,
          fetchSubscriptions: true,
          fetchOptions: { headers: authorization(token) },
          exchanges: [fetchExchange],
        }),
    ),
  'urql by WebSocket': (world, token) =>
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
  'Relay by WebSocket': (world, token) => relayBy(relaySubscribeBy(world.client(token))),
  'Relay by Server-Sent Events': (world, token) =>
    relayBy(relaySubscribeBy(sseClient(world, token))),
  'Relay by multipart responses, with Apollo’s adapter': (world, token) => {
    const options = { headers: authorization(token) };
    const subscribe = createFetchMultipartSubscription(world.gateway.url, options);
    return relayBy((operation, variables) => subscribe(operation, variables));
  },
  'Relay by multipart responses, with meros': (world, token) =>
    relayBy(relaySubscribeByMeros(world.gateway.url, authorization(token))),
};

const authorization = (token: string) => ({ authorization: `Bearer ${token}` });

const sseClient = (world: World, token: string) =>
  createSseClient({ url: world.gateway.url, headers: authorization(token), retryAttempts: 0 });
