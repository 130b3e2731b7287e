import type { BodyOf } from '#contracts/message.ts';
import type { FillSettled, HoldReleased } from '#contracts/orders.ts';
import type { ExecutionId, TransactionId } from '#kit/ids.ts';
import { type Order, settlementOf } from '../domain/order.ts';
import type { OrderWork } from './ports.ts';
import { lockNamed } from './take-step.ts';

/** A fill's money moved. */
export async function settleFill(
  work: OrderWork,
  settled: BodyOf<typeof FillSettled>,
  now: Date,
): Promise<void> {
  const order = await lockNamed(work, settled);
  const isNews = await work.settleFill(
    settled.executionId as ExecutionId,
    settled.transactionId as TransactionId,
  );
  if (isNews) await settle(work, { ...order, settledCount: order.settledCount + 1 }, now);
}

/** Nothing is held for the order any more. Asked twice, wallets answers twice. */
export async function releaseOrder(
  work: OrderWork,
  released: BodyOf<typeof HoldReleased>,
  now: Date,
): Promise<void> {
  const order = await lockNamed(work, released);
  if (order.holdStatus !== 'RELEASING') return;
  await settle(work, { ...order, holdStatus: 'RELEASED' }, now);
}

async function settle(work: OrderWork, order: Order, now: Date): Promise<void> {
  const settled = { ...order, settlementStatus: settlementOf(order), updatedAt: now };
  await work.saveOrder(settled);
  await work.appendEvent(settled, { kind: 'SETTLED', at: now });
}
