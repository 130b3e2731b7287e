import { ada, type SubgraphName } from './world.ts';

type Resolvers = Record<string, Record<string, (parent: never, args: never) => unknown>>;

const symbolOf = (n: number) => `C${String(n).padStart(2, '0')}/USD`;
const userOf = (id: string) => ({
  id,
  name: id === ada ? 'Ada Lovelace' : `User ${id.slice(-3)}`,
  country: 'GB',
  tier: 'GOLD',
});
const orderOf = (n: number) => ({
  id: `order-${n}`,
  side: n % 2 === 0 ? 'BUY' : 'SELL',
  quantity: `${n}000.00`,
  filled: `${n}00.00`,
  placedAt: '2026-03-01T12:00:00.000Z',
  instrument: { symbol: symbolOf(n) },
  owner: { id: `${ada.slice(0, -3)}${String(n).padStart(3, '0')}` },
});
const ordersOf = (count: number) => Array.from({ length: count }, (_, n) => orderOf(n));

/** Every row of a list has an instrument and an owner of its own, so that nothing is saved. */
export const resolvers: Record<SubgraphName, Resolvers> = {
  users: {
    Query: { me: () => userOf(ada), user: (_: never, { id }: { id: string }) => userOf(id) },
    User: { __resolveReference: ({ id }: { id: string }) => userOf(id) },
  },
  orders: {
    Query: { orders: (_: never, { first }: { first: number }) => ordersOf(first) },
    User: { orders: (_: never, { first }: { first: number }) => ordersOf(first) },
  },
  market: {
    User: {
      watchlist: () => Array.from({ length: 10 }, (_, n) => ({ symbol: symbolOf(n) })),
    },
    Instrument: {
      bid: () => '1.10250',
      ask: () => '1.10270',
      decimals: () => 5,
      venue: () => ({ name: 'Sandbox', operator: { id: `${ada.slice(0, -3)}999` } }),
    },
  },
};
