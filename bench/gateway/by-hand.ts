import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Pool } from 'undici';
import { systemClock } from '#kit/clock.ts';
import { createIdentitySigner, identityHeader, type Identity } from '#kit/identity.ts';
import { silentLogger } from '#kit/log.ts';
import { openAccessTokens } from '#gateway/access-tokens.ts';
import { postJson } from '#gateway/post-json.ts';
import { hashOf, queries } from './world.ts';

type Row = Record<string, unknown>;
type Ask = (subgraph: string, query: string, variables: object) => Promise<Record<string, unknown>>;
type Answer = (ask: Ask, variables: Row) => Promise<unknown>;

/** What an engineer would write for just these queries: the limit of what a gateway can reach. */
const answers: Record<string, Answer> = {
  async one(ask) {
    return ask('users', '{me{id name country tier}}', {});
  },
  async three(ask, { first }) {
    const { me } = (await ask('users', '{me{id name tier}}', {})) as { me: Row };
    const representations = [{ __typename: 'User', id: me['id'] }];
    const [orders, market] = await Promise.all([
      ask('orders', userOrders, { representations, first }),
      ask('market', watchlist, { representations }),
    ]);
    return {
      me: {
        ...me,
        orders: entities(orders)[0]?.['orders'],
        watchlist: entities(market)[0]?.['watchlist'],
      },
    };
  },
  async deep(ask, { first }) {
    const { me } = (await ask('users', '{me{id name}}', {})) as { me: Row };
    const mine = await ask('orders', deepOrders, {
      representations: [{ __typename: 'User', id: me['id'] }],
      first,
    });
    const orders = entities(mine)[0]?.['orders'] as { id: string; instrument: Row }[];
    const market = entities(
      await ask('market', venues, {
        representations: orders.map(({ instrument }) => ({
          __typename: 'Instrument',
          symbol: instrument['symbol'],
        })),
      }),
    ) as { bid: string; venue: { name: string; operator: Row } }[];
    const representations = market.map(({ venue }) => ({
      __typename: 'User',
      id: venue.operator['id'],
    }));
    const [names, lists] = await Promise.all([
      ask('users', operatorNames, { representations }),
      ask('orders', operatorOrders, { representations }),
    ]);
    return {
      me: {
        name: me['name'],
        orders: orders.map(({ id, instrument }, index) => ({
          id,
          instrument: {
            symbol: instrument['symbol'],
            bid: market[index]?.bid,
            venue: {
              name: market[index]?.venue.name,
              operator: {
                name: entities(names)[index]?.['name'],
                orders: entities(lists)[index]?.['orders'],
              },
            },
          },
        })),
      },
    };
  },
  async list(ask, { first }) {
    const { orders } = (await ask('orders', listOrders, { first })) as {
      orders: {
        id: string;
        side: string;
        quantity: string;
        filled: string;
        instrument: Row;
        owner: Row;
      }[];
    };
    const [market, users] = await Promise.all([
      ask('market', prices, {
        representations: orders.map(({ instrument }) => ({
          __typename: 'Instrument',
          symbol: instrument['symbol'],
        })),
      }),
      ask('users', owners, {
        representations: orders.map(({ owner }) => ({ __typename: 'User', id: owner['id'] })),
      }),
    ]);
    const quotes = entities(market);
    const names = entities(users);
    return {
      orders: orders.map(({ id, side, quantity, filled, instrument, owner }, index) => ({
        id,
        side,
        quantity,
        filled,
        instrument: { symbol: instrument['symbol'], ...quotes[index] },
        owner: { id: owner['id'], ...names[index] },
      })),
    };
  },
};
answers['persisted'] = answers['three'] as Answer;

const entity = (type: string, fields: string, more = '') =>
  `query($representations:[_Any!]!${more}){_entities(representations:$representations){...on ${type}{${fields}}}}`;
const userOrders = entity(
  'User',
  'orders(first:$first){id side quantity filled placedAt}',
  '$first:Int!',
);
const watchlist = entity('User', 'watchlist{symbol bid ask decimals}');
const deepOrders = entity('User', 'orders(first:$first){id instrument{symbol}}', '$first:Int!');
const venues = entity('Instrument', 'bid venue{name operator{id}}');
const operatorNames = entity('User', 'name');
const operatorOrders = entity('User', 'orders(first:2){id side}');
const listOrders =
  'query($first:Int!){orders(first:$first){id side quantity filled instrument{symbol}owner{id}}}';
const prices = entity('Instrument', 'bid ask decimals');
const owners = entity('User', 'name country');

const entities = (data: Row) => data['_entities'] as Row[];

/**
 * The same identity check as the gateway's, remembered in the same way, and its way to post: bodies
 * are read without streams on both sides.
 */
export async function startByHand(subgraphs: string, privateKey: string): Promise<string> {
  const origin = new URL(subgraphs).origin;
  const pools = new Map<string, Pool>();
  for (const name of ['users', 'orders', 'market']) {
    pools.set(name, new Pool(origin, { connections: 64 }));
  }
  const signer = createIdentitySigner(privateKey);
  const tokens = await openAccessTokens({
    jwksUrl: `${subgraphs}/jwks`,
    issuer: 'mammon-users',
    audience: 'mammon',
    logger: silentLogger,
    clock: systemClock,
  });
  const byQuery = new Map(queries.map(({ name, query }) => [query, answers[name]]));
  const byHash = new Map(queries.map(({ query }) => [hashOf(query), query]));

  async function respond(request: IncomingMessage): Promise<string> {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    await new Promise((resolve) => request.once('end', resolve));
    const { query, variables, extensions } = JSON.parse(String(Buffer.concat(chunks))) as {
      query?: string;
      variables: Row;
      extensions?: { persistedQuery: { sha256Hash: string } };
    };
    const hash = extensions?.persistedQuery.sha256Hash ?? '';
    const answer = byQuery.get(query ?? byHash.get(hash) ?? '');
    if (!answer) throw new Error('an unknown query');
    const { userId, sessionId, roles } = await tokens.verify(
      request.headers.authorization?.slice('Bearer '.length) ?? '',
    );
    const address = request.socket.remoteAddress ?? '';
    const identity: Identity = { userId, sessionId, roles, address, device: null };
    const ask: Ask = async (subgraph, text, values) => {
      const pool = pools.get(subgraph);
      if (!pool) throw new Error(`no subgraph ${subgraph}`);
      const headers = {
        'content-type': 'application/json',
        [identityHeader]: await signer.sign(identity, subgraph),
      };
      const question = JSON.stringify({ query: text, variables: values });
      const response = await postJson(pool, `/${subgraph}`, headers, question, 15_000);
      const { data } = JSON.parse(response.text) as { data: Row };
      return data;
    };
    return JSON.stringify({ data: await answer(ask, variables) });
  }

  const server = createServer((request, response) => {
    respond(request).then(
      (body) => {
        response.writeHead(200, {
          'content-type': 'application/json; charset=utf-8',
          'content-length': Buffer.byteLength(body),
        });
        response.end(body);
      },
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
}
