import { createHash } from 'node:crypto';
import { composeServices } from '@apollo/composition';
import { parse } from 'graphql';

/** The subgraphs' schemas, and what is asked of them. */
export const ada = '11111111-1111-7111-8111-111111111111';

const link = (imports: string) =>
  `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [${imports}])\n`;

export const schemas = {
  users: `${link('"@key"')}
    type Query { me: User  user(id: ID!): User }
    type User @key(fields: "id") { id: ID!  name: String!  country: String!  tier: Tier! }
    enum Tier { STANDARD GOLD }`,
  orders: `${link('"@key"')}
    type Query { orders(first: Int!): [Order!]! }
    type Order @key(fields: "id") {
      id: ID!
      side: Side!
      quantity: String!
      filled: String!
      placedAt: String!
      instrument: Instrument!
      owner: User!
    }
    enum Side { BUY SELL }
    type User @key(fields: "id") { id: ID!  orders(first: Int!): [Order!]! }
    type Instrument @key(fields: "symbol", resolvable: false) { symbol: ID! }`,
  market: `${link('"@key"')}
    type Query { instruments: [Instrument!]! }
    type User @key(fields: "id") { id: ID!  watchlist: [Instrument!]! }
    type Instrument @key(fields: "symbol") {
      symbol: ID!
      bid: String!
      ask: String!
      decimals: Int!
      venue: Venue!
    }
    type Venue { name: String!  operator: User! }`,
};

export type SubgraphName = keyof typeof schemas;

export interface BenchQuery {
  readonly name: 'one' | 'three' | 'deep' | 'list' | 'persisted';
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** Sent once whole, then by its hash only (automatic persisted queries). */
  readonly persisted?: boolean;
}

const three = `query Home($first: Int!) {
  me {
    id
    name
    tier
    orders(first: $first) { id side quantity filled placedAt }
    watchlist { symbol bid ask decimals }
  }
}`;

export const queries: readonly BenchQuery[] = [
  { name: 'one', query: 'query Me { me { id name country tier } }', variables: {} },
  { name: 'three', query: three, variables: { first: 5 } },
  {
    name: 'deep',
    query: `query Deep($first: Int!) {
  me {
    name
    orders(first: $first) {
      id
      instrument { symbol bid venue { name operator { name orders(first: 2) { id side } } } }
    }
  }
}`,
    variables: { first: 3 },
  },
  {
    name: 'list',
    query: `query List($first: Int!) {
  orders(first: $first) {
    id
    side
    quantity
    filled
    instrument { symbol bid ask decimals }
    owner { id name country }
  }
}`,
    variables: { first: 100 },
  },
  { name: 'persisted', query: three, variables: { first: 5 }, persisted: true },
];

/** The body of each request, and one that has to come before. */
export function bodiesOf({ query, variables, persisted }: BenchQuery) {
  if (!persisted) return { body: JSON.stringify({ query, variables }) };
  const extensions = { persistedQuery: { version: 1, sha256Hash: hashOf(query) } };
  return {
    first: JSON.stringify({ query, variables, extensions }),
    body: JSON.stringify({ variables, extensions }),
  };
}

export const hashOf = (query: string) => createHash('sha256').update(query).digest('hex');

export function composeBench(url: string): string {
  const services = Object.entries(schemas).map(([name, sdl]) => ({
    name,
    url: `${url}/${name}`,
    typeDefs: parse(sdl),
  }));
  const { supergraphSdl, errors } = composeServices(services);
  if (!supergraphSdl) throw new Error(String(errors));
  return supergraphSdl;
}
