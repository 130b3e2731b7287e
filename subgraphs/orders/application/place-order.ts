import { messageOf } from '#contracts/build.ts';
import { HoldFunds } from '#contracts/orders.ts';
import type { Clock } from '#kit/clock.ts';
import { Refusal } from '#kit/errors.ts';
import { isStorable, newId, type OrderId, type UserId } from '#kit/ids.ts';
import { activeTraceparent } from '#kit/tracing.ts';
import { type Order, type OrderRefusalCode, payingCurrency } from '../domain/order.ts';
import {
  agreeTerms,
  checkClientOrderId,
  fingerprintOf,
  type Market,
  type OrderRequest,
  type OrderTerms,
  type TradingPolicy,
} from '../domain/order-terms.ts';
import { awaitDecision, type DecisionSettings } from './await-decision.ts';
import type { OrderReader, OrderTransactions, OrderWatcher, OrderWork } from './ports.ts';

export interface PlaceOrderDependencies {
  readonly store: OrderTransactions & OrderReader;
  readonly watcher: OrderWatcher;
  readonly clock: Clock;
  readonly policy: TradingPolicy & { readonly maximumOpenOrders: number };
  readonly decision: DecisionSettings;
}

const noMarket: Market = { instrument: null, quote: null };

/**
 * Places an order and waits a moment for its funds. The client order id names it for ever: the same
 * request again gives the same order, from however many callers at once. What was refused left no
 * trace, so that its id can be used again.
 * @throws Refusal with an OrderRefusalCode
 */
export async function placeOrder(
  dependencies: PlaceOrderDependencies,
  userId: UserId,
  request: OrderRequest,
): Promise<Order> {
  checkClientOrderId(request.clientOrderId);
  const { store, watcher, decision } = dependencies;
  const known = await store.findByClientOrderId(userId, request.clientOrderId);
  if (known) return awaitDecision(store, watcher, decision, checkSame(known, request));
  const orderId = newId<OrderId>();
  // Watched before the commit, or an answer that comes at once would be missed.
  return awaitDecision(store, watcher, decision, {
    orderId,
    place: () => store.transaction((work) => place(dependencies, work, userId, orderId, request)),
  });
}

async function place(
  { clock, policy }: PlaceOrderDependencies,
  work: OrderWork,
  userId: UserId,
  id: OrderId,
  request: OrderRequest,
): Promise<Order> {
  // One placement of a user at a time: a retry finds its twin, and nobody passes the limit.
  await work.lockUserLog(userId);
  const known = await work.findByClientOrderId(userId, request.clientOrderId);
  if (known) return checkSame(known, request);
  const now = clock();
  const market = isStorable(request.symbol) ? await work.findMarket(request.symbol) : noMarket;
  const terms = agreeTerms(request, market, policy, now);
  const open = await work.countOpenOrders(userId, policy.maximumOpenOrders);
  if (open >= policy.maximumOpenOrders) {
    throw refusal('TOO_MANY_OPEN_ORDERS', `at most ${policy.maximumOpenOrders} orders are open`);
  }
  const order = receive(userId, id, request, market, terms, now);
  await work.insertOrder(order);
  await work.appendEvent(order, { kind: 'RECEIVED', at: now });
  const amount = order.heldAmount.toString();
  const currency = payingCurrency(order);
  await work.send([messageOf(HoldFunds, id, { orderId: id, userId, currency, amount }, now)]);
  return order;
}

function checkSame(known: Order, request: OrderRequest): Order {
  if (known.fingerprint === fingerprintOf(request)) return known;
  throw refusal(
    'CLIENT_ORDER_ID_REUSED',
    `another order has the client order id ${request.clientOrderId}`,
  );
}

function receive(
  userId: UserId,
  id: OrderId,
  request: OrderRequest,
  { instrument }: Market,
  terms: OrderTerms,
  now: Date,
): Order {
  if (!instrument) throw refusal('UNKNOWN_INSTRUMENT', `there is no ${request.symbol}`);
  const { symbol, baseCurrency, quoteCurrency, priceScale, quantityScale } = instrument;
  return {
    id,
    userId,
    clientOrderId: request.clientOrderId,
    fingerprint: fingerprintOf(request),
    symbol,
    baseCurrency,
    quoteCurrency,
    priceScale,
    quantityScale,
    side: request.side,
    type: request.type,
    ...terms,
    status: 'RECEIVED',
    pendingOperation: null,
    settlementStatus: 'NONE',
    holdStatus: 'ASKED',
    filled: 0n,
    overfill: 0n,
    notional: 0n,
    fillCount: 0,
    settledCount: 0,
    refusalCode: null,
    refusalMessage: null,
    traceparent: activeTraceparent() ?? null,
    createdAt: now,
    updatedAt: now,
  };
}

const refusal = (code: OrderRefusalCode, message: string) =>
  new Refusal<OrderRefusalCode>(code, message);
