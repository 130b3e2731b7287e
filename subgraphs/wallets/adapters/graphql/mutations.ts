import { requireUser, type SubgraphContext } from '#kit/subgraph-context.ts';
import {
  adjustWallet,
  reverseTransaction,
  type AdjustPorts,
} from '../../application/adjust-ledger.ts';
import { bookDeposit, type DepositPorts } from '../../application/book-deposit.ts';
import { exchangeForUser } from '../../application/exchange-currency.ts';
import { movePayment, requestPayment, type PaymentPorts } from '../../application/move-payment.ts';
import { transferMoney, type TransferPorts } from '../../application/transfer-money.ts';
import { WalletRefusal, type WalletRefusalCode } from '../../domain/errors.ts';
import type { MutationResolvers } from './schema.generated.ts';

export type MutationPorts = AdjustPorts & DepositPorts & PaymentPorts & TransferPorts;

export function createMutations(ports: MutationPorts): MutationResolvers {
  const payment = async (run: () => ReturnType<typeof movePayment>) =>
    orRefusal({ payment: null }, async () => ({ payment: await run() }));
  const correction = async (run: () => ReturnType<typeof adjustWallet>) =>
    orRefusal({ transaction: null }, async () => ({ transaction: await run() }));
  return {
    deposit: (_parent, { input }, context) =>
      orRefusal({ transaction: null, wallet: null }, async () => {
        const { idempotencyKey, currency, amount, userId = null } = input;
        const request = { idempotencyKey, currency, amount, userId };
        const { transaction, wallets } = await bookDeposit(ports, callerOf(context), request);
        return { transaction, wallet: wallets[0] ?? null };
      }),
    transfer: (_parent, { input }, context) =>
      orRefusal({ transaction: null, wallets: null }, () =>
        transferMoney(ports, callerOf(context), input),
      ),
    requestDeposit: (_parent, { input }, context) =>
      payment(() => requestPayment(ports, 'DEPOSIT', callerOf(context), input)),
    requestWithdrawal: (_parent, { input }, context) =>
      payment(() => requestPayment(ports, 'WITHDRAWAL', callerOf(context), input)),
    markPaymentPending: (_parent, { input }, context) =>
      payment(() => movePayment(ports, callerOf(context), step(input, 'PENDING'))),
    completePayment: (_parent, { input }, context) =>
      payment(() => movePayment(ports, callerOf(context), step(input, 'COMPLETED'))),
    failPayment: (_parent, { input }, context) =>
      payment(() => movePayment(ports, callerOf(context), { ...input, to: 'FAILED' })),
    adjustWallet: (_parent, { input }, context) =>
      correction(() => {
        const { against, effectiveAt = null, valueDate = null } = input;
        return adjustWallet(ports, callerOf(context), {
          ...input,
          against: against ?? 'SUSPENSE',
          effectiveAt,
          valueDate,
        });
      }),
    exchangeForUser: (_parent, { input }, context) =>
      correction(() => exchangeForUser(ports, callerOf(context), input)),
    reverseTransaction: (_parent, { input }, context) =>
      correction(() => reverseTransaction(ports, callerOf(context), input)),
  };
}

const callerOf = (context: SubgraphContext) => ({
  userId: requireUser(context),
  operator: context.identity.roles.includes('OPERATOR'),
});

const step = (
  { idempotencyKey, paymentId }: { idempotencyKey: string; paymentId: string },
  to: 'PENDING' | 'COMPLETED',
) => ({ idempotencyKey, paymentId, to, reason: null });

/** Refusals are data; everything else is an error of the request. */
async function orRefusal<Result extends object, Nothing extends object>(
  nothing: Nothing,
  run: () => Promise<Result>,
): Promise<
  | (Result & { readonly refusal: null })
  | (Nothing & { readonly refusal: { readonly code: WalletRefusalCode; readonly message: string } })
> {
  try {
    return { ...(await run()), refusal: null };
  } catch (error) {
    if (!(error instanceof WalletRefusal)) throw error;
    const { code, message } = error;
    return { ...nothing, refusal: { code, message } };
  }
}
