import { allow, chain, rule, type IRules } from 'graphql-shield';
import type { UserId } from '#kit/ids.ts';
import { forbidden, isAuthenticated, isOperator } from '#kit/rules.ts';
import type { SubgraphContext } from '#kit/subgraph-context.ts';
import type { TransactionRecord, WalletRecord } from '../../application/ports.ts';
import { maySeeLedgerOf, maySeeTransaction } from '../../application/view-ledger.ts';

/** What was read for this field belongs to whoever asks, or an operator asks. */
const isOwn = rule('isOwn', { cache: 'no_cache' })(
  ({ userId }: { userId: UserId }, _args: unknown, { identity }: SubgraphContext) =>
    maySeeLedgerOf(identity, userId) || forbidden(),
);

/** It moves a wallet of whoever asks, or an operator asks. */
const isParty = rule('isParty', { cache: 'no_cache' })(
  (transaction: TransactionRecord, _args: unknown, { identity }: SubgraphContext) =>
    maySeeTransaction(identity, transaction) || forbidden(),
);

/** The wallet of a statement belongs to whoever asks, or an operator asks. */
const isOfOwn = rule('isOfOwn', { cache: 'no_cache' })(
  ({ wallet }: { wallet: WalletRecord }, _args: unknown, { identity }: SubgraphContext) =>
    maySeeLedgerOf(identity, wallet.userId) || forbidden(),
);

/** Strangers are told to log in, others that they may not. */
const operators = chain(isAuthenticated, isOperator);
const pageInfo = { edges: isAuthenticated, pageInfo: isAuthenticated };
const edge = { cursor: isAuthenticated, node: isAuthenticated };

/**
 * A rule for each field, by name: a fallback would also stop _service and _entities. Fields that
 * hide by null (see viewLedger) are allowed here; their parts are guarded again.
 */
export const permissions: IRules = {
  User: { id: allow, wallets: allow },
  Order: { id: allow, transactions: allow },
  Wallet: {
    id: isOwn,
    user: isOwn,
    currency: isOwn,
    posted: isOwn,
    held: isOwn,
    available: isOwn,
    transactions: isOwn,
    balanceAsOf: isOwn,
    statement: isOwn,
  },
  Statement: {
    wallet: isOfOwn,
    from: isOfOwn,
    to: isOfOwn,
    by: isOfOwn,
    opening: isOfOwn,
    closing: isOfOwn,
    movements: isOfOwn,
    csv: isOfOwn,
  },
  Movement: { at: isOfOwn, amount: isOfOwn, transaction: isOfOwn },
  MovementConnection: pageInfo,
  MovementEdge: edge,
  Payment: {
    id: isOwn,
    direction: isOwn,
    user: isOwn,
    wallet: isOwn,
    currency: isOwn,
    amount: isOwn,
    status: isOwn,
    failure: isOwn,
    transaction: isOwn,
    requestedAt: isOwn,
    updatedAt: isOwn,
  },
  PaymentConnection: pageInfo,
  PaymentEdge: edge,
  Transaction: {
    id: isParty,
    kind: isParty,
    bookedAt: isParty,
    effectiveAt: isParty,
    valueDate: isParty,
    reverses: isParty,
    reason: isParty,
    order: isParty,
    executionId: isParty,
    entries: isParty,
  },
  TransactionEntry: { wallet: isAuthenticated, amount: isAuthenticated },
  TransactionConnection: pageInfo,
  TransactionEdge: edge,
  PageInfo: {
    hasNextPage: isAuthenticated,
    hasPreviousPage: isAuthenticated,
    startCursor: isAuthenticated,
    endCursor: isAuthenticated,
  },
  WalletRefusal: { code: isAuthenticated, message: isAuthenticated },
  DepositPayload: {
    transaction: isAuthenticated,
    wallet: isAuthenticated,
    refusal: isAuthenticated,
  },
  WalletUpdate: {
    sequence: isOwn,
    kind: isOwn,
    at: isOwn,
    posted: isOwn,
    held: isOwn,
    available: isOwn,
    wallet: isOwn,
    transaction: isOwn,
    order: isOwn,
  },
  TransferPayload: {
    transaction: isAuthenticated,
    wallets: isAuthenticated,
    refusal: isAuthenticated,
  },
  PaymentPayload: { payment: isAuthenticated, refusal: isAuthenticated },
  CorrectionPayload: { transaction: isOperator, refusal: isOperator },
  Query: {
    wallets: isAuthenticated,
    wallet: isAuthenticated,
    transaction: isAuthenticated,
    payment: isAuthenticated,
    payments: isAuthenticated,
  },
  Mutation: {
    deposit: isAuthenticated,
    transfer: isAuthenticated,
    requestDeposit: isAuthenticated,
    requestWithdrawal: isAuthenticated,
    markPaymentPending: operators,
    completePayment: operators,
    failPayment: operators,
    adjustWallet: operators,
    exchangeForUser: operators,
    reverseTransaction: operators,
  },
  Subscription: { walletUpdates: isAuthenticated },
};
