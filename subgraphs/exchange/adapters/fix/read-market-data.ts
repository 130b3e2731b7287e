import { MDEntryType, MDUpdateAction } from '#fix/dictionary.ts';
import { field, groups, requireField, Tag } from '#fix/fields.ts';
import type { FixField, FixMessage } from '#fix/types.ts';
import type { BookChange, BookEntry } from '../../domain/book.ts';
import type { ListedInstrument } from '../../domain/instrument.ts';
import { countOf, positiveOf, Unreadable } from './read-fields.ts';

/** The venue's own tags in its SecurityList: the number of decimals. */
const priceScaleTag = 5001;
const quantityScaleTag = 5002;
const symbolPattern = /^([A-Z]{3})\/([A-Z]{3})$/;

/** The instruments of a SecurityList. @throws Unreadable, MissingField, GroupMismatch */
export function readSecurityList(message: FixMessage): ListedInstrument[] {
  return groups(message, Tag.NoRelatedSym, Tag.Symbol).map((fields) => {
    const entry = { fields };
    const symbol = requireField(entry, Tag.Symbol);
    const [, base, quote] = symbolPattern.exec(symbol) ?? [];
    if (!base || !quote) throw new Unreadable(`symbol ${symbol.slice(0, 40)}`);
    return {
      symbol,
      baseCurrency: base,
      quoteCurrency: quote,
      tickSize: positiveOf(entry, Tag.MinPriceIncrement),
      priceScale: countOf(entry, priceScaleTag),
      quantityScale: countOf(entry, quantityScaleTag),
      minimumQuantity: positiveOf(entry, Tag.MinTradeVol),
      maximumQuantity: positiveOf(entry, Tag.MaxTradeVol),
    };
  });
}

/** A MarketDataSnapshotFullRefresh: the whole book of one instrument. */
export function readSnapshot(message: FixMessage): { symbol: string; entries: BookEntry[] } {
  const entries = groups(message, Tag.NoMDEntries, Tag.MDEntryType).map(entryOf);
  return { symbol: requireField(message, Tag.Symbol), entries };
}

/** The changes of a MarketDataIncrementalRefresh, by symbol. */
export function readChanges(message: FixMessage): Map<string, BookChange[]> {
  const changes = new Map<string, BookChange[]>();
  let symbol: string | undefined;
  for (const fields of groups(message, Tag.NoMDEntries, Tag.MDUpdateAction)) {
    // An entry without a symbol is of the one before it.
    symbol = field({ fields }, Tag.Symbol) ?? symbol;
    if (!symbol) throw new Unreadable('an entry of no symbol');
    const ofSymbol = changes.get(symbol) ?? [];
    changes.set(symbol, ofSymbol);
    ofSymbol.push(changeOf(fields));
  }
  return changes;
}

function changeOf(fields: readonly FixField[]): BookChange {
  const action = requireField({ fields }, Tag.MDUpdateAction);
  if (action === MDUpdateAction.Delete) {
    return { action: 'DELETE', side: sideOf(fields), id: idOf(fields) };
  }
  return { action: 'SET', entry: entryOf(fields) };
}

function entryOf(fields: readonly FixField[]): BookEntry {
  return {
    side: sideOf(fields),
    id: idOf(fields),
    price: positiveOf({ fields }, Tag.MDEntryPx),
    quantity: positiveOf({ fields }, Tag.MDEntrySize),
  };
}

function sideOf(fields: readonly FixField[]): BookEntry['side'] {
  const type = requireField({ fields }, Tag.MDEntryType);
  if (type === MDEntryType.Bid) return 'BID';
  if (type === MDEntryType.Offer) return 'ASK';
  throw new Unreadable(`MDEntryType ${type}`);
}

/** Where a venue does not name its entries, their prices do. */
const idOf = (fields: readonly FixField[]): string =>
  field({ fields }, Tag.MDEntryID) ?? requireField({ fields }, Tag.MDEntryPx);
