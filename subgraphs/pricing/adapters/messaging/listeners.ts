import { messageOf } from '#contracts/build.ts';
import { channels, type QuoteChanged } from '#contracts/live.ts';
import { QuotePublished } from '#contracts/pricing.ts';
import type { Broker } from '#kit/broker.ts';
import type { Clock } from '#kit/clock.ts';
import type { LivePubSub } from '#kit/pubsub.ts';
import type { QuoteListeners } from '../../application/ports.ts';
import type { Quote } from '../../domain/quote.ts';

/** Quotes go without an outbox: a lost one is followed by a newer one, which is all that counts. */
export function createQuoteListeners(
  broker: Broker,
  pubsub: LivePubSub,
  clock: Clock,
): QuoteListeners {
  return {
    tellSubscribers: (quote) => pubsub.publish(channels.quotes, toQuoteChanged(quote)),
    tellServices: (quotes) => broker.publish(quotes.map((quote) => toMessage(quote, clock()))),
  };
}

export const toQuoteChanged = (quote: Quote): QuoteChanged => ({
  ...quote,
  at: quote.at.toISOString(),
});

function toMessage({ symbol, bid, ask, at }: Quote, now: Date) {
  return messageOf(QuotePublished, symbol, { symbol, bid, ask, at: at.toISOString() }, now);
}
