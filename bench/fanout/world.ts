import { composeServices } from '@apollo/composition';
import { parse } from 'graphql';

/** The subgraphs' schemas, and what is subscribed to. */
const link = `extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable", "@composeDirective"])
  @link(url: "https://mammon.dev/specs/live/v1.0", import: ["@viewerIndependent", "@conflated"])
  @composeDirective(name: "@viewerIndependent")
  @composeDirective(name: "@conflated")
  directive @viewerIndependent on FIELD_DEFINITION
  directive @conflated(by: String!) on FIELD_DEFINITION
`;

export const schemas = {
  quotes: `${link}
    type Query { ready: Boolean @shareable }
    type Instrument @key(fields: "symbol") { symbol: ID! @viewerIndependent }
    type Quote {
      instrument: Instrument! @viewerIndependent
      bid: String! @viewerIndependent
      ask: String! @viewerIndependent
      bidQuantity: String! @viewerIndependent
      askQuantity: String! @viewerIndependent
      "Microseconds of the machine's clock when it was published."
      at: String! @viewerIndependent
    }
    type Subscription {
      quotes: Quote! @viewerIndependent @conflated(by: "instrument { symbol }")
    }`,
  market: `${link}
    type Query { ready: Boolean @shareable }
    type Instrument @key(fields: "symbol") {
      symbol: ID! @viewerIndependent
      venue: String! @viewerIndependent
    }`,
  orders: `${link}
    type Query { ready: Boolean @shareable }
    type OrderUpdate { sequence: Int!  id: ID!  status: String!  filled: String!  at: String! }
    type Subscription { orderUpdates(after: Int): OrderUpdate! }`,
} as const;

export type SubgraphName = keyof typeof schemas;

export const quotesQuery = `subscription Quotes {
  quotes { instrument { symbol venue } bid ask bidQuantity askQuantity at }
}`;
export const ordersQuery = 'subscription Orders { orderUpdates { sequence id status filled at } }';

export const symbols = [
  'EUR/USD',
  'GBP/USD',
  'USD/JPY',
  'USD/CHF',
  'AUD/USD',
  'USD/CAD',
  'NZD/USD',
  'USD/NGN',
  'USD/KES',
  'USD/ZAR',
];

/** The same clock in every process of one machine. */
export const nowUs = (): number => Number(process.hrtime.bigint() / 1_000n);

export const userId = (index: number): string =>
  `11111111-1111-7111-8111-${String(index).padStart(12, '0')}`;

export function quoteOf(symbol: string, step: number) {
  return {
    instrument: { symbol },
    bid: (1_520 + (step % 90) / 100).toFixed(2),
    ask: (1_521 + (step % 90) / 100).toFixed(2),
    bidQuantity: '250000.00',
    askQuantity: '310000.00',
    at: String(nowUs()),
  };
}

export function composeBench(urls: Readonly<Record<SubgraphName, string>>): string {
  const services = (Object.keys(schemas) as SubgraphName[]).map((name) => ({
    name,
    url: urls[name],
    typeDefs: parse(schemas[name]),
  }));
  const { supergraphSdl, errors } = composeServices(services);
  if (!supergraphSdl) throw new Error(String(errors));
  return supergraphSdl;
}
