import { walletId } from '#contracts/wallet-id.ts';
import { formatAmount, formatDecimal } from '#kit/money.ts';
import { averagePrice } from '../../domain/fill-cost.ts';
import { leavesOf, type Order, payingCurrency } from '../../domain/order.ts';
import type { OrderResolvers } from './schema.generated.ts';

const quantity = (order: Order, units: bigint) => formatDecimal(units, order.quantityScale);
const price = (order: Order, units: bigint) => formatDecimal(units, order.priceScale);

/** The fields of an order that are not simply there. */
export const orderFields: OrderResolvers = {
  user: ({ userId }) => ({ id: userId }),
  instrument: ({ symbol }) => ({ symbol }),
  wallet: (order) => ({ id: walletId(order.userId, payingCurrency(order)) }),
  quantity: (order) => quantity(order, order.quantity),
  limitPrice: (order) => price(order, order.limitPrice),
  filledQuantity: (order) => quantity(order, order.filled),
  leavesQuantity: (order) => quantity(order, leavesOf(order)),
  averagePrice: (order) => {
    const mean = averagePrice(order);
    return mean === null ? null : price(order, mean);
  },
  heldAmount: (order) => formatAmount(order.heldAmount, payingCurrency(order)),
  refusal: ({ refusalCode, refusalMessage }) =>
    refusalCode && { code: refusalCode, message: refusalMessage ?? '' },
  submitBy: ({ submitBy }) => submitBy.toISOString(),
  createdAt: ({ createdAt }) => createdAt.toISOString(),
  updatedAt: ({ updatedAt }) => updatedAt.toISOString(),
};
