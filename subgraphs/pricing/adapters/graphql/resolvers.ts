import DataLoader from 'dataloader';
import { channels, QuoteChanged } from '#contracts/live.ts';
import { Fault } from '#kit/errors.ts';
import { dateTimeScalar, decimalScalar } from '#kit/graphql-scalars.ts';
import type { Logger } from '#kit/log.ts';
import type { LivePubSub } from '#kit/pubsub.ts';
import { conflatedStream } from '#kit/stream.ts';
import { oncePerRequest, requireUser, type SubgraphContext } from '#kit/subgraph-context.ts';
import type { InstrumentStore } from '../../application/ports.ts';
import { wantedSymbols, type QuoteReader } from '../../application/read-quotes.ts';
import type { Instrument } from '../../domain/instrument.ts';
import type { Quote } from '../../domain/quote.ts';
import type { Resolvers } from './schema.generated.ts';

export interface ResolverPorts {
  readonly instruments: InstrumentStore;
  readonly quotes: QuoteReader;
  readonly pubsub: LivePubSub;
  readonly logger: Logger;
}

const batch = { maxBatchSize: 500 };

export function createResolvers(ports: ResolverPorts): Resolvers {
  const newInstruments = () =>
    new DataLoader<string, Instrument | null>(ports.instruments.bySymbols, batch);
  const newQuotes = () => new DataLoader<string, Quote | null>(ports.quotes.bySymbols, batch);
  const instrument = (context: SubgraphContext, symbol: string) =>
    oncePerRequest(context, newInstruments).load(symbol);

  /** A field of an instrument of which a reference may know the symbol only. */
  function detail<Name extends keyof Instrument>(name: Name) {
    return async (
      parent: Pick<Instrument, 'symbol'>,
      _args: unknown,
      context: SubgraphContext,
    ): Promise<Instrument[Name]> => {
      const found = await instrument(context, parent.symbol);
      if (!found) throw new Fault(`there is no instrument ${parent.symbol}`);
      return found[name];
    };
  }

  return {
    Decimal: decimalScalar,
    DateTime: dateTimeScalar,
    Query: {
      instruments: async (_parent, _args, context) => {
        const loader = oncePerRequest(context, newInstruments);
        const all = await ports.instruments.list();
        for (const one of all) loader.prime(one.symbol, one);
        return all.map(({ symbol }) => ({ symbol }));
      },
      instrument: async (_parent, { symbol }, context) => {
        const found = await instrument(context, symbol);
        return found && { symbol };
      },
      quotes: async (_parent, { symbols }) => {
        const found = await ports.quotes.quotes(symbols ?? null);
        return found.map(toQuote);
      },
    },
    Subscription: {
      quotes: {
        subscribe: (_parent, { symbols }, context) => {
          requireUser(context);
          return watchQuotes(ports, symbols ?? null);
        },
        resolve: (quote: QuoteChanged) => toQuote({ ...quote, at: new Date(quote.at) }),
      },
    },
    Instrument: {
      __resolveReference: async ({ symbol }, context) => {
        if (context.identity.userId === null) return null;
        return (await instrument(context, symbol)) ? { symbol } : null;
      },
      baseCurrency: detail('baseCurrency'),
      quoteCurrency: detail('quoteCurrency'),
      tickSize: detail('tickSize'),
      priceScale: detail('priceScale'),
      quantityScale: detail('quantityScale'),
      minimumQuantity: detail('minimumQuantity'),
      maximumQuantity: detail('maximumQuantity'),
      quote: async ({ symbol }, _args, context) => {
        const quote = await oncePerRequest(context, newQuotes).load(symbol);
        return quote && toQuote(quote);
      },
    },
  };
}

function watchQuotes({ pubsub, quotes, logger }: ResolverPorts, symbols: readonly string[] | null) {
  const wanted = symbols && wantedSymbols(symbols);
  return conflatedStream<QuoteChanged>({
    pubsub,
    channel: channels.quotes,
    key: (quote) => quote.symbol,
    accept(payload) {
      const result = QuoteChanged.safeParse(payload);
      if (!result.success) {
        logger.error({ issues: result.error.issues }, 'a quote does not fit');
        return null;
      }
      return !wanted || wanted.has(result.data.symbol) ? result.data : null;
    },
    initial: async () =>
      (await quotes.quotes(symbols)).map((quote) => ({ ...quote, at: quote.at.toISOString() })),
  });
}

const toQuote = (quote: Quote) => ({
  ...quote,
  at: quote.at.toISOString(),
  instrument: { symbol: quote.symbol },
});
