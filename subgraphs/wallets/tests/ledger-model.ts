/**
 * The ledger as a child would write it: one user, maps and plain numbers of minor units, no holds
 * beside a number on the wallet. Whatever the real one does must look like this.
 */
export interface Model {
  readonly posted: Record<Coin, bigint>;
  readonly held: Record<Coin, bigint>;
  readonly owed: Record<Coin, bigint>;
  readonly orders: Map<number, ModelOrder>;
  readonly deposits: Map<number, string>;
  readonly fills: Map<string, string>;
}

export type Coin = 'USD' | 'NGN';

interface ModelOrder {
  readonly state: 'LIVE' | 'RELEASED' | 'DENIED' | 'VOID';
  readonly amount: bigint;
  readonly posted: bigint;
}

export type Command =
  | { readonly do: 'deposit'; readonly coin: Coin; readonly amount: bigint; readonly key: number }
  | { readonly do: 'hold'; readonly order: number; readonly amount: bigint }
  | { readonly do: 'release'; readonly order: number }
  | {
      readonly do: 'fill';
      readonly order: number;
      readonly nth: number;
      readonly base: bigint;
      readonly quote: bigint;
      readonly rounding: bigint;
    };

export const emptyModel = (): Model => ({
  posted: { USD: 0n, NGN: 0n },
  held: { USD: 0n, NGN: 0n },
  owed: { USD: 0n, NGN: 0n },
  orders: new Map(),
  deposits: new Map(),
  fills: new Map(),
});

/** Even orders buy USD and pay NGN, odd ones sell. */
export const buys = (order: number): boolean => order % 2 === 0;
export const payingCoin = (order: number): Coin => (buys(order) ? 'NGN' : 'USD');

/** Changes the model and says what the ledger must answer. */
export function applyToModel(model: Model, command: Command): string {
  switch (command.do) {
    case 'deposit':
      return deposit(model, command);
    case 'hold':
      return hold(model, command);
    case 'release':
      return release(model, command.order);
    case 'fill':
      return fill(model, command);
  }
}

function deposit(model: Model, { coin, amount, key }: Command & { do: 'deposit' }): string {
  const body = `${amount} ${coin}`;
  const before = model.deposits.get(key);
  if (before !== undefined) return before === body ? 'booked' : 'IDEMPOTENCY_KEY_REUSED';
  model.deposits.set(key, body);
  model.posted[coin] += amount;
  return 'booked';
}

function hold(model: Model, { order, amount }: Command & { do: 'hold' }): string {
  const before = model.orders.get(order);
  const coin = payingCoin(order);
  if (before?.state === 'VOID') return 'VOID';
  if (before) {
    if (before.amount !== amount) return 'fault';
    return before.state === 'DENIED' ? 'DENIED' : 'HELD';
  }
  const denied = model.posted[coin] - model.held[coin] < amount;
  model.orders.set(order, { state: denied ? 'DENIED' : 'LIVE', amount, posted: 0n });
  if (!denied) model.held[coin] += amount;
  return denied ? 'DENIED' : 'HELD';
}

function release(model: Model, order: number): string {
  const before = model.orders.get(order);
  if (!before) model.orders.set(order, { state: 'VOID', amount: 0n, posted: 0n });
  if (!before || before.state === 'DENIED' || before.state === 'VOID') return 'released 0';
  const rest = before.amount - before.posted;
  if (before.state === 'LIVE') {
    model.orders.set(order, { ...before, state: 'RELEASED' });
    model.held[payingCoin(order)] -= rest;
  }
  return `released ${rest}`;
}

function fill(model: Model, command: Command & { do: 'fill' }): string {
  const { order, nth, base, quote, rounding } = command;
  const body = `${base} ${quote} ${rounding}`;
  const name = `${order}/${nth}`;
  const before = model.fills.get(name);
  if (before !== undefined) return before === body ? 'settled' : 'fault';
  model.fills.set(name, body);
  const [paying, getting] = [payingCoin(order), buys(order) ? 'USD' : 'NGN'] as const;
  const [due, gain] = buys(order) ? [quote, base] : [base, quote];
  const held = model.orders.get(order);
  const fromHold = held?.state === 'LIVE' ? least(due, held.amount - held.posted) : 0n;
  if (held && fromHold > 0n) model.orders.set(order, { ...held, posted: held.posted + fromHold });
  model.held[paying] -= fromHold;
  model.posted[paying] -= fromHold;
  const fromAvailable = least(due - fromHold, model.posted[paying] - model.held[paying]);
  model.posted[paying] -= fromAvailable;
  model.owed[paying] -= due - fromHold - fromAvailable;
  model.posted[getting] += gain;
  return 'settled';
}

const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);
