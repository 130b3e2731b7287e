import { Refusal } from '#kit/errors.ts';
import { decimalScalar, dateTimeScalar } from '#kit/graphql-scalars.ts';
import type { UserId } from '#kit/ids.ts';
import { formatAmount, isCurrency, type Currency } from '#kit/money.ts';
import { oncePerRequest, requireUser, type SubgraphContext } from '#kit/subgraph-context.ts';
import { walletId } from '#contracts/wallet-id.ts';
import type { WalletEventRecord } from '../../application/ports.ts';
import { viewLedger } from '../../application/view-ledger.ts';
import {
  closingOf,
  movementPosition,
  movementsOf,
  openingOf,
  statementCsv,
  statementOf,
} from '../../application/view-statement.ts';
import { connectionOf, readCursor, readFirst } from './cursor.ts';
import { createSource } from './loaders.ts';
import { createMutations, type MutationPorts } from './mutations.ts';
import type { Resolvers } from './schema.generated.ts';

export interface ResolverPorts extends MutationPorts {
  /** The user's event log from `after` (null: from now on), without loss. */
  walletEvents(userId: UserId, after: number | null): AsyncIterableIterator<WalletEventRecord>;
}

export function createResolvers(ports: ResolverPorts): Resolvers {
  const newSource = () => createSource(ports.reader);
  const source = (context: SubgraphContext) => oncePerRequest(context, newSource);
  const view = (context: SubgraphContext) => viewLedger(context.identity, source(context));
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
        const found = await view(context).pageOf(wallet, first, after);
        return connectionOf(found, first, after, (transaction) => transaction);
      },
      async balanceAsOf(wallet, { at, by }, context) {
        const request = { accountId: wallet.id, at: new Date(at), by: by ?? 'BOOKED' };
        return formatAmount(await source(context).balanceAsOf(request), wallet.currency);
      },
      statement: (wallet, { from, to, by }) =>
        statementOf(wallet, new Date(from), new Date(to), by ?? 'BOOKED'),
    },
    Statement: {
      opening: async (statement, _args, context) =>
        formatAmount(await openingOf(source(context), statement), statement.wallet.currency),
      closing: async (statement, _args, context) =>
        formatAmount(await closingOf(source(context), statement), statement.wallet.currency),
      async movements(statement, args, context) {
        const first = readFirst(args.first);
        const after = readCursor(args.after);
        const found = await movementsOf(source(context), statement, first + 1, after);
        const { wallet } = statement;
        const nodes = found.map((movement) => ({ ...movement, wallet }));
        return connectionOf(nodes, first, after, movementPosition);
      },
      csv: (statement, _args, context) => statementCsv(source(context), statement),
    },
    Movement: {
      amount: ({ amount, wallet }) => formatAmount(amount, wallet.currency),
    },
    Transaction: {
      __resolveReference: ({ id }, context) => view(context).transaction(id),
      reverses: ({ reverses }, _args, context) =>
        reverses ? view(context).transaction(reverses) : null,
      order: ({ orderId }) => (orderId ? { id: orderId } : null),
      entries: (transaction, _args, context) => view(context).entriesOf(transaction),
    },
    Payment: {
      __resolveReference: ({ id }, context) => view(context).payment(id),
      user: ({ userId }) => ({ id: userId }),
      wallet: ({ userId, currency }, _args, context) =>
        view(context).wallet(walletId(userId, currency)),
      amount: ({ amount, currency }) => formatAmount(amount, currency),
      transaction: ({ transactionId }, _args, context) =>
        transactionId ? view(context).transaction(transactionId) : null,
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
      payment: (_parent, { id }, context) => view(context).payment(id),
      async payments(_parent, args, context) {
        const first = readFirst(args.first);
        const after = readCursor(args.after);
        const found = await view(context).payments(args.status ?? null, first, after);
        return connectionOf(found, first, after, ({ requestedAt: bookedAt, id }) => ({
          bookedAt,
          id,
        }));
      },
    },
    Mutation: createMutations(ports),
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
