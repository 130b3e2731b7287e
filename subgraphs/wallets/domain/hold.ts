import { deterministicId, type OrderId, type UserId } from '#kit/ids.ts';
import { orderHoldId } from './transaction.ts';

/** What money is held for. An order's hold never expires: only the order's end resolves it. */
export type HoldPurpose = 'ORDER' | 'WITHDRAWAL' | 'QUOTE';

/** Names a hold and whose it is. */
export interface HoldName {
  readonly holdId: string;
  readonly purpose: HoldPurpose;
  readonly userId: UserId;
  readonly orderId: OrderId | null;
}

export const orderHold = (orderId: OrderId, userId: UserId): HoldName => ({
  holdId: orderHoldId(orderId),
  purpose: 'ORDER',
  userId,
  orderId,
});

export const withdrawalHold = (paymentId: string, userId: UserId): HoldName => ({
  holdId: deterministicId('hold', 'withdrawal', paymentId),
  purpose: 'WITHDRAWAL',
  userId,
  orderId: null,
});

export const quoteHold = (quoteId: string, userId: UserId): HoldName => ({
  holdId: deterministicId('hold', 'quote', quoteId),
  purpose: 'QUOTE',
  userId,
  orderId: null,
});
