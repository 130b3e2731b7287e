import { MsgType, SecurityListRequestType, SecurityRequestResult } from '#fix/dictionary.ts';
import { field, requireField, Tag } from '#fix/fields.ts';
import type { FixField, FixMessage } from '#fix/types.ts';
import { newId } from '#kit/ids.ts';
import { type Instrument, instruments } from '../../domain/instruments.ts';
import { priceText, quantityText } from './values.ts';

/** User defined tags (the standard leaves 5000 to 9999 to agreements): README.md names them. */
export const VenueTag = { PriceScale: 5001, QuantityScale: 5002, TraceParent: 5003 } as const;

/** x -> y: all instruments or the one asked for. */
export function securityList(request: FixMessage): FixMessage {
  const type = field(request, Tag.SecurityListRequestType);
  const symbol = field(request, Tag.Symbol);
  const found = instruments.filter(
    (instrument) =>
      type === SecurityListRequestType.AllSecurities ||
      (type === SecurityListRequestType.Symbol && instrument.symbol === symbol),
  );
  const isValid = found.length > 0;
  return {
    type: MsgType.SecurityList,
    fields: [
      [Tag.SecurityReqID, requireField(request, Tag.SecurityReqID)],
      [Tag.SecurityResponseID, newId()],
      [
        Tag.SecurityRequestResult,
        isValid ? SecurityRequestResult.Valid : SecurityRequestResult.InvalidOrUnsupported,
      ],
      ...(isValid ? group(found) : []),
    ],
  };
}

function group(found: readonly Instrument[]): readonly FixField[] {
  const count = String(found.length);
  return [
    [Tag.TotNoRelatedSym, count],
    [Tag.LastFragment, 'Y'],
    [Tag.NoRelatedSym, count],
    ...found.flatMap(entry),
  ];
}

function entry(instrument: Instrument): readonly FixField[] {
  return [
    [Tag.Symbol, instrument.symbol],
    [Tag.SecurityType, 'FOR'],
    [Tag.SecurityDesc, instrument.name],
    [Tag.MinPriceIncrement, priceText(instrument.tickSize, instrument)],
    [VenueTag.PriceScale, String(instrument.priceScale)],
    [VenueTag.QuantityScale, String(instrument.quantityScale)],
    [Tag.Currency, instrument.quote],
    [Tag.RoundLot, quantityText(instrument.quantityStep, instrument)],
    [Tag.MinTradeVol, quantityText(instrument.minimumQuantity, instrument)],
    [Tag.MaxTradeVol, quantityText(instrument.maximumQuantity, instrument)],
  ];
}
