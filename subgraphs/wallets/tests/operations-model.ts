/**
 * The ledger's operations as a child would write them: a few users, plain maps, one thing after the
 * other. It says what the ledger must answer and what must be left behind.
 */
export type Coin = 'USD' | 'NGN';
export const coins: readonly Coin[] = ['USD', 'NGN'];

export type Command =
  | { do: 'deposit'; user: number; coin: Coin; amount: bigint; key: number }
  | { do: 'transfer'; user: number; to: number; coin: Coin; amount: bigint; key: number }
  | { do: 'exchange'; user: number; coin: Coin; amount: bigint; key: number }
  | { do: 'hold'; hold: number; user: number; coin: Coin; amount: bigint; ticks: number | null }
  | { do: 'take'; hold: number; to: number; amount: bigint; key: number; resolve: boolean }
  | { do: 'void'; hold: number }
  | { do: 'expire'; hold: number }
  | { do: 'reverse'; of: string; key: number }
  | { do: 'tick' };

/** What a transaction does to wallets, by user and coin. */
export type Effects = ReadonlyMap<string, bigint>;

export interface ModelHold {
  readonly user: number;
  readonly coin: Coin;
  readonly amount: bigint;
  readonly expires: number | null;
  posted: bigint;
  released: bigint;
  state: 'LIVE' | 'ENDED' | 'DENIED';
}

export interface Model {
  now: number;
  readonly posted: Map<string, bigint>;
  readonly held: Map<string, bigint>;
  readonly holds: Map<number, ModelHold>;
  /** By kind and key: its body and what it did. */
  readonly booked: Map<string, { readonly body: string; readonly effects: Effects }>;
  readonly reversed: Set<string>;
}

export const emptyModel = (): Model => ({
  now: 0,
  posted: new Map(),
  held: new Map(),
  holds: new Map(),
  booked: new Map(),
  reversed: new Set(),
});

export const slot = (user: number, coin: Coin): string => `${user} ${coin}`;
export const other = (coin: Coin): Coin => (coin === 'USD' ? 'NGN' : 'USD');

/** A dollar is three naira here, and the house keeps a tenth of what it gives. */
export const received = (coin: Coin, amount: bigint): bigint =>
  coin === 'USD' ? (amount * 3n * 9n) / 10n : (amount * 9n) / 30n;

/** What names a transaction. */
export function nameOf(command: Command): string {
  switch (command.do) {
    case 'deposit':
    case 'exchange':
    case 'reverse':
      return `${command.do} ${command.key}`;
    case 'transfer':
      return `transfer ${command.user} ${command.key}`;
    case 'take':
      return `take ${command.hold} ${command.key}`;
    default:
      return command.do;
  }
}

export function effectsOf(command: Command, model: Model): Effects {
  switch (command.do) {
    case 'deposit':
      return new Map([[slot(command.user, command.coin), command.amount]]);
    case 'transfer':
      return new Map([
        [slot(command.user, command.coin), -command.amount],
        [slot(command.to, command.coin), command.amount],
      ]);
    case 'exchange':
      return new Map([
        [slot(command.user, command.coin), -command.amount],
        [slot(command.user, other(command.coin)), received(command.coin, command.amount)],
      ]);
    case 'take': {
      const { user, coin } = model.holds.get(command.hold) ?? { user: 0, coin: 'USD' as const };
      return new Map([
        [slot(user, coin), -command.amount],
        [slot(command.to, coin), command.amount],
      ]);
    }
    case 'reverse': {
      const effects = [...(model.booked.get(command.of)?.effects ?? [])];
      return new Map(effects.map(([where, amount]) => [where, -amount]));
    }
    default:
      return new Map();
  }
}

/** Changes the model and says what the ledger must answer. */
export function applyToModel(model: Model, command: Command): string {
  switch (command.do) {
    case 'tick':
      model.now += 1;
      return 'done';
    case 'hold':
      return hold(model, command);
    case 'void':
    case 'expire':
      return release(model, command);
    default:
      return post(model, command);
  }
}

function post(model: Model, command: Command): string {
  const name = nameOf(command);
  const body = JSON.stringify(command, (_, value: unknown) =>
    typeof value === 'bigint' ? `${value}` : value,
  );
  const before = model.booked.get(name);
  if (before) return before.body === body ? 'done' : 'REUSED';
  if (command.do === 'reverse' && model.reversed.has(command.of)) return 'ALREADY_REVERSED';
  const held = command.do === 'take' ? model.holds.get(command.hold) : undefined;
  const rest = held ? held.amount - held.posted : 0n;
  if (command.do === 'take') {
    if (held?.state !== 'LIVE') return 'HOLD_NOT_LIVE';
    if (held.expires !== null && held.expires <= model.now) return 'HOLD_EXPIRED';
    if (command.amount > rest) return 'EXCEEDS_HOLD';
  }
  const effects = effectsOf(command, model);
  for (const [where, amount] of held ? [] : effects) {
    const available = (model.posted.get(where) ?? 0n) - (model.held.get(where) ?? 0n);
    if (amount < 0n && available + amount < 0n) return 'INSUFFICIENT_FUNDS';
  }
  for (const [where, amount] of effects) add(model.posted, where, amount);
  model.booked.set(name, { body, effects });
  if (command.do === 'reverse') model.reversed.add(command.of);
  if (command.do === 'take' && held) {
    held.posted += command.amount;
    const freed = command.resolve ? rest : command.amount;
    add(model.held, slot(held.user, held.coin), -freed);
    if (command.resolve) {
      held.state = 'ENDED';
      held.released = rest - command.amount;
    }
  }
  return 'done';
}

function hold(model: Model, command: Command & { do: 'hold' }): string {
  const { user, coin, amount, ticks } = command;
  const before = model.holds.get(command.hold);
  if (before) {
    const same = before.user === user && before.coin === coin && before.amount === amount;
    if (!same) return 'MISMATCH';
    return before.state === 'DENIED' ? 'DENIED' : 'HELD';
  }
  const where = slot(user, coin);
  const denied = (model.posted.get(where) ?? 0n) - (model.held.get(where) ?? 0n) < amount;
  const expires = ticks === null ? null : model.now + ticks;
  const state = denied ? 'DENIED' : 'LIVE';
  model.holds.set(command.hold, { user, coin, amount, expires, posted: 0n, released: 0n, state });
  if (!denied) add(model.held, where, amount);
  return denied ? 'DENIED' : 'HELD';
}

function release(model: Model, command: Command & { do: 'void' | 'expire' }): string {
  const held = model.holds.get(command.hold);
  if (!held) return 'UNKNOWN_HOLD';
  if (held.state === 'LIVE') {
    const live = held.expires === null || held.expires > model.now;
    if (command.do === 'expire' && live) return 'NOT_EXPIRED';
    held.released = held.amount - held.posted;
    held.state = 'ENDED';
    add(model.held, slot(held.user, held.coin), -held.released);
  }
  return `released ${held.released}`;
}

function add(sums: Map<string, bigint>, where: string, amount: bigint): void {
  sums.set(where, (sums.get(where) ?? 0n) + amount);
}
