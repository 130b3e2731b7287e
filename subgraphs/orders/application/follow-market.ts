import type { BodyOf } from '#contracts/message.ts';
import type { InstrumentPublished, QuotePublished } from '#contracts/pricing.ts';
import { Fault } from '#kit/errors.ts';
import { type Currency, isCurrency, parseDecimal } from '#kit/money.ts';
import type { OrderWork } from './ports.ts';

/** Takes an instrument's rules into our own table. @param publishedAt ISO 8601 UTC */
export async function followInstrument(
  work: OrderWork,
  published: BodyOf<typeof InstrumentPublished>,
  publishedAt: string,
): Promise<void> {
  const { symbol, priceScale, quantityScale } = published;
  const instrument = {
    symbol,
    baseCurrency: currency(published.baseCurrency),
    quoteCurrency: currency(published.quoteCurrency),
    priceScale,
    quantityScale,
    tickSize: parseDecimal(published.tickSize, priceScale),
    minimumQuantity: parseDecimal(published.minimumQuantity, quantityScale),
    maximumQuantity: parseDecimal(published.maximumQuantity, quantityScale),
  };
  if (instrument.tickSize <= 0n) throw new Fault(`${symbol} has no tick size`);
  await work.saveInstrument(instrument, new Date(publishedAt));
}

/** Takes a quote into our own table. */
export async function followQuote(
  work: OrderWork,
  published: BodyOf<typeof QuotePublished>,
): Promise<void> {
  const { symbol, bid, ask, at } = published;
  await work.saveQuote({ symbol, bid, ask, at: new Date(at) });
}

function currency(code: string): Currency {
  if (!isCurrency(code)) throw new Fault(`${code} is no currency that Mammon keeps`);
  return code;
}
