import { Refusal } from '#kit/errors.ts';
import { decimalScalar, dateTimeScalar } from '#kit/graphql-scalars.ts';
import type { UserId } from '#kit/ids.ts';
import { formatAmount, isCurrency, type Currency } from '#kit/money.ts';
import { oncePerRequest, requireUser, type SubgraphContext } from '#kit/subgraph-context.ts';
import { walletId } from '#contracts/wallet-id.ts';
import { bookDeposit, type DepositPorts } from '../../application/book-deposit.ts';
import type { WalletEventRecord } from '../../application/ports.ts';
import { viewLedger } from '../../application/view-ledger.ts';
import { WalletRefusal } from '../../domain/errors.ts';
import { connectionOf, readCursor, readFirst } from './cursor.ts';
import { createSource } from './loaders.ts';
import type { MutationResolvers, Resolvers } from './schema.generated.ts';

export interface ResolverPorts extends DepositPorts {
  /** The user's event log from `after` (null: from now on), without loss. */
  walletEvents(userId: UserId, after: number | null): AsyncIterableIterator<WalletEventRecord>;
}

export function createResolvers(ports: ResolverPorts): Resolvers {
  const newSource = () => createSource(ports.reader);
  const view = (context: SubgraphContext) =>
    viewLedger(context.identity, oncePerRequest(context, newSource));
  return {
    Decimal: decimalScalar,
    DateTime: dateTimeScalar,
    User: {
      wallets: ({ id }, _args, context) => view(context).walletsOf(id),
    },
    Order: {
      transactions: ({ id }, _args, context) => view(context).transactionsOfOrder(id),
    },
    Wallet: {
      __resolveReference: ({ id }, context) => view(context).wallet(id),
      user: ({ userId }) => ({ id: userId }),
      ...balances,
      async transactions(wallet, args, context) {
        const first = readFirst(args.first);
        const after = readCursor(args.after);
        return connectionOf(await view(context).pageOf(wallet, first, after), first, after);
      },
    },
    Transaction: {
      __resolveReference: ({ id }, context) => view(context).transaction(id),
      bookedAt: ({ bookedAt }) => bookedAt.toISOString(),
      order: ({ orderId }) => (orderId ? { id: orderId } : null),
      entries: (transaction, _args, context) => view(context).entriesOf(transaction),
    },
    TransactionEntry: {
      amount: ({ amount, wallet }) => formatAmount(amount, wallet.currency),
    },
    WalletUpdate: {
      at: ({ at }) => at.toISOString(),
      ...balances,
      async wallet(event, _args, context) {
        const wallet = await view(context).wallet(event.walletId);
        if (!wallet) throw new Refusal('FORBIDDEN', 'this wallet is not yours');
        return wallet;
      },
      transaction: ({ transactionId }, _args, context) =>
        transactionId ? view(context).transaction(transactionId) : null,
      order: ({ orderId }) => (orderId ? { id: orderId } : null),
    },
    Query: {
      async wallets(_parent, _args, context) {
        return (await view(context).walletsOf(requireUser(context))) ?? [];
      },
      async wallet(_parent, { currency }, context) {
        const user = requireUser(context);
        if (!isCurrency(currency)) return null;
        const wallets = await view(context).walletsOf(user);
        return wallets?.find(({ id }) => id === walletId(user, currency)) ?? null;
      },
      transaction: (_parent, { id }, context) => view(context).transaction(id),
    },
    Mutation: { deposit: depositResolver(ports) },
    Subscription: {
      walletUpdates: {
        subscribe: (_parent, { after }, context) => {
          const user = requireUser(context);
          if (typeof after === 'number' && after < 0) {
            throw new Refusal('BAD_USER_INPUT', 'after is a sequence, zero or above');
          }
          return ports.walletEvents(user, after ?? null);
        },
        resolve: (event: WalletEventRecord) => event,
      },
    },
  };
}

interface Balances {
  readonly currency: Currency;
  readonly posted: bigint;
  readonly held: bigint;
}

const balances = {
  posted: ({ posted, currency }: Balances) => formatAmount(posted, currency),
  held: ({ held, currency }: Balances) => formatAmount(held, currency),
  available: ({ posted, held, currency }: Balances) => formatAmount(posted - held, currency),
};

/** Refusals are data; everything else is an error of the request. */
function depositResolver(ports: DepositPorts): MutationResolvers['deposit'] {
  return async (_parent, { input }, context) => {
    const { roles } = context.identity;
    const caller = { userId: requireUser(context), operator: roles.includes('OPERATOR') };
    try {
      const { idempotencyKey, currency, amount, userId = null } = input;
      const request = { idempotencyKey, currency, amount, userId };
      const { transaction, wallets } = await bookDeposit(ports, caller, request);
      return { transaction, wallet: wallets[0] ?? null, refusal: null };
    } catch (error) {
      if (!(error instanceof WalletRefusal)) throw error;
      return {
        transaction: null,
        wallet: null,
        refusal: { code: error.code, message: error.message },
      };
    }
  };
}
