import { allow, rule, type IRules } from 'graphql-shield';
import type { UserId } from '#kit/ids.ts';
import { forbidden, isAuthenticated } from '#kit/rules.ts';
import type { SubgraphContext } from '#kit/subgraph-context.ts';
import { maySeeLedgerOf } from '../../application/view-ledger.ts';

/** What was read for this field belongs to whoever asks, or an operator asks. */
const isOwn = rule('isOwn', { cache: 'no_cache' })(
  ({ userId }: { userId: UserId }, _args: unknown, { identity }: SubgraphContext) =>
    maySeeLedgerOf(identity, userId) || forbidden(),
);

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
  },
  Transaction: {
    id: isOwn,
    kind: isOwn,
    bookedAt: isOwn,
    order: isOwn,
    executionId: isOwn,
    entries: isOwn,
  },
  TransactionEntry: { wallet: isAuthenticated, amount: isAuthenticated },
  TransactionConnection: { edges: isAuthenticated, pageInfo: isAuthenticated },
  TransactionEdge: { cursor: isAuthenticated, node: isAuthenticated },
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
  Query: { wallets: isAuthenticated, wallet: isAuthenticated, transaction: isAuthenticated },
  Mutation: { deposit: isAuthenticated },
  Subscription: { walletUpdates: isAuthenticated },
};
