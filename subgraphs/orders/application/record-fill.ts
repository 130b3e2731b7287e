import { messageOf } from '#contracts/build.ts';
import type { OrderExecuted } from '#contracts/exchange.ts';
import type { BodyOf } from '#contracts/message.ts';
import { FillRecorded } from '#contracts/orders.ts';
import type { BrokerMessage } from '#kit/broker.ts';
import type { ExecutionId } from '#kit/ids.ts';
import { formatDecimal, parseDecimal } from '#kit/money.ts';
import { type CountedFill, countFill } from '../domain/fill-cost.ts';
import { isFinal, type Order } from '../domain/order.ts';
import { fillEvent } from '../domain/order-states.ts';
import type { IncidentKind, OrderWork, RecordedFill } from './ports.ts';
import { lockNamed, takeStep } from './take-step.ts';

/**
 * Counts an execution, once, and has its money moved. What comes after the order's end or goes
 * beyond its quantity is counted too, and people are told.
 */
export async function recordFill(
  work: OrderWork,
  executed: BodyOf<typeof OrderExecuted>,
  now: Date,
): Promise<void> {
  const order = await lockNamed(work, executed);
  const executionId = executed.executionId as ExecutionId;
  if (await work.hasFill(executionId)) return;
  const quantity = parseDecimal(executed.quantity, order.quantityScale);
  const price = parseDecimal(executed.price, order.priceScale);
  const counted = countFill(order, quantity, price);
  const { filled, overfill, notional, baseAmount, quoteAmount, venueQuoteAmount } = counted;
  const fill: RecordedFill = {
    executionId,
    orderId: order.id,
    userId: order.userId,
    venue: executed.venue,
    execId: executed.execId,
    quantity,
    price,
    baseAmount,
    quoteAmount,
    venueQuoteAmount,
    late: isFinal(order.status),
    tradedAt: new Date(executed.tradedAt),
  };
  const after = await takeStep(work, order, fillEvent(order, quantity), now, {
    kind: 'FILLED',
    executionId,
    changes: { filled, overfill, notional, fillCount: order.fillCount + 1 },
    messages: [recordOf(order, fill, now)],
  });
  if (!after) return;
  await work.insertFill(fill);
  for (const kind of incidentsOf(order, fill, counted)) {
    await work.recordIncident(after, { kind, detail: `execution ${executionId}`, at: now });
  }
}

function incidentsOf(order: Order, fill: RecordedFill, counted: CountedFill): IncidentKind[] {
  const { limitPrice, side } = order;
  const isWorse = side === 'BUY' ? fill.price > limitPrice : fill.price < limitPrice;
  return [
    ...(fill.late ? (['LATE_FILL'] as const) : []),
    ...(counted.overfill > order.overfill ? (['OVERFILL'] as const) : []),
    ...(isWorse ? (['FILL_BEYOND_LIMIT'] as const) : []),
  ];
}

function recordOf(order: Order, fill: RecordedFill, now: Date): BrokerMessage {
  const { symbol, side, baseCurrency, quoteCurrency } = order;
  const { orderId, userId, executionId, venue } = fill;
  const body = {
    orderId,
    userId,
    executionId,
    venue,
    symbol,
    side,
    quantity: formatDecimal(fill.quantity, order.quantityScale),
    price: formatDecimal(fill.price, order.priceScale),
    baseCurrency,
    quoteCurrency,
    baseAmount: fill.baseAmount.toString(),
    quoteAmount: fill.quoteAmount.toString(),
    venueQuoteAmount: fill.venueQuoteAmount.toString(),
    tradedAt: fill.tradedAt.toISOString(),
  };
  return messageOf(FillRecorded, orderId, body, now);
}
